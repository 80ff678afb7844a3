"""The exercises as readers find them: a list at the end of each chapter, and one of all."""

from __future__ import annotations

from html import escape

from immunolab.exercises import KINDS, Exercise, exercises_of
from immunolab.fragment import Fragment
from immunolab.objectives import chapters, title_of


def practice(chapter: str | None = None) -> Fragment:
    """Return a chapter's exercises as a list of links; without a name, those of all chapters."""
    if chapter is not None:
        found = exercises_of(chapter)
        return Fragment(html=_list(found, "../exercises/"), plain=_plain(found))
    every = {name: exercises_of(name) for name in chapters()}
    html = "".join(
        f'<h2 id="{name}">{escape(title_of(name))}</h2>{_list(found, "exercises/")}'
        for name, found in every.items()
        if found
    )
    return Fragment(html=html, plain="\n".join(map(_plain, every.values())))


def _list(found: tuple[Exercise, ...], folder: str) -> str:
    items = "".join(
        f'<li><a href="{folder}{each.name}.html">{escape(each.title)}</a> '
        f"<span>{KINDS[each.kind]}, about {each.minutes} minutes</span></li>"
        for each in found
    )
    return f'<ol class="practice">{items}</ol>'


def _plain(found: tuple[Exercise, ...]) -> str:
    return "\n".join(
        f"{number}. {each.title} ({KINDS[each.kind]}, about {each.minutes} minutes)"
        for number, each in enumerate(found, 1)
    )
