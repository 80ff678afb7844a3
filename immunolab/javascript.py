"""Write traced functions as JavaScript, keeping the author's order of arithmetic.

Keeping the order matters: the page then rounds as NumPy rounds, and the two agree to the last
digits, step by step.  Names of the author never reach the script, so they cannot collide.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from immunolab.chance import Cohort
from immunolab.draws import FIRST, SECOND
from immunolab.kinds import ODE, Equilibrium, Formula, Model
from immunolab.space import INSIDE, Grid, refuse_unknown_fields
from immunolab.trace import OPERATIONS, Graph, Traced, in_order, jacobian, namespace, trace


def number(value: float) -> str:
    """Return the shortest literal that JavaScript reads as exactly this float."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def function_source(
    arguments: Sequence[str], where: Mapping[str, str], outputs: Sequence[Traced], into: str
) -> str:
    """Return a JavaScript function that writes ``outputs`` to the array ``into``.

    ``where`` says how each symbol is read, for instance ``{"y.tumour": "y[0]"}``.
    """
    body, values = _body(where, outputs)
    # Values first, writing last: an output may be an input too (a jump rewrites its states).
    kept = [f"r{i}={value}" for i, value in enumerate(values)]
    stores = "".join(f"{into}[{i}]=+r{i};" for i in range(len(values)))
    if kept:
        body += f"var {','.join(kept)};{stores}"
    return f"function({','.join(arguments)}){{{body}}}"


def _body(where: Mapping[str, str], outputs: Sequence[Traced]) -> tuple[str, list[str]]:
    """Return the statement that computes what is used twice, and each output as an expression."""
    order = in_order(outputs)
    uses = Counter(id(argument) for node in order for argument in node.args)
    uses.update(id(output) for output in outputs)
    text: dict[int, str] = {}
    lines = []
    for node in order:
        if node.is_constant:
            text[id(node)] = number(node.value) if node.value >= 0 else f"({number(node.value)})"
            continue
        if node.is_symbol:
            text[id(node)] = where[node.value]
            continue
        written = _operation(node, text)
        if uses[id(node)] > 1:
            name = f"v{len(lines)}"
            lines.append(f"{name}={written}")
            text[id(node)] = name
        else:
            text[id(node)] = f"({written})"
    return f"var {','.join(lines)};" if lines else "", [text[id(output)] for output in outputs]


def _operation(node: Traced, text: Mapping[int, str]) -> str:
    args = [text[id(argument)] for argument in node.args]
    if node.operation == "power" and node.args[1].is_constant and node.args[1].value in (2, 3):
        # NumPy squares by multiplying; Math.pow need not round the same way.
        base = args[0]
        if base.isidentifier() or base.endswith("]"):
            return "*".join([base] * int(node.args[1].value))
    return OPERATIONS[node.operation].javascript.format(*args)


# --------------------------------------------------------------- a whole model as a script


def model_source(model: Model) -> str:
    """Return a JavaScript object literal with every function that the page needs."""
    if isinstance(model, ODE):
        return _ode(model)
    if isinstance(model, Formula):
        return _formula(model)
    if isinstance(model, Equilibrium):
        return _equilibrium(model)
    if isinstance(model, Cohort):
        return _cohort(model)
    if isinstance(model, Grid):
        return _grid(model)
    raise TypeError(f"No JavaScript is known for a {type(model).__name__}.")


def _literal(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{key}:{value}" for key, value in parts.items()) + "}"


def _array(items: Sequence[str]) -> str:
    return "[" + ",".join(items) + "]"


class _Inputs:
    """Symbols of a model and where JavaScript finds them."""

    def __init__(self, parameters: Sequence[str], states: Sequence[str] = (), extra=()):
        self.graph = Graph()
        self.p = namespace(self.graph, parameters, "p.")
        self.y = tuple(self.graph.symbol("y." + name) for name in states)
        self.extra = {name: self.graph.symbol(name) for name in extra}
        self.where = {f"p.{name}": f"p[{i}]" for i, name in enumerate(parameters)}
        self.where |= {f"y.{name}": f"y[{i}]" for i, name in enumerate(states)}
        self.where |= {name: name for name in extra}

    def write(self, function, args, arguments, into, expect=None):
        traced = trace(function, self.graph, *args, expect=expect)
        return function_source(arguments, self.where, traced.outputs, into)


def _names(items) -> list[str]:
    return [item.name for item in items]


def _ode_parts(model: ODE, parameters: Sequence[str]) -> dict[str, str]:
    """Write the functions of an ODE whose ``p`` holds ``parameters`` in this order."""
    states = _names(model.states)
    inputs = _Inputs(parameters, states, ("t",))
    t, y, p = inputs.extra["t"], inputs.y, inputs.p
    parts = {
        "rhs": inputs.write(model.rhs, (t, y, p), "typd", "d", states),
        "initial": inputs.write(model.initial, (p,), "py", "y", states),
    }
    if model.observe:
        parts["observe"] = inputs.write(
            model.observe, (t, y, p), "typo", "o", _names(model.observables)
        )
    if model.breaks:
        parts["breaks"] = inputs.write(model.breaks, (p,), "pb", "b")
    if model.jumps:
        parts["jumps"] = _array(
            [
                _literal(
                    {
                        "times": inputs.write(jump.times, (p,), "pb", "b"),
                        "change": inputs.write(jump.change, (t, y, p), "typo", "o", states),
                    }
                )
                for jump in model.jumps
            ]
        )
    if model.extinctions:
        parts["extinctions"] = _array(
            [
                _literal(
                    {
                        "state": str(model.state_index(rule.state)),
                        "below": inputs.write(rule.below, (p,), "pb", "b"),
                    }
                )
                for rule in model.extinctions
            ]
        )
    if model.method == "stiff":
        rates = trace(model.rhs, inputs.graph, t, y, p, expect=states).outputs
        flat = [entry for row in jacobian(rates, y) for entry in row]
        parts["jacobian"] = function_source("typj", inputs.where, flat, "j")
    return parts


def _ode(model: ODE) -> str:
    return _literal(_ode_parts(model, _names(model.parameters)))


def _formula(model: Formula) -> str:
    inputs = _Inputs(_names(model.parameters), extra=("x",))
    written = inputs.write(
        model.formula, (inputs.extra["x"], inputs.p), "xpo", "o", _names(model.computes)
    )
    return _literal({"formula": written})


def _equilibrium(model: Equilibrium) -> str:
    unknowns = _names(model.unknowns)
    inputs = _Inputs(_names(model.parameters), unknowns, ("x",))
    x, z, p = inputs.extra["x"], inputs.y, inputs.p
    residuals = trace(model.balance, inputs.graph, x, z, p, expect=unknowns).outputs
    slopes = [entry for row in jacobian(residuals, z) for entry in row]
    parts = {
        "balance": function_source("xypo", inputs.where, residuals, "o"),
        "jacobian": function_source("xypj", inputs.where, slopes, "j"),
        "guess": inputs.write(model.guess, (x, p), "xpy", "y", unknowns),
    }
    if model.observe:
        parts["observe"] = inputs.write(
            model.observe, (x, z, p), "xypo", "o", _names(model.observables)
        )
    return _literal(parts)


def patient_parameters(model: Cohort) -> list[str]:
    """Return every parameter that a virtual patient has: the ODE's, then the cohort's own."""
    own = _names(model.patient.parameters)
    return own + [name for name in _names(model.parameters) if name not in own]


def _cohort(model: Cohort) -> str:
    everything = patient_parameters(model)
    parts = _ode_parts(model.patient, everything)
    draws = [f"z{i}" for i in range(model.draws)]
    inputs = _Inputs(everything, _names(model.patient.states), ("t", *draws))
    inputs.where |= {f"z{i}": f"z[{i}]" for i in range(model.draws)}
    z = tuple(inputs.extra[name] for name in draws)
    parts["event"] = inputs.write(model.event, (inputs.extra["t"], inputs.y, inputs.p), "typo", "o")
    parts["personal"], parts["personalTargets"] = _overrides(
        inputs, model.personal, (inputs.p, z), "pzo", everything
    )
    settings = [
        _overrides(inputs, arm.settings, (inputs.p,), "po", everything) for arm in model.arms
    ]
    parts["arms"] = _array([_literal({"settings": s, "targets": t}) for s, t in settings])
    return _literal(parts)


def _overrides(inputs, function, args, arguments, everything) -> tuple[str, str]:
    """Write a function that returns a dict of changed parameters, and which ones they are."""
    traced = trace(function, inputs.graph, *args)
    source = function_source(arguments, inputs.where, traced.outputs, "o")
    return source, _array([str(everything.index(key)) for key in traced.keys])


# One number between 0 and 1 at a site, as immunolab/draws.py has it. Written into the loop: as a
# function that is called it takes half of the time of a run.
_UNIFORM = (
    "var h=s[n]+a+{0}|0;h^=h>>>16;h=Math.imul(h,"
    + str(int(FIRST))
    + ");h^=h>>>15;h=Math.imul(h,"
    + str(int(SECOND))
    + ");h^=h>>>16;var u{0}=((h>>>0)+0.5)/4294967296;"
)


class _Sites(_Inputs):
    """The symbols of a grid's rules, and the loops that take a rule from site to site.

    A rule that is called for each site takes five times as long as one that has the loop in it.
    Fields are arrays with a border: ``f`` as they are, ``g`` as they will be; ``i`` is a site in
    them, and ``n`` counts the sites without the border.
    """

    def __init__(self, model: Grid):
        self.model = model
        draws = max(model.initial_draws, *(phase.draws for phase in model.phases))
        chances = [f"u{k}" for k in range(draws)]
        super().__init__(_names(model.parameters), extra=("x", "y", *chances))
        self.where |= {f"p.{q.name}": f"p{k}_" for k, q in enumerate(model.parameters)}
        self.fields = [*model.field_names, INSIDE]
        self.rows, self.columns = model.shape
        width = self.columns + 2
        steps = {"here": "", "north": f"+{width}", "south": f"-{width}", "east": "+1"}
        steps["west"] = "-1"
        for place, step in steps.items():
            self.where |= {
                f"{place}.{name}": f"f{k}[i{step}]" for k, name in enumerate(self.fields)
            }
        around = {place: namespace(self.graph, self.fields, f"{place}.") for place in steps}
        self.here = around.pop("here")
        self.near = SimpleNamespace(**around)
        self.place = SimpleNamespace(x=self.extra["x"], y=self.extra["y"])

    def chance(self, draws: int) -> list[Traced]:
        """Return the numbers that a rule draws at a site."""
        return [self.extra[f"u{k}"] for k in range(draws)]

    def rule(self, who: str, function, args, draws: int) -> str:
        """Write a rule that changes fields, and which fields those are."""
        traced = trace(function, self.graph, *args)
        refuse_unknown_fields(self.model, who, traced.keys)
        targets = [self.fields.index(key) for key in traced.keys]
        stores = "".join(f"g{target}[i]=+r{k};" for k, target in enumerate(targets))
        begin = "".join(f"var g{target}=g[{target}];" for target in targets)
        loop = self.loop(traced.outputs, stores, draws)
        source = f"function(f,g,p,s,a){{{begin}{loop}}}"
        return _literal({"targets": _array(list(map(str, targets))), "rule": source})

    def sums(self, function, args, names: Sequence[str]) -> str:
        """Write the sums of a function over all sites."""
        outputs = trace(function, self.graph, *args, expect=names).outputs
        begin = "".join(f"var c{k}=0;" for k in range(len(names)))
        loop = self.loop(outputs, "".join(f"c{k}+=+r{k};" for k in range(len(names))))
        end = "".join(f"o[{k}]=c{k};" for k in range(len(names)))
        return f"function(f,p,o){{{begin}{loop}{end}}}"

    def map(self, function, args) -> str:
        """Write what a function gives at each site."""
        outputs = trace(function, self.graph, *args).outputs
        return f"function(f,p,o){{{self.loop(outputs, 'o[n]=+r0;')}}}"

    def loop(self, outputs: Sequence[Traced], stores: str, draws: int = 0) -> str:
        """Return the loop over all sites around the outputs and what becomes of them."""
        body, values = _body(self.where, outputs)
        kept = ",".join(f"r{k}={value}" for k, value in enumerate(values))
        thrown = "".join(_UNIFORM.format(k) for k in range(draws))
        inside = f"{thrown}{body}var {kept};{stores}"
        fields = [k for k in range(len(self.fields)) if f"f{k}[" in inside]
        begin = "".join(f"var f{k}=f[{k}];" for k in fields)
        given = [k for k in range(len(self.model.parameters)) if f"p{k}_" in inside]
        begin += "".join(f"var p{k}_=p[{k}];" for k in given)
        return (
            f"{begin}for(var y=0,n=0,i={self.columns + 3};y<{self.rows};y++,i+=2)"
            f"for(var x=0;x<{self.columns};x++,i++,n++){{{inside}}}"
        )


def _grid(model: Grid) -> str:
    sites = _Sites(model)
    around = (sites.here, sites.near)
    start = (sites.place, sites.chance(model.initial_draws), sites.p)
    phases = [
        sites.rule(
            f"phase {k}", phase.rule, (*around, sites.chance(phase.draws), sites.p), phase.draws
        )
        for k, phase in enumerate(model.phases, 1)
    ]
    return _literal(
        {
            "initial": sites.rule("initial", model.initial, start, model.initial_draws),
            "phases": _array(phases),
            "count": sites.sums(model.count, (*around, sites.p), _names(model.counts)),
            "picture": sites.map(model.picture, (*around, sites.p)),
        }
    )
