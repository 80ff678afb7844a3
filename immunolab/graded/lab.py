"""A lab at the settings that a question asks for: what to do, in words, and what it shows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from immunolab.describe import typed
from immunolab.explore import Explorable, Result
from immunolab.graded import GradedError, Unclear
from immunolab.view import FIRST_SIGHT, Format, Readout

_CELL_WORDS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}


@dataclass(frozen=True)
class Read:
    """A number as a student reads it off the page; the page may round by ``error`` either way."""

    value: float
    error: float = 0.0


def worked_out(rule: Callable[..., float], *reads: Read) -> Read:
    """Return what a rule makes of numbers read off the page, with their errors at their worst.

    The rule must rise or fall steadily within the errors, as sums, ratios, powers and logarithms do.
    """
    value = rule(*(read.value for read in reads))
    ends = ((read.value - read.error, read.value + read.error) for read in reads)
    return Read(value, max(abs(rule(*corner) - value) for corner in itertools.product(*ends)))


@dataclass(frozen=True)
class Seen:
    """One run of a lab, with the words that tell a student how to make it."""

    lab: Explorable
    preset: str
    turned: Mapping[str, float]
    result: Result

    def how(self, *also: str) -> str:
        """Return what to do for this run, as ``to_do`` says it."""
        return to_do(self.lab, self.preset, self.turned, *also)

    def value(self, readout: str) -> float:
        """Return the number of a read-out, as the model has it."""
        return float(self.result.readouts[readout][0])

    def text(self, readout: str) -> str:
        """Return a read-out as the page writes it."""
        return self.result.readouts[_shown(self.lab, readout).name][1]

    def label(self, readout: str) -> str:
        """Return what the page calls a read-out."""
        return _shown(self.lab, readout).label

    def read(self, readout: str) -> Read:
        """Return a read-out as the page shows it: shares in per cent, cells in cells.

        Raises Unclear where the page shows a word instead of a number.
        """
        return as_written(_shown(self.lab, readout).format, self.value(readout))


def seen(lab: Explorable, preset: str, turned: Mapping[str, float] | None = None) -> Seen:
    """Run a lab from a ready-made setting on, with sliders turned as a student would turn them.

    Raises a GradedError for a setting that the page cannot be brought to, or that has no result.
    """
    turned = dict(turned or {})
    ready = {each.label: each for each in lab.presets}
    if preset not in ready:
        raise GradedError(f"{lab.title}: no ready-made setting {preset!r}; {', '.join(ready)}.")
    parameters = {p.name: p for p in lab.model.parameters}
    for name, value in turned.items():
        low, high = parameters[name].range
        if name not in lab.controls or not low <= value <= high:
            raise GradedError(f"{lab.title}: {name} cannot be set to {value} on the page.")
    result = lab.compute({**ready[preset].values, **turned})
    if not result.ok:
        raise GradedError(f"{lab.title}, {preset}, {turned}: {result.message}")
    return Seen(lab, preset, turned, result)


def to_do(lab: Explorable, preset: str, turned: Mapping[str, float], *also: str) -> str:
    """Return how to set a lab, in a sentence; ``also`` are sliders that are turned after that."""
    turn = f" and set {change(lab, turned)}" if turned else ""
    note = more_settings(lab, {*turned, *also})
    return f"In the lab *{lab.title}* choose *{preset}*{turn}.{note}"


def setting(lab: Explorable, preset: str, turned: Mapping[str, float]) -> str:
    """Return settings as a name for them, within a list of settings of one lab."""
    return f"*{preset}*" + (f", {at(lab, turned)}" if turned else "")


def change(lab: Explorable, turned: Mapping[str, float]) -> str:
    """Return sliders and where they are to be set, as the object of a sentence."""
    return _listed(f"*{meaning(lab, n)}* to {typed(v)}" for n, v in turned.items())


def at(lab: Explorable, turned: Mapping[str, float]) -> str:
    """Return sliders and where they stand."""
    return _listed(f"*{meaning(lab, n)}* at {typed(v)}" for n, v in turned.items())


def more_settings(lab: Explorable, names: Collection[str]) -> str:
    """Return a sentence on where to find these sliders, or nothing if they are in plain sight."""
    if not any(name in lab.controls[FIRST_SIGHT:] for name in names):
        return ""
    sliders = "This slider is" if len(names) == 1 else "Sliders that you do not see are"
    return f" ({sliders} under *More settings*.)"


def meaning(lab: Explorable, slider: str) -> str:
    """Return what the page calls a slider."""
    return lab.model.parameter(slider).meaning


def _listed(words) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _shown(lab: Explorable, name: str) -> Readout:
    readout = next(each for each in lab.readouts if each.name == name)
    if not readout.shown:
        raise GradedError(f"{lab.title}: the read-out {name} is not on the page.")
    return readout


def as_written(written: Format, value: float) -> Read:
    """Return a value in the unit in which the page writes it, and half of its last digit there.

    Raises Unclear where the page writes a word instead.
    """
    text = written.write(value)
    number, _, unit = text.partition(" ")
    if not re.fullmatch(r"-?[\d.]+", number):
        raise Unclear(f"the page shows {text!r}, which is no number")
    places = len(number.partition(".")[2])
    error = 0.0 if number == "0" else 0.5 * 10.0**-places
    if written.style == "cells":
        return Read(value, error * _CELL_WORDS.get(unit.split()[0], 1.0))
    return Read(value * (100 if written.style == "percent" else written.scale), error)
