"""Kuznetsov 1994 (doi:10.1007/BF02460644): scaling, fixed points, and the two fates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fsolve

from immunolab.models.kuznetsov import kuznetsov, kuznetsov_nullclines
from immunolab.solve import solve

UNIT = 1e6  # cells; the paper's scale for both populations

# The dimensionless set as printed, each to the number of digits given.
PRINTED = {
    "sigma": (0.1181, 5e-5),
    "rho": (1.131, 5e-4),
    "eta": (20.19, 5e-3),
    "mu": (0.00311, 5e-6),
    "delta": (0.3743, 5e-5),
    "alpha": (1.636, 5e-4),
    "beta": (0.002, 5e-4),
}


def scaled() -> dict[str, float]:
    """Return our dimensional values in the paper's dimensionless form."""
    p = kuznetsov.settings()
    rate = p.killing * UNIT
    return {
        "sigma": p.inflow / (rate * UNIT),
        "rho": p.recruitment / rate,
        "eta": p.half_recruitment / UNIT,
        "mu": p.inactivation / p.killing,
        "delta": p.death / rate,
        "alpha": p.growth / rate,
        "beta": p.crowding * UNIT,
    }


@pytest.mark.parametrize("name", PRINTED)
def test_scaling_gives_the_printed_numbers(name):
    printed, half_a_digit = PRINTED[name]
    # The dimensional values are rounded as well (four digits), which adds to the last digit.
    assert scaled()[name] == pytest.approx(printed, abs=half_a_digit + 1e-3 * printed)


def printed_rates(y) -> np.ndarray:
    """Return our right-hand side at the printed dimensionless values, in units of 1e6 cells."""
    v = {name: value for name, (value, _) in PRINTED.items()}
    p = kuznetsov.settings()
    p.killing, p.half_recruitment, p.crowding = 1.0, v["eta"], v["beta"]
    p.inflow, p.recruitment, p.inactivation = v["sigma"], v["rho"], v["mu"]
    p.death, p.growth = v["delta"], v["alpha"]
    return np.array(kuznetsov.rhs(0.0, y, p))


def eigenvalues(at) -> np.ndarray:
    """Return the eigenvalues of the linearised system, by central differences."""
    at, columns = np.asarray(at, dtype=float), []
    for i in range(2):
        step = np.zeros(2)
        step[i] = 1e-6 * max(1.0, abs(at[i]))
        columns.append((printed_rates(at + step) - printed_rates(at - step)) / (2 * step[i]))
    return np.linalg.eigvals(np.column_stack(columns))


def test_tumour_free_state_is_a_saddle():
    found = fsolve(printed_rates, (0.3, 0.0))
    assert found == pytest.approx((0.31552, 0.0), abs=5e-6)
    assert sorted(np.sign(eigenvalues(found).real)) == [-1, 1]


def test_dormant_state_is_a_stable_spiral():
    found = fsolve(printed_rates, (1.6, 8.0))
    assert found == pytest.approx((1.60920, 8.18971), abs=5e-6)
    values = eigenvalues(found)
    assert np.all(values.real < 0)
    assert np.all(values.imag != 0)


def test_one_start_falls_asleep_and_the_other_escapes():
    long = kuznetsov.replace(span=(0.0, 3000.0))
    asleep = solve(long, {"effectors_at_start": 1e6, "tumour_at_start": 1e7}).series
    escaped = solve(long, {"effectors_at_start": 5e5, "tumour_at_start": 3e8}).series
    still = fsolve(lambda y: np.array(kuznetsov.rhs(0, y, kuznetsov.settings())), (1.6e6, 8e6))
    assert asleep["tumour"][-1] == pytest.approx(still[1], rel=1e-3)
    # The carrying capacity is 1/b; the escaped tumour comes to rest just below it.
    assert 0.8 / 2e-9 < escaped["tumour"][-1] < 1 / 2e-9


def test_the_border_between_the_fates_is_a_saddle():
    found = fsolve(printed_rates, (0.76, 268.0))
    assert found[1] == pytest.approx(270, abs=5)
    assert sorted(np.sign(eigenvalues(found).real)) == [-1, 1]


def test_larger_crowding_removes_the_published_picture():
    """A value of beta five times larger circulates in teaching code: its tumour has one fate."""
    long = kuznetsov.replace(span=(0.0, 3000.0))
    crowded = {"crowding": 1e-8, "effectors_at_start": 5e5, "tumour_at_start": 3e8}
    assert solve(long, crowded).series["tumour"][-1] < 1e8


def test_nullclines_are_where_nothing_moves():
    p = kuznetsov.settings()
    x = kuznetsov_nullclines.sweep.grid()
    lines = kuznetsov_nullclines.formula(x, kuznetsov_nullclines.settings())
    inside = x < 0.9 / p.crowding
    _, d_tumour = kuznetsov.rhs(0.0, (lines["tumour_still"][inside], x[inside]), p)
    assert np.abs(d_tumour).max() < 1e-9 * (p.growth * x[inside]).max()
    meaningful = lines["effectors_still"] < 1e9
    held = lines["effectors_still"][meaningful]
    d_effectors, _ = kuznetsov.rhs(0.0, (held, x[meaningful]), p)
    assert np.abs(d_effectors / (p.death * held)).max() < 1e-9
