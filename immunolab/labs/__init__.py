"""The labs of the book: each a function that returns an explorable, one file a chapter.

A lab takes a model, so a class can hand it a changed one: ``the_brake(virtual_tumour.replace(...))``.
"""

from __future__ import annotations

from collections.abc import Callable

from immunolab.explore import Explorable
from immunolab.labs import checkpoints, cover, workshop

LABS: tuple[Callable[[], Explorable], ...] = (
    cover.treat_this_tumour,
    checkpoints.the_brake,
    checkpoints.dormancy_or_escape,
    workshop.antibody_occupancy,
    workshop.sharing_a_ligand,
    workshop.a_two_arm_trial,
)


def all_explorables() -> dict[str, Explorable]:
    """Return every explorable of the book by its name."""
    made = [lab() for lab in LABS]
    return {explorable.name: explorable for explorable in made}
