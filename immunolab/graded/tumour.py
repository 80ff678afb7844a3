"""What questions on the virtual tumour share: the limit of a scan, and what gets below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from immunolab.explore import Explorable
from immunolab.graded.asking import plainly_below
from immunolab.graded.lab import Seen, change, seen
from immunolab.labs.common import DETECTABLE
from immunolab.lms.question import Choice

#: How a stem says it.
BELOW_A_SCAN = "below the limit of a scan (63 million cells, the dotted line)"

#: A change of sliders; why it helps, if it does (empty: none is expected); why not, if it does not.
Change = tuple[Mapping[str, float], str, str]


def sliders(changes: Sequence[tuple]) -> set[str]:
    """Return which sliders such changes move."""
    return {name for turned, *_ in changes for name in turned}


def unseen(run: Seen) -> bool:
    """Return whether the tumour is below the limit of a scan on day 600, or raise Unclear."""
    return plainly_below(run.value("end"), DETECTABLE)


def outcome_of(run: Seen) -> str:
    """Return what is left of the tumour, as a sentence."""
    return f"The tumour ends with {run.text('end')}."


def by_change(
    lab: Explorable, preset: str, base: Mapping[str, float], changes: Sequence[Change]
) -> list[Choice]:
    """Return changes as choices; right are those that take the tumour below the limit of a scan."""
    made = []
    for turned, helps, fails in changes:
        run = seen(lab, preset, {**base, **turned})
        why = (helps or "That is enough here.") if unseen(run) else fails
        made.append(Choice(change(lab, turned), unseen(run), f"{outcome_of(run)} {why}"))
    return made
