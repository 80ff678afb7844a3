"""Reading a model function: what is refused and how, and that what is read is what was written."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from models_for_tests import (
    explosion,
    operations,
    with_and,
    with_float,
    with_if,
    with_math,
    with_max,
    with_min,
    with_sum_of_state,
    with_text,
    with_too_many_values,
    with_unknown_function,
)

from immunolab import UntraceableModelError, explore
from immunolab.equations import equations, to_sympy
from immunolab.javascript import model_source
from immunolab.labs.checkpoints import the_brake
from immunolab.models.kuznetsov import kuznetsov
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.trace import (
    OPERATIONS,
    Graph,
    Trace,
    derivative,
    evaluate,
    in_order,
    namespace,
    settled,
    trace,
)

REFUSED = [
    (with_if, "if size > 1:", "np.where"),
    (with_max, "max(size, 0.0)", "np.maximum"),
    (with_min, "min(size, 0.0)", "np.minimum"),
    (with_and, "size > 0 and size < 1", "np.logical_and"),
    (with_math, "math.exp(size)", "np.exp"),
    (with_float, "float(size)", "float()"),
    (with_unknown_function, "np.arcsinh(size)", "np.tanh"),
    (with_sum_of_state, "np.sum(size)", "arithmetic"),
]


@pytest.mark.parametrize(
    ("function", "line", "advice"), REFUSED, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_refusal_names_file_and_line_and_says_what_to_write(function, line, advice):
    with pytest.raises(UntraceableModelError) as refusal:
        model_source(explosion.replace(rhs=function))
    message = str(refusal.value)
    assert "models_for_tests.py" in message
    assert line in message
    assert advice in message.split("Instead:")[1]
    first = function.__code__.co_firstlineno
    number = int(message.split("line ")[1].split(":")[0])
    assert first < number <= first + 4


def test_wrong_number_of_values_is_refused_with_the_names():
    with pytest.raises(
        UntraceableModelError, match=r"must return 1 values \(size\), and returns 2"
    ):
        model_source(explosion.replace(rhs=with_too_many_values))


def test_text_in_the_arithmetic_is_refused():
    with pytest.raises((UntraceableModelError, TypeError)):
        model_source(explosion.replace(rhs=with_text))


def traced_operations():
    graph = Graph()
    p = namespace(graph, ("a", "b"))
    x = graph.symbol("x")
    return x, p, trace(operations.formula, graph, x, p)


def test_every_operation_of_the_table_is_used_by_the_test_model():
    _, _, traced = traced_operations()
    used = {node.operation for node in in_order(traced.outputs)}
    assert set(OPERATIONS) - used == set()


def test_the_graph_gives_what_the_function_gives():
    _, _, traced = traced_operations()
    random = np.random.default_rng(1)
    for x, a, b in random.uniform(0.2, 1.9, size=(50, 3)):
        direct = operations.formula(x, operations.settings({"a": a, "b": b}))
        read = dict(
            zip(traced.keys, evaluate(traced.outputs, {"x": x, "a": a, "b": b}), strict=True)
        )
        for name, value in direct.items():
            # NumPy rounds the power of a Python number and of its own number differently.
            assert float(read[name]) == pytest.approx(float(value), rel=1e-15)


@pytest.mark.parametrize("by", ["x", "a", "b"])
def test_derivatives_agree_with_sympy(by):
    """Ours come from a table of rules; SymPy knows nothing of it."""
    _, _, traced = traced_operations()
    graph = traced.outputs[0].graph
    symbols = {name: sympy.Symbol(name, real=True) for name in ("x", "a", "b")}
    expressions, _ = to_sympy(Trace(traced.outputs, {}), symbols)
    random = np.random.default_rng(2)
    for output, expression in zip(traced.outputs, expressions, strict=True):
        ours = derivative(output, graph.symbol(by))
        # SymPy leaves the slope of a floor unsaid; it is zero wherever there is one.
        expression = expression.replace(sympy.floor, lambda _: sympy.Integer(0))
        theirs = sympy.lambdify(list(symbols.values()), sympy.diff(expression, symbols[by]))
        for point in random.uniform(0.21, 0.69, size=(10, 3)):
            values = dict(zip(symbols, map(float, point), strict=True))
            (slope,) = evaluate([ours], values)
            assert float(slope) == pytest.approx(float(theirs(**values)), rel=1e-12, abs=1e-13)


def test_the_slope_of_a_power_is_finite_at_zero():
    graph = Graph()
    x, n = graph.symbol("x"), graph.symbol("n")
    for slope in (derivative(x**n, x), derivative(x**n, n)):
        assert evaluate([slope], {"x": 0.0, "n": 2.0}) == [0.0]


def test_the_branch_not_taken_does_not_spoil_the_slope():
    graph = Graph()
    x = graph.symbol("x")
    guarded = np.where(x > 2, np.sqrt(x - 2), 0.0) + np.maximum(x, 0.0) * 3
    assert evaluate([derivative(guarded, x)], {"x": np.float64(1.0)}) == [3.0]


def test_truth_values_count_as_one_and_zero_in_arithmetic():
    graph = Graph()
    x = graph.symbol("x")
    (value,) = evaluate([(x > 0) * 2.0 + 1.0], {"x": 1.0})
    assert value == 3.0
    with pytest.raises(UntraceableModelError, match="two truth values are added"):
        (x > 0) + (x > 1)


def test_a_change_in_place_is_refused_with_advice():
    def in_place(t, y, p):
        (size,) = y
        size += 1
        return (size,)

    with pytest.raises(UntraceableModelError, match=r"write k = k \+ 1"):
        model_source(explosion.replace(rhs=in_place))


def test_an_unknown_parameter_is_named_with_its_line():
    def typing_error(t, y, p):
        return (y[0] * p.rat,)

    with pytest.raises(UntraceableModelError, match=r"test_trace.py, line \d+.*\n.*rat"):
        model_source(explosion.replace(rhs=typing_error))


def test_a_forgotten_return_is_named():
    def silent(t, y, p):
        y[0] * p.rate

    with pytest.raises(UntraceableModelError, match="silent must return numbers, and returns"):
        explore(explosion.replace(rhs=silent))


def test_equal_expressions_are_one_node():
    graph = Graph()
    x = graph.symbol("x")
    assert np.exp(x * 2) is np.exp(x * 2)


def test_author_s_words_appear_in_the_equations():
    lines = equations(kuznetsov)
    assert lines[0].startswith(r"\frac{d E}{dt} = ")
    assert any(line.startswith(r"\text{recruited} = ") for line in lines)
    assert any(r"\frac{E \cdot T \cdot p}{T + g}" in line for line in lines)


def test_author_s_names_cannot_collide_with_the_script():
    """Names such as `var`, `t` or `v0` in a model never reach the JavaScript."""
    source = model_source(kuznetsov)
    assert "recruit" not in source
    assert "effectors" not in source


def test_profiling_and_tracing_tools_are_left_as_they_were():
    import sys

    before = sys.getprofile()
    model_source(kuznetsov)
    assert sys.getprofile() is before


def test_what_is_switched_off_goes_and_the_numbers_stay():
    """The virtual tumour with every idle parameter left out has the same rates."""
    graph = Graph()
    t, p = graph.symbol("t"), namespace(graph, (q.name for q in virtual_tumour.parameters), "p.")
    y = tuple(graph.symbol(f"y.{state.name}") for state in virtual_tumour.states)
    rates = trace(virtual_tumour.rhs, graph, t, y, p).outputs
    idle = {f"p.{q.name}": 0.0 for q in virtual_tumour.parameters if q.default == 0.0}
    fewer = settled(rates, idle)
    assert len(in_order(fewer)) < 0.8 * len(in_order(rates))
    assert not {node.value for node in in_order(fewer)} & set(idle)
    values = {f"p.{q.name}": q.default for q in virtual_tumour.parameters} | {"t": 5.0}
    sizes = (0.1, 0.01, 0.3, 0.7, 0.2, 0.4, 0.05)
    values |= dict(zip((symbol.value for symbol in y), sizes, strict=True))
    assert evaluate(fewer, values) == evaluate(rates, values)


def test_equations_of_a_lab_leave_out_what_it_leaves_closed():
    lines = "\n".join(equations(virtual_tumour, the_brake().closed))
    assert "chemotherapy" not in lines
    assert "killing" in lines
    assert "chemotherapy" in "\n".join(equations(virtual_tumour))


def test_names_given_in_functions_that_a_model_calls_appear_too():
    lines = equations(virtual_tumour)
    assert any(line.startswith(r"\text{held outside} = ") for line in lines)
    # What a function was called with is no term, nor a name that stood for two things.
    assert not any(line.startswith((r"\text{drug} = ", r"\text{barrier} = ")) for line in lines)
