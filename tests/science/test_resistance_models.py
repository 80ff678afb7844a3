"""Resistance found and resistance made: Bozic, Luria and Delbrück, Greene, Lakatos, Avanzini."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from immunolab.models.avanzini import avanzini
from immunolab.models.bozic import bozic, failure
from immunolab.models.greene import TENTH, greene
from immunolab.models.lakatos import lakatos
from immunolab.models.luria_delbruck import distribution, luria_delbruck
from immunolab.solve import solve

# ------------------------------------------------------------------------------- Bozic 2013

# Table 1 (cells, shared letters, chance of failure as printed); n1 = n2 = 50.
TABLE_1 = [
    (2.6e11, 0, "0.283"),
    (1.7e11, 0, "0.203"),
    (9.8e10, 0, "0.12"),
    (5.5e10, 0, "0.069"),
    (2.2e10, 0, "0.028"),
    (1.8e10, 0, "0.023"),
    (1.6e9, 0, "0.002"),
    (1.6e9, 1, "0.881"),
    (1.3e9, 1, "0.828"),
    (8.5e8, 1, "0.677"),
]


def chance_of_failure(cells: float, shared: int) -> float:
    p = bozic.settings()
    growing, shrinking = 1 - p.death / p.birth, 1 - p.death_treated / p.birth
    return float(failure(cells, p.mutation, p.first, p.second, shared, growing, shrinking))


@pytest.mark.parametrize(("cells", "shared", "printed"), TABLE_1)
def test_printed_failures(cells, shared, printed):
    """Sizes are printed to two digits, so a chance may lie between those of the rounded ends."""
    half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    half_size = 0.05 * 10 ** np.floor(np.log10(cells))
    low, high = (chance_of_failure(cells + s * half_size, shared) for s in (-1, 1))
    assert low - half <= float(printed) <= high + half
    assert high - low < 0.05, "the interval must be narrow enough to mean something"


def test_the_curve_is_the_formula():
    run = solve(bozic, {"cross": 1.0}).series
    at = np.argmin(np.abs(run["cells"] - 8.5e8))
    expected = chance_of_failure(run["cells"][at], 1)
    assert run["failure_of_both"][at] == pytest.approx(expected, rel=1e-12)
    # One drug is two drugs that share every letter.
    assert run["failure_of_one"][at] == pytest.approx(
        float(failure(run["cells"][at], 1e-9, 0, 0, 50, 1 - 13 / 14, 1 - 17 / 14)), rel=1e-12
    )


def test_expected_resistant_cells():
    """All that arose at each size m, each grown since by M/m: an integral, by SciPy's quad."""
    p, size = bozic.settings(), 1e9
    survives = 1 - p.death / p.birth
    arose = p.mutation * p.first / survives
    expected, _ = quad(lambda log_m: arose * size, np.log(1 / survives), np.log(size))
    run = solve(bozic, {"cross": 5.0, "second": 20.0}).series
    at = np.argmin(np.abs(run["cells"] - size))
    assert run["resistant_to_one"][at] == pytest.approx(expected, rel=1e-9)
    # Shared letters confer both at once; the rest must be hit twice, in either order.
    one_letter = p.mutation / survives * np.log(size * survives)
    twice = 50 * 20 + 5 * (50 + 20 - 5) / 2
    assert run["resistant_to_both"][at] == pytest.approx(
        size * (5 * one_letter + twice * one_letter**2), rel=1e-9
    )


@pytest.mark.slow
def test_one_drug_against_a_branching_process():
    """Tumours grown cell by cell: does a resistant cell that survives arise before size M?"""
    birth, death, mutation, size, tumours = 1.0, 0.5, 2e-3, 300, 1500
    survives = 1 - death / birth
    random, failed, grown = np.random.default_rng(7), 0, 0
    while grown < tumours:
        sensitive, resistant = 1, 0
        while 0 < sensitive < size:
            if random.random() < death / (birth + death):
                sensitive -= 1
            else:
                # One daughter in each division may be miscopied; its line survives by chance.
                mutant = random.random() < mutation
                resistant += mutant and random.random() < survives
                sensitive += not mutant
        if sensitive == 0 and not resistant:
            continue
        grown += 1
        failed += resistant > 0
    # Growth only: with an endless shrinking rate nothing arises during treatment.
    expected = float(failure(size, mutation, 0, 0, 1.0, survives, -1e12))
    error = np.sqrt(expected * (1 - expected) / tumours)
    assert failed / tumours == pytest.approx(expected, abs=4 * error)


# ------------------------------------------------------------------- Luria and Delbrück 1943


@pytest.mark.parametrize("mutations", [0.1, 1.0, 3.0])
def test_distribution_adds_up(mutations):
    chances = np.array(distribution(mutations, 2000))
    assert chances[0] == np.exp(-mutations)
    assert chances.min() >= 0
    # The tail falls as m/k**2, so what is left beyond K is about m/K.
    assert 1 - chances.sum() == pytest.approx(mutations / 2000, rel=0.05)


@pytest.mark.slow
def test_distribution_against_simulated_cultures():
    """Cultures in which a mutation at random size N/u has grown to a geometric clone."""
    random, mutations, cultures = np.random.default_rng(3), 2.0, 40_000
    mutants = np.zeros(cultures)
    for culture, arisen in enumerate(random.poisson(mutations, cultures)):
        # A clone that arose when the culture was a share u of its size is geometric with mean 1/u.
        mutants[culture] = random.geometric(random.random(arisen)).sum()
    expected = distribution(mutations, 10)
    for k in range(11):
        error = np.sqrt(expected[k] * (1 - expected[k]) / cultures)
        assert np.mean(mutants == k) == pytest.approx(expected[k], abs=4.5 * error), k


def test_jackpots_are_commoner_than_fixed_luck_would_allow():
    run = solve(luria_delbruck).series
    total = run["none"] + run["few"] + run["many"]
    assert total == pytest.approx(np.ones_like(total), abs=1e-12)
    at_one = np.argmin(np.abs(run["mutations"] - 1.0))
    assert run["many"][at_one] > 1000 * run["many_if_induced"][at_one]


# ------------------------------------------------------------------------------ Greene 2019


def time_to_failure(**values) -> float:
    # Every 0.002: a swing may touch nine tenths for no longer than 0.005, just before a course.
    run = solve(greene.replace(span=(0.0, 100.0), points=50_001), values).series
    return float(run["t"][np.argmax(run["tumour"] >= 0.9)])


@pytest.mark.slow
def test_time_to_failure_under_constant_treatment():
    """The paper prints "t ~ 90" and "t ~ 45"; an independent run gave 89.7 and 44.7."""
    assert time_to_failure() == pytest.approx(90, abs=0.5)
    assert time_to_failure() == pytest.approx(89.7, abs=0.05)
    assert time_to_failure(induced=0.01) == pytest.approx(45, abs=0.5)
    assert time_to_failure(induced=0.01) == pytest.approx(44.7, abs=0.05)


@pytest.mark.slow
def test_time_to_failure_with_pauses():
    """1 on, 3 off: about 14 where resistance is spontaneous only, about 61 where it is induced."""
    pauses = {"on": 1.0, "off": 3.0}
    assert time_to_failure(**pauses) == pytest.approx(14, abs=0.5)
    assert time_to_failure(induced=0.01, **pauses) == pytest.approx(61, abs=0.5)


def test_treatment_begins_at_a_tenth():
    until = solve(greene.replace(span=(0.0, TENTH))).series
    assert until["tumour"][-1] == pytest.approx(0.1, rel=1e-5)  # resistance takes some 1e-6
    run = solve(greene).series
    assert run["given"][run["t"] < TENTH].max() == 0
    assert run["given"][run["t"] > TENTH].min() == 1.5


# ------------------------------------------------------------------------------ Lakatos 2020


def tumours(number: int, **values) -> dict[str, np.ndarray]:
    runs = [
        solve(lakatos, {"cells": 500.0, "seed": float(seed)} | values).series
        for seed in range(1, number + 1)
    ]
    return {name: np.array([run[name][0] for run in runs]) for name in runs[0]}


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return values.mean(), values.std(ddof=1) / np.sqrt(values.size)


@pytest.mark.slow
def test_selection_leaves_fewer_and_rarer_antigens():
    groups = [tumours(16, selection=s) for s in (0.0, -0.5, -1.2)]
    for name in ("antigens_per_cell", "largest_clone"):
        (none, e0), (some, e1), (strong, e2) = (mean_and_error(g[name]) for g in groups)
        assert none - some > 3 * np.hypot(e0, e1)
        assert some - strong > 2 * np.hypot(e1, e2)


@pytest.mark.slow
def test_neutral_tumours_agree_with_theory():
    """A cell of a tumour that grew to N has on average 2b/(b-d) ln N or so divisions behind it.

    The exact mean of a pure birth process (no death) is 2(H_N - 1), with H_N the harmonic number.
    """
    size = 500
    run = tumours(40, selection=0.0, death=0.0, cells=float(size))
    divisions = 2 * (np.sum(1 / np.arange(1, size + 1)) - 1)
    mean, error = mean_and_error(run["antigens_per_cell"])
    assert mean == pytest.approx(0.1 * divisions, abs=4 * error)


@pytest.mark.slow
def test_escape_brings_antigens_back():
    held, error = mean_and_error(tumours(16, selection=-1.2)["antigens_per_cell"])
    free, other = mean_and_error(tumours(16, selection=-1.2, escape=0.01)["antigens_per_cell"])
    assert free - held > 2 * np.hypot(error, other)


# ----------------------------------------------------------------------------- Avanzini 2020


def test_genomes_of_a_billion_cells():
    run = solve(avanzini).series
    at = np.argmin(np.abs(run["cells"] - 1e9))
    assert run["cells"][at] == pytest.approx(1e9, rel=1e-9)
    assert run["per_millilitre"][at] == pytest.approx(0.21, abs=0.005)
    # The preprint prints 1.7 genomes for a tube of 15 mL.
    assert run["in_tube"][at] == pytest.approx(1.7, abs=0.05)


def test_genomes_are_proportional_to_size():
    run = solve(avanzini).series
    ratio = run["per_millilitre"] / run["cells"]
    assert ratio == pytest.approx(np.full_like(ratio, ratio[0]), rel=1e-12)


def test_mean_against_event_by_event():
    """A tumour that is shed from and grows; genomes are removed: the mean in the long run."""
    values = {"shed": 1e-2, "half_life": 240.0, "birth": 0.5, "death": 0.01}
    p = avanzini.settings(values)
    removal = np.log(2) * 24 * 60 / p.half_life
    # Shedding at rate M(t) d q from a tumour that grows at r, each genome kept exp(-removal t).
    random, tumours, size = np.random.default_rng(5), 4000, 2e6
    growth, last = p.birth - p.death, 8.0 / removal
    shed = size * p.death * p.shed
    counts = []
    for _ in range(tumours):
        # Going back in time the tumour is smaller: thin a constant stream of shed genomes.
        ages = last * random.random(random.poisson(shed * last))
        counts.append(np.sum(random.random(ages.size) < np.exp(-(growth + removal) * ages)))
    mean, error = np.mean(counts), np.std(counts) / np.sqrt(tumours)
    expected = avanzini.formula(size, p)["genomes"]
    assert mean == pytest.approx(expected, abs=4 * error + expected * np.exp(-8))
