"""Read a model function by running it on symbols instead of numbers.

NumPy lets an object take part in its functions (``__array_ufunc__``, ``__array_function__``).
A :class:`Traced` value does so by writing down what was done to it.  Running a plain model
function on traced values therefore yields the function's arithmetic as a graph, in the order
the author wrote it.  From that graph come the page's JavaScript, the printed equations and the
Jacobian, so none of them can disagree with the function.

:data:`OPERATIONS` is the one table of what can be traced; a row gives the NumPy function, the
JavaScript, the SymPy form, the derivative and the form for single numbers.  To allow one more
function, add one row.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType, SimpleNamespace

import numpy as np


class UntraceableModelError(TypeError):
    """A model function does something that cannot be read; the message names the line."""


# ------------------------------------------------------------------------ what can be traced


@dataclass(frozen=True)
class Operation:
    """One function that a model may use.

    ``slope(node, *args)`` returns the partial derivatives by each argument, as traced values.
    ``python`` is the same for single numbers where Python's own arithmetic is quicker than NumPy's
    and rounds alike; without it NumPy is called.
    """

    name: str
    numpy: np.ufunc | Callable
    javascript: str
    sympy: str
    slope: Callable | None = None
    python: str = ""


def _step_slope(node, *args):
    """A comparison, like a floor, is flat wherever it is smooth."""
    return tuple(node.graph.constant(0.0) for _ in args)


def _power_slope(node, base, exponent):
    zero, one = node.graph.constant(0.0), node.graph.constant(1.0)
    by_base = exponent * base ** (exponent - one)
    if exponent.is_constant:
        return by_base, zero
    # At base 0 the logarithm is infinite although the product has the limit zero.
    by_exponent = np.where(base > zero, node * np.log(np.maximum(base, 5e-324)), zero)
    return by_base, by_exponent


# Python refuses to divide by zero, where NumPy answers with infinity or with no number.
_QUOTIENT = "{0}/{1} if {1} else number(numpy.divide({0},{1}))"
# The operator of NumPy's numbers, as the author wrote it; the function np.power rounds otherwise.
_POWER = "number(numpy.float64({0})**{1})"
# As in NumPy, what is not a number wins.
_LESSER = "{0} if {0}<={1} or {0}!={0} else {1}"
_GREATER = "{0} if {0}>={1} or {0}!={0} else {1}"

_ROWS = (
    Operation("add", np.add, "{0}+{1}", "{0}+{1}", lambda n, a, b: (n.one, n.one), "{0}+{1}"),
    Operation(
        "subtract", np.subtract, "{0}-{1}", "{0}-{1}", lambda n, a, b: (n.one, -n.one), "{0}-{1}"
    ),
    Operation("multiply", np.multiply, "{0}*{1}", "{0}*{1}", lambda n, a, b: (b, a), "{0}*{1}"),
    Operation(
        "divide", np.divide, "{0}/{1}", "{0}/{1}", lambda n, a, b: (n.one / b, -n / b), _QUOTIENT
    ),
    Operation("negative", np.negative, "-{0}", "-{0}", lambda n, a: (-n.one,), "-{0}"),
    Operation("power", np.power, "Math.pow({0},{1})", "{0}**{1}", _power_slope, _POWER),
    Operation("exp", np.exp, "Math.exp({0})", "exp({0})", lambda n, a: (n,)),
    Operation("expm1", np.expm1, "Math.expm1({0})", "exp({0})-1", lambda n, a: (n + n.one,)),
    Operation("log", np.log, "Math.log({0})", "log({0})", lambda n, a: (n.one / a,)),
    Operation(
        "log1p", np.log1p, "Math.log1p({0})", "log(1+{0})", lambda n, a: (n.one / (n.one + a),)
    ),
    Operation(
        "log10",
        np.log10,
        "Math.log10({0})",
        "log({0})/log(10)",
        lambda n, a: (n.one / (a * n.graph.constant(float(np.log(10.0)))),),
    ),
    Operation("sqrt", np.sqrt, "Math.sqrt({0})", "sqrt({0})", lambda n, a: (0.5 / n,)),
    Operation("tanh", np.tanh, "Math.tanh({0})", "tanh({0})", lambda n, a: (n.one - n * n,)),
    Operation("sin", np.sin, "Math.sin({0})", "sin({0})", lambda n, a: (np.cos(a),)),
    Operation("cos", np.cos, "Math.cos({0})", "cos({0})", lambda n, a: (-np.sin(a),)),
    Operation(
        "absolute",
        np.absolute,
        "Math.abs({0})",
        "Abs({0})",
        lambda n, a: (np.where(a < 0.0, -n.one, n.one),),
        "abs({0})",
    ),
    Operation("floor", np.floor, "Math.floor({0})", "floor({0})", _step_slope),
    Operation("minimum", np.minimum, "Math.min({0},{1})", "Min({0},{1})", None, _LESSER),
    Operation("maximum", np.maximum, "Math.max({0},{1})", "Max({0},{1})", None, _GREATER),
    Operation("less", np.less, "{0}<{1}", "StrictLessThan({0},{1})", _step_slope, "{0}<{1}"),
    Operation(
        "less_equal", np.less_equal, "{0}<={1}", "LessThan({0},{1})", _step_slope, "{0}<={1}"
    ),
    Operation(
        "greater", np.greater, "{0}>{1}", "StrictGreaterThan({0},{1})", _step_slope, "{0}>{1}"
    ),
    Operation(
        "greater_equal",
        np.greater_equal,
        "{0}>={1}",
        "GreaterThan({0},{1})",
        _step_slope,
        "{0}>={1}",
    ),
    Operation("equal", np.equal, "{0}==={1}", "Equality({0},{1})", _step_slope, "{0}=={1}"),
    Operation(
        "not_equal", np.not_equal, "{0}!=={1}", "Unequality({0},{1})", _step_slope, "{0}!={1}"
    ),
    Operation(
        "logical_and",
        np.logical_and,
        "!!{0}&&!!{1}",
        "And({0},{1})",
        _step_slope,
        "bool({0} and {1})",
    ),
    Operation(
        "logical_or", np.logical_or, "!!{0}||!!{1}", "Or({0},{1})", _step_slope, "bool({0} or {1})"
    ),
    Operation("logical_not", np.logical_not, "!{0}", "Not({0})", _step_slope, "not {0}"),
    Operation(
        "where",
        np.where,
        "{0}?{1}:{2}",
        "Piecewise(({1},{0}),({2},True))",
        None,
        "{1} if {0} else {2}",
    ),
)
OPERATIONS = {row.name: row for row in _ROWS}

_TRUTHS = {
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
    *("logical_and", "logical_or", "logical_not"),
}
_ARITHMETIC = set(OPERATIONS) - _TRUTHS - {"where"}

# Names that mean the same: NumPy writes `a & b` on arrays of truth values as bitwise_and.
_SAME_AS = {
    "true_divide": "divide",
    "float_power": "power",
    "bitwise_and": "logical_and",
    "bitwise_or": "logical_or",
    "invert": "logical_not",
    "bitwise_invert": "logical_not",
    "fabs": "absolute",
}


# ----------------------------------------------------------------------------- the graph


class Graph:
    """The traced values of one model; equal expressions are one and the same node."""

    def __init__(self):
        self._nodes: dict[tuple, Traced] = {}

    def symbol(self, name: str) -> Traced:
        """Return the input called ``name``."""
        return self._get("symbol", (), name)

    def constant(self, value: float) -> Traced:
        """Return a number."""
        return self._get("constant", (), float(value))

    def apply(self, operation: str, *args) -> Traced:
        """Return the node for one operation on traced values and numbers."""
        nodes = tuple(self.lift(a) for a in args)
        if operation in _ARITHMETIC or operation in ("equal", "not_equal"):
            truths = [node.operation in _TRUTHS for node in nodes]
            if operation in ("add", "subtract") and all(truths):
                # NumPy's True + True is True, everybody else's is 2.
                raise _refusal(
                    "two truth values are added", "write np.where(condition, 1.0, 0.0) for each"
                )
            nodes = tuple(
                self._as_number(n) if t else n for n, t in zip(nodes, truths, strict=True)
            )
        return self._get(operation, nodes, None)

    def _as_number(self, truth: Traced) -> Traced:
        return self._get("where", (truth, self.constant(1.0), self.constant(0.0)), None)

    def lift(self, value) -> Traced:
        """Return ``value`` as a node; numbers become constants."""
        if isinstance(value, Traced):
            return value
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        if isinstance(value, (bool, int, float, np.number, np.bool_)):
            return self.constant(value)
        raise _refusal(
            f"a value of type {type(value).__name__} takes part in the arithmetic",
            "use numbers, states and parameters only",
        )

    def _get(self, operation, args, value):
        key = (operation, tuple(map(id, args)), repr(value))
        if key not in self._nodes:
            self._nodes[key] = Traced(self, operation, args, value)
        return self._nodes[key]


def _clip_arguments(a, a_min=None, a_max=None, *, min=None, max=None):
    """Return value, lower and upper end, by either of NumPy's two ways to name them."""
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    return a, -np.inf if low is None else low, np.inf if high is None else high


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A value inside a model function while the function is being read."""

    __slots__ = ("args", "graph", "operation", "value")
    # Python falls back on comparing by content where __eq__ is defined; a node is itself.
    __hash__ = object.__hash__

    def __init__(self, graph, operation, args, value):
        self.graph, self.operation, self.args, self.value = graph, operation, args, value

    def __repr__(self):
        if self.operation in ("symbol", "constant"):
            return f"{self.value}"
        return f"{self.operation}({', '.join(map(repr, self.args))})"

    is_constant = property(lambda self: self.operation == "constant")
    is_symbol = property(lambda self: self.operation == "symbol")
    zero = property(lambda self: self.graph.constant(0.0))
    one = property(lambda self: self.graph.constant(1.0))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        name = _SAME_AS.get(ufunc.__name__, ufunc.__name__)
        if "out" in kwargs:
            raise _refusal("a value is changed in place", "write k = k + 1, not k += 1")
        if method != "__call__" or kwargs:
            raise _refusal(f"np.{ufunc.__name__}.{method} is used", "write out the sum or product")
        if name == "square":
            return self.graph.apply("power", inputs[0], 2.0)
        if name == "reciprocal":
            return self.graph.apply("divide", 1.0, inputs[0])
        if name == "positive":
            return self.graph.lift(inputs[0])
        if name not in OPERATIONS:
            raise _refusal(f"np.{ufunc.__name__} cannot be traced", _known_functions())
        return self.graph.apply(name, *inputs)

    def __array_function__(self, func, types, args, kwargs):
        if func is np.where and len(args) == 3:
            return self.graph.apply("where", *args)
        if func is np.clip:
            value, low, high = _clip_arguments(*args, **kwargs)
            return np.minimum(np.maximum(self.graph.lift(value), low), high)
        raise _refusal(f"np.{func.__name__} cannot be traced", _known_functions())

    def __bool__(self):
        raise _refusal(*_explain_truth(_line_of(_user_frame())[2]))

    def _refuse_number(self):
        line = _line_of(_user_frame())[2]
        found = re.search(r"\b(?:math|cmath)\.(\w+)", line)
        if found:
            raise _refusal(
                f"math.{found[1]} needs a number", f"write np.{found[1]}, which can be traced"
            )
        raise _refusal("a number is needed here", "leave out float(), int(), round() and math.*")

    __float__ = __int__ = __index__ = __complex__ = __round__ = _refuse_number

    def __iter__(self):
        raise _refusal("one value is unpacked or looped over", "unpack y, not a single state")

    def __getitem__(self, _):
        raise _refusal("one value is indexed", "index y, not a single state")


# ------------------------------------------------------------------------ running a function


@dataclass(frozen=True)
class Trace:
    """What running a function on symbols gave.

    ``outputs`` are the returned values in order; ``named`` are the author's local variables, in
    the order they were computed, so that printed equations can use the author's own words.
    """

    outputs: tuple[Traced, ...]
    named: dict[str, Traced]
    keys: tuple[str, ...] = ()


def trace(function: Callable, graph: Graph, *args, expect: Sequence[str] | None = None) -> Trace:
    """Run ``function`` on traced ``args`` and return what it computed.

    ``expect`` names the values it must return: the keys of a dict, or one a position.
    Raises UntraceableModelError, naming file and line, if the function cannot be read.
    """
    result, local = _call_and_keep_locals(function, args)
    keys: tuple[str, ...] = ()
    if isinstance(result, dict):
        keys = tuple(result)
        if expect is not None and set(keys) != set(expect):
            raise _bad_return(function, f"the names {_list(expect)}", f"the names {_list(keys)}")
        keys = tuple(expect) if expect is not None else keys
        values = [result[key] for key in keys]
    else:
        values = list(result) if isinstance(result, (tuple, list, np.ndarray)) else [result]
        if expect is not None and len(values) != len(expect):
            raise _bad_return(function, f"{len(expect)} values ({_list(expect)})", f"{len(values)}")
    outputs = tuple(_returned(graph, function, value) for value in values)
    named = {
        name: value
        for name, value in local.items()
        if isinstance(value, Traced)
        and value.operation not in ("symbol", "constant")
        and not any(value is output for output in outputs)
    }
    return Trace(outputs, named, keys)


def _returned(graph: Graph, function, value) -> Traced:
    """Lift a returned value, or say which function returned something that is no number."""
    if isinstance(value, (Traced, bool, int, float, np.number, np.bool_)):
        return graph.lift(value)
    raise _bad_return(function, "numbers", f"a {type(value).__name__}")


def namespace(graph: Graph, names: Iterable[str], prefix: str = "") -> SimpleNamespace:
    """Return an object whose attributes are symbols: the ``p`` of a model function."""
    return SimpleNamespace(**{name: graph.symbol(prefix + name) for name in names})


def _call_and_keep_locals(function, args):
    """Call a function and return its result and its local variables at the return.

    Functions of the model's own file, and of other models, that it calls add theirs (not what they
    were called with); they come first, since they were computed first, but the function's own word
    for a name wins.
    """
    code, local, own = getattr(function, "__code__", None), {}, {}
    home = getattr(function, "__globals__", {}).get("__name__")

    def watch(frame, event, _):
        if event != "return":
            return
        if frame.f_code is code:
            own.update(frame.f_locals)
        elif _is_of_the_model(frame, home):
            for name in frame.f_code.co_varnames[frame.f_code.co_argcount :]:
                if name in frame.f_locals:
                    local.setdefault(name, []).append(frame.f_locals[name])

    earlier = sys.getprofile()
    sys.setprofile(watch)
    try:
        result = function(*args)
        # A name that stood for two things would mislead.
        one = {k: v[0] for k, v in local.items() if all(value is v[0] for value in v)}
        return result, {k: v for k, v in one.items() if k not in own} | own
    except UntraceableModelError:
        raise
    except Exception as problem:
        raise UntraceableModelError(_where_it_failed(function, problem)) from problem
    finally:
        sys.setprofile(earlier)


def _is_of_the_model(frame: FrameType, home: str | None) -> bool:
    module = frame.f_globals.get("__name__", "")
    # Names in angle brackets are lambdas, and comprehensions, which only some Pythons call.
    named = not frame.f_code.co_name.startswith("<")
    return named and (module == home or module.startswith("immunolab.models."))


# --------------------------------------------------------------------------- derivatives


def derivative(output: Traced, by: Traced) -> Traced:
    """Return the derivative of one traced value by one symbol, as a traced value."""
    slopes: dict[int, Traced] = {}
    for node in in_order([output]):
        if node is by:
            slopes[id(node)] = node.one
        elif not node.args:
            slopes[id(node)] = node.zero
        else:
            slopes[id(node)] = _chain(node, [slopes[id(argument)] for argument in node.args])
    return slopes[id(output)]


def _chain(node: Traced, inner: Sequence[Traced]) -> Traced:
    """Apply the chain rule to one node, given the derivatives of its arguments."""
    if node.operation in _CHOICES:
        # Choose the slope, do not multiply by 0 or 1: the branch not taken may have no slope.
        condition, yes, no = _CHOICES[node.operation](node, inner)
        return yes if yes is no else np.where(condition, yes, no)
    total = node.zero
    if all(_is(slope, 0.0) for slope in inner):
        return total
    partials = OPERATIONS[node.operation].slope(node, *node.args)
    for partial, slope in zip(partials, inner, strict=True):
        total = _plus(total, _times(partial, slope))
    return total


_CHOICES = {
    "where": lambda node, inner: (node.args[0], inner[1], inner[2]),
    "minimum": lambda node, inner: (node.args[0] <= node.args[1], inner[0], inner[1]),
    "maximum": lambda node, inner: (node.args[0] >= node.args[1], inner[0], inner[1]),
}


def jacobian(outputs: Sequence[Traced], by: Sequence[Traced]) -> list[list[Traced]]:
    """Return d(output i)/d(symbol j) as rows of traced values."""
    return [[derivative(output, symbol) for symbol in by] for output in outputs]


def _is(node, number):
    return node.is_constant and node.value == number


def _plus(a, b):
    if _is(a, 0.0):
        return b
    return a if _is(b, 0.0) else a + b


def _times(a, b):
    if _is(a, 0.0) or _is(b, 0.0):
        return a.zero
    if _is(a, 1.0):
        return b
    return a if _is(b, 1.0) else a * b


def in_order(outputs: Iterable[Traced]) -> list[Traced]:
    """Return every node that the outputs need, arguments before their use."""
    done: dict[int, Traced] = {}
    for output in outputs:
        waiting = [(output, False)]
        while waiting:
            node, ready = waiting.pop()
            if id(node) in done:
                continue
            if ready:
                done[id(node)] = node
            else:
                waiting.append((node, True))
                waiting.extend((argument, False) for argument in reversed(node.args))
    return list(done.values())


def settled(nodes: Sequence[Traced], values: Mapping[str, float] | None = None) -> list[Traced]:
    """Return traced values with some symbols given as numbers, without what is idle then.

    Products with zero and one, sums with zero and decided choices go; zero divided by anything
    counts as zero.
    """
    values, plain = values or {}, {}
    for node in in_order(nodes):
        if node.is_symbol and node.value in values:
            plain[id(node)] = node.graph.constant(values[node.value])
        elif node.args:
            plain[id(node)] = _settled(node, *(plain[id(argument)] for argument in node.args))
        else:
            plain[id(node)] = node
    return [plain[id(node)] for node in nodes]


def _settled(node: Traced, *args: Traced) -> Traced:
    if node.operation == "multiply":
        return _times(*args)
    if node.operation == "add":
        return _plus(*args)
    if node.operation == "subtract" and _is(args[1], 0.0):
        return args[0]
    if node.operation == "divide" and (_is(args[0], 0.0) or _is(args[1], 1.0)):
        return args[0]
    if node.operation == "where" and args[0].is_constant:
        return args[1] if args[0].value else args[2]
    if all(argument.is_constant for argument in args):
        numbers = [argument.value for argument in args]
        with np.errstate(all="ignore"):
            return node.graph.constant(float(OPERATIONS[node.operation].numpy(*numbers)))
    return node.graph.apply(node.operation, *args)


def evaluate(outputs: Sequence[Traced], values: Mapping[str, float]) -> list:
    """Return the numbers that traced values have when their symbols have ``values``."""
    known: dict[int, object] = {}
    for node in in_order(outputs):
        if node.is_constant:
            known[id(node)] = node.value
        elif node.is_symbol:
            known[id(node)] = values[node.value]
        else:
            arguments = (known[id(argument)] for argument in node.args)
            with np.errstate(all="ignore"):  # the branch of a choice that is not taken
                known[id(node)] = OPERATIONS[node.operation].numpy(*arguments)
    return [known[id(output)] for output in outputs]


# ------------------------------------------------------------------------------- refusals


def _user_frame() -> FrameType | None:
    """Return the innermost frame that is neither ours nor NumPy's: the author's line."""
    ours, numpys = os.path.abspath(__file__), os.path.dirname(os.path.abspath(np.__file__))
    frame = sys._getframe()
    while frame is not None:
        name = os.path.abspath(frame.f_code.co_filename)
        if name != ours and not name.startswith(numpys):
            return frame
        frame = frame.f_back
    return None


def _line_of(frame) -> tuple[str, int, str]:
    if frame is None:
        return "?", 0, ""
    name, number = frame.f_code.co_filename, frame.f_lineno
    return name, number, linecache.getline(name, number).strip()


def _refusal(what: str, instead: str) -> UntraceableModelError:
    name, number, line = _line_of(_user_frame())
    return UntraceableModelError(
        f"{name}, line {number}: {what}.\n    {line}\n"
        f"The function is read by running it on symbols, so that the page can run it too. "
        f"Instead: {instead}."
    )


def _explain_truth(line: str) -> tuple[str, str]:
    """Say what asked for a truth value, and what to write, from the author's line."""
    if re.search(r"\bmax\(", line):
        return "max() compares values that are not known yet", "write np.maximum(a, b)"
    if re.search(r"\bmin\(", line):
        return "min() compares values that are not known yet", "write np.minimum(a, b)"
    if re.search(r"\b(and|or|not)\b", line):
        return (
            "and, or, not need values that are known",
            "write np.logical_and(a, b), np.logical_or(a, b), np.logical_not(a)",
        )
    if re.search(r"\b(if|while|elif|assert)\b", line):
        return (
            "a branch depends on a value that is not known yet",
            "write np.where(condition, value_if_true, value_if_false)",
        )
    return (
        "a truth value is needed here",
        "write np.where for a choice and np.logical_and for a chained comparison (a < b < c)",
    )


def _where_it_failed(function, problem: Exception) -> str:
    """Name the author's line on which a function failed while it was read."""
    code, line = getattr(function, "__code__", None), ""
    for frame in traceback.extract_tb(problem.__traceback__):
        if code is not None and frame.filename == code.co_filename:
            line = f"{frame.filename}, line {frame.lineno}: {frame.line}\n    "
    return (
        f"{line}{type(problem).__name__}: {problem}. The function is read by running it on "
        "symbols: use only arithmetic, states, parameters and the functions of NumPy that the "
        "workshop page names."
    )


def _bad_return(function, wanted: str, got: str) -> UntraceableModelError:
    code = getattr(function, "__code__", None)
    place = f"{code.co_filename}, line {code.co_firstlineno}: {code.co_name}" if code else function
    return UntraceableModelError(f"{place} must return {wanted}, and returns {got}.")


def _known_functions() -> str:
    names = sorted(f"np.{name}" for name in OPERATIONS if not name.startswith("logical"))
    return "use arithmetic, np.clip, np.logical_and/or/not or one of " + ", ".join(names)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
