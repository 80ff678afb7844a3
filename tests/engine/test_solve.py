"""The kernel's solvers, each against an answer that is known some other way."""

from __future__ import annotations

import numpy as np
import pytest
from models_for_tests import dosing, explosion, fed, stiff, window

from immunolab import SolveFailure, solve


def test_doses_depend_on_parameters_and_add_at_their_times():
    settings = {"doses": 2.0, "first": 2.0, "interval": 5.0, "clearance": 0.3, "kill": 0.0}
    run = solve(dosing, settings).series
    t = run["t"]
    decayed = sum(np.where(t >= at, np.exp(-0.3 * (t - at)), 0.0) for at in (2.0, 7.0))
    # Relative tolerance 1e-8 a step; some hundred steps.
    assert run["drug"] == pytest.approx(decayed, abs=1e-6)


def test_a_jump_shows_its_new_value_at_its_own_time():
    run = solve(dosing.replace(points=41), {"first": 2.0, "doses": 1.0}).series
    assert run["drug"][1] == 0
    assert run["drug"][2] == 1.0


def test_a_treatment_window_is_met_exactly():
    """Straddled by a step, a start would be off by a good part of that step."""
    run = solve(window, {"start": 10.0, "length": 5.0, "kill": 0.5, "growth": 0.1}).series
    t = run["t"]
    exponent = 0.1 * t - 0.5 * np.clip(t - 10.0, 0.0, 5.0)
    assert run["cells"] == pytest.approx(100 * np.exp(exponent), rel=1e-7)


def test_the_last_cell_dies_and_stays_dead():
    run = solve(window, {"start": 5.0, "length": 10.0, "kill": 1.5, "growth": 0.3}).series
    alive = run["cells"][run["cells"] > 0]
    assert alive.min() >= 1.0
    # 100 e^(1.5) cells shrink at 1.2 a day: the last one dies at 5 + (ln 100 + 1.5) / 1.2.
    died = run["t"][np.argmax(run["cells"] == 0)]
    assert died == pytest.approx(5 + (np.log(100) + 1.5) / 1.2, abs=0.1)
    assert np.all(run["cells"][run["t"] >= died] == 0)


def test_a_population_that_is_fed_does_not_die_again_and_again():
    run = solve(fed)
    # At rest, shedding pays for death: 0.01 * 100 / 3.
    assert run.series["clone"][-1] == pytest.approx(1 / 3, rel=1e-6)
    # A saw-tooth would fall by a good part of its height; the solver's own ripple is its tolerance.
    assert np.all(np.diff(run.series["clone"]) >= -1e-8)


def test_when_the_parent_dies_the_clone_dies_too():
    run = solve(fed, {"growth": -0.5}).series
    assert run["parent"][-1] == 0
    assert run["clone"][-1] == 0


def test_a_growing_population_below_the_threshold_lives():
    few = window.replace(initial=lambda p: (0.5,))
    assert solve(few, {"kill": 0.0}).series["cells"][-1] > 100


def test_a_stiff_model_agrees_with_the_explicit_solver_where_both_can():
    easy = {"slow": 0.1, "back": 1e3, "fast": 1e6}
    short = stiff.replace(span=(0.0, 2.0))
    implicit = solve(short, easy).series
    explicit = solve(short.replace(method="explicit"), easy).series
    for name in "abc":
        assert implicit[name] == pytest.approx(explicit[name], rel=1e-6, abs=1e-12)


def test_robertson_s_reference_value():
    """The standard test of stiff solvers: at time 40 the first species is at 0.7158270688."""
    run = solve(stiff).series
    assert run["a"][-1] == pytest.approx(0.7158270688, rel=1e-7)
    assert run["a"][-1] + run["b"][-1] + run["c"][-1] == pytest.approx(1.0, abs=1e-9)


def test_a_run_without_an_answer_says_where_it_stopped():
    with pytest.raises(SolveFailure, match=r"past 1\.?\d* days .*press Reset"):
        solve(explosion, {"rate": 1.0})
