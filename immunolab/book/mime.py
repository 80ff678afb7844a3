"""What a cell's output becomes on a page.

myst-nb finds :class:`PageRenderer` through the entry point ``myst_nb.mime_renderers`` and asks it
for every output.  Three kinds are ours: explorables, questions, and HTML shown as it stands.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from immunolab.book import explorable
from immunolab.explore import MIME_TYPE
from immunolab.formula import katex_html
from immunolab.fragment import PAGE_HTML
from immunolab.places import BOOK
from immunolab.quiz import QUIZ_MIME
from immunolab.quiz import to_html as quiz_to_html

logger = logging.getLogger(__name__)
PACKAGE = Path(__file__).resolve().parents[1]

#: The page's scripts by folder, in the order they must run.
LIVE_SCRIPTS = ("numerics", "cohort", "lattice", "words", "picture", "explorable")
QUIZ_SCRIPTS = ("store", "quiz")
PROGRESS_SCRIPTS = (*QUIZ_SCRIPTS, "progress")

#: What a page may show besides the package: an edit there must be seen by the next build.
CONTENT = (
    *("data/*.csv", "exercises/quizzes/*.yml", "chapters/*.md", "chapters/drawings/*.svg"),
    *("references.bib", "immunolab/quiz.schema.json"),
)


class PageRenderer:
    """Render our MIME types, before any other, where the book is built as HTML."""

    mime_priority_overrides = tuple(
        (builder, mime_type, 1)
        for builder in ("html",)
        for mime_type in (MIME_TYPE, PAGE_HTML, QUIZ_MIME)
    )

    @staticmethod
    def handle_mime(renderer, data, inline: bool):
        """Return the nodes for one output, or None if it is not ours."""
        make = {MIME_TYPE: _explorable, QUIZ_MIME: _quiz, PAGE_HTML: _fragment}.get(data.mime_type)
        if make is None:
            return None
        _note_sources(renderer.renderer.sphinx_env)
        return [nodes.raw(text=make(renderer, data), format="html")]


def _fragment(renderer, data) -> str:
    return data.string


def _explorable(renderer, data) -> str:
    spec = _spec(data)
    _add_scripts(renderer, "live", LIVE_SCRIPTS, 600)
    _refuse_same_name(renderer.renderer.document, spec["name"], data.line)
    return explorable.to_html(spec)


def _quiz(renderer, data) -> str:
    """Return questions, a prediction shown again, or the content of the page My progress."""
    spec = _spec(data)
    scripts = PROGRESS_SCRIPTS if spec["kind"] == "progress" else QUIZ_SCRIPTS
    _add_scripts(renderer, "quiz", scripts, 620)
    document = renderer.renderer.document
    if spec["kind"] == "quiz":
        # Said once a page: below the first questions that have answers.
        graded = any(item["type"] != "predict" for item in spec["items"])
        spec = spec | {"note": graded and not document.attributes.get("quiz_note")}
        document.attributes["quiz_note"] = graded or document.attributes.get("quiz_note", False)
    for item in spec["items"] if spec["kind"] == "quiz" else []:
        _refuse_same_name(document, item["id"], data.line)
    return quiz_to_html(spec, katex_html)


def _spec(data) -> dict:
    return data.content if isinstance(data.content, dict) else json.loads(data.content)


def _add_scripts(renderer, folder: str, scripts: tuple[str, ...], priority: int) -> None:
    """Ask for deferred classic scripts: they run in order, after the page is read, also on file://."""
    for number, script in enumerate(scripts):
        options = {"defer": "defer", "priority": priority + number}
        renderer.add_js_file(f"immunolab-{folder}-{number}", f"{folder}/{script}.js", options)


def _refuse_same_name(document: nodes.document, name: str, line: int | None) -> None:
    """Warn if two cells of a page show something of one name: ids and links would collide."""
    names = document.attributes.setdefault("explorable_names", {})
    if names.setdefault(name, line) != line:
        logger.warning(
            f"two explorables or questions on this page are called {name!r}; "
            "give one of them another name, explore(..., name=...), or ask the question once",
            location=(document["source"], line),
        )


def _note_sources(env) -> None:
    """Tell Sphinx what the page depends on: else an edited model or question stays unseen."""
    for source in [*PACKAGE.rglob("*.py"), *(p for kind in CONTENT for p in BOOK.glob(kind))]:
        env.note_dependency(str(source))
