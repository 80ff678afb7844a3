"""What the virtual tumour must show, mechanism by mechanism, and what it must never show.

Numbers here are this model's own, not biology's: each test holds a behaviour that chapters lean on.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from immunolab.models.virtual_cart import virtual_cart
from immunolab.models.virtual_tumour import LARGEST, MATCHED_DRUG, virtual_tumour
from immunolab.solve import solve

pytestmark = pytest.mark.slow

PD1, CTLA4 = {"blockade": 0.95}, {"ctla4_blockade": 0.95}
DUAL = PD1 | CTLA4
START = 0.1
DETECTABLE = 63e6 / LARGEST  # Bozic 2013

#: Each barrier high enough that anti-PD-1 alone fails.
BARRIERS = {
    "matrix": 4.2,
    "cxcl12": 4.0,
    "vessels": 4.0,
    "metabolic_stress": 10.0,
    "suppressive_by_tumour": 4.0,
}


def size(values, day=300, model=virtual_tumour) -> float:
    """Return the size of the tumour on a day."""
    run = solve(model.replace(span=(0.0, float(day)), points=11), values).series
    return float(run["tumour_cells"][-1] / LARGEST)


# ------------------------------------------------------- what must not appear


@pytest.mark.parametrize("barrier", BARRIERS)
def test_one_matched_drug_does_not_rescue_by_default(barrier):
    """A drug that engages its target by half, with anti-PD-1, against the very barrier it meets."""
    tumour = {barrier: BARRIERS[barrier]}
    rescue = tumour | {MATCHED_DRUG[barrier]: 1.0}
    assert size(tumour | PD1) > 3 * START
    assert size(rescue | PD1) > 3 * START
    assert size(rescue | PD1 | {"engagement": 1.0}) < START, "nothing would be left to learn"


def test_with_two_barriers_no_single_drug_rescues():
    for pair in itertools.combinations(BARRIERS, 2):
        tumour = {barrier: BARRIERS[barrier] for barrier in pair}
        for drug in MATCHED_DRUG.values():
            assert size(tumour | PD1 | {drug: 1.0}) > 3 * START, (pair, drug)


def test_without_jak_dual_blockade_does_not_control():
    assert size({"jak": 0.0} | DUAL) > 3 * START


def test_spent_progenitors_are_not_brought_back():
    spent = virtual_tumour.replace(
        initial=lambda p: (0.3, 0.0, 0.0, 0.0, 1.0, p.suppressive_rest, 0.0)
    )
    barren = {"priming": 0.0005, "dendritic_function": 0.0}
    plain, treated = size(barren, 200, spent), size(barren | PD1, 200, spent)
    # What few terminal cells kill, they kill with or without PD-1: it does not touch them here.
    assert treated == pytest.approx(plain, rel=1e-6)


# ------------------------------------------------------- who escapes, and how


def nascent(memory: float, antigen: float) -> np.ndarray:
    """Return the course of ten thousand cells in a good host, over sixteen years."""
    host = {
        "pd1_brake": 0.5,
        "suppression": 0.2,
        "other_brakes": 0.1,
        "presentation_needing_interferon": 0.6,
        "released_burst": 0.0,
        "antigen": antigen,
    }
    model = virtual_tumour.replace(
        initial=lambda p: (1e-6, 0.0, memory, 0.0, 0.0, p.suppressive_rest, 0.0),
        span=(0.0, 6000.0),
    )
    return solve(model, host).series["tumour_cells"]


@pytest.mark.parametrize(
    ("memory", "antigen", "fate"),
    [
        (0.0, 0.3, "escape"),
        (0.0, 0.4, "equilibrium"),
        (0.8, 0.2, "escape"),
        (0.8, 0.3, "equilibrium"),
        (0.8, 0.4, "elimination"),
    ],
)
def test_elimination_equilibrium_escape(memory, antigen, fate):
    """The three fates, at the antigen at which an independent calculation found them."""
    end = nascent(memory, antigen)[-1]
    found = "elimination" if end == 0 else "escape" if end > 0.9 * LARGEST else "equilibrium"
    assert found == fate


def relapse(loss: float, killing: float) -> float:
    """Return the day on which a tumour that responded is back at a billion cells."""
    long = virtual_tumour.replace(span=(0.0, 2500.0), points=2501)
    values = {"antigen_loss": loss, "killing": killing, "antigen": 1.5}
    run = solve(long, values | DUAL).series
    low = int(np.argmin(run["tumour_cells"]))
    assert run["tumour_cells"][low] < DETECTABLE * LARGEST
    back = low + int(np.argmax(run["tumour_cells"][low:] > 1e9))
    assert run["negative_cells"][back] > 0.99 * run["tumour_cells"][back]
    return float(back)


def test_acquired_resistance_comes_later_by_the_logarithm_of_its_rarity():
    """Ten times rarer loss buys ln(10)/rho days; three times the killing buys none."""
    days = [relapse(loss, 0.01) for loss in (1e-8, 1e-9, 1e-10)]
    # Days are whole, and N(0) holds the logarithm of the cells at diagnosis: within two days.
    assert np.diff(days) == pytest.approx(np.log(10) / 0.01, abs=2)
    assert relapse(1e-9, 0.03) == pytest.approx(days[1], abs=3)


def test_loss_of_mhc_has_a_price():
    """Without MHC-I a cell is hidden from T cells, and seen by natural killer cells."""
    lost = {"antigen_loss": 1e-8} | DUAL
    assert size(lost | {"mhc_loss": 1.0}, 1500) > 0.5
    assert size(lost | {"nk_killing": 0.005}, 1500) > 0.5, "nothing is missing on these cells"
    assert size(lost | {"mhc_loss": 1.0, "nk_killing": 0.005}, 1500) < DETECTABLE


def test_half_the_hla_is_half_the_antigen():
    assert size({"hla": 0.5} | PD1) == pytest.approx(size({"antigen": 0.5} | PD1), rel=1e-9)


# ------------------------------------------------------- what treatment does


@pytest.mark.parametrize(
    "tumour", [{}, {"wnt": 3.0}, {"antigen": 0.4}, {"suppressive_by_tumour": 4.0}, {"vessels": 2.0}]
)
def test_two_antibodies_do_more_than_either(tumour):
    both = size(tumour | DUAL)
    assert both < size(tumour | PD1)
    assert both < size(tumour | CTLA4)


def test_without_antigen_no_antibody_does_anything():
    blind = {"antigen": 0.0}
    assert size(blind | DUAL) == pytest.approx(size(blind), rel=1e-9)


def test_wnt_is_opened_by_waking_dendritic_cells_and_not_by_entry():
    excluded = {"wnt": 3.0, "dendritic_function": 0.3} | DUAL
    assert size(excluded) > 3 * START
    assert size(excluded | {"matrix_softening": 1.0, "cxcr4_blockade": 1.0}) > 3 * START
    assert size(excluded | {"innate_agonist": 5.0}) < DETECTABLE * 10


def test_barriers_differ_in_where_they_act():
    """The same strength in matrix and vessels: vessels cost priming too, so T cells are fewer."""
    matrix = solve(virtual_tumour, {"matrix": 4.0}).series["progenitor"].max()
    vessels = solve(virtual_tumour, {"vessels": 4.0}).series["progenitor"].max()
    assert vessels < 0.7 * matrix


def test_late_treatment_fails():
    assert size(PD1, 600) < START
    assert size(PD1 | {"start": 100.0}, 600) > 5 * START
    assert size(DUAL | {"start": 100.0}, 600) < START
    assert size(DUAL | {"start": 300.0}, 600) > 5 * START


def test_a_vaccine_needs_the_brakes_released():
    little = {"antigen": 0.4}
    assert size(little | {"vaccine": 1.0}) > 3 * START
    assert size(little | {"vaccine": 1.0} | PD1) > 3 * START
    assert size(little | {"vaccine": 1.0} | DUAL) < 0.1 * size(little | DUAL)


def test_radiotherapy_in_the_model_wakes_an_answer():
    """What mice showed and randomised trials mostly did not; the page says so where it is used."""
    little = {"antigen": 0.4} | PD1
    irradiated = little | {"fractions": 3.0, "fraction_dose": 8.0}
    assert size(little, 600) > 5 * START
    assert size(irradiated, 600) < START


def test_a_fraction_of_radiotherapy_follows_the_linear_quadratic_law():
    alone = virtual_tumour.replace(span=(0.0, 3.0), points=31)
    values = {"fractions": 1.0, "fraction_dose": 8.0, "start": 1.0, "antigen": 0.0}
    run = solve(alone, values).series
    logistic = 1 / (1 + (1 / START - 1) * np.exp(-0.01))
    survive = np.exp(-0.05 * 8 - 0.0114 * 64)
    assert run["positive"][10] == pytest.approx(logistic * survive, rel=1e-7)
    assert run["danger"][10] == pytest.approx(4 * (1 - survive), rel=1e-9)


# ------------------------------------------------------------------------- CAR-T cells


def test_cart_cells_follow_the_published_rates():
    run = solve(virtual_cart, {"priming": 0.0005}).series
    early = np.log(run["cart"][4] / run["cart"][2]) / 2
    # Expansion less contraction, on antigen that is nearly saturating: 1.05 * 0.99 - 0.16.
    assert early == pytest.approx(0.89, abs=0.02)
    assert run["t"][np.argmax(run["cart"])] == pytest.approx(12.0, abs=1.0)
    fading = (run["t"] > 25) & (run["t"] < 40)
    slope = np.polyfit(run["t"][fading], np.log(run["cart"][fading]), 1)[0]
    assert slope == pytest.approx(-0.16, abs=0.01)
    kept = virtual_cart.replace(initial=lambda p: (*[0.0] * 8, 1.0))  # memory and nothing else
    memory = solve(kept, {"dose": 0.0}).series["memory"]
    assert np.log(memory[0] / memory[-1]) / 600 == pytest.approx(0.0032, rel=1e-6)


def test_cart_relapse_without_the_target():
    long = virtual_cart.replace(span=(0.0, 2000.0), points=2001)
    days = []
    for bystander in (0.0, 0.3):
        values = {"antigen_loss": 1e-10, "priming": 0.0005, "bystander": bystander}
        run = solve(long, values).series
        back = int(np.argmax((run["t"] > 50) & (run["tumour_cells"] > 1e6)))
        days.append(run["t"][back])
        if not bystander:
            assert run["negative_cells"][back] > 0.95 * run["tumour_cells"][back]
    assert days[1] > days[0] + 100


def test_a_solid_tumour_behind_its_matrix_is_hardly_met():
    barred = {"solid": 1.0, "matrix": 4.0, "priming": 0.0005}
    assert size(barred, 100, virtual_cart) > START
    assert size({"solid": 0.0, "priming": 0.0005}, 100, virtual_cart) < 1e-6


def test_without_infusion_it_is_the_virtual_tumour():
    for values in ({}, DUAL, {"fractions": 2.0, "fraction_dose": 4.0}):
        plain = solve(virtual_tumour.replace(points=601), values).series["tumour_cells"]
        cart = solve(virtual_cart, values | {"dose": 0.0}).series["tumour_cells"]
        assert cart == pytest.approx(plain, rel=1e-6)
