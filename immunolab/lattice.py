"""Run a grid in the kernel: the plain rules on whole arrays at once.

The page takes the traced rules site by site.  Both use the same hash for chance and the same order
of arithmetic, so they agree site by site.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np

from immunolab.draws import uniform
from immunolab.kinds import ModelError
from immunolab.space import INSIDE, PICTURE, Grid, refuse_unknown_fields


def run(model: Grid, p) -> dict[str, np.ndarray]:
    """Return the counts, one number a step, and the picture of the step that the clock shows.

    The picture holds a code a site, row after row from below.  Raises a ModelError if a rule
    returns something else than fields of the grid.
    """
    sites = _Sites(model, p)
    counts = {q.name: np.empty(model.steps + 1) for q in model.counts}
    shown = int(getattr(p, model.clock))  # between two steps the last one is shown
    picture = None
    for step in range(model.steps + 1):
        if step:
            sites.advance()
        for name, value in sites.counted().items():
            counts[name][step] = value
        if step == shown:
            picture = sites.drawn()
    return {"t": np.arange(model.steps + 1.0), **counts, PICTURE: picture}


class _Sites:
    """The fields, each with a border of zeros around it, and how often chance was asked."""

    def __init__(self, model: Grid, p):
        self.model, self.p = model, p
        rows, columns = model.shape
        self.numbers = np.arange(rows * columns).reshape(model.shape)
        self.fields = {name: np.zeros((rows + 2, columns + 2)) for name in model.field_names}
        self.fields[INSIDE] = np.zeros((rows + 2, columns + 2))
        self.fields[INSIDE][1:-1, 1:-1] = 1.0
        self.asked = 0
        y, x = np.divmod(self.numbers, columns)
        place = SimpleNamespace(x=x.astype(float), y=y.astype(float))
        start = model.initial(place, self._chance(model.initial_draws), p)
        self._write("initial", start)

    def advance(self) -> None:
        """Take one step: all phases, one after the other."""
        for number, phase in enumerate(self.model.phases, 1):
            changed = phase.rule(*self._around(), self._chance(phase.draws), self.p)
            self._write(f"phase {number}", changed)

    def counted(self) -> dict[str, float]:
        """Return the sums over all sites."""
        found = self.model.count(*self._around(), self.p)
        return {
            q.name: float(np.broadcast_to(found[q.name], self.model.shape).sum())
            for q in self.model.counts
        }

    def drawn(self) -> np.ndarray:
        """Return what is drawn at each site, row after row."""
        codes = self.model.picture(*self._around(), self.p)
        return np.broadcast_to(codes, self.model.shape).astype(float).ravel()

    def _around(self):
        def seen(rows, columns):
            return SimpleNamespace(**{n: field[rows, columns] for n, field in self.fields.items()})

        middle, up, down = slice(1, -1), slice(2, None), slice(None, -2)
        near = SimpleNamespace(
            north=seen(up, middle),
            east=seen(middle, up),
            south=seen(down, middle),
            west=seen(middle, down),
        )
        return seen(middle, middle), near

    def _chance(self, draws: int) -> list[np.ndarray]:
        seed, first = int(self.p.seed), self.asked
        self.asked += draws
        return [uniform(seed, self.numbers, first + k) for k in range(draws)]

    def _write(self, who: str, changed) -> None:
        if not isinstance(changed, Mapping):
            raise ModelError(
                f"{self.model.name}, {who}: it returns a {type(changed).__name__}; return a dict "
                "of fields."
            )
        refuse_unknown_fields(self.model, who, changed)
        # A copy of each first: the next phase must not see this one half done.
        for name, values in changed.items():
            field = np.zeros_like(self.fields[name])
            field[1:-1, 1:-1] = values
            self.fields[name] = field
