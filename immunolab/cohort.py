"""Virtual patients in two arms: random draws, one fixed-step run a patient, survival statistics.

The page does the same in JavaScript, so two things here are deliberately plain: the random
numbers come from a hash of (seed, patient, draw), which is the same in every language and does
not depend on the order of the draws; and time advances in fixed Runge-Kutta steps.

The statistics come from lifelines; the page has its own, and the tests hold one to the other.
"""

from __future__ import annotations

import math
import warnings
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from immunolab.chance import Cohort, Population
from immunolab.draws import normal, uniform
from immunolab.kinds import SolveFailure
from immunolab.view import rounded

LARGEST_LOG_RATIO = 15.0  # beyond it the arms are separated and the estimate runs away


def simulate(model: Cohort, p) -> dict[str, np.ndarray]:
    """Return the series that a cohort reports; see :class:`immunolab.chance.Cohort`."""
    half = model.size // 2
    series: dict[str, np.ndarray] = {"risk_time": np.array(model.risk_grid)}
    arms = []
    for number, arm in enumerate(model.arms):
        patients = np.arange(number * half, (number + 1) * half)
        time, observed = follow(model, p, number, patients)
        arms.append((time, observed))
        for name, values in _curve(time, observed, model).items():
            series[f"{name}_{arm.name}"] = values
    for name, value in compare(arms).items():
        series[name] = np.array([value])
    control, treated = (series[f"restricted_mean_{arm.name}"] for arm in model.arms)
    series["restricted_mean_difference"] = treated - control
    return series


def follow(model: Cohort, p, arm: int, patients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each patient's time, and whether it is that of the event (else of censoring)."""
    settings = _individual(model, p, arm, patients)
    event = _event_times(model, settings, patients.size)
    censored = lost_from_view(model, p, patients)
    return np.minimum(event, censored), event <= censored


def lost_from_view(model: Cohort | Population, p, patients: np.ndarray) -> np.ndarray:
    """Return when each patient is no longer seen: lost at a constant rate, or at the end."""
    dropout = uniform(int(p.seed), patients, 2 * model.draws)
    with np.errstate(divide="ignore"):
        start, end = model.patient.span
        return np.minimum(start - np.log(dropout) / p.dropout, end)


def _individual(model: Cohort, p, arm: int, patients: np.ndarray) -> SimpleNamespace:
    """Return one namespace of parameters, each a number or one value a patient."""
    shared = SimpleNamespace(**(model.patient.defaults() | vars(p)))
    z = tuple(normal(int(p.seed), patients, draw) for draw in range(model.draws))
    own = SimpleNamespace(**(vars(shared) | model.personal(shared, z)))
    return SimpleNamespace(**(vars(own) | model.arms[arm].settings(own)))


def _event_times(model: Cohort, p, size: int) -> np.ndarray:
    """Run every patient in fixed steps until the event; infinity if it never comes."""
    ode, start = model.patient, model.patient.span[0]
    y = np.array([np.broadcast_to(v, (size,)) for v in ode.initial(p)], dtype=float)
    when = np.full(size, np.inf)
    before = np.broadcast_to(model.event(start, y, p), (size,)) + 0.0
    when[before >= 0] = start
    for t, after, last in fixed_steps(model, p):
        h = after - t
        y = _extinguish(ode, p, y, _runge_kutta(ode, p, t, y, h, last))
        now = np.broadcast_to(model.event(after, y, p), (size,)) + 0.0
        if not np.all(np.isfinite(now)):
            raise SolveFailure(
                f"A virtual patient could not be followed past {rounded(t, 3)} {ode.time_unit} "
                "at these settings. Move a slider back, or press Reset."
            )
        crossed = (now >= 0) & np.isinf(when)
        when[crossed] = t + h * (before[crossed] / (before[crossed] - now[crossed]))
        before = now
        if np.all(np.isfinite(when)):
            break
    return when


def fixed_steps(model: Cohort, p) -> list[tuple[float, float, float]]:
    """Return (start, end, last) of each step: equal steps between breaks, each piece on its own.

    ``last`` is just before the end of the piece: the equations of the next piece start at its end.
    """
    start, end = model.patient.span
    breaks = model.patient.breaks(p) if model.patient.breaks else ()
    edges = sorted({start, end, *(float(np.max(b)) for b in breaks if start < np.max(b) < end)})
    steps = []
    for a, b in pairwise(edges):
        number = max(1, math.ceil((b - a) / model.step - 1e-9))
        times = [a + (b - a) * (i / number) for i in range(number)] + [b]
        steps += [(t, after, just_before(b)) for t, after in pairwise(times)]
    return steps


def just_before(stop: float) -> float:
    """Return a time before ``stop`` by about one rounding."""
    return stop - 4e-16 * max(1.0, abs(stop))


def _runge_kutta(ode, p, t, y, h, last):
    def rate(t, y):
        with np.errstate(all="ignore"):
            rates = ode.rhs(min(t, last), y, p)
        return np.array([np.broadcast_to(v, y[0].shape) for v in rates])

    k1 = rate(t, y)
    k2 = rate(t + 0.5 * h, y + 0.5 * h * k1)
    k3 = rate(t + 0.5 * h, y + 0.5 * h * k2)
    k4 = rate(t + h, y + h * k3)
    return y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def _extinguish(ode, p, y, new):
    """Apply the extinction rules at the end of a step."""
    for rule in ode.extinctions:
        index = ode.state_index(rule.state)
        gone = (new[index] < rule.below(p)) & (new[index] < y[index])
        new[index] = np.where(gone, 0.0, new[index])
    return new


def _curve(time: np.ndarray, observed: np.ndarray, model: Cohort) -> dict[str, np.ndarray]:
    """Return the Kaplan-Meier curve as corners of steps, its censoring marks and counts."""
    # Imported here: lifelines takes a second to load, and most chapters have no cohort.
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    start, end = model.patient.span
    fit = KaplanMeierFitter().fit(time, observed)
    events = np.unique(time[observed])
    level = fit.survival_function_at_times(events).to_numpy(dtype=float)
    marks = np.sort(time[~observed & (time < end)])
    return {
        "time": np.concatenate([[start], np.repeat(events, 2), [end]]),
        "survival": np.repeat(np.concatenate([[1.0], level]), 2),
        "censored_time": marks,
        "censored_survival": fit.survival_function_at_times(marks).to_numpy(dtype=float),
        "share": fit.survival_function_at_times(model.risk_grid).to_numpy(dtype=float),
        "at_risk": np.array([float(np.sum(time >= t)) for t in model.risk_grid]),
        "events": np.array([float(np.sum(observed))]),
        "restricted_mean": np.array([restricted_mean_survival_time(fit, t=end) - start]),
    }


def compare(arms) -> dict[str, float]:
    """Return the hazard ratio of the second arm against the first, with its 95 % interval.

    If an arm has no event, or all events of one arm precede those of the other, the ratio cannot be
    estimated; all three are then reported as 0, which the page writes in words.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError
    from pandas import DataFrame

    nothing = {"hazard_ratio": 0.0, "hazard_ratio_low": 0.0, "hazard_ratio_high": 0.0}
    if any(not observed.any() for _, observed in arms):
        return nothing
    rows = [
        DataFrame({"time": time, "event": observed, "treated": float(number)})
        for number, (time, observed) in enumerate(arms)
    ]
    table = DataFrame({key: np.concatenate([row[key] for row in rows]) for key in rows[0]})
    try:
        # lifelines stops when the likelihood is settled to 1e-9, the ratio then to 1e-5 only.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # separated arms are told by the size of the estimate
            fit = CoxPHFitter().fit(
                table, "time", "event", fit_options={"precision": 1e-12, "r_precision": 1e-15}
            )
    except ConvergenceError:
        return nothing
    estimate, error = float(fit.params_["treated"]), float(fit.standard_errors_["treated"])
    if not abs(estimate) < LARGEST_LOG_RATIO:
        return nothing
    low, high = estimate - 1.959963984540054 * error, estimate + 1.959963984540054 * error
    return {
        "hazard_ratio": float(np.exp(estimate)),
        "hazard_ratio_low": float(np.exp(low)),
        "hazard_ratio_high": float(np.exp(high)),
    }
