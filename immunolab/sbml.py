"""Write a model as SBML, the file format that other simulators read.

SBML (the Systems Biology Markup Language) is what COPASI, Tellurium, VCell and some hundred other
programs share models in.  What is written comes from the same traced functions as the page's
JavaScript and the printed equations, so the file says what the book computes:

* a state is a parameter with a rate rule, not a species in a reaction: our functions give whole
  derivatives, and reactions would have to be guessed back from them;
* the author's local variables and the observables are assignment rules under their own names;
* starting values are initial assignments, so that they follow a parameter changed elsewhere;
* jumps, breaks and extinctions are events (see :class:`_Export`).

The file is Level 3 Version 2.  It has ``min`` and ``max``, which Version 1 would write as choices
with each argument repeated, and COPASI reads all that is used here; the tests hold COPASI's
solution to ours.  An event happens in the file whenever its time comes: SBML knows no end of a
run, so a jump at or after the end of ``span``, which our solver leaves out, is there if a run goes
on that long.

Units are words, in names and notes, but for that of time.  A unit definition would have to be
invented for "of a strong response" or "share", and one that is wrong is worse than none: programs
check and convert by it.  Numbers are written with 15 digits, which is libSBML's own format.

From a shell: ``python -m immunolab.sbml kuznetsov > kuznetsov.xml``.
"""

from __future__ import annotations

import functools
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

try:
    import libsbml
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "To write a model as SBML, libSBML is needed: pip install -r requirements-book.txt"
    ) from None

from immunolab.chance import Cohort
from immunolab.kinds import (
    GRADES,
    ODE,
    Equilibrium,
    Formula,
    Model,
    ModelError,
    Parameter,
    Quantity,
    Source,
)
from immunolab.library import library
from immunolab.trace import Graph, Trace, Traced, in_order, namespace, settled, trace

LEVEL, VERSION = 3, 2

#: What each row of ``trace.OPERATIONS`` is in SBML, as a formula of libSBML's; a, b and c stand
#: for its arguments.  SBML has neither expm1 nor log1p; near zero these two lose digits.
FORMS = {
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "divide": "a / b",
    "negative": "-a",
    "power": "a ^ b",
    "exp": "exp(a)",
    "expm1": "exp(a) - 1",
    "log": "ln(a)",
    "log1p": "ln(1 + a)",
    "log10": "log10(a)",
    "sqrt": "sqrt(a)",
    "tanh": "tanh(a)",
    "sin": "sin(a)",
    "cos": "cos(a)",
    "absolute": "abs(a)",
    "floor": "floor(a)",
    "minimum": "min(a, b)",
    "maximum": "max(a, b)",
    "less": "a < b",
    "less_equal": "a <= b",
    "greater": "a > b",
    "greater_equal": "a >= b",
    "equal": "a == b",
    "not_equal": "a != b",
    "logical_and": "a && b",
    "logical_or": "a || b",
    "logical_not": "!a",
    "where": "piecewise(b, a, c)",
}

#: The only units that are defined: COPASI would call a time without a unit seconds.
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}

# A value that is used more than once and takes more than this to write gets a rule of its own:
# otherwise values made of one another would double the file with each line of the function.
_LONG = 40

# What stands for zero where a rate may be exactly zero for long, as that of the extinct is.  COPASI
# looks for the moment at which a condition changes, and takes seconds over one that is on its edge.
_NOTHING = 1e-300

_WHOLE = 10**9  # whole numbers up to here are written without a decimal point


def to_sbml(model: ODE, values: Mapping[str, float] | None = None) -> str:
    """Return the text of an SBML file with ``model`` at its defaults, changed by ``values``.

    Raises ModelError for a setting that is not allowed, for a model that is no ODE, and for a
    model of which libSBML says that it would not be a valid file; UntraceableModelError for a
    function that cannot be read.
    """
    if not isinstance(model, ODE):
        raise ModelError(_only_odes(model))
    document = libsbml.SBMLDocument(LEVEL, VERSION)
    _Export(model, vars(model.settings(values)), document.createModel()).write()
    problems = complaints(document)
    if problems:
        listed = "\n  ".join(problems)
        raise ModelError(f"{model.name} cannot be written as SBML. libSBML says:\n  {listed}")
    return libsbml.writeSBMLToString(document)


def complaints(document: libsbml.SBMLDocument) -> list[str]:
    """Return what libSBML finds wrong with a document, warnings included, one string a finding.

    It is not asked about units, nor whether every parameter has one: ours are words.
    """
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    found = (document.getError(i) for i in range(document.getNumErrors()))
    return [f"line {e.getLine()}: {e.getMessage().strip()}" for e in found]


def _only_odes(model: Model) -> str:
    if isinstance(model, Cohort):
        instead = "write one patient with to_sbml(model.patient)"
    elif isinstance(model, (Formula, Equilibrium)):
        instead = "print its equations with immunolab.equations.equations(model)"
    else:
        instead = "run it here, with immunolab.solve(model)"
    kind = type(model).__name__
    return (
        f"{getattr(model, 'name', model)} is of the kind {kind}. SBML holds models that change in "
        f"time, so only an ODE can be written as SBML. Instead: {instead}."
    )


# ------------------------------------------------------------------- traced values as MathML


@functools.cache
def _form(operation: str) -> libsbml.ASTNode:
    """Return the tree of one row of FORMS. It is shared: copy it, never change it."""
    return libsbml.parseL3Formula(FORMS[operation])


def _is_truth(node: Traced) -> bool:
    if node.operation == "where":
        return all(_is_truth(branch) for branch in node.args[1:])
    return bool(node.args) and _form(node.operation).isBoolean()


def _wants_truth(node: Traced) -> tuple[bool, ...]:
    """Return, for each argument of a node, whether it has to be a truth value or a number."""
    if node.operation == "where":
        return True, _is_truth(node), _is_truth(node)
    return (_form(node.operation).isLogical(),) * len(node.args)


def _number(value: float) -> libsbml.ASTNode:
    node = libsbml.ASTNode()
    whole = abs(value) < _WHOLE and value == int(value)
    node.setValue(int(value) if whole else float(value))
    return node


def _filled(form: libsbml.ASTNode, arguments: Mapping[str, libsbml.ASTNode]) -> libsbml.ASTNode:
    """Return a copy of ``form`` with the arguments in place of its letters."""
    if form.isName():
        return arguments[form.getName()].deepCopy()
    copy = form.deepCopy()
    for i in range(form.getNumChildren()):
        copy.replaceChild(i, _filled(form.getChild(i), arguments), True)
    return copy


_CHOICE, _NOT_ZERO = libsbml.parseL3Formula("piecewise(1, a, 0)"), libsbml.parseL3Formula("a != 0")


def _as(wanted_truth: bool, is_truth: bool, tree: libsbml.ASTNode) -> libsbml.ASTNode:
    """NumPy and JavaScript take 1 for true and true for 1; COPASI takes neither."""
    if wanted_truth == is_truth:
        return tree
    return _filled(_NOT_ZERO if wanted_truth else _CHOICE, {"a": tree})


# --------------------------------------------------------------------------- a whole model


class _Export:
    """One model on its way into an SBML model.

    Events say what happens at once.  Each is checked from the very start of the run (their
    triggers count as false before it), and those that come together happen in this order, each
    with the values that the one before has left:

    * jumps, as the model lists them; their times are formulas of parameters, which may be
      infinite, and a time before the start never comes;
    * extinctions, by the rule of ``solve._survival``: below the threshold, shrinking, not fed;
    * breaks, which only count on ``part_of_run``, so that an integrator stops there and starts
      anew.  COPASI does so only if the event changes something that is integrated, so this number
      has a rate, which is zero; without it COPASI steps over a short treatment and even loses
      events at its start.
    """

    def __init__(self, model: ODE, settings: Mapping[str, float], sbml: libsbml.Model):
        self.model, self.settings, self.sbml = model, settings, sbml
        self.start = float(model.span[0])
        self.taken: set[str] = set()
        self.ids: dict[str, str] = {}  # by symbol
        self.labels: dict[int, str] = {}  # by node: what is written by a name instead of in full
        self.trees: dict[int, libsbml.ASTNode] = {}  # by node: what it is in full
        self.events = 0
        self._read()

    # Reading: every function is traced, before anything is written.

    def _read(self) -> None:
        model, graph = self.model, Graph()
        states = [state.name for state in model.states]
        self.t, self.p = graph.symbol("t"), namespace(graph, self.settings, "p.")
        self.y = tuple(graph.symbol("y." + name) for name in states)
        self.rates = trace(model.rhs, graph, self.t, self.y, self.p, expect=states)
        self.start_values = trace(model.initial, graph, self.p, expect=states).outputs
        self.observed = Trace((), {})
        if model.observe:
            names = [quantity.name for quantity in model.observables]
            self.observed = trace(model.observe, graph, self.t, self.y, self.p, expect=names)
        self.words = [*self.rates.named.items(), *self._original_words(graph)]
        self.words += self.observed.named.items()
        self.jumps = [
            (time, trace(jump.change, graph, self.t, self.y, self.p, expect=states).outputs)
            for jump in model.jumps
            for time in trace(jump.times, graph, self.p).outputs
        ]
        self.breaks = trace(model.breaks, graph, self.p).outputs if model.breaks else ()
        self.part = graph.symbol("part_of_run")
        self.deaths = [self._death(graph, rule) for rule in model.extinctions]

    def _original_words(self, graph: Graph) -> Iterable[tuple[str, Traced]]:
        """Return the local variables of a model that was put into logarithms afterwards."""
        original = self.model.original
        if original is None:
            return ()
        names = (quantity.name for quantity in self.model.observables)
        sizes = dict(zip(names, self.observed.outputs, strict=True))
        own = zip(original.states, self.y, strict=True)
        y = tuple(sizes.get(state.name, symbol) for state, symbol in own)
        return trace(original.rhs, graph, self.t, y, self.p).named.items()

    def _death(self, graph: Graph, rule) -> tuple[int, Traced, Traced, Traced]:
        """Return the state's index, its threshold, its rate, and its rate if it were empty."""
        index = self.model.state_index(rule.state)
        empty = tuple(graph.constant(0.0) if i == index else s for i, s in enumerate(self.y))
        (below,) = trace(rule.below, graph, self.p, expect=[rule.state]).outputs
        fed = trace(self.model.rhs, graph, self.t, empty, self.p).outputs[index]
        # Only asked whether it is above zero, so what is multiplied by zero may go.
        return index, below, self.rates.outputs[index], *settled([fed])

    # Names: the model's own first, then the author's words where they are still free.

    def _free(self, name: str) -> str:
        """Return an SBML name for ``name`` that nothing else has, and take it."""
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        plain = f"_{plain}" if plain[:1].isdigit() else plain
        free, number = plain, 1
        while free in self.taken:
            number += 1
            free = f"{plain}_{number}"
        self.taken.add(free)
        return free

    def _label(self, name: str, node: Traced) -> None:
        """Let a value be written by a name, if it is a number worth one and has none yet."""
        if node.args and not _is_truth(node) and id(node) not in self.labels:
            self.labels[id(node)] = self._free(name)
            self.ruled.append((self.labels[id(node)], name.strip("_").replace("_", " "), node))

    def _name_everything(self) -> None:
        model = self.model
        for prefix, items in (("p.", model.parameters), ("y.", model.states)):
            self.ids |= {prefix + item.name: self._free(item.name) for item in items}
        for quantity, node in zip(model.observables, self.observed.outputs, strict=True):
            self.ids["o." + quantity.name] = self._free(quantity.name)
            if node.args and not _is_truth(node):
                self.labels.setdefault(id(node), self.ids["o." + quantity.name])
        self.ids["part_of_run"] = self._free("part_of_run")

        self.ruled: list[tuple[str, str, Traced]] = []
        wanted = [*self.rates.outputs, *self.observed.outputs]
        wanted += [fed for _, _, _, fed in self.deaths]
        needed = {id(node) for node in in_order(wanted)}
        for name, node in self.words:
            if id(node) in needed:
                self._label(name, node)
        for index, _, rate, fed in self.deaths:
            self._label(f"rate_of_{model.states[index].name}", rate)
            self._label(f"feeding_of_{model.states[index].name}", fed)
        wanted += [*self.start_values, *(time for time, _ in self.jumps), *self.breaks]
        wanted += [node for _, change in self.jumps for node in change]
        self._label_long(wanted)

    def _label_long(self, outputs: Sequence[Traced]) -> None:
        order, length = in_order(outputs), {}
        uses = Counter(id(argument) for node in order for argument in node.args)
        for node in order:
            size = 1 + sum(length[id(argument)] for argument in node.args)
            if size > _LONG and uses[id(node)] > 1:
                self._label("shared", node)
            length[id(node)] = 1 if id(node) in self.labels else size

    # Formulas.

    def _full(self, node: Traced) -> libsbml.ASTNode:
        """Return a value written out; what it is made of is written by name where it has one."""
        if id(node) not in self.trees:
            for part in in_order([node]):
                if id(part) not in self.trees:
                    self.trees[id(part)] = self._tree(part)
        return self.trees[id(node)]

    def _tree(self, node: Traced) -> libsbml.ASTNode:
        if node.is_constant:
            return _number(node.value)
        if node is self.t:
            time = libsbml.ASTNode(libsbml.AST_NAME_TIME)
            time.setName("time")
            # In SBML every run starts at time 0.
            shift = {"a": time, "b": _number(self.start)}
            return _filled(_form("add"), shift) if self.start else time
        if node.is_symbol:
            return _reference(self.ids[node.value])
        arguments = [
            _as(truth, _is_truth(argument), self._short(argument))
            for truth, argument in zip(_wants_truth(node), node.args, strict=True)
        ]
        return _filled(_form(node.operation), dict(zip("abc", arguments, strict=False)))

    def _short(self, node: Traced) -> libsbml.ASTNode:
        label = self.labels.get(id(node))
        return self._full(node) if label is None else _reference(label)

    def _value(self, node: Traced) -> libsbml.ASTNode:
        """Return a value as a number, by name where it has one."""
        return _as(False, _is_truth(node), self._short(node))

    # Writing.

    def write(self) -> None:
        """Fill the SBML model."""
        self._name_everything()
        self._describe()
        for parameter in self.model.parameters:
            self._parameter(parameter)
        for state, start, rate in zip(
            self.model.states, self.start_values, self.rates.outputs, strict=True
        ):
            self._state(state, start, rate)
        for quantity, node in zip(self.model.observables, self.observed.outputs, strict=True):
            self._observable(quantity, node)
        for name, words, node in self.ruled:
            self._rule(_variable(self.sbml, name, words), self._full(node))
        self._jumps()
        self._deaths()
        self._breaks()

    def _describe(self) -> None:
        model, sbml = self.model, self.sbml
        sbml.setId(self._free(model.name))
        sbml.setName(model.title)
        seconds = SECONDS.get(model.time_unit)
        if seconds:
            definition = sbml.createUnitDefinition()
            definition.setId("time_unit")
            definition.setName(model.time_unit)
            unit = definition.createUnit()
            unit.setKind(libsbml.UNIT_KIND_SECOND)
            unit.setExponent(1.0)
            unit.setScale(0)
            unit.setMultiplier(seconds)
            sbml.setTimeUnits("time_unit")
        start, end = model.span
        lines = [
            _element("p", model.title),
            _element("p", model.summary),
            _element("p", "What it leaves out:") if model.leaves_out else "",
            _list(model.leaves_out),
            _element("p", f"Time is in {model.time_unit}. {_run(start, end, model.time_unit)}"),
            _element("p", f"Source: {_cited(model.source)}"),
        ]
        sbml.setNotes(_body(lines))
        _cite(sbml, model.source)

    def _parameter(self, parameter: Parameter) -> None:
        made = _variable(self.sbml, self.ids["p." + parameter.name], _named(parameter))
        made.setConstant(True)
        made.setValue(float(self.settings[parameter.name]))
        low, high = parameter.range
        lines = (
            _unit_of(parameter),
            f"The book lets it go from {low:g} to {high:g}.",
            f"Source: {_cited(parameter.source)}",
        )
        made.setNotes(_body(_element("p", line) for line in lines))
        _cite(made, parameter.source)

    def _state(self, state: Quantity, start: Traced, rate: Traced) -> None:
        words = _named(state)
        if state.name in {f"log_{name}" for name in self.model.logarithmic}:
            words = f"natural logarithm of {words}"
        made = _variable(self.sbml, self.ids["y." + state.name], words)
        made.setNotes(_body([_element("p", f"A state. {_unit_of(state)}")]))
        if start.is_constant:
            made.setValue(start.value)
        else:
            assignment = self.sbml.createInitialAssignment()
            assignment.setSymbol(made.getId())
            assignment.setMath(self._value(start))
        rule = self.sbml.createRateRule()
        rule.setVariable(made.getId())
        rule.setMath(self._value(rate))

    def _observable(self, quantity: Quantity, node: Traced) -> None:
        name = self.ids["o." + quantity.name]
        made = _variable(self.sbml, name, _named(quantity))
        made.setNotes(_body([_element("p", f"Follows from the states. {_unit_of(quantity)}")]))
        own = self.labels.get(id(node)) == name
        self._rule(made, self._full(node) if own else self._value(node))

    def _rule(self, variable: libsbml.Parameter, tree: libsbml.ASTNode) -> None:
        rule = self.sbml.createAssignmentRule()
        rule.setVariable(variable.getId())
        rule.setMath(tree)

    def _jumps(self) -> None:
        states = [self.ids["y." + state.name] for state in self.model.states]
        for number, (time, change) in enumerate(self.jumps, 1):
            changes = {
                name: self._value(after)
                for name, before, after in zip(states, self.y, change, strict=True)
                if after is not before
            }
            self._at(time, f"jump_{number}", f"Jump {number}", changes)

    def _breaks(self) -> None:
        if not self.breaks:
            return
        meaning = "Part of the run, counted from the breaks in its equations"
        made = _variable(self.sbml, self.ids["part_of_run"], meaning)
        made.setValue(1.0)
        rule = self.sbml.createRateRule()
        rule.setVariable(made.getId())
        rule.setMath(_number(0.0))
        changes = {made.getId(): self._value(self.part + 1.0)}
        for number, time in enumerate(dict.fromkeys(self.breaks), 1):
            self._at(time, f"break_{number}", f"Break {number}", changes)

    def _at(self, time: Traced, name: str, words: str, changes) -> None:
        """Add an event at a time, unless that time is known never to come."""
        due = self.t >= time
        if not time.is_constant:
            self._event(due & (time >= self.start), name, words, changes)
        elif self.start <= time.value < math.inf:
            self._event(due, name, words, changes)

    def _deaths(self) -> None:
        for index, below, rate, fed in self.deaths:
            state, size = self.model.states[index], self.y[index]
            # Whether any is left need not be asked: what is empty and not fed cannot shrink.
            dies = (size < below) & (rate < -_NOTHING)
            if not fed.is_constant:
                dies = dies & ~(fed > _NOTHING)
            elif fed.value > 0.0:
                continue
            changes = {self.ids["y." + state.name]: _number(0.0)}
            words = f"Extinction: {state.meaning}"
            # A jump at the same moment may have brought the population back.
            self._event(dies, f"extinction_of_{state.name}", words, changes, persistent=False)

    def _event(self, when: Traced, name: str, words: str, changes, persistent=True) -> None:
        most = len(self.jumps) + len(self.deaths) + len(self.breaks)
        event = self.sbml.createEvent()
        event.setId(self._free(name))
        event.setName(words)
        event.setUseValuesFromTriggerTime(False)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(persistent)
        trigger.setMath(_as(True, _is_truth(when), self._full(when)))
        event.createPriority().setMath(_number(most - self.events))
        for variable, tree in changes.items():
            assignment = event.createEventAssignment()
            assignment.setVariable(variable)
            assignment.setMath(tree)
        self.events += 1


# ------------------------------------------------------------------------- words and sources


def _reference(name: str) -> libsbml.ASTNode:
    node = libsbml.ASTNode(libsbml.AST_NAME)
    node.setName(name)
    return node


def _variable(sbml: libsbml.Model, name: str, words: str) -> libsbml.Parameter:
    made = sbml.createParameter()
    made.setId(name)
    made.setName(words)
    made.setConstant(False)
    return made


def _named(item: Parameter | Quantity) -> str:
    return f"{item.meaning} ({item.unit})" if item.unit else item.meaning


def _unit_of(item: Parameter | Quantity) -> str:
    return f"Unit: {item.unit or 'none'}. Symbol: {item.symbol or 'none'}."


def _run(start: float, end: float, unit: str) -> str:
    run = f"The book runs the model from {start:g} to {end:g}."
    return run if not start else f"{run} Time 0 of this file is {start:g} {unit}."


def _cited(source: Source) -> str:
    """Return a source in words: who, how far it may be trusted, and where to read it."""
    grade = GRADES[source.grade]
    who = source.citation if source.citation == grade else f"{source.citation} ({grade})"
    return f"{who}. https://doi.org/{source.doi}" if source.doi else f"{who}."


def _cite(element: libsbml.SBase, source: Source) -> None:
    """Add the source to what programs read: is described by this DOI."""
    if not source.doi:
        return
    element.setMetaId(f"about_{element.getId()}")
    term = libsbml.CVTerm(libsbml.MODEL_QUALIFIER)
    term.setModelQualifierType(libsbml.BQM_IS_DESCRIBED_BY)
    term.addResource(f"https://doi.org/{source.doi}")
    element.addCVTerm(term)


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(_element('li', item) for item in items)}</ul>" if items else ""


def _body(elements: Iterable[str]) -> str:
    return f'<body xmlns="http://www.w3.org/1999/xhtml">{"".join(elements)}</body>'


# -------------------------------------------------------------------------------- from a shell


def _find(name: str) -> ODE:
    """Return the ODE of the library with this name, or raise a ModelError with all."""
    found = {name: model for name, model in library().items() if isinstance(model, ODE)}
    if name not in found:
        raise ModelError(f"There is no model {name!r} to write. There are: {', '.join(found)}.")
    return found[name]


def main(arguments: Sequence[str]) -> int:
    """Print the model with the name given as SBML."""
    if len(arguments) != 1:
        print("usage: python -m immunolab.sbml MODEL > MODEL.xml", file=sys.stderr)
        return 2
    try:
        # As bytes: the file says that it is UTF-8, whatever the shell's own encoding.
        sys.stdout.buffer.write(to_sbml(_find(arguments[0])).encode("utf-8"))
    except ModelError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
