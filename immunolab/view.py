"""What a reader sees of a model, as rows of data: panels, curves, read-outs, sentences.

Nothing here draws or solves.  The same rows feed matplotlib (figure, print, notebook) and the
page's script, so a curve has one description.  Curves refer to what the model computes by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from immunolab.kinds import ModelError

# Okabe and Ito's blue, vermillion, green and purple: told apart with every common colour vision,
# and with at least 3:1 contrast on white and on near-black. Each has its own dash as second cue.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("", "6 3", "2 2", "8 3 2 3")
GREY = "#6E7780"
#: Controls a reader sees at once; the rest is behind *More settings*.
FIRST_SIGHT = 4


# ----------------------------------------------------------------------------------- panels


@dataclass(frozen=True)
class Axis:
    """One axis: its label with unit, fixed limits, and a linear or logarithmic scale.

    Limits are fixed by the author, so that two settings can be compared by eye.
    """

    label: str
    low: float
    high: float
    scale: str = "linear"
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Line:
    """A curve of one quantity against another; ``of`` names another model drawn along."""

    x: str
    y: str
    label: str = ""
    colour: int = 0
    of: str = ""


@dataclass(frozen=True)
class Fill:
    """The area between two quantities (``low`` may be a number)."""

    x: str
    high: str
    low: str | float = 0.0
    label: str = ""
    colour: int = 0


@dataclass(frozen=True)
class Step:
    """A Kaplan-Meier curve with its censoring marks, for the arm with this name."""

    arm: str
    label: str = ""
    colour: int = 0


@dataclass(frozen=True)
class Points:
    """Marks: every value (``which="all"``), or only the first or the last."""

    x: str
    y: str
    which: str = "all"
    marker: str = "o"
    colour: int = 0


@dataclass(frozen=True)
class Cells:
    """What stands at each site of a grid: one mark for each kind, named beside the picture.

    ``series`` holds a code a site, row after row from below: 0 for nothing, else the place in
    ``kinds`` from 1.  ``shape`` is that of the grid: rows, columns.
    """

    series: str
    shape: tuple[int, int]
    kinds: tuple[CellKind, ...]


#: The marks of a grid, each with the letter that names it beside the picture.
MARKS = {"s": "■", "o": "●", "x": "×", "/": "⁄", "+": "+", "ring": "○"}


@dataclass(frozen=True)
class CellKind:
    """How one kind of thing is drawn: label, marker, and a colour of the palette or grey."""

    label: str
    marker: str = "o"
    colour: int | None = 0

    def __post_init__(self):
        if self.marker not in MARKS:
            raise ModelError(
                f"The kind of cell {self.label!r} has no mark {self.marker!r}: use one of "
                f"{', '.join(MARKS)}."
            )


@dataclass(frozen=True)
class Trajectory:
    """A path in the phase plane, with a ring where it starts and a dot where it ends."""

    x: str
    y: str
    colour: int = 0


@dataclass(frozen=True)
class Bar:
    """One bar for each of the read-outs named, as high as its value."""

    readouts: tuple[str, ...]
    labels: tuple[str, ...]
    colour: int = 0


@dataclass(frozen=True)
class Text:
    """Words at a place in the figure; braces are filled from the read-outs."""

    x: float
    y: float
    text: str
    align: str = "start"


@dataclass(frozen=True)
class Level:
    """A fixed dotted line with a name: a detection limit, a capacity."""

    y: float
    label: str


@dataclass(frozen=True)
class RiskTable:
    """Numbers at risk below a Kaplan-Meier panel, one row an arm."""

    arms: tuple[str, ...]
    labels: tuple[str, ...]
    times: tuple[float, ...]
    colours: tuple[int, ...]


@dataclass(frozen=True)
class Panel:
    """One picture: two axes and what is drawn in them."""

    title: str
    x: Axis
    y: Axis
    artists: tuple
    alt: str

    def __post_init__(self):
        if len(self.alt.strip()) < 20:
            raise ModelError(
                f"Panel {self.title!r}: the alternative text must say what is drawn and how to "
                "read it, in at least 20 characters."
            )


# --------------------------------------------------------------------------------- read-outs


@dataclass(frozen=True)
class Format:
    """How a number is written for a reader.

    ``style`` is ``"number"``, ``"percent"`` or ``"cells"`` (8.2 million cells);
    ``words`` replaces small values: ``((1.0, "none left"),)`` writes *none left* below 1;
    ``never`` is written where there is no value, for instance for a time that did not come.
    """

    style: str = "number"
    unit: str = ""
    digits: int = 2
    scale: float = 1.0
    words: tuple[tuple[float, str], ...] = ()
    never: str = "not in this run"

    def write(self, value: float) -> str:
        """Return the value in words; the page's script writes the same."""
        if math.isnan(value):
            return self.never
        for limit, word in self.words:
            if value < limit:
                return word
        if self.style == "percent":
            return f"{rounded(100 * value, self.digits)} %"
        if self.style == "cells":
            return _cells(value, self.digits)
        return f"{rounded(value * self.scale, self.digits)} {self.unit}".strip()


def rounded(value: float, digits: int) -> str:
    """Write a number with ``digits`` significant digits and no exponent."""
    if value == 0:
        return "0"
    if abs(value) < SMALLEST:
        return "0"
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞"
    exponent = int(f"{abs(value):.16e}".partition("e")[2])
    # Digits to keep after the point; never round away digits before it.
    places = max(0, digits - 1 - exponent)
    # Half up, as JavaScript's toFixed does; Python's format goes to even.
    unit = Decimal(1).scaleb(-min(places, 12))
    return f"{Decimal(float(value)).quantize(unit, ROUND_HALF_UP, _WIDE):f}"


SMALLEST = 1e-9  # below it a number is written as 0
_WIDE = Context(prec=400)


def _cells(value: float, digits: int) -> str:
    if value < 1:
        return "no cell"
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if value >= 0.9995 * size:  # 999 600 is written as 1.0 million
            return f"{rounded(value / size, digits)} {word} cells"
    return f"{rounded(value, digits)} cells"


#: How a series becomes one number. The page's script has the same list.
REDUCTIONS = (
    "first",
    "last",
    "max",
    "min",
    "time of max",
    "time of min",
    "first below",
    "first above",
    "at",
)


@dataclass(frozen=True)
class Readout:
    """One number read off a run, and how it is written.

    ``reduce`` is one of :data:`REDUCTIONS`; ``level`` is the threshold of *first below* and
    *first above*, or the time of *at*.  ``shown=False`` keeps it for sentences only.
    """

    name: str
    label: str
    of: str
    reduce: str = "last"
    level: float = 0.0
    format: Format = Format()
    shown: bool = True

    def __post_init__(self):
        if self.reduce not in REDUCTIONS:
            raise ModelError(
                f"Read-out {self.name!r}: reduce={self.reduce!r} is none of "
                f"{', '.join(REDUCTIONS)}."
            )

    def value(self, series: dict[str, np.ndarray], x: str) -> float:
        """Return the number for one run; not a number if the moment never comes."""
        y = series[self.of]
        if self.reduce in ("first", "last"):
            return float(y[0 if self.reduce == "first" else -1])
        if self.reduce in ("max", "min"):
            return float(y.max() if self.reduce == "max" else y.min())
        t = series[x]
        if self.reduce == "time of max":
            return float(t[int(np.argmax(y))])
        if self.reduce == "time of min":
            return float(t[int(np.argmin(y))])
        if self.reduce == "at":
            return _at(t, y, self.level)
        return _crossing(t, y, self.level, below=self.reduce == "first below")


def _at(t, y, when):
    """Interpolate between the two neighbouring points."""
    if not t[0] <= when <= t[-1]:
        return math.nan
    i = min(int(np.searchsorted(t, when, side="right")), t.size - 1)
    share = (when - t[i - 1]) / (t[i] - t[i - 1])
    return float(y[i - 1] + share * (y[i] - y[i - 1]))


def _crossing(t, y, level, below):
    """Return when y first passes the level, by linear interpolation."""
    past = (y < level) if below else (y > level)
    if not past.any():
        return math.nan
    i = int(np.argmax(past))
    if i == 0:
        return float(t[0])
    return float(t[i - 1] + (t[i] - t[i - 1]) * ((level - y[i - 1]) / (y[i] - y[i - 1])))


@dataclass(frozen=True)
class Sentence:
    """One possible outcome in words; the first whose condition holds is said.

    ``when(r)`` is a traced function of the read-outs (``r.tumour_end < 1``); no condition
    means *otherwise*.  Braces in the text are filled with read-outs as they are written.
    """

    text: str
    when: Callable | None = None


@dataclass(frozen=True)
class Preset:
    """A named setting, offered as a button."""

    label: str
    values: dict[str, float]
