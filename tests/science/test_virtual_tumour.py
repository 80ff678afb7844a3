"""The virtual tumour: its reference runs, its bounds, and what it must never do.

The reference runs are this model's own numbers (not biology's), computed independently before
this code was written, with 60 % of antigen presentation depending on interferon and the antibody
blocking 95 %; times are days 100, 200 and 300, sizes are shares of the largest tumour.

The reference tied the extra burst of progenitors to the antibody. Here it follows from the brake,
so that a tumour without a brake has nothing to gain from the antibody; the reference runs are
reached by switching that off and giving the burst its size (1 or 1.95) by hand.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immunolab.models.virtual_tumour import LARGEST, ONE_CELL, virtual_tumour
from immunolab.solve import solve

BURST = {"released_burst": 0.0}
REFERENCE = {"presentation_needing_interferon": 0.6} | BURST
COLD = {"matrix": 3.2, "priming": 0.003}
PD1, CTLA4 = {"blockade": 0.95}, {"ctla4_blockade": 0.95}
PD1_THEN = PD1 | {"burst": 1.95}

RUNS = [
    ({}, {}, ("0.20805", "0.3809", "0.60316")),
    ({}, PD1, ("0.090209", "0.0049259", "0.0003678")),
    ({}, CTLA4, ("0.1485", "0.17048", "0.20341")),
    ({}, PD1 | CTLA4, ("0.0000951", "0.000000962", "0.0000000374")),
    (COLD, {}, ("0.22986", "0.44488", "0.68362")),
    (COLD, PD1, ("0.22153", "0.42221", "0.65781")),
    (COLD, CTLA4, ("0.22438", "0.42939", "0.66518")),
    (COLD, PD1 | CTLA4, ("0.18728", "0.32173", "0.52399")),
    ({"jak": 0.0}, {}, ("0.21093", "0.39246", "0.62009")),
    ({"jak": 0.0}, PD1, ("0.16165", "0.23521", "0.37053")),
    ({"jak": 0.0}, CTLA4, ("0.16377", "0.24329", "0.3847")),
    ({"jak": 0.0}, PD1 | CTLA4, ("0.026587", "0.000474", "0.00007")),
]


def sizes(values, days=(100, 200, 300), **options) -> np.ndarray:
    """Return the tumour's size on the given days (equally spaced, from day 0)."""
    span = (0.0, float(days[-1]))
    run = solve(virtual_tumour.replace(span=span, points=len(days) + 1), values, **options)
    return run.series["tumour_cells"][1:] / LARGEST


def half_a_digit(text: str) -> float:
    """Return half a unit of the last digit of a printed number."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2])


@pytest.mark.parametrize(("tumour", "treatment", "printed"), RUNS)
def test_reference_run(tumour, treatment, printed):
    burst = {"burst": 1.95} if "blockade" in treatment else {}
    for size, text in zip(sizes(REFERENCE | burst | tumour | treatment), printed, strict=True):
        assert size == pytest.approx(float(text), abs=half_a_digit(text))


def test_both_blockers_end_the_reference_tumour():
    """The reference looked every ten days and found none left on day 530."""
    run = solve(virtual_tumour.replace(points=6001), REFERENCE | PD1_THEN | CTLA4)
    gone = run.series["t"][np.argmax(run.series["positive"] == 0)]
    assert 520 < gone <= 530


def test_without_antigen_growth_is_logistic():
    start, rate = 0.1, 0.01
    days = np.array([100.0, 200.0, 300.0])
    logistic = 1 / (1 + (1 / start - 1) * np.exp(-rate * days))
    assert sizes({"antigen": 0.0}) == pytest.approx(logistic, rel=1e-7)
    assert sizes({"antigen": 0.0})[1] == pytest.approx(0.45085, abs=5e-6)


def test_a_tumour_without_jak_is_not_controlled_by_two_blockers():
    size = sizes({"jak": 0.0} | BURST | PD1_THEN | CTLA4)[2]
    assert size == pytest.approx(0.57, abs=0.005)
    assert sizes({"jak": 0.0} | PD1 | CTLA4)[2] > 0.5


def test_without_a_brake_the_antibody_changes_nothing():
    unbraked = {"pd1_brake": 0.0}
    assert sizes(unbraked | PD1) == pytest.approx(sizes(unbraked), rel=1e-6)
    # And a full antibody is as good as no brake.
    assert sizes({"blockade": 1.0}) == pytest.approx(sizes(unbraked), rel=1e-6)


def test_nothing_to_release_in_a_cold_tumour():
    cold = {"priming": 0.001, "matrix": 3.0}
    assert sizes(cold | PD1)[2] > 0.95 * sizes(cold)[2]


def test_adaptive_pdl1_follows_attack():
    quiet = solve(virtual_tumour, {"antigen": 0.0}).series
    attacked = solve(virtual_tumour).series
    deaf = solve(virtual_tumour, {"jak": 0.0}).series
    assert quiet["pdl1_from_attack"].max() == 0
    assert attacked["pdl1_from_attack"].max() > 0.3
    assert deaf["effector"].max() > 0.1
    assert deaf["pdl1_from_attack"].max() == 0


def test_terminal_cells_do_not_come_back():
    """Without progenitors the antibody sends no new effector after the tumour."""
    spent = virtual_tumour.replace(
        initial=lambda p: (0.3, 0.0, 0.0, 0.0, 1.0, p.suppressive_rest, 0.0), span=(0.0, 200.0)
    )
    barren = {"priming": 0.0005, "antigen": 1.0}
    with_progenitors = spent.replace(
        initial=lambda p: (0.3, 0.0, 0.5, 0.0, 1.0, p.suppressive_rest, 0.0)
    )

    def gain(model):
        plain, treated = solve(model, barren), solve(model, barren | PD1)
        return 1 - treated.series["positive"][-1] / plain.series["positive"][-1]

    assert gain(spent) < 0.01
    assert gain(with_progenitors) > 0.1


def test_antigen_loss_ends_in_an_antigen_negative_relapse():
    long = virtual_tumour.replace(span=(0.0, 3000.0))
    run = solve(long, {"antigen_loss": 1e-8} | PD1 | CTLA4 | {"antigen": 1.5}).series
    assert run["tumour_cells"].min() < 63e6
    assert run["negative"][-1] > 0.5
    assert run["positive"][-1] < 0.01 * run["negative"][-1]


SOLVERS = ("LSODA", "Radau")


@pytest.mark.slow
@pytest.mark.parametrize("treatment", [{}, PD1, PD1 | CTLA4])
def test_solvers_agree(treatment):
    """Two implicit methods and ours: 1.4e-5 in log10 of the size was the worst seen between two."""
    ours = np.log10(sizes(treatment))
    for method in SOLVERS:
        other = np.log10(sizes(treatment, method=method, rtol=1e-10, atol=1e-14))
        assert ours == pytest.approx(other, abs=1.4e-5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_solvers_agree_anywhere(seed):
    """At random settings of all parameters, with the same two implicit methods."""
    random = np.random.default_rng(seed)
    values = {p.name: float(random.uniform(*p.range)) for p in virtual_tumour.parameters}
    # The death of the last cell is an event whose time has an error of its own.
    immortal = virtual_tumour.replace(span=(0.0, 300.0), points=4, extinctions=())
    ours, *others = (
        solve(immortal, values, **options).series["tumour_cells"]
        for options in ({}, *({"method": m, "rtol": 1e-10, "atol": 1e-14} for m in SOLVERS))
    )
    alive = ours > 1
    for other in others:
        assert np.log10(ours[alive]) == pytest.approx(np.log10(other[alive]), abs=1.4e-5)


@st.composite
def any_settings(draw):
    """Draw every parameter from its range, often at an end."""
    values = {}
    for p in virtual_tumour.parameters:
        low, high = p.range
        values[p.name] = draw(st.one_of(st.sampled_from([low, high]), st.floats(low, high)))
    return values


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(any_settings())
def test_states_stay_positive_and_bounded_over_the_full_ranges(values):
    run, p = solve(virtual_tumour, values).series, virtual_tumour.settings(values)
    slack = 1e-8  # the solver's relative tolerance
    states = np.array([run[q.name] for q in virtual_tumour.states])
    assert states.min() >= -slack
    assert (run["positive"] + run["negative"]).max() <= max(1.0, p.tumour_at_start) + slack
    assert run["progenitor"].max() <= 1.0 + slack
    most = p.burst * (1 + p.surveillance) * (1 + p.released_burst) / p.effector_death
    assert run["effector"].max() <= most * (1 + slack)
    assert run["terminal"].max() <= p.exhaustion * most / p.terminal_death * (1 + slack) + slack
    sources = p.suppressive_rest + p.suppressive_by_tumour + p.suppressive_by_interferon
    assert run["suppressive"].max() <= sources * (1 + slack) + slack


def test_a_tumour_never_grows_back_from_less_than_a_cell():
    run = solve(virtual_tumour.replace(span=(0.0, 1500.0)), REFERENCE | PD1_THEN | CTLA4).series
    alive = run["positive"] >= ONE_CELL * 0.99
    last = np.max(np.nonzero(alive))
    assert np.all(run["positive"][last + 1 :] == 0)
