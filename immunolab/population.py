"""Thousands of virtual patients under one therapy: scans, response, progression, survival.

All patients advance together in fixed Runge-Kutta steps, a few thousand at a time.  Random numbers
come from the hash of :mod:`immunolab.draws`, so a patient is the same whoever is followed beside
them: results depend on the seed, and not on how the work is divided.

Who would have shrunk without treatment is left out.  A tumour that is diagnosed has escaped
whatever the patient could bring up against it; a virtual one that had not would count as a response
to any drug.

Response and progression are *RECIST-like*: one lesion, measured across at fixed visits, counts as a
response once it is 30 % narrower than at the start, and as progression once it is 20 % and 5 mm
wider than at its smallest.  Trials add new lesions, several of them, and a second look.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd

from immunolab import cohort
from immunolab.chance import Population
from immunolab.draws import normal
from immunolab.kinds import ModelError, SolveFailure
from immunolab.vectorised import prepared

SMALLER, WIDER, WIDER_BY = 0.7, 1.2, 5.0  # shares of a diameter, and millimetres
AT_ONCE = 5000  # patients; their arrays then fit into a processor's own memory


def follow(
    model: Population,
    therapy: Mapping[str, float] | None = None,
    values: Mapping[str, float] | None = None,
    *,
    size: int | None = None,
    at_once: int = AT_ONCE,
) -> pd.DataFrame:
    """Follow ``size`` patients under ``therapy`` and return one row for each.

    ``therapy`` sets parameters of the patients' model, ``values`` those of the population.

    Columns: ``patient`` (a number), the parameters in which patients differ, ``response``,
    ``best_change`` (of the diameter, as a share), ``time``, and ``progressed`` (at that time; else
    lost from view).

    Raises ModelError for an unknown name or a value out of range, SolveFailure if a patient's
    equations cannot be followed.
    """
    p = model.settings(values)
    checked = _checked_therapy(model, therapy or {})
    size = _whole(model, "size", model.size if size is None else size)
    at_once = _whole(model, "at_once", at_once)
    patients = diagnosed(model, values, size)
    parts = [
        _outcomes(model, p, checked, patients[first : first + at_once])
        for first in range(0, size, at_once)
    ]
    return pd.concat(parts, ignore_index=True)


def diagnosed(
    model: Population, values: Mapping[str, float] | None = None, size: int | None = None
) -> np.ndarray:
    """Return the numbers of the first ``size`` patients whose tumour does not shrink untreated."""
    # Who is lost from view later has no part in who is diagnosed.
    kept = {name: value for name, value in (values or {}).items() if name != "dropout"}
    return _diagnosed(model, tuple(sorted(kept.items())), size or model.size)


@functools.lru_cache(maxsize=8)
def _diagnosed(model: Population, values: tuple[tuple[str, float], ...], size: int) -> np.ndarray:
    p, found, first = model.settings(dict(values)), [], 0
    while sum(map(len, found)) < size:
        if first >= max(20 * size, 2000):
            raise ModelError(
                f"{model.name}: of {first} virtual patients only {sum(map(len, found))} have a "
                "tumour that grows untreated. Let patients differ in other parameters, or by less, "
                "so that more tumours escape by themselves."
            )
        candidates = np.arange(first, first + min(size, AT_ONCE))
        _, untreated, _ = _measured(model, p, {}, candidates)
        found.append(candidates[untreated.min(axis=0) > SMALLER * untreated[0]])
        first += candidates.size
    numbers = np.concatenate(found)[:size]
    numbers.setflags(write=False)  # it is kept, and given to whoever asks next
    return numbers


def _whole(model: Population, name: str, number) -> int:
    if number != int(number) or not 0 < number <= 1_000_000:
        raise ModelError(
            f"{model.name}: {name} = {number} is not allowed; 1 to 1,000,000 patients."
        )
    return int(number)


def hazard_ratio(control: pd.DataFrame, treated: pd.DataFrame) -> dict[str, float]:
    """Return the hazard ratio of progression, with its 95 % interval (Cox, by lifelines).

    Not a number where it cannot be estimated: no progression in an arm, or arms wholly apart.
    """
    arms = [(rows["time"].to_numpy(), rows["progressed"].to_numpy()) for rows in (control, treated)]
    found = cohort.compare(arms)
    return found if found["hazard_ratio"] else dict.fromkeys(found, np.nan)


def survival(outcomes: pd.DataFrame):
    """Return lifelines' Kaplan-Meier estimate of the time to progression."""
    from lifelines import KaplanMeierFitter

    return KaplanMeierFitter().fit(outcomes["time"], outcomes["progressed"])


# ------------------------------------------------------------------------------ one therapy


def _checked_therapy(model: Population, therapy: Mapping[str, float]) -> dict[str, float]:
    own = _personal(model, model.settings(), np.arange(1))
    checked = {}
    for name, value in therapy.items():
        checked[name] = model.patient.parameter(name).checked(value)
        if name in own:
            raise ModelError(
                f"{model.name}: patients differ in {name}, so a therapy cannot set it. "
                f"They differ in: {', '.join(own)}."
            )
    return checked


def _personal(model: Population, p, patients: np.ndarray) -> dict[str, np.ndarray]:
    """Return the parameters in which these patients differ, one value each, kept in range."""
    z = tuple(normal(int(p.seed), patients, draw) for draw in range(model.draws))
    drawn = model.personal(p, z)
    return {
        name: np.clip(np.broadcast_to(value, patients.shape), *model.patient.parameter(name).range)
        for name, value in drawn.items()
    }


def _outcomes(model: Population, p, therapy, patients: np.ndarray) -> pd.DataFrame:
    visits, diameters, personal = _measured(model, p, therapy, patients)
    seen = cohort.lost_from_view(model, p, patients)
    # A scan that nobody made is no scan.
    judged = recist(np.where(visits[:, None] <= seen, diameters, np.nan), visits)
    outcome = {
        "patient": patients,
        "response": np.isfinite(judged["response_time"]),
        "best_change": judged["best_change"],
        "time": np.minimum(judged["progression_time"], seen),
        "progressed": np.isfinite(judged["progression_time"]),
    }
    taken = set(outcome) & set(personal)
    if taken:
        raise ModelError(
            f"{model.name}: patients differ in {', '.join(sorted(taken))}, which is also the name "
            "of an outcome. Give the parameter another name."
        )
    return pd.DataFrame({"patient": patients} | personal | outcome)


def _measured(model: Population, p, therapy, patients: np.ndarray):
    """Return the visits, the diameters seen there, and what is each patient's own."""
    personal = _personal(model, p, patients)
    shared = model.patient.defaults() | dict(therapy)
    settings = SimpleNamespace(**{name: np.float64(value) for name, value in shared.items()})
    vars(settings).update(personal)
    visits, volumes = _scans(model, settings, patients.size)
    return visits, diameter(volumes), personal


def diameter(volume: np.ndarray) -> np.ndarray:
    """Return the diameter in millimetres of a ball of so many cubic centimetres."""
    return 10.0 * np.cbrt(6.0 / np.pi * volume)


def recist(diameters: np.ndarray, visits: np.ndarray) -> dict[str, np.ndarray]:
    """Judge scans of shape (visits, patients), the first before treatment.

    A scan that was not made is not a number.  Times that never come are infinite; the best change
    of a patient without a second scan is not a number.
    """
    smallest = np.fmin.accumulate(diameters, axis=0)
    grown = diameters[1:] - smallest[:-1]
    worse = (diameters[1:] >= WIDER * smallest[:-1]) & (grown >= WIDER_BY)
    progression = _first(worse, visits[1:])
    better = (diameters[1:] <= SMALLER * diameters[0]) & (visits[1:, None] < progression)
    until = np.where(visits[1:, None] <= progression, diameters[1:], np.nan)
    return {
        "response_time": _first(better, visits[1:]),
        "progression_time": progression,
        "best_change": np.fmin.reduce(until, axis=0) / diameters[0] - 1,
    }


def _first(happened: np.ndarray, when: np.ndarray) -> np.ndarray:
    return np.where(happened.any(axis=0), when[happened.argmax(axis=0)], np.inf)


# ---------------------------------------------------------------------------- through time


def _scans(model: Population, p, patients: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of the visits, and the volume of every tumour at each.

    Where a treatment comes at once on the day of a visit, the scan is made before it.
    """
    ode = model.patient
    with np.errstate(all="ignore"):
        y = np.array([np.broadcast_to(v, (patients,)) for v in ode.initial(p)], dtype=float)
    rates, work = prepared(ode, p, patients), np.empty((5, *y.shape))
    start, end = ode.span
    visits = np.arange(start, end + 1e-9, model.visits)
    volumes = [np.array(model.volume(y))]  # a copy: y goes on changing in place
    for a, b in pairwise(_edges(model, p, visits)):
        y = _jump(ode, p, a, y)
        _advance(rates, y, a, b, model.step, work)
        if np.any(visits == b):
            volumes.append(np.array(model.volume(y)))
    volumes = np.array(volumes)
    followed = np.isfinite(volumes)
    if not followed.all():
        visit = visits[max(0, np.argmin(followed.all(axis=1)) - 1)]
        number = int(np.argmin(followed.all(axis=0)))
        raise SolveFailure(
            f"{model.name}: virtual patient {number} of {patients} could not be followed past "
            f"{visit:g} {ode.time_unit}. Take smaller steps, replace(step=...), or look at that "
            "patient's settings."
        )
    return visits, volumes


def _edges(model: Population, p, visits: np.ndarray) -> list[float]:
    """Return the visits, and between them the times at which the equations change."""
    ode = model.patient
    times = list(ode.breaks(p)) if ode.breaks else []
    times += [time for jump in ode.jumps for time in jump.times(p)]
    if any(np.ndim(time) for time in times):
        raise ModelError(
            f"{model.name}: treatment must come on the same days for all patients; take its days "
            "out of what patients differ in."
        )
    inside = (float(time) for time in times if visits[0] < time < visits[-1])
    return sorted({*map(float, visits), *inside})


def _jump(ode, p, t: float, y: np.ndarray) -> np.ndarray:
    for jump in ode.jumps:
        for time in jump.times(p):
            if float(time) == t:
                changed = jump.change(t, y, p)
                y = np.array([np.broadcast_to(v, y[0].shape) for v in changed], dtype=float)
    return y


def _steps(a: float, b: float, longest: float) -> Iterator[tuple[float, float]]:
    number = max(1, int(np.ceil((b - a) / longest - 1e-9)))
    for i in range(number):
        yield a + (b - a) * i / number, (b - a) / number


def _advance(rates, y: np.ndarray, a: float, b: float, longest: float, work: np.ndarray):
    """Advance ``y`` in place from a to b by the classical Runge-Kutta method."""
    k1, k2, k3, k4, stage = work
    last = cohort.just_before(b)
    with np.errstate(all="ignore"):
        for t, h in _steps(a, b, longest):
            rates(t, y, k1)
            for share, before, after in ((0.5, k1, k2), (0.5, k2, k3), (1.0, k3, k4)):
                np.multiply(before, share * h, out=stage)
                stage += y
                rates(min(t + share * h, last), stage, after)
            k2 += k3
            k2 *= 2.0
            k1 += k2
            k1 += k4
            k1 *= h / 6.0
            y += k1
