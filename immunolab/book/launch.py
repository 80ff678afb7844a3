"""The notebook of each page: to download, and to open on a server.

Every page with code offers its notebook without outputs (JupyterLab strips scripts from outputs
that it did not make itself, and a saved quiz would be dead); an exercise offers the version for
students.  The theme makes the launch buttons from the one ``repository`` setting, and leads them to
the source of a page; what they should open instead is put right here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupytext
import nbformat
from sphinx.errors import ExtensionError

from immunolab.student import student_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

FOLDER = "notebooks"  # in the built book
EXERCISES = "exercises/"
HOW_TO_RUN = (
    "*This is the notebook of a page of* Escape Routes. *Run it from the top (**Run ▸ Run All "
    "Cells**). It needs the book's Python package: the page* Open the notebooks *of the book says "
    "how to have it.*"
)


def setup(app: Sphinx) -> None:
    """Mend the buttons after the theme has made them (at priority 501)."""
    app.connect("html-page-context", offer_notebook, priority=600)


def offer_notebook(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Write the notebook of a page, and lead its buttons there."""
    buttons = context.get("header_buttons", [])
    if pagename not in app.env.all_docs or "kernelspec" not in app.env.metadata[pagename]:
        return
    written = Path(app.outdir, FOLDER, f"{pagename}.ipynb")
    written.parent.mkdir(parents=True, exist_ok=True)
    source = Path(app.env.doc2path(pagename))
    written.write_text(notebook_text(pagename, source), encoding="utf-8", newline="\n")
    # The theme copies the notebook as it was run, if it knows a place to launch it.
    context.pop("ipynb_source", None)
    Path(app.outdir, "_sources", f"{pagename}.ipynb").unlink(missing_ok=True)
    offer_download(buttons, context["pathto"](f"{FOLDER}/{pagename}.ipynb", 1))
    for button in buttons_in(buttons, "launch-buttons"):
        button["url"] = launched(button["url"], pagename)


def notebook_text(page: str, source: Path) -> str:
    """Return the notebook of a page as a file's text: without outputs, the same at every build."""
    if page.startswith(EXERCISES):
        return student_text(page.removeprefix(EXERCISES))
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="md:myst")
    cells = [nbformat.v4.new_markdown_cell(HOW_TO_RUN), *notebook.cells]
    for number, cell in enumerate(cells):
        cell.id = f"{page.replace('/', '-')}-{number}"
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    clean = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}}
    )
    return nbformat.writes(clean, version=nbformat.NO_CONVERT) + "\n"


def offer_download(buttons: list[dict], url: str) -> None:
    """Put the notebook first in the menu of downloads, in place of any that the theme put there."""
    menu = next((b for b in buttons if b.get("label") == "download-buttons"), None)
    if menu is None:
        raise ExtensionError(
            "sphinx-book-theme made no menu of downloads. Review immunolab/book/launch.py: either "
            "the theme names it otherwise now, or use_download_button is off in _config.yml."
        )
    others = [b for b in menu["buttons"] if b.get("label") != "download-notebook-button"]
    notebook = {
        "type": "link",
        "url": url,
        "text": ".ipynb",
        "icon": "fas fa-code",
        "tooltip": "Download the notebook, without outputs",
        "label": "download-notebook-button",
    }
    menu["buttons"] = [notebook, *others]


def buttons_in(buttons: list[dict], label: str) -> Iterator[dict]:
    """Yield the links of a menu."""
    for menu in buttons:
        if menu.get("label") == label:
            yield from (button for button in menu["buttons"] if button["type"] == "link")


def launched(url: str, page: str) -> str:
    """Return where a launch button leads: for an exercise, to the version for students."""
    if not page.startswith(EXERCISES):
        return url
    name = page.removeprefix(EXERCISES)
    wanted = url.replace(f"/{EXERCISES}{name}.md", f"/{EXERCISES}student/{name}.ipynb")
    if wanted == url:
        raise ExtensionError(
            f"The launch button of {page} leads to {url}, where its source is not found. Review "
            "launched() in immunolab/book/launch.py: the theme writes these addresses otherwise."
        )
    return wanted
