"""The models behind the labs on CTLA-4, dosing, parallel brakes and the PD-L1 test."""

from __future__ import annotations

import numpy as np
import pytest

from immunolab.labs.checkpoints import taking_the_ligand
from immunolab.models.antibody_dosing import (
    PEMBROLIZUMAB,
    antibody_dosing,
    concentration_nm,
    dose_times,
    last_dose,
)
from immunolab.models.costimulation import costimulation
from immunolab.models.expression_test import PATIENTS, expression_test
from immunolab.models.second_brake import second_brake
from immunolab.models.trans_endocytosis import CD28, CTLA4_EACH, LEAVES, SETTLES, trans_endocytosis
from immunolab.solve import RELATIVE_TOLERANCE, solve

# A run of some hundred steps, each right to the solver's tolerance.
SOLVED = 1000 * RELATIVE_TOLERANCE


def at(run, name, when):
    """Return a quantity at one time."""
    return float(np.interp(when, run["t"], run[name]))


# ------------------------------------------------------------------- CTLA-4 takes B7-1 away

TAKING = {"swallowing": 1.0}  # at rest the model only competes


def test_what_is_swallowed_is_what_is_missing():
    """Nothing is made: what is left and what was taken add up to what was there."""
    run = solve(trans_endocytosis, TAKING | {"renewal": 0.0}).series
    assert run["left"] + run["taken"] == pytest.approx(np.ones(run["t"].size), rel=SOLVED)
    assert run["taken"][-1] > 0.5, "the visit took too little for this test to see"


def test_a_ligand_that_is_only_held_comes_back_with_the_visitor_gone():
    run = solve(trans_endocytosis, {"swallowing": 0.0}).series
    assert run["left"] == pytest.approx(np.ones(run["t"].size), rel=SOLVED)
    assert at(run, "help", 7.0) < 0.9, "the visit held too little for this test to see"
    assert at(run, "help", LEAVES + 2 * SETTLES) == pytest.approx(1.0, rel=SOLVED)


def test_competition_agrees_with_the_model_of_the_balance():
    """The same binding, solved by another model and another method (Newton, not Runge-Kutta)."""
    settings = {"swallowing": 0.0, "regulatory": 2.0, "supply": 3.0}
    free = at(solve(trans_endocytosis, settings).series, "free", 7.0)
    p = trans_endocytosis.settings(settings)
    balance = solve(
        costimulation.replace(
            sweep=type(costimulation.sweep)("ctla4_total", "x", "", "", 1.0, 2.0, points=2)
        ),
        {"ligand_total": 3.0, "cd28_total": CD28},
    ).series
    assert balance["ctla4_total"][-1] == 2.0 * CTLA4_EACH
    engaged = free / (p.cd28_dissociation + free)
    assert engaged == pytest.approx(balance["cd28_engaged"][-1], rel=SOLVED)


def test_b7_1_returns_as_fast_as_it_is_made():
    """With the visitor gone, what is missing decays exponentially at the rate of renewal."""
    run = solve(trans_endocytosis, TAKING).series
    rate = trans_endocytosis.settings().renewal
    early, late = run["t"].searchsorted([10.0, 20.0])
    times, missing = run["t"][[early, late]], 1 - run["left"][[early, late]]
    assert missing[1] / missing[0] == pytest.approx(np.exp(-rate * np.diff(times)[0]), rel=SOLVED)


def test_blocking_ctla4_gives_the_help_back():
    after = [
        at(solve(trans_endocytosis, TAKING | {"blocked": share}).series, "help", 10.0)
        for share in (0.0, 0.5, 0.9, 1.0)
    ]
    assert after == sorted(after)
    assert after[-1] == pytest.approx(1.0, rel=SOLVED)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "was held, not taken"),
        (TAKING, "has been taken away"),
        (TAKING | {"renewal": 0.5, "supply": 10.0}, "was taken, but new B7-1 is made quickly"),
        ({"blocked": 1.0}, "hardly changes"),
    ],
)
def test_the_lab_says_what_became_of_b7_1(settings, said):
    """Help that is back does not mean that nothing was taken."""
    assert said in taking_the_ligand().compute(settings).outcome


# --------------------------------------------------------------------------- antibody dosing


def test_the_published_volumes_and_the_fall_of_clearance():
    """Bajaj 2017: 3.63 + 2.78 = 6.41 litres; clearance falls to exp(-0.295) of its start."""
    p = antibody_dosing.settings()
    assert p.central + p.peripheral == pytest.approx(6.41, abs=0.005)
    # A label prints 26 % for the fall (ledger B048).
    assert 1 - np.exp(p.clearance_change) == pytest.approx(0.26, abs=0.005)
    # In a run: what is eliminated within half a week, a year on, over the concentration then.
    run = solve(antibody_dosing, {"last_week": 52.0}).series
    early, late = np.searchsorted(run["t"], (51.25, 51.75))
    amount = run["blood"] + run["tissue"]
    mean = (run["concentration"][early] + run["concentration"][late]) / 2
    cleared = (amount[early] - amount[late]) / 0.5 / mean  # litres a week
    baseline = p.clearance / 1000 * 168
    assert cleared / baseline == pytest.approx(np.exp(-0.295), rel=0.002)


def test_pembrolizumab_after_one_dose_follows_the_closed_form():
    """With constant clearance two compartments are the sum of two exponentials."""
    drug = PEMBROLIZUMAB | {"dose": 200.0, "last_week": 0.0}
    run, p = solve(antibody_dosing, drug).series, antibody_dosing.settings(drug)
    weekly = 168.0 / 1000
    out, to_tissue = p.clearance * weekly / p.central, p.exchange * weekly / p.central
    back = p.exchange * weekly / p.peripheral
    slow, fast = np.roots([1.0, -(out + to_tissue + back), out * back])[::-1]
    after = run["t"] > 0
    t = run["t"][after]
    expected = (200.0 / p.central / (fast - slow)) * (
        (fast - back) * np.exp(-fast * t) + (back - slow) * np.exp(-slow * t)
    )
    shown = expected > 1e-3
    assert run["concentration"][after][shown] == pytest.approx(expected[shown], rel=SOLVED)


def test_at_steady_state_a_dose_is_cleared_in_each_interval():
    """Area under the curve over an interval = dose / clearance."""
    drug = PEMBROLIZUMAB | {"dose": 200.0, "interval": 3.0}
    fine = antibody_dosing.replace(span=(0.0, 51.0), points=51 * 56 + 1)  # every three hours
    run, p = solve(fine, drug).series, fine.settings(drug)
    inside = (run["t"] > 48.0) & (run["t"] < 51.0)
    area = np.trapezoid(run["concentration"][inside], run["t"][inside])
    cleared = 200.0 / (p.clearance * 168.0 / 1000)
    # Missing from the area: the two ends of the interval, 1/56 of a week each; and week 48 is
    # 16 intervals in, some four half-lives from the start, so about a percent is still to come.
    assert area == pytest.approx(cleared, rel=0.03)


def test_half_of_pd1_is_free_again_somewhat_over_half_a_year_after_a_year_of_nivolumab():
    """What the chapter says; five patients were measured at 32.4 weeks (Nose 2022, B057)."""
    held = solve(antibody_dosing).series["half_held"].max()
    assert 26 < held < 39


def test_the_trough_is_read_just_before_a_dose():
    """A grid point at a dose shows the state after it; the lowest occupancy is the one before."""
    long = {"dose": 80.0, "interval": 6.0}
    lowest = solve(antibody_dosing, long).series["between_doses"].min()
    run, p = (
        solve(antibody_dosing, long | {"last_week": 0.0}).series,
        antibody_dosing.settings(long),
    )
    at_six = np.interp(6.0, run["t"], run["blood"])  # no second dose was given
    bound = concentration_nm(at_six, p)
    assert lowest == pytest.approx(bound / (bound + p.dissociation), rel=1e-4)


@pytest.mark.parametrize("interval", [2.0, 2.2, 2.5, 6.0])
def test_the_last_dose_is_where_the_doses_end(interval):
    p = antibody_dosing.settings({"interval": interval, "last_week": 33.0})
    given = [time for time in dose_times(p) if np.isfinite(time)]
    assert given[-1] == last_dose(p) <= 33.0


def test_ten_times_the_dose_hardly_changes_occupancy_and_ten_fold_affinity_hardly_either():
    lowest = [
        solve(antibody_dosing, change).series["between_doses"].min()
        for change in ({"dose": 80.0}, {"dose": 800.0}, {"dissociation": 0.26})
    ]
    assert min(lowest) > 0.9


def test_a_molar_concentration():
    """146 mg/L of an antibody of 146 kDa is one micromole a litre."""
    p = antibody_dosing.settings({"central": 1.0})
    assert concentration_nm(146.0, p) == pytest.approx(1000.0)


# ------------------------------------------------------------------------ brakes in parallel


@pytest.mark.parametrize("strength", [0.5, 3.0, 6.0])
def test_on_roads_of_their_own_the_gain_does_not_depend_on_pd1(strength):
    run = solve(second_brake, {"pd1_brake": strength}).series
    assert run["gain"] == pytest.approx(
        (1 + run["expression"]) / (1 + 0.1 * run["expression"]), rel=1e-12
    )


def test_on_one_road_releasing_the_weaker_brake_does_nothing():
    run = solve(second_brake, {"shared_road": 1.0, "pd1_brake": 2.0}).series
    stronger = run["expression"] >= 2.0
    assert run["pd1_blocked"][stronger] == pytest.approx(run["untreated"][stronger], rel=1e-12)
    assert np.all(run["both_blocked"] > run["untreated"])


def test_a_marker_gains_nothing():
    run = solve(second_brake, {"function": 0.0}).series
    assert run["gain"] == pytest.approx(np.ones(81), rel=1e-12)


# --------------------------------------------------------------------------- PD-L1 as a test


@pytest.mark.parametrize("settings", [{}, {"cut_off": 70.0, "response": 0.4}, {"distance": 55.0}])
def test_a_thousand_patients_stay_a_thousand(settings):
    run = solve(expression_test, settings).series
    sorted_ = sum(run[name][0] for name in ("found", "false_alarm", "missed", "cleared"))
    assert sorted_ == pytest.approx(PATIENTS, rel=1e-12)
    p = expression_test.settings(settings)
    assert run["found"][0] + run["missed"][0] == pytest.approx(PATIENTS * p.response, rel=1e-12)


def test_a_test_that_tells_nothing_leaves_the_response_rate_as_it_is():
    run = solve(expression_test, {"distance": 0.0, "cut_off": 60.0, "response": 0.3}).series
    assert run["rate_positive"][0] == pytest.approx(0.3, rel=1e-12)
    assert run["rate_negative"][0] == pytest.approx(0.3, rel=1e-12)


def test_the_share_above_the_cut_off_is_the_area_under_the_hill():
    wide = expression_test.replace(
        sweep=type(expression_test.sweep)("score", "x", "", "", -200.0, 300.0, points=50_001)
    )
    run = solve(wide).series
    above = run["score"] > 45.0
    area = np.trapezoid(run["responders"][above], run["score"][above])
    # The trapezoid rule misses one cell at the cut-off: 0.01 wide, less than 8 high.
    assert area == pytest.approx(run["found"][0], abs=0.1)


def test_raising_the_cut_off_trades_one_error_for_the_other():
    runs = [solve(expression_test, {"cut_off": c}).series for c in (25.0, 45.0, 65.0)]
    positive = [run["rate_positive"][0] for run in runs]
    missed = [run["share_missed"][0] for run in runs]
    assert positive == sorted(positive)
    assert missed == sorted(missed)
