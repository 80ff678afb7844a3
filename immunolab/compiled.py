"""A traced function for one patient: Python source over plain numbers.

A solver asks for the rates some thousand times, at one point each time, and NumPy takes far longer
to find out that it was given a single number than to add it.  So the traced function is written
out as Python, one line an operation, and compiled; what follows from the parameters alone is
worked out once for each setting.  The numbers are those of the plain function, bit for bit: a test
holds every model to that.

The function is read anew for each run.  What was read could be kept, but a function may use a
constant of its notebook, and that may have changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from immunolab.trace import OPERATIONS, Graph, Traced, in_order, jacobian, namespace, trace

# What the source that is written here may name.
_NAMES = {"numpy": np, "number": float}


def compiled(
    function: Callable, unknowns: tuple[str, ...], parameters: tuple[str, ...], named: bool
) -> Callable:
    """Return ``at(p)``, which returns ``values(x, y)``, a list: what ``function(x, y, p)`` returns.

    ``x`` is a number (the time, a concentration) and ``y`` a list of one number an unknown.
    ``named`` says that the function may return a dict of its unknowns, as the rates of states do.
    """
    graph, x, y, p = _symbols(unknowns, parameters)
    expect = unknowns if named else None
    return _written(trace(function, graph, x, y, p, expect=expect).outputs, x, y)


def compiled_slopes(
    function: Callable, unknowns: tuple[str, ...], parameters: tuple[str, ...], named: bool
) -> Callable:
    """Return the same for the function's slopes by its unknowns, row after row in one list."""
    graph, x, y, p = _symbols(unknowns, parameters)
    expect = unknowns if named else None
    outputs = trace(function, graph, x, y, p, expect=expect).outputs
    return _written([slope for row in jacobian(outputs, y) for slope in row], x, y)


def _symbols(unknowns: Iterable[str], parameters: Iterable[str]):
    graph = Graph()
    y = tuple(graph.symbol(f"y.{name}") for name in unknowns)
    return graph, graph.symbol("x"), y, namespace(graph, parameters, "p.")


def _written(outputs: Sequence[Traced], x: Traced, y: Sequence[Traced]) -> Callable:
    """Write, compile and return ``at``."""
    word = {id(x): "x"} | {id(symbol): f"y{i}" for i, symbol in enumerate(y)}
    moving = set(word)
    once, always = [], []
    for node in in_order(outputs):
        if id(node) in word:
            continue
        if node.is_constant:
            word[id(node)] = _constant(node.value)
            continue
        word[id(node)] = f"v{len(word)}"
        moves = any(id(argument) in moving for argument in node.args)
        if moves:
            moving.add(id(node))
        value = f"number({node.value})" if node.is_symbol else _operation(node, word)
        (always if moves else once).append(f"{word[id(node)]} = {value}")
    lines = [
        "def at(p):",
        *(f"    {line}" for line in once),
        "    def values(x, y):",
        f"        {', '.join(f'y{i}' for i in range(len(y)))}, = y",
        *(f"        {line}" for line in always),
        f"        return [{', '.join(word[id(output)] for output in outputs)}]",
        "    return values",
    ]
    made: dict = {}
    exec(compile("\n".join(lines), "<a traced function>", "exec"), _NAMES, made)
    return made["at"]


def _constant(value: float) -> str:
    return repr(value) if np.isfinite(value) else f"number({str(value)!r})"


def _operation(node: Traced, word: dict[int, str]) -> str:
    arguments = [word[id(argument)] for argument in node.args]
    operation = OPERATIONS[node.operation]
    if operation.python:
        return operation.python.format(*arguments)
    return f"number(numpy.{operation.numpy.__name__}({', '.join(arguments)}))"
