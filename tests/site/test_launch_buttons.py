"""Each page offers its notebook; where a repository is set, it opens on a server."""

import os
import shutil
import subprocess
import sys
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from built import ROOT, page_names, parse
from sources import notebooks

from immunolab.book.launch import launched, offer_download
from immunolab.exercises import names
from immunolab.student import student_text

BUILD = "from jupyter_book.cli.main import main; main()"  # the package has no __main__
EXERCISE = "exercises/checkpoints-1"


def link(soup, label):
    return soup.select_one(f"a.btn-{label}")


def with_notebook():
    pages = [path.relative_to(ROOT).with_suffix("").as_posix() for path in notebooks()]
    return [*pages, *(f"exercises/{name}" for name in names())]


@pytest.mark.parametrize("page", with_notebook())
def test_a_page_offers_its_notebook_without_outputs(book, page):
    offered = link(parse(book / f"{page}.html"), "download-notebook-button")
    file = (book / f"{page}.html").parent / unquote(offered["href"])
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    if page.startswith("exercises/"):
        assert file.read_text(encoding="utf-8") == student_text(page.removeprefix("exercises/"))


def test_without_a_repository_nothing_is_launched(book):
    for page in page_names(book):
        assert not parse(book / page).select(".dropdown-launch-buttons"), page


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """One page with code and one exercise, built as the book is, with a repository set."""
    folder = tmp_path_factory.mktemp("launch")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["repository"] = {"url": "https://github.com/someone/escape-routes", "branch": "v9"}
    settings["execute"]["execute_notebooks"] = "off"
    settings |= {"logo": "", "html": {}}
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    toc = {"format": "jb-book", "root": "workshop", "chapters": [{"file": EXERCISE}]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    (folder / "exercises").mkdir()
    for name in ("workshop.md", "references.bib", f"{EXERCISE}.md"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "exercises" / "student", folder / "exercises" / "student")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, "build", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return folder / "_build" / "html"


@pytest.mark.parametrize(
    ("page", "opened"),
    [("workshop", "workshop.md"), (EXERCISE, "exercises/student/checkpoints-1.ipynb")],
)
def test_with_a_repository_a_page_opens_on_a_server(small_book, page, opened):
    soup = parse(small_book / f"{page}.html")
    (button,) = soup.select(".dropdown-launch-buttons a")
    assert button["href"] == (
        "https://mybinder.org/v2/gh/someone/escape-routes/v9?urlpath=lab/tree/" + opened
    )
    assert (ROOT / opened).is_file()
    source = soup.select(".dropdown-source-buttons a")
    assert any("github.com/someone/escape-routes" in link["href"] for link in source)
    assert not list((small_book / "_sources").rglob("*.ipynb")), "a notebook with outputs"


def test_a_theme_that_changed_is_noticed():
    with pytest.raises(Exception, match=r"made no menu of downloads"):
        offer_download([], "x.ipynb")
    with pytest.raises(Exception, match=r"its source is not found"):
        launched("https://mybinder.org/v2/gh/a/b/main?urlpath=lab%2Ftree%2Fx.md", EXERCISE)
