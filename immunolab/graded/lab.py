"""A lab at the settings that a question asks for: what to do, in words, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from immunolab.explore import Explorable, Result
from immunolab.graded import GradedError
from immunolab.view import Readout

#: A read-out is read off the page to three digits, so to within 0.5 %.  Whoever sets the sliders as
#: asked is right well within 2 %; whoever sets one a step away, as a rule, is not.
READING = 0.02


@dataclass(frozen=True)
class Seen:
    """One run of a lab, with the words that tell a student how to make it."""

    lab: Explorable
    how: str
    result: Result

    def value(self, readout: str) -> float:
        """Return the number of a read-out."""
        return float(self.result.readouts[readout][0])

    def text(self, readout: str) -> str:
        """Return a read-out as the page writes it."""
        return self.result.readouts[readout][1]

    def label(self, readout: str) -> str:
        """Return what the page calls a read-out."""
        return _readout(self.lab, readout).label


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
    settings = ", ".join(f"*{parameters[n].meaning}* to {_typed(v)}" for n, v in turned.items())
    how = f"In the lab *{lab.title}* choose *{preset}*" + (f" and set {settings}" if turned else "")
    return Seen(lab, f"{how}.", result)


def _readout(lab: Explorable, name: str) -> Readout:
    return next(each for each in lab.readouts if each.name == name)


def _typed(value: float) -> str:
    """Write a number as it can be typed into the box beside a slider."""
    return f"{value:g}"
