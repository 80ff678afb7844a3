"""Print traced functions as equations, in the author's own words.

The equations are generated from the same graph as the page's JavaScript, so a formula in the
book is what the computer does.  Local variables of the model function appear as named terms
below the equations.

SymPy is imported where it is used: it takes seconds, and a notebook shows no equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from immunolab.chance import Cohort
from immunolab.kinds import ODE, Equilibrium, Formula, Model
from immunolab.space import Grid
from immunolab.trace import OPERATIONS, Graph, Trace, Traced, in_order, namespace, settled, trace

if TYPE_CHECKING:
    import sympy


def equations(model: Model, closed: Mapping[str, float] | None = None) -> list[str]:
    """Return the model's equations as LaTeX, one string an equation.

    ``closed`` names parameters of an ODE that rest at a number; terms that are idle then go.
    """
    if isinstance(model, ODE):
        return _ode(model, closed or {})
    if isinstance(model, Formula):
        return _formula(model)
    if isinstance(model, Equilibrium):
        return _equilibrium(model)
    if isinstance(model, Cohort):
        return _ode(model.patient, {}) + _differences(model)
    if isinstance(model, Grid):
        return []  # its phases say in words what they do
    raise TypeError(f"No equations are known for a {type(model).__name__}.")


def to_sympy(traced: Trace, symbols: Mapping[str, sympy.Symbol]):
    """Return ``(outputs, named)`` as SymPy expressions.

    A named term appears in the outputs by its name; ``named`` maps that name's symbol to its
    own expression.
    """
    import sympy

    label = {id(node): sympy.Symbol(_words(name)) for name, node in traced.named.items()}
    written: dict[int, sympy.Expr] = {}
    named = {}
    for node in in_order((*traced.named.values(), *traced.outputs)):
        expression = _expression(node, written, symbols)
        if id(node) in label:
            named[label[id(node)]] = expression
            expression = label[id(node)]
        written[id(node)] = expression
    return [written[id(output)] for output in traced.outputs], named


def _expression(node: Traced, written: Mapping[int, sympy.Expr], symbols) -> sympy.Expr:
    import sympy

    if node.is_constant:
        whole = node.value == int(node.value) if abs(node.value) < 1e15 else False
        return sympy.Integer(int(node.value)) if whole else sympy.Float(repr(node.value))
    if node.is_symbol:
        return symbols[node.value]
    args = [written[id(argument)] for argument in node.args]
    names = {f"a{i}": argument for i, argument in enumerate(args)}
    form = OPERATIONS[node.operation].sympy.format(*names)
    return eval(form, {"__builtins__": {}, **_forms()}, names)


_SYMPY_NAMES = (
    "floor",
    *("exp", "log", "sqrt", "tanh", "sin", "cos", "Abs", "Min", "Max", "Piecewise"),
    *("And", "Or", "Not", "StrictLessThan", "LessThan", "StrictGreaterThan", "GreaterThan"),
    *("Equality", "Unequality"),
)


@cache
def _forms() -> dict[str, object]:
    import sympy

    return {name: getattr(sympy, name) for name in _SYMPY_NAMES} | {"True": True}


def _words(name: str) -> str:
    return r"\text{" + name.strip("_").replace("_", " ") + "}"


def _latex(expression) -> str:
    import sympy

    return sympy.latex(expression, full_prec=False, mul_symbol=r" \cdot ", order="none")


def _symbols(*groups) -> dict[str, sympy.Symbol]:
    import sympy

    table = {}
    for prefix, items in groups:
        table |= {prefix + item.name: sympy.Symbol(item.symbol) for item in items}
    return table


def _one(name: str, symbol: str) -> dict[str, sympy.Symbol]:
    import sympy

    return {name: sympy.Symbol(symbol)}


def _lines(left: list[str], traced: Trace, symbols) -> list[str]:
    outputs, named = to_sympy(traced, symbols)
    lines = [f"{name} = {_latex(value)}" for name, value in zip(left, outputs, strict=True)]
    return lines + [f"{_latex(name)} = {_latex(value)}" for name, value in named.items()]


def _ode(model: ODE, closed: Mapping[str, float]) -> list[str]:
    model = model.original or model
    graph = Graph()
    t, p = graph.symbol("t"), namespace(graph, (q.name for q in model.parameters), "p.")
    y = tuple(graph.symbol("y." + state.name) for state in model.states)
    symbols = _symbols(("p.", model.parameters), ("y.", model.states)) | _one("t", "t")
    rates = trace(model.rhs, graph, t, y, p, expect=[s.name for s in model.states])
    if closed:
        rates = _without(rates, {f"p.{name}": value for name, value in closed.items()})
    return _lines([rf"\frac{{d {s.symbol}}}{{dt}}" for s in model.states], rates, symbols)


def _without(traced: Trace, values: Mapping[str, float]) -> Trace:
    """Return the trace with some symbols at rest; a name is kept where it still names something."""
    nodes = settled([*traced.outputs, *traced.named.values()], values)
    outputs, rest = nodes[: len(traced.outputs)], nodes[len(traced.outputs) :]
    named, seen = {}, {id(output) for output in outputs}
    needed = {id(node) for node in in_order(outputs)}
    for name, node in zip(traced.named, rest, strict=True):
        if node.args and id(node) in needed and id(node) not in seen:
            named[name] = node
            seen.add(id(node))
    return Trace(tuple(outputs), named, traced.keys)


def _differences(model: Cohort) -> list[str]:
    """Print what each virtual patient has of their own; z are standard normal numbers."""
    graph, everything = Graph(), {q.name: q for q in (*model.patient.parameters, *model.parameters)}
    p = namespace(graph, everything, "p.")
    z = tuple(graph.symbol(f"z{i}") for i in range(model.draws))
    traced = trace(model.personal, graph, p, z)
    symbols = _symbols(("p.", everything.values()))
    for i in range(model.draws):
        symbols |= _one(f"z{i}", f"z_{{{i + 1}}}")
    left = [rf"{everything[key].symbol}_{{\text{{patient}}}}" for key in traced.keys]
    return _lines(left, traced, symbols)


def _formula(model: Formula) -> list[str]:
    graph = Graph()
    p = namespace(graph, (q.name for q in model.parameters), "p.")
    traced = trace(
        model.formula, graph, graph.symbol("x"), p, expect=[q.name for q in model.computes]
    )
    symbols = _symbols(("p.", model.parameters)) | _one("x", model.sweep.symbol)
    return _lines([q.symbol for q in model.computes], traced, symbols)


def _equilibrium(model: Equilibrium) -> list[str]:
    graph = Graph()
    p = namespace(graph, (q.name for q in model.parameters), "p.")
    z = tuple(graph.symbol("y." + unknown.name) for unknown in model.unknowns)
    traced = trace(model.balance, graph, graph.symbol("x"), z, p)
    symbols = _symbols(("p.", model.parameters), ("y.", model.unknowns))
    symbols |= _one("x", model.sweep.symbol)
    return _lines(["0"] * len(traced.outputs), traced, symbols)
