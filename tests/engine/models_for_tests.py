"""Small models that use what no lab uses yet, and models that are wrong on purpose."""

from __future__ import annotations

import math

import numpy as np

from immunolab import ODE, Extinction, Formula, Jump, Parameter, Quantity, Sweep


def parameter(name, default, low, high, scale="linear"):
    return Parameter(name, name, f"the {name}", "", default, (low, high), scale)


def state(name, floor=1e-9):
    return Quantity(name, name, name, "", floor)


def ode(name, rhs, initial, states, parameters, **more):
    options = {"span": (0.0, 40.0), "title": name} | more
    return ODE(name=name, rhs=rhs, initial=initial, states=states, parameters=parameters, **options)


# --------------------------------------------------------------------- jumps, breaks, extinction


def dose_times(p):
    """Up to six doses; those beyond the chosen number never come."""
    return tuple(np.where(i < p.doses, p.first + i * p.interval, np.inf) for i in range(6))


dosing = ode(
    "dosing",
    lambda t, y, p: (-p.clearance * y[0], p.growth * y[1] - p.kill * y[0] * y[1]),
    lambda p: (0.0, 1.0),
    (state("drug"), state("cells")),
    (
        parameter("doses", 3.0, 0.0, 6.0),
        parameter("interval", 5.0, 1.0, 10.0),
        parameter("first", 2.0, 0.0, 10.0),
        parameter("clearance", 0.3, 0.05, 2.0),
        parameter("growth", 0.2, 0.0, 0.5),
        parameter("kill", 0.5, 0.0, 1.0),
    ),
    jumps=(Jump(times=dose_times, change=lambda t, y, p: (y[0] + 1.0, y[1])),),
)

window = ode(
    "window",
    lambda t, y, p: (
        p.growth * y[0]
        - np.where(np.logical_and(t >= p.start, t < p.start + p.length), p.kill, 0.0) * y[0],
    ),
    lambda p: (100.0,),
    (state("cells"),),
    (
        parameter("start", 5.0, 0.0, 30.0),
        parameter("length", 10.0, 0.0, 30.0),
        parameter("kill", 1.5, 0.0, 3.0),
        parameter("growth", 0.3, 0.0, 1.0),
    ),
    breaks=lambda p: (p.start, p.start + p.length),
    extinctions=(Extinction("cells", below=lambda p: 1.0),),
)


def shed(t, y, p):
    """A parent that sheds into a clone, which alone would die out."""
    parent, clone = y
    return p.growth * parent, p.shed * parent - p.death * clone


fed = ode(
    "fed",
    shed,
    lambda p: (100.0, 0.0),
    (state("parent"), state("clone")),
    (
        parameter("growth", 0.0, -0.5, 0.1),
        parameter("shed", 0.01, 0.0, 0.1),
        parameter("death", 3.0, 0.5, 5.0),
    ),
    extinctions=(
        Extinction("parent", below=lambda p: 1.0),
        Extinction("clone", below=lambda p: 1.0),
    ),
)


# ------------------------------------------------------------------------------------- stiff


def robertson(t, y, p):
    """Robertson's reaction: rates nine orders of magnitude apart."""
    a, b, c = y
    first, second, third = p.slow * a, p.back * b * c, p.fast * b * b
    return -first + second, first - second - third, third


stiff = ode(
    "stiff",
    robertson,
    lambda p: (1.0, 0.0, 0.0),
    (state("a"), state("b"), state("c")),
    (
        parameter("slow", 0.04, 0.01, 0.1),
        parameter("back", 1e4, 1e3, 1e5, "log"),
        parameter("fast", 3e7, 1e6, 1e8, "log"),
    ),
    points=81,
    method="stiff",
)


# ------------------------------------------------------------------- every operation at once


def everything(x, p):
    """Use each function that can be traced."""
    inside = np.clip(x, -1.5, 1.5)
    return {
        "smooth": np.exp(-x * x) + np.tanh(x) * np.sin(p.a * x) - np.cos(x) / (2 + p.b),
        "powers": np.abs(x) ** p.b + x**2 - x**3 + np.sqrt(np.square(x) + 1) + np.reciprocal(3 + x),
        "logs": np.log(x * x + 1) + np.log1p(np.abs(x)) + np.expm1(0.1 * x) + np.log10(2 + inside),
        "choices": np.where((x > p.a) | ~(x > -1), np.minimum(x, p.b), np.maximum(-x, p.a))
        + np.where(np.logical_and(x >= 0, x <= 1), 1, 0) * np.where((x < 0) & (x > -2), 2, 3)
        + np.floor(p.b * x)
        + np.where(np.floor(x) == 1, 4, 0)
        + np.where(np.floor(x) != np.floor(p.a * x), 5, 0),
    }


operations = Formula(
    name="operations",
    title="Every operation",
    formula=everything,
    sweep=Sweep("x", "x", "x", "", -2.5, 2.5, points=201),
    computes=tuple(state(name) for name in ("smooth", "powers", "logs", "choices")),
    parameters=(parameter("a", 0.7, 0.1, 2.0), parameter("b", 1.3, 0.2, 3.0)),
)


# --------------------------------------------------------------------------- wrong on purpose

explosion = ode(
    "explosion",
    lambda t, y, p: (p.rate * y[0] * y[0],),
    lambda p: (1.0,),
    (state("size"),),
    (parameter("rate", 0.0, 0.0, 1.0),),
    span=(0.0, 10.0),
)


def with_if(t, y, p):
    (size,) = y
    if size > 1:
        return (-size,)
    return (size,)


def with_max(t, y, p):
    (size,) = y
    return (max(size, 0.0),)


def with_min(t, y, p):
    (size,) = y
    return (min(size, 0.0),)


def with_and(t, y, p):
    (size,) = y
    return (np.where(size > 0 and size < 1, 1.0, 0.0),)


def with_math(t, y, p):
    (size,) = y
    return (math.exp(size),)


def with_float(t, y, p):
    (size,) = y
    return (float(size),)


def with_unknown_function(t, y, p):
    (size,) = y
    return (np.arcsinh(size),)


def with_too_many_values(t, y, p):
    (size,) = y
    return size, size


def with_text(t, y, p):
    (size,) = y
    return (size + "1",)


def with_sum_of_state(t, y, p):
    (size,) = y
    return (np.sum(size),)
