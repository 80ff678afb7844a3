"""Models of the chapter on mesothelioma: histologies, crossing curves, small trials, a range."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from immunolab.models.crossing import FOLLOWED, OPENS, crossing
from immunolab.models.histology import histology
from immunolab.models.phase_mirage import at_least, phase_mirage
from immunolab.models.virtual_mesothelioma import BARRIERS, virtual_mesothelioma
from immunolab.models.virtual_tumour import LARGEST, virtual_tumour
from immunolab.solve import solve

# -------------------------------------------------------------------------------- histology

GROUPS = ("epithelioid_control", "epithelioid_treated", "other_control", "other_treated")


def test_a_ratio_of_hazards_is_a_ratio_of_medians():
    run, p = solve(histology).series, histology.settings()
    month = run["month"]
    hazards = {}
    for group in GROUPS:
        curve = run[f"{group}_alive"]
        assert np.interp(getattr(p, group), month, curve) == pytest.approx(0.5, abs=1e-3)
        hazards[group] = -np.polyfit(month, np.log(curve), 1)[0]
    for who in ("epithelioid", "other"):
        ratio = hazards[f"{who}_treated"] / hazards[f"{who}_control"]
        assert run[f"{who}_ratio"][0] == pytest.approx(ratio, rel=1e-9)


def test_the_medians_give_nearly_the_published_ratios():
    """Baas 2021: hazard ratios 0.86 (epithelioid) and 0.46 (non-epithelioid)."""
    run = solve(histology).series
    assert run["epithelioid_ratio"][0] == pytest.approx(0.86, abs=0.03)
    assert run["other_ratio"][0] == pytest.approx(0.46, abs=0.03)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_everybody_lies_between_the_histologies(share):
    run = solve(histology, {"other_share": share}).series
    for arm in ("control", "treated"):
        pair = np.array([run[f"epithelioid_{arm}_alive"], run[f"other_{arm}_alive"]])
        everybody = run[f"all_{arm}_alive"]
        assert (everybody >= pair.min(axis=0) - 1e-12).all()
        assert (everybody <= pair.max(axis=0) + 1e-12).all()
        assert everybody == pytest.approx((1 - share) * pair[0] + share * pair[1])


# --------------------------------------------------------------------------------- crossing


@pytest.mark.parametrize("ratio", [0.3, 1.0, 2.0])
def test_a_constant_ratio_is_its_own_average(ratio):
    run = solve(crossing, {"early_ratio": ratio, "late_ratio": ratio}).series
    assert run["average"] == pytest.approx(ratio)


@pytest.mark.slow
@pytest.mark.parametrize("values", [OPENS, {}])
def test_the_average_is_nearly_that_of_a_cox_model(values):
    import pandas as pd
    from lifelines import CoxPHFitter

    p, patients = crossing.settings(values), 10_000
    target = -np.log(np.random.default_rng(5).random((2, patients))) / p.hazard
    early = target[1] / p.early_ratio
    late = p.change + (target[1] - p.early_ratio * p.change) / p.late_ratio
    times = np.concatenate([target[0], np.where(early < p.change, early, late)])
    table = pd.DataFrame(
        {
            "time": np.minimum(times, FOLLOWED),
            "event": times < FOLLOWED,
            "treated": np.repeat([0.0, 1.0], patients),
        }
    )
    fitted = float(np.exp(CoxPHFitter().fit(table, "time", "event").params_["treated"]))
    # Cox weighs events by who is at risk, we count each once; drawing adds an error of 0.015.
    assert solve(crossing, values).series["average"][0] == pytest.approx(fitted, abs=0.07)


# ----------------------------------------------------------------------------- phase mirage


@pytest.mark.parametrize("patients", [25, 40, 118])
@pytest.mark.parametrize("rate", [0.08, 0.2, 0.4])
def test_the_approximation_is_close_to_the_binomial(patients, rate):
    responders = np.arange(1, patients // 2 + 1)
    exact = binom.sf(responders - 1, patients, rate)
    nearly = at_least(responders / patients, rate, float(patients))
    assert np.abs(nearly - exact).max() < 0.01


@pytest.mark.parametrize("trials", [1, 10])
def test_the_best_of_several_is_that_of_drawn_trials(trials):
    run = solve(phase_mirage, {"trials": float(trials)}).series
    drawn = np.random.default_rng(3).binomial(25, 0.08, (200_000, trials)).max(axis=1) / 25
    for share in (0.12, 0.16, 0.2):
        expected = np.mean(drawn >= share - 1e-9)
        assert np.interp(share, run["share"], run["best"]) == pytest.approx(expected, abs=0.01)


# ------------------------------------------------------------------------ virtual mesothelioma

BOTH = {"blockade": 0.95, "ctla4_blockade": 0.95}


@pytest.mark.parametrize("therapy", [{}, BOTH, BOTH | {"vessel_normalisation": 1.0}])
def test_each_of_the_three_is_a_virtual_tumour(therapy):
    values = therapy | {"uncertainty": 1.5}
    run, p = solve(virtual_mesothelioma, values).series, virtual_mesothelioma.settings(values)
    for who, factor in (("weaker", 1 / 1.5), ("guessed", 1.0), ("stronger", 1.5)):
        own = therapy | {name: factor * getattr(p, name) for name in BARRIERS}
        alone = solve(virtual_tumour, own | {"antigen": p.antigen}).series["tumour_cells"]
        assert run[who] / LARGEST == pytest.approx(alone / LARGEST, rel=1e-4, abs=1e-9)


def test_without_uncertainty_the_three_are_one():
    run = solve(virtual_mesothelioma, BOTH | {"uncertainty": 1.0}).series
    for who in ("weaker", "stronger"):
        assert run[who] == pytest.approx(run["guessed"], rel=1e-6, abs=1.0)
