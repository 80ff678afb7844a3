"""A traced right-hand side for thousands of patients at once, prepared for the settings at hand.

The function that the author wrote is run on symbols once.  Whatever follows from the parameters
alone is worked out beforehand, for each patient; what rests at a value that changes nothing (times
one, plus zero, a treatment that is not given) is left out.  What remains is a list of NumPy calls
that write into arrays kept from call to call.  Where all terms are finite the numbers are those of
the plain function, bit for bit, and a test holds it to that.  (A term that is multiplied by zero is
left out even where it would overflow.)
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from immunolab.kinds import ODE
from immunolab.trace import OPERATIONS, Graph, Traced, in_order, namespace, trace


def prepared(model: ODE, p: SimpleNamespace, patients: int) -> Callable:
    """Return ``rates(t, y, out)``, which writes the rates at ``y`` into ``out``.

    ``p`` holds one number a parameter, or one a patient; ``y`` and ``out`` have the shape
    (states, patients).
    """
    graph = Graph()
    t = graph.symbol("t")
    y = tuple(graph.symbol(f"y.{state.name}") for state in model.states)
    symbols = namespace(graph, (q.name for q in model.parameters), "p.")
    outputs = trace(model.rhs, graph, t, y, symbols, expect=[s.name for s in model.states]).outputs
    program = _Program(outputs, t, y, p)
    return program.runner(patients)


class _Program:
    """What each node is: a known value, the same as another node, or a step to be taken."""

    def __init__(self, outputs, t: Traced, y: tuple[Traced, ...], p: SimpleNamespace):
        self.outputs, self.t, self.y = outputs, t, y
        self.known: dict[int, object] = {}
        self.same: dict[int, Traced] = {}
        self.steps: list[Traced] = []
        self.timed = {id(t)}  # follows from the time and from single numbers: no array needed
        with np.errstate(all="ignore"):
            for node in in_order(outputs):
                self._place(node, p)

    def resolve(self, node: Traced) -> Traced:
        """Return the node that stands for this one."""
        return self.same.get(id(node), node)

    def _place(self, node: Traced, p):
        if node.is_constant:
            self.known[id(node)] = node.value
        elif node.is_symbol:
            if node.value.startswith("p."):
                self.known[id(node)] = getattr(p, node.value[2:])
        else:
            self._place_operation(node)

    def _place_operation(self, node: Traced):
        arguments = [self.resolve(argument) for argument in node.args]
        values = [self.known.get(id(argument)) for argument in arguments]
        if all(value is not None for value in values):
            self.known[id(node)] = OPERATIONS[node.operation].numpy(*values)
            return
        shortcut = _shortcut(node.operation, arguments, values)
        if shortcut is not None:
            value, stands_for = shortcut
            if stands_for is None:
                self.known[id(node)] = value
            else:
                self.same[id(node)] = stands_for
            return
        self.steps.append(node)
        if all(
            id(a) in self.timed or (v is not None and np.ndim(v) == 0)
            for a, v in zip(arguments, values, strict=True)
        ):
            self.timed.add(id(node))

    def runner(self, patients: int) -> Callable:
        """Return the function that takes the steps, with arrays that are used again and again."""
        place = {id(node): index for index, node in enumerate((self.t, *self.y))}
        memory: list = [None] * len(place)
        for node in self.steps:
            place[id(node)] = len(memory)
            memory.append(None)
        for key, value in self.known.items():
            place[key] = len(memory)
            memory.append(value)
        buffers = self._buffers(patients)
        steps = []
        for node in self.steps:
            where_from = tuple(place[id(self.resolve(argument))] for argument in node.args)
            function = OPERATIONS[node.operation].numpy
            if node.operation == "power" and self._is_two(node.args[1]):
                # As NumPy's own ** does: np.power is some ten times slower, and rounds otherwise.
                function, where_from = np.square, where_from[:1]
            buffer = buffers.get(id(node))
            steps.append((place[id(node)], function, where_from, buffer))
        ends = [place[id(self.resolve(output))] for output in self.outputs]
        states = range(1, len(self.y) + 1)

        def rates(t, y, out):
            memory[0] = t
            for index, row in zip(states, y, strict=True):
                memory[index] = row
            for index, function, where_from, buffer in steps:
                arguments = [memory[i] for i in where_from]
                if buffer is None:  # a number that follows from the time, or a choice
                    memory[index] = function(*arguments)
                else:
                    memory[index] = function(*arguments, out=buffer)
            for row, end in zip(out, ends, strict=True):
                row[...] = memory[end]

        return rates

    def _is_two(self, node: Traced) -> bool:
        value = self.known.get(id(self.resolve(node)))
        return np.ndim(value) == 0 and value == 2.0

    def _buffers(self, patients: int) -> dict[int, np.ndarray]:
        """Return an array for each step that needs one; one no longer needed is used again."""
        last_use: dict[int, int] = {}
        for position, node in enumerate(self.steps):
            for argument in node.args:
                last_use[id(self.resolve(argument))] = position
        for output in self.outputs:
            last_use[id(self.resolve(output))] = len(self.steps)
        free: list[np.ndarray] = []
        buffers: dict[int, np.ndarray] = {}
        for position, node in enumerate(self.steps):
            if id(node) not in self.timed and _fills(node):
                buffers[id(node)] = free.pop() if free else np.empty(patients)
            for argument in {id(self.resolve(a)) for a in node.args}:
                if last_use[argument] == position and argument in buffers:
                    free.append(buffers[argument])
        return buffers


def _fills(node: Traced) -> bool:
    """Whether NumPy can write this operation's result into an array of numbers."""
    return isinstance(OPERATIONS[node.operation].numpy, np.ufunc) and not (
        node.operation.startswith(("less", "greater", "logical", "equal", "not_equal"))
    )


def _shortcut(operation: str, arguments, values):
    """Return ``(value, None)`` or ``(None, node)`` where an operation changes nothing.

    Return None where it has to be carried out.
    """

    def is_number(index, number):
        value = values[index]
        return value is not None and np.ndim(value) == 0 and value == number

    if operation == "multiply":
        for one, other in ((0, 1), (1, 0)):
            if is_number(one, 0.0):
                return 0.0, None
            if is_number(one, 1.0):
                return None, arguments[other]
    if operation == "add":
        for one, other in ((0, 1), (1, 0)):
            if is_number(one, 0.0):
                return None, arguments[other]
    if operation == "subtract" and is_number(1, 0.0):
        return None, arguments[0]
    if operation == "divide":
        if is_number(1, 1.0):
            return None, arguments[0]
        if is_number(0, 0.0):
            return 0.0, None
    return None
