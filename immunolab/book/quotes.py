"""What a built chapter says, found again by name: sentences, figures, questions and labs.

Slides are made of these, so that a corrected chapter corrects its slides, and a chapter that no
longer says something stops the build instead of leaving it on a wall.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from html import escape

from bs4 import BeautifulSoup, NavigableString, Tag

#: PD-1, 95 % and their like, in the middle of which no line should end: lines on a wall are short.
_ONE_WORD = re.compile(r"(?<=[A-Z])-(?=[A-Z0-9])|(?<=\d) (?=%)")
_UNBROKEN = {"-": "-\u2060", " ": "\u00a0"}
#: Most of the tags of a page, and none of its sentences: put aside while it is read, which then
#: takes a fifth of the time, and quoted byte for byte.
_MUCH_MARKUP = re.compile(r"<(svg|math|table|pre)\b.*?</\1>", re.DOTALL)
_ASIDE = re.compile(r'<img data-aside="(\d+)"/>')
#: What a page hangs on a sentence and a wall does not need.
_HUNG_ON = ".bibtex-citation, .row-marks, .headerlink, .objective-links"
#: What stands among the paragraphs of a section and is no prose of it.
_NOT_PROSE = {"cell_output", "admonition-title"}
_SENTENCE_END = re.compile(r"[.?!][\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9\ufffc])")
_FORMULA = "\ufffc"  # what a formula counts as when sentences are told apart
_ALIKE = str.maketrans("‘’“”\u00a0", "''\"\" ")


class QuoteError(LookupError):
    """What was to be quoted is not there, or is there twice; the message says what to do."""


@dataclass(frozen=True)
class Quote:
    """A piece of a chapter as HTML, with its heading, and the anchor at which a reader finds it."""

    heading: str
    anchor: str
    html: str


class Chapter:
    """A built chapter, to be quoted.  Every method raises a QuoteError for what is not there."""

    def __init__(self, html: str):
        self._aside: list[str] = []
        self._soup = BeautifulSoup(_MUCH_MARKUP.sub(self._put_aside, html), "html.parser")
        self._read: dict[str, list[_Sentence]] = {}  # sentences of the sections asked for

    def _put_aside(self, found: re.Match) -> str:
        self._aside.append(found[0])
        return f'<img data-aside="{len(self._aside) - 1}"/>'

    def _quote(self, heading: Tag, anchor: str, html: str) -> Quote:
        # A plot has its title in its caption, where it ends in a full stop.
        return Quote(self._whole(_words(heading)).removesuffix("."), anchor, self._whole(html))

    def _whole(self, html: str) -> str:
        return _ASIDE.sub(lambda found: self._aside[int(found[1])], html)

    # ------------------------------------------------------------------------------ the page

    @property
    def language(self) -> str:
        """The language of the page."""
        return self._soup.html["lang"]

    @property
    def window_title(self) -> str:
        """The title of the browser's window, which names chapter and book."""
        return self._soup.title.get_text()

    def loaded(self, selector: str, names: Iterable[str]) -> list[str]:
        """Return the elements of the page's head that load a file with one of these words in it."""
        return [
            str(element)
            for element in self._soup.head.select(selector)
            if any(name in (element.get("src") or element.get("href")) for name in names)
        ]

    # ------------------------------------------------------------------------------ its parts

    def title(self) -> Quote:
        """Return heading and book, and where the chapter is in the cycle."""
        book = self.window_title.rpartition(" — ")[2]
        cycle = self._top.find(class_="cycle") or ""
        return self._quote(self._top.h1, self._top["id"], f"<p>{escape(book)}</p>{cycle}")

    def case(self) -> Quote:
        """Return the case with which the chapter begins."""
        box = self._top.find(class_="admonition", recursive=False)
        if box is None:
            raise QuoteError("the chapter does not begin with a case. Leave the slide out.")
        title, *paragraphs = box.find_all("p")
        return self._quote(title, self._top["id"], "".join(map(_paragraph, paragraphs)))

    def objectives(self) -> Quote:
        """Return what a reader can do after the chapter, under the words that lead to it."""
        listed = self._soup.find("ol", class_="objectives")
        if listed is None:
            raise QuoteError("the chapter does not list its objectives. Leave the slide out.")
        return self._quote(listed.find_previous("p"), self._top["id"], _list(listed))

    def take_aways(self) -> Quote:
        """Return the list of the section Take-aways."""
        section = self._section("take-aways")
        listed = section.find(["ul", "ol"])
        if listed is None:
            raise QuoteError("the section Take-aways has no list. Leave the slide out.")
        return self._quote(section.h2, "take-aways", _list(listed))

    def heading(self, anchor: str) -> str:
        """Return the heading of a section."""
        return self._whole(_words(self._section(anchor).find(["h1", "h2", "h3"])))

    def sentence(self, anchor: str, opening: str) -> str:
        """Return the one sentence of a section that begins with some words, as HTML."""
        found = [s for s in self._sentences(anchor) if s.begins(opening)]
        if len(found) == 1:
            return self._whole(found[0].html())
        if found:
            both = " ... and ".join(repr(one.text[:80]) for one in found[:2])
            raise QuoteError(
                f"{len(found)} sentences of {anchor!r} begin with {opening!r}: {both}. Write more "
                "of the one that is meant."
            )
        openings = {s.text[: len(opening) + 20]: s for s in self._sentences(anchor)}
        near = get_close_matches(opening, openings, n=1, cutoff=0.5)
        hint = f" The nearest begins: {near[0]!r}." if near else ""
        raise QuoteError(
            f"no sentence of {anchor!r} begins with {opening!r}. Write its first words as they "
            f"stand on the page, or name another sentence.{hint}"
        )

    def figure(self, name: str) -> Quote:
        """Return a drawing or a plot of trials.

        ``name`` is that of a drawing, the beginning of a plot's title in the form of an anchor, or
        the anchor of a section that has one figure.
        """
        figures = self._by_id("evidence-plot") | self._by_id("drawing")
        called = [key for key in figures if re.match(rf"drawing-{name}$|plot-{name}", key)]
        section = self._by_id("", "section").get(name)
        if not called and section:
            called = [key for key, figure in figures.items() if section in figure.parents]
        if len(called) != 1:
            names = ", ".join(re.sub("^(drawing|plot)-", "", key) for key in figures)
            raise QuoteError(
                f"{len(called) or 'no'} figures are called {name!r}. Name one of: {names}."
            )
        figure = figures[called[0]]
        # A plot has a title of its own.
        heading = figure.figcaption.strong or _section_of(figure).h2
        return self._quote(heading, figure["id"], str(figure))

    def lab(self, name: str) -> Quote:
        """Return an explorable, whole."""
        lab = _named("lab", name, self._by_id("explorable"))
        return self._quote(lab.find(class_="live-title"), name, str(lab))

    def question(self, name: str) -> Quote:
        """Return a question or a prediction."""
        form = _named("question", name, self._by_id("quiz-item"))
        note = form.find_parent(class_="quiz").find(class_="quiz-needs-script")
        html = f'<div class="quiz">{note}{form}</div>'
        return self._quote(form.find(class_="quiz-kicker"), name, html)

    def came_out(self, name: str) -> Quote:
        """Return what came out, beside what was predicted in the question ``name``."""
        blocks = {tag["data-item"]: tag for tag in self._top.find_all(class_="quiz-predicted")}
        block = _named("prediction with a result", name, blocks)
        return self._quote(block.summary, _section_of(block)["id"], str(block))

    # ------------------------------------------------------------------------------ finding

    @cached_property
    def _top(self) -> Tag:
        return self._soup.article.section

    @cached_property
    def _identified(self) -> list[Tag]:
        return self._top.find_all(id=True)

    def _by_id(self, css: str, tag: str | None = None) -> dict[str, Tag]:
        return {
            found["id"]: found
            for found in self._identified
            if (found.name == tag if tag else css in found.get("class", ()))
        }

    def _section(self, anchor: str) -> Tag:
        return _named("section", anchor, self._by_id("", "section"))

    def _sentences(self, anchor: str) -> list[_Sentence]:
        if anchor not in self._read:
            self._read[anchor] = [
                sentence
                for block in self._section(anchor).find_all(["p", "li", "dd"])
                if not (block.find(["p", "li"]) or _beside_the_text(block))
                for sentence in _sentences_of(block)
            ]
        return self._read[anchor]


def _beside_the_text(block: Tag) -> bool:
    return any(_NOT_PROSE & set(tag.get("class", ())) for tag in (block, *block.parents))


def _named(kind: str, name: str, known: Mapping[str, Tag]) -> Tag:
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    there = f"Did you mean {near[0]!r}?" if near else f"It has: {', '.join(known) or 'none'}."
    raise QuoteError(f"the chapter has no {kind} called {name!r}. {there}")


def _section_of(tag: Tag) -> Tag:
    """Return the section of the second level in which a tag stands: only these have lasting ids.

    The id of a heading that is used twice, such as *Predict*, is a number that another heading
    before it would change.
    """
    own, *_ = [above for above in tag.find_parents("section") if above.find("h2", recursive=False)]
    return own


# ------------------------------------------------------------------------------------ sentences


@dataclass(frozen=True)
class _Sentence:
    """A stretch of a block: from one place among its characters to another."""

    block: Tag
    start: int
    end: int
    text: str

    def begins(self, opening: str) -> bool:
        return _alike(self.text).startswith(_alike(opening))

    def html(self) -> str:
        return _cut(self.block, self.start, self.end)


def _alike(text: str) -> str:
    """Return a text with straight quotes and single spaces, as a person types it."""
    return " ".join(text.translate(_ALIKE).split())


def _sentences_of(block: Tag) -> Iterator[_Sentence]:
    block = _bare(block)
    text = "".join(_FORMULA if isinstance(leaf, Tag) else leaf for leaf in _leaves(block))
    ends = [found.end() for found in _SENTENCE_END.finditer(text)] + [len(text)]
    for start, end in zip([0, *ends], ends, strict=False):
        yield _Sentence(block, start, end, " ".join(text[start:end].split()))


def _leaves(block: Tag) -> Iterator[Tag | NavigableString]:
    """Yield the strings of a block in order, and each formula as one."""
    for node in block.descendants:
        formula = node if _is_formula(node) else node.find_parent(_is_formula)
        if node is formula or (isinstance(node, NavigableString) and not formula):
            yield node


def _is_formula(node) -> bool:
    return isinstance(node, Tag) and "math" in node.get("class", ())


def _cut(block: Tag, start: int, end: int) -> str:
    """Return the HTML of a stretch of a block, with its emphasis and formulas."""
    piece, place = copy.copy(block), 0
    for leaf in list(_leaves(piece)):
        size = 1 if isinstance(leaf, Tag) else len(leaf)
        first, last = max(start - place, 0), min(end - place, size)
        place += size
        if first >= last:
            leaf.extract()
        elif not isinstance(leaf, Tag):
            leaf.replace_with(leaf[first:last])
    return _words(piece)


# ------------------------------------------------------------------------------------ clean HTML


def _bare(tag: Tag) -> Tag:
    """Return a copy without what a page hangs on its sentences, nor the space before it."""
    bare = copy.copy(tag)
    for hung in bare.select(_HUNG_ON):
        before = hung.previous_sibling
        if isinstance(before, NavigableString):
            before.replace_with(before.rstrip())
        hung.decompose()
    return bare


def _words(tag: Tag) -> str:
    """Return the words of a tag with their emphasis, as HTML without ids.

    A link stays one if it leads to something on the same page; see :func:`without_dead_links`.
    """
    bare = _bare(tag)
    for inner in bare.find_all(True):
        formula = inner if _is_formula(inner) else inner.find_parent(_is_formula)
        if formula:
            continue
        leads_out = inner.name == "a" and not inner.get("href", "").startswith("#")
        if inner.name == "span" or leads_out or not (inner.get_text() or inner.find(_is_formula)):
            inner.unwrap()
        elif "id" in inner.attrs:
            del inner["id"]
    for text in bare.find_all(string=_ONE_WORD):
        text.replace_with(_ONE_WORD.sub(lambda found: _UNBROKEN[found[0]], text))
    return re.sub(r"[ \n]+", " ", bare.decode_contents()).strip()


def _paragraph(tag: Tag) -> str:
    return f"<p>{_words(tag)}</p>"


def _list(tag: Tag) -> str:
    items = "".join(f"<li>{_words(item)}</li>" for item in tag.find_all("li"))
    return f"<ul>{items}</ul>".replace("<p>", "").replace("</p>", "")


def without_dead_links(html: str, targets: Iterable[str]) -> str:
    """Return HTML in which only links to ``targets`` are left of those within the page."""
    known = {escape(f"#{target}") for target in targets}
    return re.sub(
        r'<a [^>]*?href="(#[^"]*)"[^>]*>(.*?)</a>',
        lambda link: link[0] if link[1] in known else link[2],
        html,
        flags=re.DOTALL,
    )
