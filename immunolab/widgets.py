"""The explorable in a live kernel: ipywidgets for the controls, SciPy for the numbers.

The controls are the page's: sliders with typed entry, presets, reset, keep.  The figure is made
once; a moved slider only moves its artists.
"""

from __future__ import annotations

from html import escape
from math import log10

import ipywidgets as widgets

from immunolab.chance import Cohort
from immunolab.describe import rule_list
from immunolab.drawing import Canvas
from immunolab.equations import equations
from immunolab.kinds import Parameter, Source
from immunolab.space import Grid
from immunolab.view import FIRST_SIGHT


def control_panel(explorable) -> widgets.VBox:
    """Return the widget of an explorable."""
    return _Panel(explorable).box


def _background(explorable) -> widgets.Accordion:
    """Return the folded part: equations, parameters with their sources, the functions."""
    rules = [phase.says for phase in explorable.model.phases]
    rows = "".join(
        f"<tr><td>${p.symbol}$</td><td>{escape(p.meaning)}</td><td>{p.default:g}</td>"
        f"<td>{escape(p.unit)}</td><td>{escape(_source(p.source))}</td></tr>"
        for p in explorable.model.parameters
        if p.name not in explorable.closed
    )
    head = "".join(f"<th>{word}</th>" for word in ("", "Meaning", "Value", "Unit", "Source"))
    listed = explorable.sources()
    code = "".join(f"<pre>{escape(source)}</pre>" for source in listed.values())
    parts = {
        **({"Rules": widgets.HTML(rule_list(rules))} if rules else {}),
        **({} if rules else {"Equations": widgets.HTMLMath()}),
        "Parameters, values and sources": widgets.HTMLMath(f"<table><tr>{head}</tr>{rows}</table>"),
        "The function behind it": widgets.HTML(code),
    }
    folded = widgets.Accordion(list(parts.values()), titles=tuple(parts))
    if not rules:
        folded.observe(lambda change: _write_equations(explorable, folded), "selected_index")
    return folded


def _write_equations(explorable, folded: widgets.Accordion) -> None:
    """Write the equations as soon as somebody unfolds them: SymPy takes seconds to import."""
    field = folded.children[0]
    if folded.selected_index == 0 and not field.value:
        lines = equations(explorable.model, explorable.closed)
        field.value = "".join(f"$${line}$$" for line in lines)


def _source(source: Source) -> str:
    """Return a source in words: citation, DOI, ledger id."""
    return ", ".join(word for word in (source.citation, source.doi, source.ledger) if word)


class _Panel:
    def __init__(self, explorable):
        self.explorable = explorable
        self.hidden = {}  # settings of a preset that no slider shows
        self.quiet = False  # while several sliders are set at once, draw only at the end
        self.canvas = Canvas(explorable.panels)
        self.image = widgets.Image(format="png", layout={"max_width": "100%"})
        self.words = widgets.HTML()
        self.sliders = {
            name: self._slider(explorable.model.parameter(name)) for name in explorable.controls
        }
        clock = explorable.model.clock
        sliders = [slider for name, slider in self.sliders.items() if name != clock]
        first, more = sliders[:FIRST_SIGHT], sliders[FIRST_SIGHT:]
        self.box = widgets.VBox(
            [
                widgets.HTML(f"<b>{escape(explorable.title)}</b>"),
                widgets.HBox([self._preset(p) for p in explorable.presets]),
                widgets.VBox(first),
                *(
                    [widgets.Accordion([widgets.VBox(more)], titles=("More settings",))]
                    if more
                    else []
                ),
                widgets.HBox(
                    [
                        self._button("Reset", self._reset),
                        self._button("Keep this curve", self._keep),
                        self._button("Forget the kept curve", self._forget),
                    ]
                ),
                self.image,
                *([self.sliders[clock]] if clock else []),
                self.words,
                _background(explorable),
            ]
        )
        self.redraw()

    def _slider(self, p: Parameter):
        low, high = p.range
        shared = {
            "value": p.default,
            "description": f"{p.meaning} ({p.unit})" if p.unit else p.meaning,
            "tooltip": p.meaning,
            # These take a third of a second: wait until the slider is let go.
            "continuous_update": not isinstance(self.explorable.model, (Cohort, Grid)),
            "style": {"description_width": "22em"},
            "layout": {"width": "44em", "max_width": "100%"},
            "readout_format": ".4g",
        }
        if p.scale == "log":
            # This slider's own limits are exponents, its value is not.
            slider = widgets.FloatLogSlider(
                min=log10(low), max=log10(high), step=log10(high / low) / p.steps, **shared
            )
        else:
            slider = widgets.FloatSlider(min=low, max=high, step=(high - low) / p.steps, **shared)
        slider.observe(lambda change: self.redraw(), names="value")
        return slider

    def _button(self, label, action):
        button = widgets.Button(description=label, layout={"width": "auto"})
        button.on_click(lambda _: action())
        return button

    def _preset(self, preset):
        return self._button(
            preset.label, lambda: self._set(self.explorable.model.defaults() | preset.values)
        )

    def values(self) -> dict[str, float]:
        """Return the settings; a logarithmic slider can miss its end by a hair, so keep inside."""
        settings = dict(self.hidden)
        for name, slider in self.sliders.items():
            low, high = self.explorable.model.parameter(name).range
            settings[name] = min(max(slider.value, low), high)
        return settings

    def _set(self, values):
        self.hidden = {k: v for k, v in values.items() if k not in self.sliders}
        self.quiet = True
        for name, slider in self.sliders.items():
            slider.value = values[name]
        self.quiet = False
        self.redraw()

    def _reset(self):
        self.canvas.forget()
        self._set(self.explorable.model.defaults())

    def _keep(self):
        if not self.image.value:
            return  # a failure has no curve to keep
        self.canvas.keep()
        self.redraw()

    def _forget(self):
        self.canvas.forget()
        self.redraw()

    def redraw(self):
        """Solve at the sliders' settings and move the artists, or say what went wrong."""
        if self.quiet:
            return
        result = self.explorable.compute(self.values())
        if not result.ok:
            # Never an old curve beside a moved slider.
            self.image.value = b""
            self.words.value = f"<p role='alert'><b>{escape(result.message)}</b></p>"
            return
        self.canvas.update(result.runs, result.readouts)
        self.image.value = self.canvas.png()
        shown = "".join(
            f"<li>{escape(r.label)}: <b>{escape(result.readouts[r.name][1])}</b></li>"
            for r in self.explorable.readouts
            if r.shown
        )
        self.words.value = f"<p>{escape(result.outcome)}</p><ul>{shown}</ul>"
