"""The page's engine solves every model of the library, not only those that a lab shows already.

V8 runs the page's own scripts inside Python (mini-racer, which the book needs for its formulas), so
no browser is needed; the labs themselves are compared in a browser, at many more settings.
"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from py_mini_racer import MiniRacer

from immunolab import population
from immunolab.chance import Population, Simulation
from immunolab.explore import model_spec, slider_value
from immunolab.javascript import model_source
from immunolab.kinds import SolveFailure
from immunolab.library import library
from immunolab.models.virtual_patients import virtual_patients
from immunolab.solve import solve

pytestmark = pytest.mark.slow

LIVE = files("immunolab.book") / "static" / "live"
ON_THE_PAGE = {
    name: model
    for name, model in library().items()
    if not isinstance(model, (Population, Simulation))
}

SOLVE = """
const lab = window.immunolab;
const solvers = {ODE: lab.solveODE, Formula: lab.solveFormula, Equilibrium: lab.solveEquilibrium};
function run(model, code, values) {
  if (model.kind === 'Cohort') return lab.solveCohort(model, code, values);
  if (model.kind === 'Grid') return lab.solveGrid(model, code, values);
  const p = Float64Array.from(model.parameters, name => values[name]);
  return solvers[model.kind](model, code, p);
}
function solve(model, code, values) {
  try {
    const found = lab.refuseNonFinite(run(model, code, values).series), series = {};
    for (const name of Object.keys(found)) series[name] = Array.from(found[name]);
    return JSON.stringify({series});
  } catch (problem) { return JSON.stringify({failure: problem.message}); }
}
"""


@pytest.fixture(scope="module")
def engine():
    """V8 with the page's scripts, and a page for them that has nothing in it."""
    racer = MiniRacer()
    racer.eval("var window = globalThis;")
    for script in ("words", "numerics", "cohort", "lattice"):
        racer.eval((LIVE / f"{script}.js").read_text(encoding="utf-8"))
    racer.eval(SOLVE)
    yield racer
    racer.close()


def on_the_page(engine, model, values) -> dict:
    spec = json.dumps(model_spec(model))
    call = f"solve({spec},{model_source(model)},{json.dumps(values)})"
    return json.loads(engine.eval(call))


def settings_to_try(model) -> list[dict[str, float]]:
    """The defaults, and one setting with every slider at a random place of its middle half."""
    random = np.random.default_rng(20_260_101)
    middle = {
        p.name: slider_value(p, int(p.steps * random.uniform(0.25, 0.75))) for p in model.parameters
    }
    return [model.defaults(), middle]


def in_python(model, values) -> dict:
    try:
        return {"series": solve(model, values).series}
    except SolveFailure as failure:
        return {"failure": str(failure)}


@pytest.mark.parametrize("name", ON_THE_PAGE)
def test_the_page_solves_it_as_scipy_does(engine, name):
    model = ON_THE_PAGE[name]
    floors = {quantity.name: quantity.floor for quantity in model.quantities}
    for values in settings_to_try(model):
        page, python = on_the_page(engine, model, values), in_python(model, values)
        assert page.get("failure") == python.get("failure"), values
        assert "series" in python or values != model.defaults(), "its own defaults must be solved"
        expected = python.get("series", {})
        assert set(page.get("series", {})) == set(expected)
        for series, numbers in expected.items():
            got = np.array(page["series"][series], dtype=float)
            allowed = 1e-6 * np.maximum(np.abs(numbers), floors.get(series, 1e-9))
            worst = np.max(np.abs(got - numbers) / allowed) if got.size else 0.0
            assert worst <= 1, f"{name}, {series}: {worst:.3g} of what is allowed, at {values}"


def test_the_page_s_estimators_on_ten_thousand_patients(engine):
    """Ten thousand times, nearly all tied at visits, judged by the page and by lifelines."""
    arms = [
        population.follow(virtual_patients, therapy)
        for therapy in ({"blockade": 0.95}, {"blockade": 0.95, "ctla4_blockade": 0.95})
    ]
    rows = [
        [
            {"time": time, "event": bool(event), "arm": arm}
            for time, event in zip(outcome["time"], outcome["progressed"], strict=True)
        ]
        for arm, outcome in enumerate(arms)
    ]
    engine.eval(f"var arms = {json.dumps(rows)};")
    curve = json.loads(
        engine.eval("JSON.stringify(window.immunolab.survival.kaplanMeier(arms[1], 0, 728))")
    )
    fit = population.survival(arms[1])
    corners = fit.survival_function_at_times(curve["time"][2::2]).to_numpy()
    assert np.array(curve["survival"][2::2]) == pytest.approx(corners, rel=1e-9)
    assert curve["events"] == [arms[1]["progressed"].sum()]

    page = json.loads(
        engine.eval("JSON.stringify(window.immunolab.survival.hazardRatio(arms[0], arms[1]))")
    )
    ours = population.hazard_ratio(*arms)
    for name, (value,) in page.items():
        assert value == pytest.approx(ours[name], rel=1e-6)
