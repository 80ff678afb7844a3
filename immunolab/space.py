"""The kind of model in which place matters: a grid of sites, advanced by the same rules.

Like :mod:`immunolab.kinds` this module describes, and neither runs nor draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from immunolab.kinds import Model, ModelError, Quantity

#: A field that every grid has: 1 on the grid and 0 around it, so that a rule can see the edge.
INSIDE = "inside"
#: The series that holds what is drawn at each site.
PICTURE = "picture"


@dataclass(frozen=True)
class Phase:
    """One round: each site looks at itself and its four neighbours, then all change at once.

    ``rule(here, near, chance, p)`` returns a dict of the fields that it changes.  ``here`` has the
    site's fields, and ``near.north``, ``.east``, ``.south`` and ``.west`` have those of its
    neighbours; ``chance`` unpacks into ``draws`` numbers between 0 and 1, new at every site.
    ``says`` is the rule in words.
    """

    says: str
    rule: Callable
    draws: int = 0


@dataclass(frozen=True, kw_only=True)
class Grid(Model):
    """Sites on a grid of ``shape`` (rows, columns), followed for ``steps`` steps.

    ``fields``
        what a site holds.  Around the grid all of them are zero.
    ``initial(place, chance, p)``
        returns fields at the start, the others being zero; ``place.x`` and ``place.y`` count
        columns from the left and
        rows from below, and ``chance`` unpacks into ``initial_draws`` numbers between 0 and 1.
    ``phases``
        what happens in one step, in this order; see :class:`Phase`.
    ``count(here, near, p)``
        returns a dict of numbers at a site, named in ``counts``; their sums are reported.
    ``picture(here, near, p)``
        returns what is drawn at a site: 0 for nothing, else the place in ``drawn``, from 1.
    ``clock``
        the parameter that says which step the picture shows; counts are reported for all of them.

    The parameter ``seed`` draws other chances.  They come from a hash of (seed, site, draw), so
    that page and kernel agree site by site.
    """

    fields: tuple[Quantity, ...]
    shape: tuple[int, int]
    steps: int
    initial: Callable
    phases: tuple[Phase, ...]
    count: Callable
    counts: tuple[Quantity, ...]
    picture: Callable
    drawn: tuple[str, ...]
    initial_draws: int = 0
    clock: str = "clock"
    time_unit: str = "steps"

    def __post_init__(self):
        super().__post_init__()
        self.parameter("seed")
        clock = self.parameter(self.clock)
        if clock.range != (0, self.steps) or clock.steps != self.steps:
            raise ModelError(
                f"{self.name}: the parameter {self.clock} must go from 0 to {self.steps} in "
                f"{self.steps} steps, one for each picture; it goes from {clock.range[0]:g} to "
                f"{clock.range[1]:g} in {clock.steps}."
            )
        if min(self.shape) < 1 or self.steps < 1:
            raise ModelError(f"{self.name}: a grid has rows, columns and steps, one at least.")
        if not self.phases:
            raise ModelError(f"{self.name}: a grid needs one phase at least: phases=(Phase(...),).")
        if INSIDE in self.field_names:
            raise ModelError(f"{self.name}: the field {INSIDE!r} is there already, in every grid.")

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def quantities(self):
        return (*self.counts, Quantity(PICTURE, "", "what is drawn at each site"))

    @property
    def functions(self):
        rules = {f"phase {number}": phase.rule for number, phase in enumerate(self.phases, 1)}
        return {"initial": self.initial, **rules, "count": self.count, "picture": self.picture}


def refuse_unknown_fields(model: Grid, who: str, changed: Iterable[str]) -> None:
    """Raise a ModelError unless a rule returns fields of the grid, one at least."""
    if not changed:
        raise ModelError(f"{model.name}, {who}: it changes nothing; return a dict of fields.")
    unknown = set(changed) - set(model.field_names)
    if unknown:
        raise ModelError(
            f"{model.name}, {who}: it returns what is no field: {', '.join(sorted(unknown))}. "
            f"The grid has: {', '.join(model.field_names)}."
        )
