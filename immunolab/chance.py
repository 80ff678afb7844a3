"""Kinds of model in which chance plays a part.

``Cohort``
    virtual patients, each an ODE, compared in two arms, on the page and in a kernel alike;
``Population``
    thousands of them under any therapy, in a kernel;
``Simulation``
    chance event by event, in a kernel.

Like :mod:`immunolab.kinds` this module describes, and neither solves nor draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from immunolab.kinds import ODE, Model, ModelError, Quantity


@dataclass(frozen=True)
class Arm:
    """One arm of a trial: ``settings(p)`` returns the parameters that its treatment changes."""

    name: str
    label: str
    settings: Callable


@dataclass(frozen=True, kw_only=True)
class Cohort(Model):
    """Virtual patients in two arms, followed to an event or to censoring.

    ``patient``
        the ODE that every patient runs, each with parameters of their own.
    ``personal(p, z)``
        returns the parameters in which patients differ; ``z`` unpacks into ``draws``
        independent standard normal numbers.
    ``event(t, y, p)``
        is negative until the event and positive after it.
    ``arms``
        control first, treatment second.
    ``step``
        the fixed time step; halving it must not move the curves (a test holds it to that).

    ``patient.breaks`` are honoured, from the shared settings: they may not differ between patients.
    Patients are censored when the follow-up ends or when they drop out, at the constant rate
    given by the parameter ``dropout``.  The parameter ``seed`` draws a new cohort.
    """

    patient: ODE
    personal: Callable
    draws: int
    event: Callable
    arms: tuple[Arm, Arm]
    step: float
    size: int = 500
    risk_times: tuple[float, ...] = ()
    computes: tuple[Quantity, ...] = field(init=False, default=())

    def __post_init__(self):
        if len(self.arms) != 2:
            raise ModelError(f"{self.name}: a cohort compares two arms, not {len(self.arms)}.")
        if self.size < 2 or self.size % 2:
            raise ModelError(
                f"{self.name}: size is {self.size}; two arms need an even number of patients, two "
                "at least."
            )
        if self.patient.jumps or self.patient.method == "stiff":
            raise ModelError(
                f"{self.name}: a cohort's patients advance in fixed explicit steps, so their model "
                "can have neither jumps nor the stiff method."
            )
        own = {p.name for p in self.parameters}
        if not {"dropout", "seed"} <= own:
            raise ModelError(f"{self.name}: a cohort needs the parameters dropout and seed.")
        object.__setattr__(self, "computes", _cohort_quantities(self.arms, self.patient.time_unit))
        super().__post_init__()

    @property
    def quantities(self):
        return self.computes

    @property
    def functions(self):
        return {"patient": self.patient.rhs, "personal": self.personal, "event": self.event}

    @property
    def risk_grid(self) -> tuple[float, ...]:
        """Times at which the numbers at risk are counted."""
        if self.risk_times:
            return self.risk_times
        start, end = self.patient.span
        return tuple(float(t) for t in np.linspace(start, end, 5))


@dataclass(frozen=True, kw_only=True)
class Population(Model):
    """Thousands of virtual patients who differ, each running one ODE, in a kernel.

    ``patient``
        the ODE that every patient runs.  Populations of cells that may nearly vanish are best
        followed in logarithms (:meth:`~immunolab.kinds.ODE.in_logarithms`): steps are fixed.
    ``personal(p, z)``
        returns the parameters in which patients differ; ``z`` unpacks into ``draws``
        independent standard normal numbers.
    ``volume(y)``
        returns the volume of the tumour, in cubic centimetres.
    ``step``
        the longest time step; halving it must hardly change an outcome (a test counts).
    ``visits``
        the time between two scans, the first before treatment.

    The parameter ``seed`` draws other patients; ``dropout`` is the rate at which they are lost.
    """

    patient: ODE
    personal: Callable
    draws: int
    volume: Callable
    step: float
    visits: float
    size: int = 10_000

    def __post_init__(self):
        if self.patient.extinctions or self.patient.method == "stiff":
            raise ModelError(
                f"{self.name}: a population's patients advance in fixed explicit steps, so their "
                "model can have neither extinctions nor the stiff method."
            )
        start, end = self.patient.span
        if not self.step > 0:
            raise ModelError(f"{self.name}: step = {self.step} is not allowed; it is above zero.")
        if not 0 < self.visits <= end - start:
            raise ModelError(
                f"{self.name}: visits = {self.visits} is not allowed; it is above zero and not "
                f"longer than the run, {end - start:g}."
            )
        super().__post_init__()
        for name in ("dropout", "seed"):
            self.parameter(name)

    @property
    def quantities(self):
        return ()

    @property
    def functions(self):
        return {"personal": self.personal, "volume": self.volume}


@dataclass(frozen=True, kw_only=True)
class Simulation(Model):
    """Chance, event by event: ``simulate(p, random)`` returns a dict, one entry a quantity.

    ``random`` is a :class:`numpy.random.Generator`, seeded by the parameter ``seed``.  The function
    may branch and loop as it likes, so it cannot be traced: it runs in a kernel, never on the page.
    """

    simulate: Callable
    computes: tuple[Quantity, ...]

    def __post_init__(self):
        super().__post_init__()
        self.parameter("seed")

    @property
    def quantities(self):
        return self.computes

    @property
    def functions(self):
        return {"simulate": self.simulate}


def _cohort_quantities(arms: Iterable[Arm], unit: str) -> tuple[Quantity, ...]:
    """Name what a cohort reports: two curves, their marks and counts, and the comparison."""
    named = []
    for arm in arms:
        named += [
            Quantity(f"time_{arm.name}", "t", f"time, {arm.label}", unit),
            Quantity(f"survival_{arm.name}", "S", f"share without event, {arm.label}"),
            Quantity(f"censored_time_{arm.name}", "t", f"time of censoring, {arm.label}", unit),
            Quantity(f"censored_survival_{arm.name}", "S", f"share then, {arm.label}"),
            Quantity(f"share_{arm.name}", "S", f"share without event, {arm.label}"),
            Quantity(f"at_risk_{arm.name}", "n", f"patients at risk, {arm.label}"),
            Quantity(f"events_{arm.name}", "d", f"events, {arm.label}"),
            Quantity(f"restricted_mean_{arm.name}", r"\mu", f"restricted mean, {arm.label}", unit),
        ]
    comparison = [
        Quantity("risk_time", "t", "time", unit),
        Quantity("hazard_ratio", r"\mathrm{HR}", "hazard ratio, treatment against control"),
        Quantity("hazard_ratio_low", "", "lower end of its 95 % interval"),
        Quantity("hazard_ratio_high", "", "upper end of its 95 % interval"),
        Quantity("restricted_mean_difference", r"\Delta\mu", "restricted mean gained", unit),
    ]
    return (*named, *comparison)
