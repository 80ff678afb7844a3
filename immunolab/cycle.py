"""The map of the book: seven steps from a dying tumour cell to the next, and where a chapter is.

The steps are those of the cancer-immunity cycle (Chen and Mellman 2013,
doi:10.1016/j.immuni.2013.07.012).  Each chapter's head shows them with its own marked, so that a
reader who comes from a search knows where they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from immunolab.fragment import Fragment


@dataclass(frozen=True)
class Step:
    """One step of the cycle: its name, and what may go wrong there."""

    name: str
    failure: str


STEPS = (
    Step("Antigen is set free", "there is none, or it is lost"),
    Step("Antigen is presented", "dendritic cells are missing"),
    Step("T cells are primed", "help is withheld"),
    Step("T cells travel", "nothing calls them"),
    Step("T cells enter the tumour", "vessels and stroma keep them out"),
    Step("T cells recognise", "antigen is no longer shown"),
    Step("T cells kill", "brakes, exhaustion, suppression"),
)


def where_we_are(*steps: int) -> Fragment:
    """Return the seven steps, those of the chapter (1 to 7) marked.

    Raises ValueError for a step that does not exist, or if none is given.
    """
    wrong = [step for step in steps if step not in range(1, len(STEPS) + 1)]
    if wrong or not steps:
        raise ValueError(
            f"The cycle has steps 1 to {len(STEPS)}; {list(steps)} are not among them."
        )
    items = "".join(_item(number, number in steps) for number in range(1, len(STEPS) + 1))
    html = (
        '<div class="cycle" role="group" aria-label="Where this chapter is in the cycle">'
        "<p>The way of an attack, and where this chapter is on it:</p>"
        f"<ol>{items}</ol></div>"
    )
    return Fragment(html=html, plain="\n".join(_plain(steps)))


def _item(number: int, here: bool) -> str:
    step = STEPS[number - 1]
    mark = ' class="cycle-here"' if here else ""
    spoken = '<span class="cycle-said">, in this chapter</span>' if here else ""
    return (
        f'<li{mark}><span class="cycle-name">{escape(step.name)}{spoken}</span> '
        f'<span class="cycle-failure">{escape(step.failure)}</span></li>'
    )


def _plain(steps: Iterable[int]) -> Iterable[str]:
    for number, step in enumerate(STEPS, 1):
        mark = ", in this chapter" if number in steps else ""
        yield f"{number}. {step.name}{mark}: {step.failure}"
