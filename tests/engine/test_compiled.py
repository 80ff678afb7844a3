"""What is compiled for one patient is what the author wrote, bit for bit.

The page's script comes from the traced function, and so does what is compiled here.  So the test
below is what ties both to the function itself: it runs that function on NumPy's numbers.
"""

import numpy as np
import pytest
from models_for_tests import dosing, everything, fed, operations, stiff, window

from immunolab.compiled import compiled, compiled_slopes
from immunolab.explore import slider_value
from immunolab.kinds import ODE, Equilibrium
from immunolab.library import library
from immunolab.trace import Graph, evaluate, jacobian, namespace, trace

MODELS = {
    name: model
    for name, model in (library() | {m.name: m for m in (dosing, fed, stiff, window)}).items()
    if isinstance(model, (ODE, Equilibrium))
}
POINTS = 20


def parts(model):
    """The function, its unknowns, and whether it may return them by name."""
    if isinstance(model, ODE):
        return model.rhs, tuple(q.name for q in model.states), True
    return model.balance, tuple(q.name for q in model.unknowns), False


def points(model, unknowns):
    """Settings and points: sizes from nothing to billions, since states have any of them."""
    random = np.random.default_rng(20_260_101)
    for _ in range(POINTS):
        settings = {
            p.name: slider_value(p, int(random.integers(0, p.steps + 1))) for p in model.parameters
        }
        y = 10.0 ** random.uniform(-12, 9, len(unknowns)) * (random.random(len(unknowns)) > 0.1)
        yield model.settings(settings), float(random.uniform(0, 400)), y


@pytest.mark.parametrize("name", MODELS)
def test_compiled_is_the_plain_function(name):
    model = MODELS[name]
    function, unknowns, named = parts(model)
    at = compiled(function, unknowns, tuple(q.name for q in model.parameters), named=named)
    for p, x, y in points(model, unknowns):
        with np.errstate(all="ignore"):
            plain = function(np.float64(x), y, p)
            got = at(p)(x, y.tolist())
        if isinstance(plain, dict):
            plain = [plain[unknown] for unknown in unknowns]
        assert all(type(number) in (float, int) for number in got)
        np.testing.assert_array_equal(np.array(got), np.array(plain, dtype=float))


def test_every_operation_is_compiled():
    """Also where Python and NumPy part: division by zero, an overflow, what is not a number."""
    parameters = tuple(q.name for q in operations.parameters)
    at = compiled(lambda x, y, p: everything(x, p), ("unused",), parameters, named=False)
    for x in (-np.inf, -2.5, -1.0, 0.0, 0.2, 1.0, 1.9, 800.0, np.inf, np.nan):
        p = operations.settings()
        with np.errstate(all="ignore"):
            plain = list(everything(np.float64(x), p).values())
            np.testing.assert_array_equal(at(p)(x, [0.0]), np.array(plain, dtype=float))


@pytest.mark.parametrize("name", MODELS)
def test_compiled_slopes_are_the_traced_ones(name):
    """`evaluate` follows the graph with NumPy; the rules of the slopes are tested elsewhere."""
    model = MODELS[name]
    function, unknowns, named = parts(model)
    parameters = tuple(q.name for q in model.parameters)
    at = compiled_slopes(function, unknowns, parameters, named=named)
    graph = Graph()
    x_symbol = graph.symbol("x")
    y_symbols = tuple(graph.symbol(f"y.{unknown}") for unknown in unknowns)
    traced = trace(
        function,
        graph,
        x_symbol,
        y_symbols,
        namespace(graph, parameters, "p."),
        expect=unknowns if named else None,
    )
    flat = [slope for row in jacobian(traced.outputs, y_symbols) for slope in row]
    for p, x, y in points(model, unknowns):
        values = {f"p.{key}": np.float64(value) for key, value in vars(p).items()}
        values |= {"x": np.float64(x)}
        values |= {f"y.{u}": number for u, number in zip(unknowns, y, strict=True)}
        with np.errstate(all="ignore"):
            got = at(p)(x, y.tolist())
            expected = np.array(evaluate(flat, values), dtype=float)
        np.testing.assert_allclose(np.array(got, dtype=float), expected, rtol=1e-13, atol=0)
