"""What a model is.

A model is a plain NumPy-style function and a table of parameters.  Three kinds are here:

``ODE``
    states that change in time, with doses, jumps and extinction;
``Formula``
    a closed form swept over one variable;
``Equilibrium``
    implicit algebra, solved by a bounded iteration and swept over one variable.

Kinds in which chance plays a part stand in :mod:`immunolab.chance`.

This module describes models; it neither solves, draws nor translates them, and it imports
nothing but the standard library and NumPy.  Everything else in the package reads what is
written here, so a model file is complete: equations, numbers, units and sources.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import ClassVar

import numpy as np


class ModelError(ValueError):
    """A model or a setting that cannot be right; the message says which and what to do."""


class SolveFailure(ArithmeticError):
    """The model could not be solved at these settings; the message is meant for the reader."""


# --------------------------------------------------------------------------- parts of a model


#: How far a number may be trusted, and how the page says so.
GRADES = {
    "published": "published",  # seen in the source named, or in a transcription by table and row
    "curated": "from a curated file or the authors’ code",
    "secondary": "as quoted by another source",
    "illustrative": "illustrative",  # ours, chosen so that the toy teaches
}

#: What a model's result was held against, and how the page says so.
BASES = {
    "paper": "the paper’s own number",
    "curated": "a curated file, or the authors’ code or data",
    "derived": "derived from the equations",
    "reference": "a run of our own, kept as a reference",
}


@dataclass(frozen=True)
class Source:
    """Where a number comes from, and how far it may be trusted.

    ``grade`` is one of :data:`GRADES`.
    """

    citation: str
    doi: str = ""
    ledger: str = ""
    grade: str = "published"

    def __post_init__(self):
        if self.grade not in GRADES:
            raise ModelError(
                f"Source {self.citation!r} has grade {self.grade!r}; "
                f"write one of {', '.join(GRADES)}."
            )
        if self.grade != "illustrative" and not (self.doi or self.ledger):
            raise ModelError(
                f"Source {self.citation!r} is called {self.grade} but gives neither a DOI "
                "nor a ledger id. Add one, or call the number illustrative."
            )


ILLUSTRATIVE = Source("illustrative", grade="illustrative")


@dataclass(frozen=True)
class Check:
    """A result that a model must show, what it is held against, and the test that does so.

    ``basis`` is one of :data:`BASES`; ``test`` is the name of a function in ``tests/science``
    or ``tests/engine`` (a test of the sources refuses a name that is not there).
    """

    result: str
    basis: str
    test: str

    def __post_init__(self):
        if self.basis not in BASES:
            raise ModelError(
                f"Check {self.result!r} has basis {self.basis!r}; write one of {', '.join(BASES)}."
            )


class Limit(str):
    """Something a model leaves out that matters only where a certain parameter is turned."""

    def __new__(cls, of: str, text: str):
        """Return ``text``, which matters where parameter ``of`` is not at rest."""
        made = super().__new__(cls, text)
        made.of = of
        return made


@dataclass(frozen=True)
class Parameter:
    """One number of a model: what it means, and how far a reader may turn it.

    ``range`` is the slider's (low, high); ``scale`` is ``"linear"`` or ``"log"``;
    ``steps`` is how many positions the slider has between its ends.
    """

    name: str
    symbol: str
    meaning: str
    unit: str
    default: float
    range: tuple[float, float]
    scale: str = "linear"
    source: Source = ILLUSTRATIVE
    steps: int = 100

    def __post_init__(self):
        low, high = self.range
        if not self.name.isidentifier():
            raise ModelError(f"Parameter name {self.name!r} is not a Python name.")
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ModelError(f"Parameter {self.name!r}: range {self.range} is not low < high.")
        if not low <= self.default <= high:
            raise ModelError(
                f"Parameter {self.name!r}: default {self.default} lies outside {low} to {high}."
            )
        if self.scale not in ("linear", "log"):
            raise ModelError(f"Parameter {self.name!r}: scale must be 'linear' or 'log'.")
        if self.scale == "log" and low <= 0:
            raise ModelError(
                f"Parameter {self.name!r}: a logarithmic slider needs a range above zero."
            )

    def checked(self, value) -> float:
        """Return ``value`` as a float inside the range, or raise a ModelError that says why."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ModelError(f"{self.name} must be a number, not {value!r}.") from None
        low, high = self.range
        if not low <= number <= high:
            raise ModelError(
                f"{self.name} = {number:g} is not allowed: {self.meaning} "
                f"goes from {low:g} to {high:g} {self.unit}".rstrip()
                + "."
            )
        return number


@dataclass(frozen=True)
class Quantity:
    """Something a model computes: a state, or what can be observed of the states.

    ``floor`` is the size below which a difference between two solvers means nothing (for a
    tumour, one cell); comparisons are relative above it and absolute below it.
    """

    name: str
    symbol: str
    meaning: str
    unit: str = ""
    floor: float = 1e-9


@dataclass(frozen=True)
class Sweep:
    """The variable that a Formula or an Equilibrium is drawn over."""

    name: str
    symbol: str
    meaning: str
    unit: str
    low: float
    high: float
    scale: str = "linear"
    points: int = 161

    def grid(self) -> np.ndarray:
        """Return the points of the sweep, shape (points,)."""
        position = np.arange(self.points) / (self.points - 1)
        if self.scale == "log":
            return self.low * np.exp(position * math.log(self.high / self.low))
        return self.low + (self.high - self.low) * position


@dataclass(frozen=True)
class Jump:
    """States that change at once: a bolus, a transfer of cells, an operation.

    ``times(p)`` returns a fixed number of times, which may depend on parameters; a time outside
    the run never comes (use ``np.inf`` for a dose that is not given).  ``change(t, y, p)``
    returns the new states.
    """

    times: Callable
    change: Callable


@dataclass(frozen=True)
class Extinction:
    """The last cell dies: a state is set to zero below ``below(p)``, if it shrinks and is not fed.

    A differential equation knows no last cell, so a tumour of a millionth of a cell would grow
    back.  The rule is part of the model, and the page and the kernel obey it alike.
    """

    state: str
    below: Callable


# --------------------------------------------------------------------------------- the kinds


@dataclass(frozen=True, kw_only=True)
class Model:
    """What all kinds share: a name, parameters, quantities, and ``replace``."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    summary: str = ""
    leaves_out: tuple[str, ...] = ()  # sentences; a Limit concerns one parameter
    source: Source = ILLUSTRATIVE
    checks: tuple[Check, ...] = ()

    #: What only a grid has: the parameter that chooses its picture, and its rules.
    clock: ClassVar[str] = ""
    phases: ClassVar[tuple] = ()

    def __post_init__(self):
        _refuse_duplicates(self.name, (q.name for q in (*self.parameters, *self.quantities)))

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Everything the model computes."""
        raise NotImplementedError

    @property
    def functions(self) -> dict[str, Callable]:
        """The functions a reader may want to see, by role."""
        raise NotImplementedError

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called ``name``, or raise a ModelError that lists the names."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = [p.name for p in self.parameters]
        near = difflib.get_close_matches(name, known, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise ModelError(
            f"{self.name} has no parameter {name!r}.{meant} It has: {', '.join(known)}."
        )

    def defaults(self) -> dict[str, float]:
        """Return the default of every parameter."""
        return {p.name: float(p.default) for p in self.parameters}

    def settings(self, values: Mapping[str, float] | None = None) -> SimpleNamespace:
        """Return checked settings: the defaults, changed by ``values``."""
        chosen = self.defaults()
        for name, value in (values or {}).items():
            chosen[name] = self.parameter(name).checked(value)
        # NumPy's numbers divide by zero with a warning, as JavaScript does without; Python's raise.
        return SimpleNamespace(**{name: np.float64(value) for name, value in chosen.items()})

    def replace(self, **changes):
        """Return a copy with some parts changed, for instance ``model.replace(rhs=mine)``."""
        unknown = set(changes) - set(self.__dataclass_fields__)
        if unknown:
            raise ModelError(
                f"{type(self).__name__} has no part called {', '.join(sorted(unknown))}. "
                f"It has: {', '.join(self.__dataclass_fields__)}."
            )
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class ODE(Model):
    """States that change in time.

    ``rhs(t, y, p)``
        returns the derivatives, one a state; ``y`` unpacks into the states.
    ``initial(p)``
        returns the states at the start.
    ``observe(t, y, p)``
        returns a dict of further quantities (named in ``observables``).
    ``breaks(p)``
        returns the times at which ``rhs`` is not smooth: starts and stops of treatments.
        The solver steps exactly on to each of them.
    ``jumps``, ``extinctions``
        see :class:`Jump` and :class:`Extinction`.
    ``method``
        ``"explicit"`` (Dormand-Prince) or ``"stiff"`` (an implicit method with the traced
        Jacobian), for models in which some rates are thousands of times faster than others.
    ``original``
        the model as its author wrote it, where :meth:`in_logarithms` made this one of it; equations
        and sources are shown from there, and ``replace`` changes it there.
    """

    rhs: Callable
    initial: Callable
    states: tuple[Quantity, ...]
    span: tuple[float, float]
    time_unit: str = "days"
    points: int = 401
    observe: Callable | None = None
    observables: tuple[Quantity, ...] = ()
    breaks: Callable | None = None
    jumps: tuple[Jump, ...] = ()
    extinctions: tuple[Extinction, ...] = ()
    method: str = "explicit"
    original: ODE | None = None
    logarithmic: tuple[str, ...] = ()

    def __post_init__(self):
        super().__post_init__()
        if self.method not in ("explicit", "stiff"):
            raise ModelError(f"{self.name}: method must be 'explicit' or 'stiff'.")
        if self.method == "stiff" and self.extinctions:
            raise ModelError(
                f"{self.name}: extinctions need the explicit method, which can stop within a step."
            )
        if bool(self.observe) != bool(self.observables):
            raise ModelError(f"{self.name}: give both observe and observables, or neither.")
        for rule in self.extinctions:
            self.state_index(rule.state)

    @property
    def quantities(self):
        return (*self.states, *self.observables)

    @property
    def functions(self):
        if self.original:
            return self.original.functions
        named = {"rhs": self.rhs, "initial": self.initial}
        if self.observe:
            named["observe"] = self.observe
        if self.breaks:
            named["breaks"] = self.breaks
        for number, jump in enumerate(self.jumps, 1):
            named |= {f"jump {number}: times": jump.times, f"jump {number}: change": jump.change}
        return named

    def state_index(self, name: str) -> int:
        """Return the position of a state in ``y``."""
        for index, state in enumerate(self.states):
            if state.name == name:
                return index
        raise ModelError(f"{self.name} has no state {name!r}.")

    def in_logarithms(self, *names: str) -> ODE:
        """Return the same model with the named states followed as their natural logarithms.

        A population that falls by ten orders of magnitude and comes back is then followed with
        one precision all the way down.  State ``tumour`` becomes ``log_tumour``, and ``tumour`` can
        be observed.  Such a state never reaches zero, so it cannot have an extinction; one that
        starts at zero stays at next to nothing, and must not be fed.  ``replace`` changes the model
        as it is written, in plain sizes.
        """
        if self.original:
            return self.original.in_logarithms(*self.logarithmic, *names)
        chosen = {self.state_index(name) for name in names}
        for rule in self.extinctions:
            if rule.state in names:
                raise ModelError(
                    f"{self.name}: {rule.state} can become extinct, and zero has no logarithm. "
                    "Leave the rule out first: model.replace(extinctions=())."
                )

        def plain(y):
            # Far below the last cell a size is only kept above what a computer rounds to zero.
            sizes = (np.exp(np.maximum(v, -600.0)) if i in chosen else v for i, v in enumerate(y))
            return tuple(sizes)

        def logarithmic(y):
            least = math.exp(-600.0)
            return tuple(
                np.log(np.maximum(v, least)) if i in chosen else v for i, v in enumerate(y)
            )

        def rhs(t, y, p):
            sizes = plain(y)
            rates = self.rhs(t, sizes, p)
            pairs = enumerate(zip(rates, sizes, strict=True))
            return tuple(rate / size if i in chosen else rate for i, (rate, size) in pairs)

        def observe(t, y, p):
            sizes = plain(y)
            seen = dict(self.observe(t, sizes, p)) if self.observe else {}
            return seen | {name: sizes[self.state_index(name)] for name in names}

        def change_of(jump):
            return lambda t, y, p: logarithmic(jump.change(t, plain(y), p))

        def named(i, q):
            if i not in chosen:
                return q
            return replace(q, name=f"log_{q.name}", symbol=rf"\ln {q.symbol}", unit="", floor=1e-9)

        return self.replace(
            rhs=rhs,
            initial=lambda p: logarithmic(self.initial(p)),
            states=tuple(named(i, q) for i, q in enumerate(self.states)),
            observe=observe,
            observables=(*self.observables, *(self.states[i] for i in sorted(chosen))),
            jumps=tuple(Jump(jump.times, change_of(jump)) for jump in self.jumps),
            original=self,
            logarithmic=names,
        )

    def replace(self, **changes):
        fixed = {"original", "logarithmic"} & set(changes)
        if self.original and fixed:
            raise ModelError(
                f"{self.name}: {' and '.join(sorted(fixed))} cannot be replaced; "
                "take model.original and call in_logarithms on it."
            )
        if self.original:
            return self.original.replace(**changes).in_logarithms(*self.logarithmic)
        return super().replace(**changes)

    def grid(self) -> np.ndarray:
        """Return the times at which the run is reported, shape (points,)."""
        start, end = self.span
        return start + (end - start) * (np.arange(self.points) / (self.points - 1))


@dataclass(frozen=True, kw_only=True)
class Formula(Model):
    """A closed form: ``formula(x, p)`` returns a dict, one entry a quantity."""

    formula: Callable
    sweep: Sweep
    computes: tuple[Quantity, ...]

    @property
    def quantities(self):
        return self.computes

    @property
    def functions(self):
        return {"formula": self.formula}


@dataclass(frozen=True, kw_only=True)
class Equilibrium(Model):
    """Implicit algebra: the positive unknowns ``z`` for which ``balance(x, z, p)`` is zero.

    ``guess(x, p)`` returns a start for the first point of the sweep; each later point starts
    from the one before.  The iteration is Newton's, in logarithms, and bounded: it either
    converges or says that it did not.
    """

    balance: Callable
    guess: Callable
    unknowns: tuple[Quantity, ...]
    sweep: Sweep
    observe: Callable | None = None
    observables: tuple[Quantity, ...] = ()

    @property
    def quantities(self):
        return (*self.unknowns, *self.observables)

    @property
    def functions(self):
        named = {"balance": self.balance}
        if self.observe:
            named["observe"] = self.observe
        return named


def _refuse_duplicates(model: str, names: Iterable[str]) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise ModelError(f"{model}: the name {name!r} is used twice.")
        seen.add(name)
