"""An explorable: a model, what to turn, what to look at, and what it says.

``explore(model)`` is enough; everything else has a sensible default and can be given.  The one
object shows itself three ways, and the front end picks: live sliders on a built page, working
ipywidgets in a live kernel, and a picture everywhere else.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import SimpleNamespace

import numpy as np

from immunolab import drawing, strokes, svg, view
from immunolab.automatic import automatic_panels, automatic_readouts
from immunolab.chance import Cohort, Population, Simulation
from immunolab.describe import parameter_entry, symbols_of
from immunolab.equations import equations
from immunolab.fragment import for_pages_only
from immunolab.javascript import function_source, model_source, patient_parameters
from immunolab.kinds import ODE, Equilibrium, Formula, Model, ModelError, Parameter, SolveFailure
from immunolab.solve import (
    ABSOLUTE_TOLERANCE,
    MAX_STEPS,
    RELATIVE_TOLERANCE,
    solve,
)
from immunolab.space import INSIDE, Grid
from immunolab.trace import Graph, namespace, trace

#: What a built page looks for in a cell's output; a front end that does not know it ignores it.
MIME_TYPE = "application/vnd.immunolab.explorable+json"
TABLE_ROWS = 13
_GRID_FLOOR = 1e-9  # times and sweeps are given, not solved for; they differ by rounding only


@dataclass(frozen=True)
class Result:
    """What one setting gives: numbers, read-outs as (value, text), and the outcome in words."""

    ok: bool
    message: str = ""
    series: dict[str, np.ndarray] = field(default_factory=dict)
    readouts: dict[str, tuple[float, str]] = field(default_factory=dict)
    outcome: str = ""
    steps: int = 0
    evaluations: int = 0
    runs: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)


@dataclass(frozen=True)
class Explorable:
    """A model made explorable; build it with :func:`explore`."""

    model: Model
    name: str
    title: str
    panels: tuple[view.Panel, ...]
    controls: tuple[str, ...]
    presets: tuple[view.Preset, ...]
    readouts: tuple[view.Readout, ...]
    outcome: tuple[view.Sentence, ...]
    overlays: Mapping[str, Model]
    table: tuple[str, ...]

    def __post_init__(self):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ModelError(
                f"The name {self.name!r} becomes part of links: use small letters, digits and _."
            )
        for control in self.controls:
            self.model.parameter(control)
        for preset in self.presets:
            self.model.settings(preset.values)
        known = set(self._series_names())
        self._check_templates()
        for label, wanted in self._wanted_names():
            if wanted not in known:
                raise ModelError(
                    f"{self.name}: {label} asks for {wanted!r}, which the model does not compute. "
                    f"It computes: {', '.join(sorted(known))}."
                )
        if isinstance(self.model, Grid):
            self._check_cells(self.model)

    def _check_cells(self, model: Grid) -> None:
        for panel in self.panels:
            for cells in panel.artists:
                if not isinstance(cells, view.Cells):
                    continue
                if cells.shape != model.shape or len(cells.kinds) != len(model.drawn):
                    raise ModelError(
                        f"{self.name}, panel {panel.title!r}: the grid has the shape {model.shape} "
                        f"and draws {', '.join(model.drawn)}; Cells has the shape {cells.shape} "
                        f"and {', '.join(kind.label for kind in cells.kinds)}. Make them alike, in "
                        "one order."
                    )

    # ------------------------------------------------------------------------- computing

    @property
    def x(self) -> str:
        """The series that time-like read-outs refer to."""
        return _grid_name(self.model)

    @property
    def floors(self) -> dict[str, float]:
        """The size below which two solvers may differ, for each series."""
        floors = {self.x: _GRID_FLOOR} | {q.name: q.floor for q in self.model.quantities}
        for label, overlay in self.overlays.items():
            floors[f"{label}.{_grid_name(overlay)}"] = _GRID_FLOOR
            floors |= {f"{label}.{q.name}": q.floor for q in overlay.quantities}
        return floors

    @property
    def closed(self) -> dict[str, float]:
        """Parameters that rest at zero, and that nothing in this explorable turns."""
        if not isinstance(self.model, ODE):
            return {}
        opened = {*self.controls, *(name for preset in self.presets for name in preset.values)}
        return {
            p.name: p.default
            for p in self.model.parameters
            if p.default == 0.0 and p.name not in opened
        }

    def compute(self, values: Mapping[str, float] | None = None) -> Result:
        """Solve at these settings; a failure is a result too, with its message."""
        settings = vars(self.model.settings(values))
        try:
            main = solve(self.model, settings)
            runs = {"": main.series}
            for label, overlay in self.overlays.items():
                shared = {p.name: settings[p.name] for p in overlay.parameters}
                runs[label] = solve(overlay, shared).series
        except SolveFailure as failure:
            return Result(ok=False, message=str(failure))
        except (ArithmeticError, ValueError) as problem:
            # A live panel must not keep an old curve, whatever a changed model does.
            return Result(ok=False, message=f"The model could not be computed: {problem}")
        readouts = {}
        for readout in self.readouts:
            value = readout.value(main.series, self.x)
            readouts[readout.name] = (value, readout.format.write(value))
        flat = {
            (f"{label}.{name}" if label else name): array
            for label, run in runs.items()
            for name, array in run.items()
        }
        return Result(
            ok=True,
            series=flat,
            readouts=readouts,
            outcome=self._say(readouts),
            steps=main.steps,
            evaluations=main.evaluations,
            runs=runs,
        )

    def _say(self, readouts) -> str:
        seen = SimpleNamespace(**{name: np.float64(v) for name, (v, _) in readouts.items()})
        for sentence in self.outcome:
            if sentence.when is None or bool(sentence.when(seen)):
                return strokes.filled(sentence.text, readouts)
        return ""

    def random_settings(self, number: int, seed: int) -> list[dict[str, float]]:
        """Return settings at random slider positions of every control."""
        random = np.random.default_rng(seed)
        return [
            {
                p.name: slider_value(p, int(random.integers(p.steps + 1)))
                for p in map(self.model.parameter, self.controls)
            }
            for _ in range(number)
        ]

    def corner_settings(self) -> list[dict[str, float]]:
        """Return every combination of slider ends."""
        ends = [self.model.parameter(control).range for control in self.controls]
        return [
            dict(zip(self.controls, corner, strict=True)) for corner in itertools.product(*ends)
        ]

    def replace(self, **changes) -> Explorable:
        """Return a copy with some parts changed, for instance ``replace(model=mine)``."""
        return replace(self, **changes)

    # --------------------------------------------------------------------------- showing

    def spec(self) -> dict:
        """Return everything the page needs, as plain data."""
        result = self.compute()
        if not result.ok:
            raise SolveFailure(f"{self.name}, at its default settings: {result.message}")
        panels = svg.panel_svgs(self.panels, self.name, result.runs, result.readouts)
        scripts = {label: model_source(m) for label, m in self._models().items()}
        conditions = self._conditions_source()
        script = "{" + ",".join(f'"{k}":{v}' for k, v in scripts.items()) + "}"
        return {
            "version": 1,
            "name": self.name,
            "title": self.title,
            "key": hashlib.sha256((script + conditions).encode()).hexdigest()[:12],
            "script": f"{{models:{script},conditions:{conditions}}}",
            "page": {
                "name": self.name,
                "x": self.x,
                "clock": self.model.clock,
                "models": {label: model_spec(m) for label, m in self._models().items()},
                "parameters": [self._parameter_spec(p) for p in self.model.parameters],
                "presets": [preset.values for preset in self.presets],
                "panels": [_panel_spec(panel) for panel in panels],
                "readouts": [_readout_spec(r) for r in self.readouts],
                "sentences": [sentence.text for sentence in self.outcome],
                "table": self._columns(),
                "rows": TABLE_ROWS,
            },
            "svgs": [panel.svg for panel in panels],
            "controls": list(self.controls),
            "first_sight": view.FIRST_SIGHT,
            "presets": [preset.label for preset in self.presets],
            "shown": [
                {"name": r.name, "label": r.label, "text": result.readouts[r.name][1]}
                for r in self.readouts
                if r.shown
            ],
            "outcome": result.outcome,
            "rows": table_rows(result.series, self.table, TABLE_ROWS),
            "summary": self.model.summary,
            "leaves_out": [
                str(item)
                for item in self.model.leaves_out
                if getattr(item, "of", None) not in self.closed
            ],
            "equations": equations(self.model, self.closed),
            "rules": [phase.says for phase in self.model.phases],
            "clock": self.model.clock,
            "closed": bool(self.closed),
            "symbols": symbols_of(self.model),
            "parameter_table": [
                parameter_entry(p) for p in self._all_parameters() if p.name not in self.closed
            ],
            "source": asdict(self.model.source),
            "code": self.sources(),
        }

    def sources(self) -> dict[str, str]:
        """Return the source of the model's functions, by role."""
        return sources_of(self.model.functions)

    def widget(self):
        """Return the ipywidgets version, for a live kernel."""
        # Imported here: a page build and the tests of the models need no widgets.
        from immunolab.widgets import control_panel

        return control_panel(self)

    def png(self, values: Mapping[str, float] | None = None) -> bytes:
        """Return the picture at these settings."""
        result = self.compute(values)
        if not result.ok:
            raise SolveFailure(f"{self.name}: {result.message}")
        canvas = drawing.Canvas(self.panels)
        canvas.update(result.runs, result.readouts)
        return canvas.png()

    def __repr__(self):
        return f"{self.title}. {self.compute().outcome}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        words = {"text/plain": repr(self)}
        if for_pages_only():
            return words | {MIME_TYPE: self.spec()}
        # No page is made of what a notebook shows to a person; the page's half takes half a second.
        return self.widget()._repr_mimebundle_() | {"image/png": self.png()} | words

    # --------------------------------------------------------------------------- details

    def _models(self) -> dict[str, Model]:
        return {"": self.model, **self.overlays}

    def _all_parameters(self) -> list[Parameter]:
        own = list(self.model.parameters)
        if isinstance(self.model, Cohort):
            names = {p.name for p in own}
            own += [p for p in self.model.patient.parameters if p.name not in names]
        return own

    def _series_names(self) -> list[str]:
        names = [q.name for q in self.model.quantities] + [self.x]
        for label, overlay in self.overlays.items():
            own = [_grid_name(overlay), *(q.name for q in overlay.quantities)]
            names += [f"{label}.{name}" for name in own]
        return names

    def _wanted_names(self):
        for readout in self.readouts:
            yield f"read-out {readout.name!r}", readout.of
        for column in self.table:
            yield "the table", column
        for panel in self.panels:
            for stroke in strokes.strokes_of(panel, "check"):
                prefix = f"{stroke.data['of']}." if stroke.data.get("of") else ""
                for key in ("x", "y", "high", "low", "series"):
                    value = stroke.data.get(key)
                    if isinstance(value, str):
                        yield f"panel {panel.title!r}", prefix + value

    def _check_templates(self) -> None:
        """Refuse a read-out that is asked for by name and does not exist."""
        known = {readout.name for readout in self.readouts}
        if len(known) < len(self.readouts):
            raise ModelError(f"{self.name}: two read-outs have the same name.")
        texts = [sentence.text for sentence in self.outcome]
        bars = []
        for artist in (artist for panel in self.panels for artist in panel.artists):
            texts += [artist.text] if isinstance(artist, view.Text) else []
            bars += artist.readouts if isinstance(artist, view.Bar) else []
        asked = [name for text in texts for name in re.findall(r"{(\w+)}", text)] + bars
        for name in asked:
            if name not in known:
                raise ModelError(
                    f"{self.name}: {name!r} is none of its read-outs ({', '.join(sorted(known))})."
                )

    def _columns(self) -> list[dict]:
        labels = {q.name: (q.meaning, q.unit) for q in self.model.quantities}
        if isinstance(self.model, (ODE, Grid)):
            labels["t"] = ("time", self.model.time_unit)
        elif not isinstance(self.model, Cohort):
            labels[self.model.sweep.name] = (self.model.sweep.meaning, self.model.sweep.unit)
        return [
            {
                "name": n,
                "label": f"{labels[n][0]} ({labels[n][1]})" if labels[n][1] else labels[n][0],
            }
            for n in self.table
        ]

    def _parameter_spec(self, p: Parameter) -> dict:
        return {
            "name": p.name,
            "meaning": p.meaning,
            "unit": p.unit,
            "default": float(p.default),
            "low": float(p.range[0]),
            "high": float(p.range[1]),
            "log": p.scale == "log",
            "steps": p.steps,
            "places": _places(p),
        }

    def _conditions_source(self) -> str:
        """Write the conditions of the outcome sentences as one JavaScript function."""
        graph = Graph()
        names = [readout.name for readout in self.readouts]
        seen = namespace(graph, names)
        answers = [
            graph.constant(1.0) if s.when is None else trace(s.when, graph, seen).outputs[0]
            for s in self.outcome
        ]
        where = {name: f"r[{i}]" for i, name in enumerate(names)}
        return function_source("ro", where, answers, "o")


def explore(
    model: Model,
    *,
    name: str | None = None,
    title: str | None = None,
    panels: Sequence[view.Panel] | None = None,
    controls: Sequence[str] | None = None,
    presets: Sequence[view.Preset] = (),
    readouts: Sequence[view.Readout] | None = None,
    outcome: Sequence[view.Sentence] = (),
    overlays: Mapping[str, Model] | None = None,
    table: Sequence[str] | None = None,
) -> Explorable:
    """Make a model explorable.

    ``controls`` are parameter names, the four most telling first (the rest go behind *More*);
    without them every parameter gets a slider.  Panels and read-outs that are not given are
    made from the model itself, so ``explore(model.replace(rhs=mine))`` works at once.
    """
    if isinstance(model, (Simulation, Population)):
        call = "solve" if isinstance(model, Simulation) else "population.follow"
        raise ModelError(
            f"{model.name} is a {type(model).__name__}: it runs in a kernel only and has no "
            f"sliders. Call {call}({model.name}, ...) and plot what it returns."
        )
    # First, because its errors name the author's line: a model that cannot be read is not solved.
    model_source(model)
    readouts = tuple(automatic_readouts(model) if readouts is None else readouts)
    controls = list(controls or (p.name for p in model.parameters))
    if isinstance(model, Grid) and model.clock not in controls:
        controls.append(model.clock)
    if not outcome:
        said = "; ".join(f"{r.label}: {{{r.name}}}" for r in readouts if r.shown)
        outcome = (view.Sentence(f"Now {said}."),)
    made = Explorable(
        model=model,
        name=name or model.name,
        title=title or model.title,
        panels=tuple(automatic_panels(model) if panels is None else panels),
        controls=tuple(controls),
        presets=tuple(presets),
        readouts=readouts,
        outcome=tuple(outcome),
        overlays=dict(overlays or {}),
        table=(),
    )
    return made.replace(table=tuple(table or _default_table(model, made.x)))


def _grid_name(model: Model) -> str:
    """Return the name of the series that a model is reported over."""
    if isinstance(model, (ODE, Grid)):
        return "t"
    return "risk_time" if isinstance(model, Cohort) else model.sweep.name


def _default_table(model: Model, x: str) -> list[str]:
    if isinstance(model, Cohort):
        kinds = ("share", "at_risk")
        return [x, *(f"{kind}_{arm.name}" for arm in model.arms for kind in kinds)]
    if isinstance(model, Grid):
        return [x, *(q.name for q in model.counts)]
    return [x, *(q.name for q in model.quantities)]


def slider_value(parameter: Parameter, position: int) -> float:
    """Return the value at a slider position, rounded so that a reader can retype it."""
    low, high = parameter.range
    if position <= 0 or position >= parameter.steps:
        return float(low if position <= 0 else high)
    share = position / parameter.steps
    if parameter.scale == "log":
        value = float(f"{low * np.exp(share * np.log(high / low)):.2e}")
    else:
        value = float(f"{low + (high - low) * share:.{_places(parameter)}f}")
    return min(max(value, float(low)), float(high))  # rounding may step over an end


def _places(parameter: Parameter) -> int:
    """Return how many decimals tell two neighbouring slider positions apart."""
    low, high = parameter.range
    return max(0, 1 - int(np.floor(np.log10((high - low) / parameter.steps))))


def table_rows(series, columns: Sequence[str], rows: int) -> list[list[str]]:
    """Return the curve as text, at evenly spaced points."""
    size = series[columns[0]].size
    picked = (
        [round(i * (size - 1) / (rows - 1)) for i in range(rows)] if size > rows else range(size)
    )
    return [[view.rounded(float(series[name][i]), 4) for name in columns] for i in picked]


def sources_of(functions: Mapping[str, Callable]) -> dict[str, str]:
    """Return the source of each function, and of the functions of its own that it calls."""
    listed = {role: source_of(function) for role, function in functions.items()}
    for function in functions.values():
        own = getattr(function, "__globals__", {})
        for name in getattr(getattr(function, "__code__", None), "co_names", ()):
            helper = own.get(name)
            if inspect.isfunction(helper) and helper.__module__ == own.get("__name__"):
                listed.setdefault(name, source_of(helper))
    return listed


def source_of(function) -> str:
    """Return a function's source, as its author wrote it."""
    try:
        return textwrap.dedent(inspect.getsource(function)).rstrip()
    except (OSError, TypeError):
        return f"# the source of {getattr(function, '__name__', function)} is not at hand"


def _panel_spec(panel: svg.PanelSvg) -> dict:
    return {
        "x": asdict(panel.x),
        "y": asdict(panel.y),
        "strokes": [{"name": s.name, "kind": s.kind, **s.data} for s in panel.strokes],
    }


def _readout_spec(readout: view.Readout) -> dict:
    return {
        "name": readout.name,
        "of": readout.of,
        "reduce": readout.reduce,
        "level": readout.level,
        "format": asdict(readout.format),
    }


def model_spec(model: Model) -> dict:
    """Return what the page must know of a model beside its functions."""
    spec = {
        "kind": type(model).__name__,
        "parameters": [p.name for p in model.parameters],
        "quantities": [q.name for q in model.quantities],
    }
    if isinstance(model, ODE):
        return spec | _ode_spec(model)
    if isinstance(model, (Formula, Equilibrium)):
        spec["sweep"] = asdict(model.sweep)
        spec["states"] = [u.name for u in getattr(model, "unknowns", ())]
        spec["observables"] = [u.name for u in getattr(model, "observables", ())]
        return spec
    if isinstance(model, Grid):
        return spec | _grid_spec(model)
    return spec | _ode_spec(model.patient) | _cohort_spec(model)


def _grid_spec(model: Grid) -> dict:
    return {
        "shape": list(model.shape),
        "steps": model.steps,
        "fields": [*model.field_names, INSIDE],
        "inside": len(model.fields),
        "initialDraws": model.initial_draws,
        "draws": [phase.draws for phase in model.phases],
        "counts": [q.name for q in model.counts],
        "clock": model.clock,
    }


def _ode_spec(model: ODE) -> dict:
    return {
        "states": [q.name for q in model.states],
        "observables": [q.name for q in model.observables],
        "span": list(map(float, model.span)),
        "points": model.points,
        "unit": model.time_unit,
        "rtol": RELATIVE_TOLERANCE,
        "atol": ABSOLUTE_TOLERANCE,
        "maxSteps": MAX_STEPS,
        "breakCount": _count(model.breaks, model),
        "jumpCounts": [_count(jump.times, model) for jump in model.jumps],
    }


def _count(times, model: ODE) -> int:
    return len(tuple(times(model.settings()))) if times else 0


def _cohort_spec(model: Cohort) -> dict:
    return {
        "patient": patient_parameters(model),
        "patientDefaults": model.patient.defaults(),
        "draws": model.draws,
        "step": model.step,
        "size": model.size,
        "arms": [arm.name for arm in model.arms],
        "riskTimes": list(model.risk_grid),
    }
