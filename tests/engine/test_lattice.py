"""The kind `Grid`: known automata, the same on the page, and clear words for what does not fit."""

import json
from dataclasses import replace
from importlib.resources import files
from math import comb

import numpy as np
import pytest
from py_mini_racer import MiniRacer

from immunolab.explore import explore, model_spec
from immunolab.javascript import model_source
from immunolab.kinds import ModelError, Parameter, Quantity
from immunolab.solve import solve
from immunolab.space import PICTURE, Grid, Phase
from immunolab.trace import UntraceableModelError
from immunolab.view import CellKind, Cells

LIVE = files("immunolab.book") / "static" / "live"
ROWS, COLUMNS, STEPS = 3, 65, 31


def parameters(steps=STEPS):
    return (
        Parameter("seed", "", "Seed", "", 1, (1, 50), steps=49),
        Parameter("clock", "", "Step shown", "", steps, (0, steps), steps=steps),
    )


def grid(**changes):
    """One live site; then a site lives if just one of its neighbours east and west does."""
    parts = {
        "name": "sierpinski",
        "title": "One of two",
        "fields": (Quantity("alive", "", "alive"),),
        "shape": (ROWS, COLUMNS),
        "steps": STEPS,
        "initial": lambda place, chance, p: {
            "alive": np.where(np.logical_and(place.x == 32, place.y == 1), 1.0, 0.0)
        },
        "phases": (
            Phase(
                "One neighbour, not two.",
                lambda here, near, chance, p: {
                    "alive": np.where(near.east.alive != near.west.alive, 1.0, 0.0)
                },
            ),
        ),
        "count": lambda here, near, p: {"living": here.alive},
        "counts": (Quantity("living", "", "living", "sites"),),
        "picture": lambda here, near, p: here.alive,
        "drawn": ("alive",),
        "parameters": parameters(),
    }
    return Grid(**(parts | changes))


def on_the_page(*runs):
    """The series that the page's engine computes for each (model, settings), in one page."""
    racer = MiniRacer()
    racer.eval("var window = globalThis, models = {};")
    for script in ("words", "numerics", "cohort", "lattice"):
        racer.eval((LIVE / f"{script}.js").read_text(encoding="utf-8"))
    keys = {}
    for model, _ in runs:
        if id(model) not in keys:
            keys[id(model)] = len(keys)
            spec = json.dumps(model_spec(model))
            racer.eval(f"models[{keys[id(model)]}] = [{spec}, {model_source(model)}];")

    def run(model, changes):
        settings = json.dumps(model.defaults() | changes)
        found = racer.eval(
            f"var found = window.immunolab.solveGrid(...models[{keys[id(model)]}], {settings});"
            "found = found.series;"
            "JSON.stringify(Object.keys(found).map(name => [name, Array.from(found[name])]))"
        )
        return dict(json.loads(found))

    found = [run(model, changes) for model, changes in runs]
    racer.close()
    return found


def test_the_rule_of_one_neighbour_draws_pascals_triangle():
    """After n steps site k of the triangle lives where the binomial coefficient is odd."""
    for step in range(STEPS + 1):
        row = solve(grid(), {"clock": step}).series[PICTURE].reshape(ROWS, COLUMNS)
        assert not row[0].any()
        assert not row[2].any()
        odd = {32 - step + 2 * k for k in range(step + 1) if comb(step, k) % 2}
        assert set(np.flatnonzero(row[1])) == odd
    living = solve(grid()).series["living"]
    assert [int(n) for n in living] == [2 ** bin(n).count("1") for n in range(STEPS + 1)]


def noise(here, near, chance, p):
    first, second = chance
    around = near.north.heat + near.east.heat + near.south.heat + near.west.heat
    return {
        "heat": here.heat + 0.1 * (around - 4 * here.heat) + 0.01 * (first - second),
        "alive": np.where(second < 0.3, 1.0 - here.alive, here.alive),
    }


def warm(**changes):
    """Two fields, two phases that draw, and an edge that a rule can see."""
    return grid(
        name="warm",
        fields=(Quantity("alive", "", "alive"), Quantity("heat", "", "heat")),
        initial=lambda place, chance, p: {
            "alive": np.where(chance[0] < 0.5, 1.0, 0.0),
            "heat": place.x * 0.1 + place.y,
        },
        initial_draws=1,
        phases=(
            Phase("Noise.", noise, 2),
            Phase(
                "The edge cools.",
                lambda here, near, chance, p: {
                    "heat": np.where(near.west.inside * near.north.inside < 1, 0.0, here.heat)
                    + 0.001 * chance[0]
                },
                1,
            ),
        ),
        count=lambda here, near, p: {"living": here.alive + 0.0 * near.west.alive},
        picture=lambda here, near, p: np.where(here.heat > near.east.heat, 1.0, 0.0),
        **changes,
    )


def test_the_page_has_the_same_number_at_every_site():
    model = warm()
    wanted = [{}, {"seed": 7}, {"seed": 7, "clock": 3}, {"clock": 2.5}, {"seed": 49, "clock": 0}]
    pages = on_the_page(*((model, values) for values in wanted))
    for values, found in zip(wanted, pages, strict=True):
        expected = solve(model, values).series
        assert set(found) == set(expected)
        for name, series in expected.items():
            np.testing.assert_array_equal(np.array(found[name]), series)


def test_another_seed_gives_another_picture():
    one, other = (solve(warm(), {"seed": seed}).series[PICTURE] for seed in (1, 2))
    assert (one != other).any()


def test_a_grid_shows_itself():
    lab = explore(grid())
    assert lab.controls[-1] == "clock"
    assert lab.png().startswith(b"\x89PNG")
    assert "Now living at the end: 32 sites" in lab.compute().outcome


def test_a_clock_that_does_not_fit_is_refused():
    with pytest.raises(ModelError, match=r"clock must go from 0 to 31 in 31 steps.*0 to 9 in 9"):
        grid(parameters=parameters(9))
    with pytest.raises(ModelError, match="sierpinski has no parameter 'seed'"):
        grid(parameters=parameters()[1:])


def test_a_field_that_is_not_there_is_refused_by_name():
    wrong = Phase("", lambda here, near, chance, p: {"dead": here.alive})
    with pytest.raises(ModelError, match=r"sierpinski, phase 1: .*: dead\. The grid has: alive"):
        solve(grid(phases=(wrong,)))
    with pytest.raises(ModelError, match=r"phase 1: .*: dead"):
        model_source(grid(phases=(wrong,)))
    with pytest.raises(ModelError, match="'inside' is there already"):
        grid(fields=(Quantity("inside", "", ""),))


def test_a_grid_that_does_not_fit_together_says_so():
    with pytest.raises(ModelError, match="a grid needs one phase at least"):
        grid(phases=())
    with pytest.raises(ModelError, match=r"phase 1: it returns a tuple; return a dict"):
        solve(grid(phases=(Phase("", lambda here, near, chance, p: (1.0,)),)))
    with pytest.raises(ModelError, match=r"phase 1: it changes nothing"):
        solve(grid(phases=(Phase("", lambda here, near, chance, p: {}),)))
    with pytest.raises(ModelError, match=r"no mark '\^': use one of s, o, x, /, \+, ring"):
        CellKind("alive", "^")
    model = grid()
    panel = replace(
        explore(model).panels[0], artists=(Cells(PICTURE, (2, 65), (CellKind("alive"),)),)
    )
    with pytest.raises(
        ModelError, match=r"the grid has the shape \(3, 65\).*has the shape \(2, 65\)"
    ):
        explore(model, panels=[panel])


def test_kinds_are_told_apart_where_nobody_chose_their_looks():
    model = grid(drawn=tuple("abcdefghijkl"), name="twelve")
    kinds = explore(model).panels[0].artists[0].kinds
    assert len({(kind.marker, kind.colour) for kind in kinds}) == 12


def test_two_grids_of_one_name_have_runs_of_their_own():
    one, other = grid(), grid(initial=lambda place, chance, p: {"alive": 0.0 * place.x})
    living = [found["living"][0] for found in on_the_page((one, {}), (other, {}), (one, {}))]
    assert living == [1.0, 0.0, 1.0]


def test_a_rule_that_cannot_be_read_names_its_line():
    def branching(here, near, chance, p):
        return {"alive": 1.0 if here.alive > 0 else 0.0}

    with pytest.raises(UntraceableModelError, match=r"(?s)test_lattice\.py, line \d+.*np\.where"):
        explore(grid(phases=(Phase("", branching),)))
