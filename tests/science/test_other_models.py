"""Occupancy, competition for B7-1, and the virtual trial."""

from __future__ import annotations

import numpy as np
import pytest

from immunolab import cohort
from immunolab.draws import normal, uniform
from immunolab.models.costimulation import costimulation
from immunolab.models.occupancy import occupancy
from immunolab.models.two_arm_trial import two_arm_trial
from immunolab.solve import solve


def test_half_of_the_receptors_at_the_dissociation_constant():
    run = solve(occupancy, {"dissociation": 10.0}).series
    assert np.interp(10.0, run["concentration"], run["occupied"]) == pytest.approx(0.5, abs=1e-3)
    assert run["occupied"] + run["free"] == pytest.approx(np.ones(161), rel=1e-15)


def test_selectivity_of_b7_1_for_ctla4():
    """0.42 against 4.0 micromolar (van der Merwe 1997): about tenfold."""
    p = costimulation.settings()
    assert p.cd28_dissociation / p.ctla4_dissociation == pytest.approx(4.0 / 0.42)


def test_scarce_ligand_is_taken_from_cd28_and_given_back_by_blockade():
    scarce = {"ligand_total": 0.5}
    run = solve(costimulation, scarce).series
    assert np.all(np.diff(run["cd28_engaged"]) < 0)
    blocked = solve(costimulation, scarce | {"blocked": 0.99}).series
    assert np.all(blocked["cd28_engaged"] > run["cd28_engaged"])


def test_proteins_are_neither_made_nor_lost():
    run, p = solve(costimulation).series, costimulation.settings()
    held = run["ligand"] * (
        1 + run["cd28"] / p.cd28_dissociation + run["ctla4"] / p.ctla4_dissociation
    )
    assert held == pytest.approx(np.full(held.shape, p.ligand_total), rel=1e-9)


def arms(values=None):
    p = two_arm_trial.settings(values)
    half = two_arm_trial.size // 2
    return [
        cohort.follow(two_arm_trial, p, arm, np.arange(arm * half, (arm + 1) * half))
        for arm in (0, 1)
    ]


def test_an_untreated_patient_progresses_when_the_formula_says():
    """Without treatment the lesion grows at a constant rate, so the day has a closed form."""
    p = two_arm_trial.settings({"dropout": 0.0})
    patients = np.arange(250)
    time, seen = cohort.follow(two_arm_trial, p, 0, patients)
    rate = 0.004 * np.exp(0.6 * normal(1, patients, 0))
    expected = np.log(1.2**3) / rate
    assert time[seen] == pytest.approx(expected[seen], rel=1e-12)
    assert np.all(expected[~seen] > two_arm_trial.patient.span[1])


def test_halving_the_step_does_not_move_the_curves():
    # A delay that no step falls upon by itself.
    p = two_arm_trial.settings({"delay": 62.5})
    patients = np.arange(250, 500)
    coarse, _ = cohort.follow(two_arm_trial, p, 1, patients)
    finer = two_arm_trial.replace(step=two_arm_trial.step / 2)
    fine, _ = cohort.follow(finer, p, 1, patients)
    # The event is found by a straight line across a step of h days in a rate that changes by
    # strength * resistance a day: an error of order h**2 / 8 * that, over the slowest growth.
    assert np.abs(coarse - fine).max() < 0.1


def test_no_effect_no_difference():
    (a, seen_a), (b, seen_b) = arms({"strength": 0.0})
    # lifelines takes seconds to load, and only this test needs it here.
    from lifelines.statistics import logrank_test

    assert logrank_test(a, b, seen_a, seen_b).p_value > 0.05


def test_tied_and_separated_events_are_judged_like_lifelines_does():
    time = np.repeat([1.0, 2.0, 3.0, 4.0], 5)
    seen = np.ones(20, dtype=bool)
    tied = cohort.compare([(time, seen), (time + 1, seen)])
    assert 0 < tied["hazard_ratio"] < 1
    apart = cohort.compare([(time, seen), (time + 10, seen)])
    assert apart["hazard_ratio"] == 0
    nobody = cohort.compare([(time, seen), (time, ~seen)])
    assert nobody["hazard_ratio"] == 0


def test_the_seed_alone_decides():
    first, again, other = (
        solve(two_arm_trial),
        solve(two_arm_trial),
        solve(two_arm_trial, {"seed": 2}),
    )
    assert first.series["hazard_ratio"] == again.series["hazard_ratio"]
    assert first.series["hazard_ratio"] != other.series["hazard_ratio"]


def test_random_numbers_are_uniform_and_independent_of_order():
    patients = np.arange(20000)
    u = uniform(7, patients, 0)
    # Standard error of the mean of n uniforms is 1/sqrt(12 n); five of them.
    assert abs(u.mean() - 0.5) < 5 / np.sqrt(12 * u.size)
    assert uniform(7, patients[::-1], 0)[::-1] == pytest.approx(u, rel=0)
    v = uniform(7, patients, 1)
    assert abs(np.corrcoef(u, v)[0, 1]) < 5 / np.sqrt(u.size)
