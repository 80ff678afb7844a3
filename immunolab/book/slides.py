"""Slides of each chapter, with its labs and questions alive on them.

A teacher lists in ``teaching/slides/<chapter>.yml`` what is to be shown; a deck has no words of its
own.  At the end of a build each list becomes ``slides/<chapter>.html``, quoted from the chapter as
it was just built, and played by ``static/slides.js``.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

from immunolab.book.mime import LIVE_SCRIPTS, QUIZ_SCRIPTS
from immunolab.book.quotes import Chapter, Quote, QuoteError, without_dead_links
from immunolab.written import Written, WrittenError, breaches, repeated_keys
from immunolab.written import read as read_yaml

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "teaching/slides"
_STATIC = Path(__file__).with_name("static")
_SCHEMA = Path(__file__).parents[1] / "slides.schema.json"

#: Kinds of slides of which a chapter has one, and how it is quoted.
_ONLY: dict[str, Callable[[Chapter], Quote]] = {
    "title": Chapter.title,
    "case": Chapter.case,
    "objectives": Chapter.objectives,
    "take-aways": Chapter.take_aways,
}
#: Kinds of slides that show something with a name.
_NAMED: dict[str, Callable[[Chapter, str], Quote]] = {
    "figure": Chapter.figure,
    "question": Chapter.question,
    "lab": Chapter.lab,
    "came-out": Chapter.came_out,
}
#: How long words are called, and how many characters that is at most: the longer, the smaller set.
_LENGTHS = {"short": 200, "long": 420, "very-long": 750, "longest": math.inf}
#: A figure whose panels, side by side, are not as wide as this many times their height leaves room
#: for its words beside it; a wider one has them below.
_WIDE = 1.7
_PANEL = re.compile(r'<svg[^>]* viewbox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', re.IGNORECASE)


class SlidesError(ValueError):
    """A list of slides is not sound, or does not fit its chapter; the message names each line."""


@dataclass(frozen=True)
class Slide:
    """One slide: its kind, and what it quotes."""

    kind: str
    quote: Quote


def setup(app: Sphinx) -> None:
    """Have chapters lead to their slides, and the decks written when all pages are."""
    # After the theme has laid out the list of buttons (501).
    app.connect("html-page-context", add_button, priority=502)
    app.connect("build-finished", write_decks)


def add_button(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put a button at the head of each chapter that has slides."""
    folder, _, chapter = pagename.rpartition("/")
    if folder == "chapters" and _lists(app).get(chapter):
        button = {"type": "link", "text": "Slides", "tooltip": "Slides of this chapter"}
        button |= {"url": context["pathto"](f"slides/{chapter}.html", 1), "label": "slides-button"}
        context["header_buttons"].insert(0, button)


def write_decks(app: Sphinx, exception: Exception | None) -> None:
    """Write ``slides/<chapter>.html`` for each list, or fail the build and say what is wrong."""
    if exception is not None or app.builder.format != "html":
        return
    problems = []
    for chapter, path in _lists(app).items():
        page = Path(app.outdir) / "chapters" / f"{chapter}.html"
        deck = Path(app.outdir) / "slides" / page.name
        try:
            html = deck_of(read(path), page.read_text(encoding="utf-8") if page.is_file() else "")
            deck.parent.mkdir(exist_ok=True)
            deck.write_text(html, encoding="utf-8")
        except SlidesError as error:
            problems.append(str(error))
    if problems:
        raise ExtensionError("\n".join(problems))


def _lists(app: Sphinx) -> dict[str, Path]:
    """Return the lists of slides of a book by the names of their chapters."""
    return {path.stem: path for path in sorted(Path(app.srcdir, FOLDER).glob("*.yml"))}


# ------------------------------------------------------------------------------------ the list


def read(path: Path) -> Written:
    """Read a list of slides; raise a SlidesError for all that can be wrong without the chapter."""
    try:
        source = read_yaml(path)
    except WrittenError as error:
        raise SlidesError(str(error)) from None
    problems = [*repeated_keys(source)]
    problems += [f"{source.where(at)}: {words}" for at, words in breaches(source.data, _SCHEMA)]
    if not problems:
        problems += [*_unsound(source, path.stem)]
    if problems:
        raise SlidesError("\n".join(problems))
    return source


def _unsound(source: Written, stem: str) -> Iterator[str]:
    """Yield what a schema cannot see."""
    chapter, entries = source.data["chapter"], source.data["slides"]
    if chapter != stem:
        yield (
            f"{source.where(['chapter'])}: the chapter is {chapter!r}, but the file is "
            f"{stem}.yml. Make the two the same."
        )
    shown: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries):
        where = source.where(["slides", number])
        kinds = [entry] if isinstance(entry, str) else [kind for kind in entry if kind != "say"]
        if len(kinds) != 1:
            yield f"{where}: a slide shows one thing, this one {len(kinds)}. Make a slide of each."
            continue
        kind, name = _kind(entry), _name(entry)
        earlier = shown.setdefault((kind, name), number)
        if earlier != number and kind != "section":
            yield (
                f"{where}: {' '.join(filter(None, (kind, name)))} is shown before, at "
                f"{source.where(['slides', earlier])}. Show it once."
            )
        if kind == "came-out" and ("question", name) not in shown:
            yield f"{where}: nobody has predicted yet. Put `question: {name}` before it."


def _kind(entry: str | dict) -> str:
    return entry if isinstance(entry, str) else next(kind for kind in entry if kind != "say")


def _name(entry: str | dict) -> str:
    return "" if isinstance(entry, str) else entry[_kind(entry)]


# ------------------------------------------------------------------------------------ quoting


def slides_of(source: Written, chapter: Chapter) -> list[Slide]:
    """Return the slides of a list, or raise a SlidesError that names all that cannot be quoted."""
    problems: list[str] = []

    def asked(at: Sequence[str | int], quote: Callable, *what: Any) -> Any:
        try:
            return quote(*what)
        except QuoteError as error:
            problems.append(f"{source.where(at)}: {error}")
            return None

    def said(at: Sequence[str | int], anchor: str, openings: Sequence[str]) -> Quote:
        heading = asked([*at, "section"], chapter.heading, anchor)
        sentences = [
            asked([*at, "say", number], chapter.sentence, anchor, opening)
            for number, opening in enumerate(openings if heading else [])
        ]
        return Quote(heading, anchor, "".join(f"<p>{sentence}</p>" for sentence in sentences))

    slides = []
    for number, entry in enumerate(source.data["slides"]):
        at, kind, name = ["slides", number], _kind(entry), _name(entry)
        if kind in _ONLY:
            quote = asked(at, _ONLY[kind], chapter)
        elif kind == "section":
            quote = said(at, name, entry["say"])
        else:
            quote = asked(at, _NAMED[kind], chapter, name)
        slides.append(Slide(kind, quote))
    if problems:
        raise SlidesError("\n".join(problems))
    return slides


# ------------------------------------------------------------------------------------ the deck


def deck_of(source: Written, page: str) -> str:
    """Return a deck as HTML: what a list names, quoted from the HTML of its chapter's page.

    Raises a SlidesError if there is something that the page does not have, or if there is no page.
    """
    if not page:
        raise SlidesError(
            f"{source.where(['chapter'])}: the book has no chapter {source.data['chapter']!r}. "
            "Call the list as a file of the folder chapters is called, without its ending."
        )
    chapter = Chapter(page)
    slides = slides_of(source, chapter)
    home = f"../chapters/{source.data['chapter']}.html"
    targets = [_name(entry) for entry in source.data["slides"]]
    shown = "".join(_slide(number, slide, home, targets) for number, slide in enumerate(slides, 1))
    return f"""<!doctype html>
<html lang="{chapter.language}" data-theme="light" data-content_root="../" data-answers="not-kept">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slides: {escape(chapter.window_title)}</title>
{_loaded(chapter, slides)}
</head>
<body class="deck">
<header class="deck-bar">
<h1><a href="{home}">{chapter.title().heading}</a></h1>
<nav aria-label="Slides" hidden>
<button type="button" data-turn="-1">Previous</button>
<span class="deck-place"></span>
<button type="button" data-turn="1">Next</button>
<button type="button" data-action="theme">Light or dark</button>
</nav>
</header>
<main>
{shown}</main>
</body>
</html>
"""


def _slide(number: int, slide: Slide, home: str, targets: Sequence[str]) -> str:
    quote, kind = slide.quote, slide.kind
    html = quote.html if kind in _NAMED else without_dead_links(quote.html, targets)
    return (
        f'<section class="slide slide-{kind}" id="{number}" tabindex="-1" '
        f'aria-labelledby="slide-{number}"{_layout(kind, html)}>\n'
        f'<h2 id="slide-{number}">{quote.heading}</h2>\n<div class="slide-body">{html}</div>\n'
        f'<p class="slide-home"><a href="{home}#{quote.anchor}">In the chapter</a></p>\n'
        "</section>\n"
    )


def _layout(kind: str, html: str) -> str:
    """Say what the style sheet must know: the shape of a figure, or how long the words are."""
    if kind == "lab":
        return ""
    if kind == "figure":
        sizes = [(float(width), float(height)) for width, height in _PANEL.findall(html)]
        across = sum(width for width, _ in sizes) / max(height for _, height in sizes)
        shape = "wide" if across > _WIDE else "tall"
        return f' data-shape="{shape}" style="--across: {across:.3g}"'
    asked = re.search(r"<fieldset>.*</fieldset>", html, re.DOTALL)
    characters = len(re.sub(r"<[^>]+>", "", asked[0] if asked else html))
    length = next(name for name, most in _LENGTHS.items() if characters <= most)
    return f' data-length="{length}"'


def _loaded(chapter: Chapter, slides: Sequence[Slide]) -> str:
    """Return what the deck loads: of the chapter's files those that its slides need, and its own.

    The chapter's own links are taken, so that a browser keeps one copy for both.
    """
    html = "".join(slide.quote.html for slide in slides)
    labs, questions = 'class="explorable"' in html, "quiz-" in html
    styles = ["site.css", *["live.css", "pygments.css"] * labs, *["quiz.css"] * questions]
    styles += ["katex.min.css"] * ('class="katex' in html)
    scripts = [f"live/{name}.js" for name in LIVE_SCRIPTS] * labs
    scripts += [f"quiz/{name}.js" for name in QUIZ_SCRIPTS] * questions
    return "\n".join(
        [
            *chapter.loaded("link[rel=icon]", [""]),
            *chapter.loaded("link[rel=stylesheet]", styles),
            f'<link rel="stylesheet" href="{_own("slides.css")}">',
            # Not deferred: before anything is seen it chooses light or dark, and one slide of all.
            f'<script src="{_own("slides.js")}"></script>',
            *chapter.loaded("script[src]", scripts),
        ]
    )


def _own(name: str) -> str:
    """Return the address of a file of ours, with its digest, as Sphinx writes addresses."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:8]
    return f"../_static/{name}?v={digest}"
