"""Two drugs, two ligands, two arms, a virus, and what to expect of them together."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.optimize import brentq, root
from scipy.stats import multivariate_normal, norm

from immunolab.models.combination_references import combination_references
from immunolab.models.costimulation import costimulation, two_ligands
from immunolab.models.palmer_sorger import either, palmer_sorger
from immunolab.models.survival import mixture_cure, piecewise_hazard
from immunolab.models.thresholds import responding, thresholds
from immunolab.models.tian import tian
from immunolab.models.wodarz import wodarz
from immunolab.solve import solve

# ------------------------------------------------------------------- Bliss, Loewe, HSA


@pytest.mark.slow
@pytest.mark.parametrize("steepness", [0.5, 1.0, 2.0, 6.0])
@pytest.mark.parametrize("ratio", [0.1, 1.0, 10.0])
def test_sham_combination_is_additive_by_loewe(steepness, ratio):
    values = {"steepness_a": steepness, "steepness_b": steepness, "ratio": ratio}
    run = solve(combination_references, values).series
    assert run["loewe"] == pytest.approx(run["sham"], abs=1e-9)


def test_bliss_invents_synergy():
    """EC50/2 twice: 0.50 is seen and 0.36 expected (n = 2); 0.500 and 0.556 (n = 1)."""
    for steepness, expected in ((2.0, 0.36), (1.0, 5 / 9)):
        values = {"steepness_a": steepness, "steepness_b": steepness}
        run = solve(combination_references, values).series
        at = {name: np.interp(np.log(0.5), np.log(run["dose"]), run[name]) for name in run}
        # 121 points over three decades: linear between them is off by less than 1e-4.
        assert at["sham"] == pytest.approx(0.5, abs=1e-4)
        assert at["bliss"] == pytest.approx(expected, abs=1e-4)
        assert at["called_synergy"] == pytest.approx(0.5 - expected, abs=1e-4)


def test_loewe_against_a_root_finder():
    """Two different drugs, where no closed form exists."""
    values = {"steepness_a": 3.0, "steepness_b": 0.7, "half_b": 4.0, "ratio": 2.5}
    run, p = solve(combination_references, values).series, combination_references.settings(values)
    for i in (5, 60, 115):
        dose = run["dose"][i]

        def index(effect, dose=dose):
            odds = effect / (1 - effect)
            first = dose / (p.half_a * odds ** (1 / p.steepness_a))
            return first + p.ratio * dose / (p.half_b * odds ** (1 / p.steepness_b)) - 1

        assert run["loewe"][i] == pytest.approx(brentq(index, 1e-12, 1 - 1e-12), rel=1e-8)
        assert run["highest"][i] == max(run["first"][i], run["second"][i])


# --------------------------------------------------------------------- Palmer and Sorger 2017


def test_unrelated_responses():
    run = solve(palmer_sorger).series
    expected = run["first"] + run["second"] - run["first"] * run["second"]
    assert run["combination"] == pytest.approx(expected, rel=1e-12)
    assert run["response"][0] == pytest.approx(0.4 + 0.2 - 0.08)


def test_harm_of_both_and_gain_over_the_better():
    run = solve(palmer_sorger, {"harm_a": 0.1, "harm_b": 0.3, "correlation": 0.0}).series
    assert run["harmed"][0] == pytest.approx(1 - 0.9 * 0.7)
    assert run["gained"][0] == pytest.approx(0.52 - 0.4)
    alike = solve(palmer_sorger, {"correlation": 1.0}).series
    assert alike["gained"][0] == pytest.approx(0.0, abs=1e-12)


def test_correlation_against_drawn_patients():
    """Patients drawn with a latent correlation; the one seen among them is put into the formula."""
    first, second, latent, patients = 0.4, 0.2, 0.6, 200_000
    draws = multivariate_normal([0, 0], [[1, latent], [latent, 1]]).rvs(patients, random_state=1)
    responds = draws < norm.ppf([first, second])
    seen = np.corrcoef(responds.T)[0, 1]
    better = np.mean(responds.any(axis=1))
    error = np.sqrt(better * (1 - better) / patients)
    assert float(either(first, second, seen)) == pytest.approx(better, abs=5 * error)


def test_a_combination_is_no_worse_than_its_better_drug():
    for correlation in np.linspace(0, 1, 11):
        for first in np.linspace(0, 1, 11):
            for second in np.linspace(0, 1, 11):
                both = float(either(first, second, correlation))
                assert max(first, second) - 1e-12 <= both <= min(1, first + second) + 1e-12


def test_the_curves_pass_one_half_at_their_medians():
    run = solve(palmer_sorger).series
    for name, median in (("first", 6.0), ("second", 3.0)):
        assert np.interp(median, run["month"], run[name]) == pytest.approx(0.5, abs=1e-12)


# ---------------------------------------------------------------------------- survival


@pytest.mark.parametrize("plateau", [0.0, 0.21, 0.45])
def test_median_and_hazard_of_the_mixture(plateau):
    run = solve(mixture_cure.replace(), {"plateau": plateau, "median": 9.5}).series
    assert np.interp(9.5, run["month"], run["alive"]) == pytest.approx(0.5, abs=2e-3)
    # The hazard is the slope of the logarithm, here by central differences.
    slope = -np.gradient(np.log(run["alive"]), run["month"], edge_order=2)
    assert run["hazard"] == pytest.approx(slope, abs=2e-3)
    if plateau:
        assert run["hazard"][-1] < 0.05 * run["hazard"][0]


def test_plateau_is_nearly_reached_at_three_years():
    run = solve(mixture_cure).series
    at_three_years = np.interp(36.0, run["month"], run["alive"])
    assert at_three_years == pytest.approx(0.23, abs=0.005)


def test_crossing_in_closed_form():
    """Equal when h1 tc + h2 (t - tc) = t."""
    p = piecewise_hazard.settings()
    crossing = p.change * (p.early_ratio - p.late_ratio) / (1 - p.late_ratio)
    run = solve(piecewise_hazard.replace()).series
    assert np.interp(crossing, run["month"], run["difference"]) == pytest.approx(0.0, abs=1e-3)
    assert run["difference"][1:].min() < 0 < run["difference"].max()


@pytest.mark.slow
def test_hazards_are_found_again_by_lifelines():
    # lifelines takes seconds to load, and only this test needs it.
    from lifelines import PiecewiseExponentialFitter

    p, patients = piecewise_hazard.settings(), 20_000
    # Where the curve reaches a uniform number is a time of death.
    target = -np.log(np.random.default_rng(2).random(patients)) / p.hazard
    early = target / p.early_ratio
    late = p.change + (target - p.early_ratio * p.change) / p.late_ratio
    times = np.where(early < p.change, early, late)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines warns of its own use of pandas
        fit = PiecewiseExponentialFitter([p.change]).fit(np.minimum(times, 48.0), times < 48.0)
    found = 1 / fit.params_.to_numpy()
    for value, ratio in zip(found, (p.early_ratio, p.late_ratio), strict=True):
        # The relative error of a rate from n deaths is 1/sqrt(n); at least 5,000 died in each part.
        assert value == pytest.approx(p.hazard * ratio, rel=4 / np.sqrt(5000))


# ---------------------------------------------------------------------- oncolytic virus


def end_swing(burst: float) -> tuple[float, float]:
    """Return the smallest and largest tumour late in a run without immune cells."""
    values = {"burst": burst, "immune_at_start": 0.0}
    late = solve(tian.replace(span=(0.0, 3000.0), points=6001), values).series["tumour"][-1500:]
    return late.min(), late.max()


def test_virus_takes_hold_above_the_first_threshold():
    p = tian.settings()
    threshold = 1 + p.decay / p.infection
    assert threshold == pytest.approx(2.818, abs=5e-4)
    below, above = end_swing(0.95 * threshold), end_swing(1.05 * threshold)
    assert below[0] > 0.999
    assert above[1] < 0.97


def resting_without_immunity(p) -> np.ndarray:
    """Return the state in which tumour and virus rest together, from v' = 0 and y' = 0."""
    uninfected = p.decay / (p.infection * (p.burst - 1))
    infected = p.growth * uninfected * (1 - uninfected) / (1 + p.growth * uninfected)
    return np.array([uninfected, infected, infected / (p.infection * uninfected)])


@pytest.mark.slow
def test_oscillations_above_the_second_threshold():
    def largest_real_part(burst):
        p = tian.settings({"burst": burst})
        state = resting_without_immunity(p)
        rates = lambda y: np.array(tian.rhs(0.0, (*y, 0.0), p)[:3])  # noqa: E731
        assert rates(state) == pytest.approx(0.0, abs=1e-12)
        columns = [(rates(state + h) - rates(state - h)) / 2e-7 for h in 1e-7 * np.eye(3)]
        return np.linalg.eigvals(np.column_stack(columns)).real.max()

    second = brentq(largest_real_part, 5.0, 40.0)
    assert second > 1 + 0.2 / 0.11
    quiet, swinging = end_swing(0.9 * second), end_swing(1.2 * second)
    assert quiet[1] - quiet[0] < 1e-3
    assert swinging[1] - swinging[0] > 0.1


def test_immune_cells_cut_the_infection_short():
    with_immunity = solve(tian, {"burst": 9.0}).series["tumour"][-1]
    without = solve(tian, {"burst": 9.0, "immune_at_start": 0.0}).series["tumour"][-1]
    assert with_immunity > without


def tumour_at_rest(killing: float, growth_infected: float) -> float:
    values = {"killing": killing, "growth_infected": growth_infected}
    return solve(wodarz.replace(span=(0.0, 3000.0)), values).series["tumour"][-1]


def test_without_division_slower_killing_is_better():
    p = wodarz.settings()
    for killing in (0.15, 0.3, 0.6):
        # x = a/beta and y from x' = 0.
        uninfected = killing / p.infection
        infected = (p.growth * (1 - uninfected / p.capacity) - p.death) / (
            p.growth / p.capacity + p.infection
        )
        expected = uninfected + infected
        assert tumour_at_rest(killing, 0.0) == pytest.approx(expected, rel=1e-5)
    sizes = [tumour_at_rest(a, 0.0) for a in (0.15, 0.3, 0.6)]
    assert sizes == sorted(sizes)


def test_with_division_there_is_a_best_killing_rate():
    p = wodarz.settings()
    s, r, d, beta, k = p.growth_infected, p.growth, p.death, p.infection, p.capacity
    # All infected below the best rate, T = k (1 - a/s); coexistence above it.
    everyone = lambda a: k * (1 - a / s)  # noqa: E731
    together = lambda a: (a - d + r - s) / (beta + (r - s) / k)  # noqa: E731
    best = brentq(lambda a: everyone(a) - together(a), 0.1, 0.39)
    assert tumour_at_rest(0.8 * best, s) == pytest.approx(everyone(0.8 * best), rel=1e-5)
    assert tumour_at_rest(1.2 * best, s) == pytest.approx(together(1.2 * best), rel=1e-5)
    assert tumour_at_rest(best, s) < min(
        tumour_at_rest(0.8 * best, s), tumour_at_rest(1.2 * best, s)
    )


# ---------------------------------------------------------------------- CTLA-4, CD28 and B7


def test_selectivity_of_the_two_ligands():
    p = two_ligands.settings()
    b71, b72 = p.b71_cd28 / p.b71_ctla4, p.b72_cd28 / p.b72_ctla4
    assert (b71, b72) == pytest.approx((9.5, 7.7), abs=0.05)
    # Collins 2002: relative to CTLA-4, B7-2 binds CD28 two to three times as well as B7-1 does.
    needed = [p.b71_cd28 / (ratio * b72) for ratio in (2, 3)]
    assert needed == pytest.approx([0.26, 0.17], abs=0.005)
    assert p.b71_cd28 / p.b71_ctla4 / b72 == pytest.approx(1.24, abs=0.005)


def test_more_ctla4_leaves_less_for_cd28():
    scarce = {"b71_total": 0.1, "b72_total": 0.2}
    run = solve(two_ligands, scarce).series
    assert np.all(np.diff(run["cd28_engaged"]) < 0)
    blocked = solve(two_ligands, scarce | {"blocked": 0.99}).series
    at_one = np.argmin(np.abs(run["ctla4_total"] - 1.0))
    without = run["cd28_engaged"][0]
    assert run["cd28_engaged"][at_one] < 0.7 * without
    assert blocked["cd28_engaged"][at_one] == pytest.approx(without, rel=0.02)


@pytest.mark.slow
def test_one_ligand_is_a_special_case_of_two():
    nearly_none = two_ligands.replace(
        parameters=tuple(
            q
            if q.name != "b72_total"
            else type(q)(q.name, q.symbol, q.meaning, q.unit, 1e-9, (1e-9, 1.0), "log")
            for q in two_ligands.parameters
        )
    )
    both = solve(nearly_none, {"b71_total": 2.0}).series
    one = solve(costimulation, {"ligand_total": 2.0}).series
    assert both["cd28_engaged"] == pytest.approx(one["cd28_engaged"], rel=1e-6)


@pytest.mark.parametrize("model", [costimulation, two_ligands], ids=lambda m: m.name)
def test_costimulation_against_a_general_root_finder(model):
    run, p = solve(model).series, model.settings()
    unknowns = [q.name for q in model.unknowns]
    for i in (0, 40, 80):
        ours = np.array([run[name][i] for name in unknowns])
        x = run["ctla4_total"][i]
        other = root(lambda u, x=x: model.balance(x, np.exp(u), p), np.log(ours) + 0.3, tol=1e-13)
        assert np.exp(other.x) == pytest.approx(ours, rel=1e-8)


# ------------------------------------------------------------------------ thresholds that differ


@pytest.mark.parametrize("spread", [0.5, 2.0, 8.0])
def test_thresholds_against_drawn_patients(spread):
    """Everyone's killing is raised by three doublings; thresholds are drawn with one spread."""
    random, patients, extra, response = np.random.default_rng(1), 400_000, 3.0, 0.4
    threshold = random.logistic(0.0, spread * np.sqrt(3) / np.pi, patients)
    assert np.std(threshold) == pytest.approx(spread, rel=0.01)
    # The first drug alone reaches the thresholds of the easiest two fifths.
    killing = np.quantile(threshold, response)
    share = np.mean(threshold < killing + extra)
    error = np.sqrt(share * (1 - share) / patients) + 1e-4
    assert float(responding(response, extra, spread)) == pytest.approx(share, abs=6 * error)


def test_thresholds_at_both_ends():
    values = {"push": 0.0, "synergy": 3.0, "response": 0.4}
    run = solve(thresholds, values).series
    assert run["synergistic"][0] == pytest.approx(1.0, abs=1e-6)
    assert float(responding(0.4, 3.0, 1e6)) == pytest.approx(0.4, abs=1e-5)
    assert np.all(np.diff(run["synergistic"]) < 0)
