"""What surrounds the tumour: Hahnfeldt, Baxter and Jain, Frank, Sontag, Tsur, chemotherapy,
arginine, tryptophan, exhaustion.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_bvp
from scipy.optimize import brentq, fsolve

from immunolab.models.arginine import arginine
from immunolab.models.baxter_jain import baxter_jain
from immunolab.models.de_pillis_radunskaya import de_pillis_radunskaya
from immunolab.models.exhaustion import exhaustion
from immunolab.models.frank import FOUR_STATES, TWO_STATES, frank
from immunolab.models.hahnfeldt import ANGIOSTATIN, ENDOSTATIN, hahnfeldt
from immunolab.models.sontag import sontag
from immunolab.models.tryptophan import breakdown, tryptophan
from immunolab.models.tsur import tsur
from immunolab.solve import solve


def slopes_at(model, state, p) -> np.ndarray:
    """Return the eigenvalues of a model linearised at a state, by central differences."""
    state, columns = np.asarray(state, dtype=float), []
    for i in range(state.size):
        step = np.zeros(state.size)
        step[i] = 1e-6 * max(1.0, abs(state[i]))
        up, down = (np.array(model.rhs(0.0, state + s, p)) for s in (step, -step))
        columns.append((up - down) / (2 * step[i]))
    return np.linalg.eigvals(np.column_stack(columns))


# --------------------------------------------------------------------------- Hahnfeldt 1999

# Volumes of untreated tumours (mm3), digitised from the paper by the author of a public code.
MEASURED = {4: 728, 7: 2319, 10: 3590, 13: 5852, 16: 8591, 19: 10438}


def distance_from_the_measured(**values) -> float:
    """Return the sum of squared differences of logarithms."""
    run = solve(hahnfeldt, values).series
    model = np.interp(list(MEASURED), run["t"], run["volume"])
    return float(np.sum(np.log(model / np.array(list(MEASURED.values()))) ** 2))


def test_measured_tumours_are_followed_best():
    best = distance_from_the_measured()
    p = hahnfeldt.settings()
    for name in ("growth", "stimulation", "inhibition"):
        for factor in (0.9, 1.1):
            value = float(getattr(p, name)) * factor
            worse = distance_from_the_measured(**{name: value})
            assert worse > best, (name, factor)


def test_course_equals_the_published_codes():
    """The ledger's two codes, from 200 mm3, gave these volumes."""
    run = solve(hahnfeldt, {"volume_at_start": 200.0}).series
    expected = {4: 793, 7: 1977, 10: 3857, 13: 6164, 16: 8526, 19: 10660}
    for day, volume in expected.items():
        assert np.interp(day, run["t"], run["volume"]) == pytest.approx(volume, abs=0.6)


@pytest.mark.parametrize("start", [(50.0, 2000.0), (1000.0, 100.0)])
def test_resting_size_in_closed_form(start):
    volume, capacity = start
    long = hahnfeldt.replace(span=(0.0, 2000.0))
    run = solve(long, {"volume_at_start": volume, "capacity_at_start": capacity}).series
    p = hahnfeldt.settings()
    rest = (p.stimulation / p.inhibition) ** 1.5
    assert run["volume"][-1] == pytest.approx(rest, rel=1e-6)
    assert run["capacity"][-1] == pytest.approx(rest, rel=1e-6)


def test_daily_doses_add_up():
    run = solve(hahnfeldt, ENDOSTATIN | {"doses": 10.0, "first_day": 0.0}).series
    kept = np.exp(-ENDOSTATIN["clearance"])
    just_given = 20.0 * (1 - kept**10) / (1 - kept)
    assert np.interp(9.0, run["t"], run["drug"]) == pytest.approx(just_given, rel=1e-7)


def test_both_inhibitors_hold_the_tumour_as_measured():
    """Treated mice stayed below their first measured volume under endostatin."""
    treated = {"doses": 15.0, "first_day": 0.0}
    for drug in (ENDOSTATIN, ANGIOSTATIN):
        run = solve(hahnfeldt, drug | treated).series
        assert np.interp(10.0, run["t"], run["volume"]) < 0.15 * 3590
    endostatin = solve(hahnfeldt, ENDOSTATIN | treated).series
    assert np.interp(10.0, endostatin["t"], endostatin["volume"]) < 186


# --------------------------------------------------------------------- Baxter and Jain 1989


def test_pressure_at_three_places():
    """The numbers that an independent calculation printed for alpha = 10."""
    run = solve(baxter_jain).series
    at = lambda x: np.interp(x, run["distance"], run["pressure"])  # noqa: E731
    assert run["pressure"][0] == pytest.approx(0.9991, abs=5e-5)
    assert at(0.5) == pytest.approx(0.9865, abs=5e-5)
    assert at(0.9) == pytest.approx(0.591, abs=5e-4)


@pytest.mark.parametrize("alpha", [0.5, 4.0, 10.0])
def test_pressure_solves_the_balance_of_flow(alpha):
    """(1/x^2)(x^2 p')' = alpha^2 (p - 1) in a sphere, zero at the rim, by SciPy's solve_bvp."""

    def rates(x, y):
        return np.vstack([y[1], alpha**2 * (y[0] - 1)])

    grid = np.linspace(0, 1, 81)
    found = solve_bvp(
        rates,
        lambda a, b: np.array([a[1], b[0]]),
        grid,
        np.zeros((2, 81)),
        S=np.array([[0, 0], [0, -2]]),  # the term -2 p'/x, singular at the centre
        tol=1e-8,
        max_nodes=20_000,
    )
    assert found.success
    run = solve(baxter_jain, {"radius": alpha, "leakiness": 1.0}).series
    assert run["pressure"] == pytest.approx(found.sol(run["distance"])[0], abs=1e-6)


# ------------------------------------------------------------------------------- Frank 2021

PRINTED_STATES = {
    "two": (TWO_STATES, [(0.5952, 0.3545), (1.3152, 0.2166)]),
    "three": ({}, [(0.3565, 1.3150), (0.6495, 0.3602), (1.3768, 0.2232)]),
    "four": (
        FOUR_STATES,
        [(0.3066, 1.8930), (0.6259, 0.3969), (1.3820, 1.5095), (3.0609, 0.1296)],
    ),
}


@pytest.mark.parametrize("name", PRINTED_STATES)
def test_printed_stable_states(name):
    values, printed = PRINTED_STATES[name]
    p = frank.settings(values)
    found = set()
    for stat1 in np.linspace(0.1, 3.5, 18):
        for stat6 in np.linspace(0.1, 2.5, 13):
            state, _, success, _ = fsolve(
                lambda y: np.array(frank.rhs(0.0, np.abs(y), p)), (stat1, stat6), full_output=True
            )
            if success == 1 and np.all(slopes_at(frank, np.abs(state), p).real < 0):
                found.add(tuple(np.round(np.abs(state), 6)))
    distinct = []
    for state in sorted(found):
        if not any(np.allclose(state, other, atol=1e-4) for other in distinct):
            distinct.append(state)
    assert len(distinct) == len(printed)
    # Printed to four digits, from runs that stopped near the state: two units of the last.
    for state, expected in zip(distinct, sorted(printed), strict=True):
        assert state == pytest.approx(expected, abs=2e-4)


def test_where_a_cell_comes_from_decides():
    ends = [
        solve(frank, {"stat1_at_start": a, "stat6_at_start": b}).series["stat6"][-1]
        for a, b in ((1.2, 2.0), (3.0, 0.2))
    ]
    assert ends[0] > 1 > ends[1]


# ------------------------------------------------------------------------------ Sontag 2017


@pytest.mark.parametrize("growth", [0.1, 0.5, 1.0])
def test_answer_reads_the_growth_rate(growth):
    values = {"growth": growth, "regulation": 0.7, "response": 1.3, "regulatory_loss": 1.4}
    run = solve(sontag, values).series
    expected = 1.3 / 0.7 * (1.4 + growth) / 1.0
    assert run["effector"][-1] == pytest.approx(expected, rel=1e-6)
    assert solve(sontag, {"growth": growth}).series["effector"][-1] == pytest.approx(
        1 + growth, abs=5e-4
    )


def test_a_step_is_forgotten():
    for step in (2.0, 10.0):
        run = solve(sontag, {"growth": 0.0, "step": step}).series
        assert run["effector"].max() > 1.2
        assert run["effector"][-1] == pytest.approx(1.0, abs=1e-6)


# -------------------------------------------------------------------------------- Tsur 2019


def answer_at_balance(p, melanoma: float) -> float:
    """Return the net growth rate of a melanoma once the immune answer has settled."""
    activated = p.activation * melanoma / (melanoma + p.half_activation)
    effectors = p.effector_supply * activated / p.presenting_death / p.effector_death
    return p.growth - p.killing * effectors / (melanoma + p.half_killing)


def test_threshold_of_size():
    p = tsur.settings()
    small = brentq(lambda m: answer_at_balance(p, m), 1e3, 1e6)
    threshold = brentq(lambda m: answer_at_balance(p, m), 1e7, 1e9)
    # The digits of an independent calculation.
    assert small == pytest.approx(5.171e4, abs=5.0)
    assert threshold == pytest.approx(1.0731e8, abs=5e3)
    for size, stable in ((small, True), (threshold, False)):
        q = tsur.settings({"melanoma_at_start": 1e7})
        q.melanoma_at_start = size
        state = np.array(tsur.initial(q))
        assert np.array(tsur.rhs(0.0, state, q)) == pytest.approx(0.0, abs=1e-6 * state.max())
        assert (slopes_at(tsur, state, q).real.max() < 0) == stable


def test_size_decides():
    long = tsur.replace(span=(0.0, 1000.0))
    assert solve(long, {"melanoma_at_start": 1e7}).series["melanoma"][-1] < 1e6
    assert solve(long, {"melanoma_at_start": 5e8}).series["melanoma"][-1] > 1e9


def test_without_the_drug_factor_all_escape():
    p = tsur.settings({"effector_supply": 0.8318})
    assert all(answer_at_balance(p, size) > 0 for size in np.geomspace(1, 1e11, 400))


# -------------------------------------------------------- de Pillis and Radunskaya 2003


def test_two_stable_states():
    p = de_pillis_radunskaya.settings()
    free = np.array([1.0, 0.0, p.immune_source / p.immune_death, 0.0])
    assert free[2] == pytest.approx(1.65)
    assert np.array(de_pillis_radunskaya.rhs(0.0, free, p)) == pytest.approx(0.0, abs=1e-12)
    assert slopes_at(de_pillis_radunskaya, free, p).real.max() < 0
    ill = solve(de_pillis_radunskaya.replace(span=(0.0, 1000.0))).series
    state = np.array([ill[name][-1] for name in ("normal", "tumour", "immune", "drug")])
    assert state[1] > 0.1
    assert slopes_at(de_pillis_radunskaya, state, p).real.max() < 0


def test_the_drug_carries_across_the_border():
    untreated = solve(de_pillis_radunskaya).series
    treated = solve(de_pillis_radunskaya, {"infusion": 1.0, "days": 40.0}).series
    assert untreated["tumour"][-1] > 0.5
    assert treated["tumour"][-1] < 1e-6
    too_short = solve(de_pillis_radunskaya, {"infusion": 1.0, "days": 3.0}).series
    assert too_short["tumour"][-1] > 0.5


# -------------------------------------------------------------------------------- arginine


def test_arginine_under_the_drug():
    p = arginine.settings()
    run = solve(arginine).series
    assert run["arginine"][0] == 1
    assert np.interp(100.0, run["t"], run["arginine"]) == pytest.approx(
        p.supply / (p.supply + p.depletion), rel=1e-7
    )


@pytest.mark.parametrize(("half_growth", "shrinks"), [(0.35, False), (0.43, True)])
def test_negative_tumours_shrink_below_a_threshold(half_growth, shrinks):
    """Growth rho a/(Ka + a) equals death delta + mu at Ka = a (rho/(delta + mu) - 1)."""
    p = arginine.settings()
    left = p.supply / (p.supply + p.depletion)
    threshold = left * (p.growth / (p.death + p.switching) - 1)
    assert (half_growth > threshold) == shrinks
    small = arginine.replace(initial=lambda q: (1.0, 1e-4, 0.0))
    values = {"half_growth": half_growth, "switching": 1e-7, "start": 0.0}
    run = solve(small, values).series["negative"]
    assert (run[100] < run[20]) == shrinks


def test_relapse_is_positive_and_delayed_by_slower_switching():
    long = arginine.replace(span=(0.0, 800.0), points=8001)
    days = []
    for switching in (1e-5, 1e-6, 1e-7):
        values = {"switching": switching, "half_growth": 2.0, "stop": 400.0, "start": 0.0}
        run = solve(long, values).series
        days.append(np.interp(0.01, run["positive"][:4000], run["t"][:4000]))
        assert run["share_positive"][3999] > 0.9
    # Positive cells grow at rho - delta: ten times fewer seeds cost ln(10)/(rho - delta) days.
    p = arginine.settings()
    wait = np.log(10) / (p.growth - p.death)
    assert np.diff(days) == pytest.approx(wait, rel=0.05)  # (1 - T) slows growth by up to 5 %


# ------------------------------------------------------------------------------ tryptophan


def test_arrival_equals_breakdown():
    for half_speed in (0.02, 0.3, 3.0):
        p = tryptophan.settings({"half_speed": half_speed})
        for capacity in (0.0, 0.1, 1.0, 20.0):
            broken = breakdown(capacity, p)
            left = 1 - broken
            assert broken == pytest.approx(capacity * left / (half_speed + left), abs=1e-12)


def test_three_reasons_why_kynurenine_stays():
    full = lambda **values: solve(tryptophan, values).series["kynurenine"][-1]  # noqa: E731
    assert full() == pytest.approx(0.0, abs=1e-12)
    assert full(tdo=1.0) > 0.5
    assert full(penetration=0.5) > 0.5
    # Capacity to spare: nine tenths engaged, and most kynurenine is still made.
    spare = solve(tryptophan, {"ido": 20.0}).series
    scarce = solve(tryptophan, {"ido": 0.3}).series
    assert np.interp(0.9, spare["engaged"], spare["kynurenine"]) > 0.75
    assert np.interp(0.9, scarce["engaged"], scarce["kynurenine"]) < 0.15


# ------------------------------------------------------------------------------ exhaustion


def test_rest_restores_some_not_all():
    p = exhaustion.settings()
    for day in (20.0, 60.0, 150.0):
        run = solve(exhaustion, {"antigen_stops": day}).series
        scar = 1 - np.exp(-p.scarring * day)
        assert run["scar"][-1] == pytest.approx(scar, rel=1e-7)
        before = np.interp(day, run["t"], run["function"])
        assert run["function"][-1] == pytest.approx(1 - scar, rel=1e-3)
        assert before < 0.1 < run["function"][-1] < 1


def test_blockade_spends_progenitors():
    none, blocked = (solve(exhaustion, {"blockade": b}).series for b in (0.0, 1.0))
    at_160 = np.searchsorted(none["t"], 160.0)
    assert blocked["attack"].max() > 2 * none["attack"][120:].max()
    assert blocked["progenitor"][at_160] < 0.7 * none["progenitor"][at_160]
    spent = exhaustion.replace(initial=lambda p: (0.0, 0.0, 1.0, 0.0, 1.0, 0.5))
    same = [solve(spent, {"blockade": b, "start": 0.0}).series["attack"] for b in (0.0, 1.0)]
    assert same[0] == pytest.approx(same[1], abs=1e-12)


def test_revival_may_be_recruitment():
    old = solve(exhaustion, {"blockade": 1.0}).series
    assert old["new_share"].max() == 0
    recruiting = {"recruitment": 0.02}
    shares = [
        solve(exhaustion, recruiting | {"scarring": scarring, "blockade": 1.0}).series["new_share"]
        for scarring in (0.0, 0.05)
    ]
    at_150 = 300
    assert shares[1][at_150] > 2 * shares[0][at_150]


def test_states_stay_where_they_mean_something():
    for values in ({}, {"blockade": 1.0, "haste": 4.0}, {"antigen": 0.0}, {"wear": 0.3}):
        run = solve(exhaustion, values).series
        for name in ("progenitor", "restraint", "scar", "function", "new_share"):
            assert run[name].min() >= -1e-9
            assert run[name].max() <= 1 + 1e-9
