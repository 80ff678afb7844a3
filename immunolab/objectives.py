"""What a chapter promises: its objectives, read from the chapter's own front matter.

The promise is written once, at the head of ``chapters/<chapter>.md``; the list in the chapter, the
page of objectives, *My progress* and the checks all read it there::

    objectives:
      - id: recognition
        verb: explain
        text: why an antibody against PD-1 needs T cells that can recognise the tumour
        section: a-brake-works-mainly-after-recognition
        labs: {brake: The brake}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from immunolab.fragment import Fragment
from immunolab.places import BOOK, pages, sections, shown
from immunolab.written import Written, WrittenError, read_head

#: What a learner can be seen doing, by level (after Bloom); nobody can examine *understands*.
VERBS = {
    "remember": ("name", "recall", "list"),
    "understand": ("explain", "describe", "classify", "distinguish", "read"),
    "apply": ("predict", "calculate", "use"),
    "analyse": ("compare", "trace", "separate"),
    "evaluate": ("judge", "weigh", "defend"),
    "create": ("design", "plan"),
}
_FIELDS = ("id", "verb", "text", "section", "labs")


class ObjectivesError(ValueError):
    """A chapter's objectives are missing or incomplete; the message names file and line."""


@dataclass(frozen=True)
class Objective:
    """One thing a reader can do after a chapter.

    ``section`` is the anchor of the section that teaches it; ``labs`` are the explorables that let
    the reader find it out, title by name.
    """

    chapter: str
    id: str
    verb: str
    text: str
    section: str
    labs: Mapping[str, str]

    @property
    def level(self) -> str:
        """The level of its verb."""
        return next(level for level, verbs in VERBS.items() if self.verb in verbs)


def chapters() -> tuple[str, ...]:
    """Return the names of the chapters that state objectives, in the order of the book."""
    found = [BOOK / f"{page}.md" for page in pages() if page.startswith("chapters/")]
    return tuple(path.stem for path in found if "objectives" in _head(path).data)


def title_of(chapter: str) -> str:
    """Return the heading of a chapter."""
    return sections(f"chapters/{chapter}")[0].heading


def headings_of(chapter: str) -> dict[str, str]:
    """Return the headings of a chapter by their anchors, as the book makes them."""
    return {part.anchor: part.heading for part in sections(f"chapters/{chapter}")}


@cache
def objectives_of(chapter: str) -> tuple[Objective, ...]:
    """Return a chapter's objectives, in order, or raise an ObjectivesError."""
    path = BOOK / "chapters" / f"{chapter}.md"
    if not path.is_file():
        raise ObjectivesError(f"There is no chapter called {chapter!r}: {shown(path)} is missing.")
    head = _head(path)
    listed = head.data.get("objectives")
    if not isinstance(listed, list) or not listed:
        raise ObjectivesError(f"{shown(path)}, line 1: the front matter lists no objectives.")
    read = tuple(
        _objective(chapter, entry, head.where(["objectives", number]))
        for number, entry in enumerate(listed)
    )
    ids = [objective.id for objective in read]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise ObjectivesError(
                f"{head.where(['objectives', number])}: the id {name!r} is used twice."
            )
    return read


def _objective(chapter: str, entry, where: str) -> Objective:
    if not isinstance(entry, dict) or set(entry) != set(_FIELDS):
        raise ObjectivesError(f"{where}: an objective has exactly {', '.join(_FIELDS)}.")
    known = [verb for verbs in VERBS.values() for verb in verbs]
    if entry["verb"] not in known:
        raise ObjectivesError(
            f"{where}: {entry['verb']!r} cannot be examined. Use one of {', '.join(known)}."
        )
    labs, texts = entry["labs"], {field: entry[field] for field in _FIELDS[:-1]}
    if not isinstance(labs, dict) or not labs:
        raise ObjectivesError(f"{where}: labs must name at least one lab, as {{name: its title}}.")
    for field, words in (*texts.items(), *(("title of a lab", title) for title in labs.values())):
        if not isinstance(words, str) or not words.strip():
            raise ObjectivesError(f"{where}: the {field} must be words, not {words!r}.")
    for anchor in (texts["section"], *labs):
        # They become part of links.
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", str(anchor)):
            raise ObjectivesError(
                f"{where}: {anchor!r} is no anchor: use small letters, digits, - and _."
            )
    return Objective(chapter=chapter, labs=dict(labs), **texts)


@cache
def _head(path: Path) -> Written:
    try:
        head = read_head(path)
    except WrittenError as error:
        raise ObjectivesError(str(error)) from None
    return head if head and isinstance(head.data, dict) else Written(shown(path), None, {})


# ------------------------------------------------------------------------------------ showing


def objectives(chapter: str) -> Fragment:
    """Return a chapter's objectives as a list for its head, each linked to where it is taught."""
    listed = objectives_of(chapter)
    rows = "".join(
        f"<li><p><strong>{escape(o.verb)}</strong> {escape(o.text)} "
        f'<span class="objective-links">({_links(o)})</span></p></li>'
        for o in listed
    )
    plain = "\n".join(f"{n}. {o.verb} {o.text}" for n, o in enumerate(listed, 1))
    return Fragment(html=f'<ol class="objectives">{rows}</ol>', plain=plain)


def _links(objective: Objective) -> str:
    labs = ", ".join(lab_links(objective))
    word = "lab" if len(objective.labs) == 1 else "labs"
    return f"{section_link(objective)}; {word}: {labs}"


def section_link(objective: Objective, page: str = "") -> str:
    """Return a link to the section of an objective, by its heading."""
    return f'<a href="{page}#{objective.section}">{escape(section_of(objective))}</a>'


def section_of(objective: Objective) -> str:
    """Return the heading of the section that teaches an objective."""
    return headings_of(objective.chapter).get(objective.section, objective.section)


def lab_links(objective: Objective, page: str = "") -> list[str]:
    """Return links to the labs of an objective, by their titles."""
    return [
        f'<a href="{page}#{name}">{escape(title)}</a>' for name, title in objective.labs.items()
    ]
