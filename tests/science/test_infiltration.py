"""T cells on a grid: what holds at every setting, and what each barrier alone must do."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immunolab import lattice
from immunolab.explore import slider_value
from immunolab.models.infiltration import (
    EAST,
    NESTS,
    NORTH,
    SHELL,
    SOUTH,
    WEST,
    admit,
    choose,
    infiltration,
    move,
    open_ways,
)
from immunolab.solve import solve

MOVING = slice(2, 6)  # the phases in which ways are seen, chosen, let in by, and gone


def sites_at(model, values, steps):
    """A run stopped after some steps, with its fields open to look at."""
    sites = lattice._Sites(model, model.settings(values))
    for _ in range(steps):
        sites.advance()
    return sites


def inner(sites, name):
    return sites.fields[name][1:-1, 1:-1]


any_setting = st.fixed_dictionaries(
    {
        p.name: st.integers(0, p.steps).map(lambda position, p=p: slider_value(p, position))
        for p in infiltration.parameters
    }
)


@settings(max_examples=15, deadline=None)
@given(any_setting, st.integers(0, 40))
def test_no_two_cells_share_a_place(values, steps):
    sites = sites_at(infiltration, values, steps)
    cells = sum(inner(sites, name) for name in ("tumour", "suppressor", "t_cell"))
    assert cells.max() <= 1
    assert set(np.unique(inner(sites, "t_cell"))) <= {0.0, 1.0}
    assert (inner(sites, "held") <= inner(sites, "t_cell")).all()
    assert (inner(sites, "guide") >= 0).all()


def test_moving_keeps_the_number_of_t_cells():
    """See, choose, admit, move: the same T cells stand elsewhere."""
    assert [phase.rule for phase in infiltration.phases[MOVING]] == [
        open_ways,
        choose,
        admit,
        move,
    ]
    sites = sites_at(infiltration, {"supply": 3.0}, 60)
    moved = 0
    for _ in range(30):
        before = inner(sites, "t_cell").copy()
        for phase in infiltration.phases[MOVING]:
            changed = phase.rule(*sites._around(), sites._chance(phase.draws), sites.p)
            sites._write("test", changed)
        after = inner(sites, "t_cell")
        assert after.sum() == before.sum()
        moved += np.abs(after - before).sum() / 2
    assert (
        moved > 300
    )  # some 70 T cells in 30 rounds; had nobody moved, this test would say nothing


def crowd(**wishes):
    """A free site whose neighbours wish to go as told, and what `admit` lets in at each throw."""
    sides = ("north", "east", "south", "west")
    near = SimpleNamespace(**{s: SimpleNamespace(wish=wishes.get(s, 0.0)) for s in sides})
    here = SimpleNamespace(way=1.0)
    luck = (np.arange(1000) + 0.5) / 1000
    guests = admit(here, near, (luck,), None)["guest"]
    return {code: int((guests == code).sum()) for code in (0.0, NORTH, EAST, SOUTH, WEST)}


def test_all_who_wish_to_come_have_the_same_chance():
    everybody = crowd(north=SOUTH, east=WEST, south=NORTH, west=EAST)
    assert everybody == {0.0: 0, NORTH: 250, EAST: 250, SOUTH: 250, WEST: 250}
    assert crowd(east=WEST, west=EAST) == {0.0: 0, NORTH: 0, EAST: 500, SOUTH: 0, WEST: 500}
    assert crowd(north=NORTH, south=EAST)[0.0] == 1000  # they wish to go elsewhere


def test_without_blood_no_t_cell_and_no_death():
    series = solve(infiltration, {"supply": 0.0}).series
    assert not series["tissue"].any()
    assert np.unique(series["left"]).size == 1


def test_a_closed_shell_keeps_everybody_out():
    """A ring of stroma without a gap that lets nobody pass: no T cell in the shell or the nest."""
    series = solve(infiltration, {"stroma": 1.0, "passage": 0.0, "supply": 3.0}).series
    assert series["tissue"][-1] > 100
    assert not series["touching"].any()
    sites = sites_at(infiltration, {"stroma": 1.0, "passage": 0.0, "supply": 3.0}, 120)
    rows, columns = np.nonzero(inner(sites, "t_cell"))
    for x, y, radius in NESTS:
        assert np.hypot(columns - x, rows - y).min() >= radius + SHELL


def test_who_is_held_does_not_kill():
    sites = sites_at(infiltration, {"suppressors": 0.1, "stroma": 0.0, "killing": 0.3}, 80)
    held = sites.fields["held"].copy()
    sites.fields["held"] = sites.fields["t_cell"].copy()
    before = inner(sites, "tumour").copy()
    kill = infiltration.phases[-1]
    surely = [np.zeros(infiltration.shape)]  # the luckiest of throws
    after = kill.rule(*sites._around(), surely, sites.p)["tumour"]
    np.testing.assert_array_equal(after, before)
    sites.fields["held"] = held
    assert kill.rule(*sites._around(), surely, sites.p)["tumour"].sum() < before.sum()


def killed(seed, **values):
    left = solve(infiltration, {"seed": seed, **values}).series["left"]
    return 1 - left[-1] / left[0]


@pytest.mark.slow
def test_more_t_cells_in_the_blood_help_only_where_blood_is_the_barrier():
    """Averages over eight throws, against what the chapter says of the presets."""
    throws = range(1, 9)

    def mean(**values):
        return np.mean([killed(seed, **values) for seed in throws])

    assert mean() > 0.75
    assert mean(supply=0.1) < 0.25
    assert mean(supply=0.3) - mean(supply=0.1) > 0.1
    assert mean(stroma=1.0) < 0.05
    assert mean(stroma=1.0, supply=3.0) < 0.1
    assert mean(suppressors=0.45) < 0.25
    one_of_two = [mean(stroma=0.8), mean(suppressors=0.35)]
    assert mean(stroma=0.8, suppressors=0.35) < min(one_of_two)
