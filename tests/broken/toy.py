# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""A small explorable that keeps the contract of the book's own: the tests' tests break it on purpose.

Its page half is toy.js. Logistic growth under a constant kill rate, by fixed steps of RK4, written
in the same order of operations in both languages.
"""

import itertools
import json
import math
import random
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import MappingProxyType

import numpy as np

NAME = "toy-growth"
PARAMETERS = {  # name: (label, unit, lowest, highest, step, default)
    "growth": ("Growth", "per day", 0.0, 1.0, 0.01, 0.3),
    "capacity": ("Capacity", "million cells", 1.0, 10.0, 0.1, 5.0),
    "kill": ("Killing", "per day", 0.0, 1.0, 0.01, 0.1),
    "start": ("Cells at the start", "million cells", 0.1, 2.0, 0.1, 0.5),
}
PRESETS = {"No killing": {"kill": 0.0}, "Strong killing": {"kill": 0.6}}
DEFAULTS = {name: row[-1] for name, row in PARAMETERS.items()}
DAYS, STEPS = 60.0, 120
FIGURE = {"width": 320, "height": 200, "left": 30, "right": 310, "top": 10, "bottom": 180}


@dataclass
class Result:
    ok: bool = True
    message: str = ""
    series: dict = field(default_factory=dict)
    readouts: dict = field(default_factory=dict)
    outcome: str = ""
    steps: int = 0


class Toy:
    name = NAME
    floors = MappingProxyType({"time": 1.0, "cells": 1e-6})

    def compute(self, values):
        p = {**DEFAULTS, **values}

        def slope(n):
            return p["growth"] * n * (1 - n / p["capacity"]) - p["kill"] * n

        h, n = DAYS / STEPS, p["start"]
        cells = [n]
        for _ in range(STEPS):
            k1 = slope(n)
            k2 = slope(n + h / 2 * k1)
            k3 = slope(n + h / 2 * k2)
            k4 = slope(n + h * k3)
            n = n + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            cells.append(n)
        verb = "grows" if n > p["start"] else "shrinks"
        return Result(
            series={"time": np.arange(STEPS + 1) * h, "cells": np.array(cells)},
            readouts={"end": (n, f"{n:.2f} million cells")},
            outcome=f"The tumour {verb} to {n:.2f} million cells by day {DAYS:.0f}.",
            steps=STEPS,
        )

    def random_settings(self, n, seed):
        source = random.Random(seed)
        return [
            {name: source.uniform(row[2], row[3]) for name, row in PARAMETERS.items()}
            for _ in range(n)
        ]

    def corner_settings(self):
        ends = [(row[2], row[3]) for row in PARAMETERS.values()]
        return [dict(zip(PARAMETERS, corner, strict=True)) for corner in itertools.product(*ends)]


def path(result):
    f = FIGURE
    time, cells = result.series["time"], result.series["cells"]
    x = f["left"] + (f["right"] - f["left"]) * time / DAYS
    y = f["bottom"] - (f["bottom"] - f["top"]) * cells / 10
    return "M " + " L ".join(f"{a:.2f} {b:.2f}" for a, b in zip(x, y, strict=True))


def explorable(name=NAME):
    """The HTML of the explorable as a build would write it."""
    result = Toy().compute(DEFAULTS)
    controls = "".join(_control(name, parameter, *row) for parameter, row in PARAMETERS.items())
    first, last = controls.rsplit('<div class="live-control">', 1)
    rows = "".join(
        f"<tr><td>{t:g}</td><td>{c:.4f}</td></tr>"
        for t, c in zip(result.series["time"][::10], result.series["cells"][::10], strict=True)
    )
    presets = "".join(
        f"<button type=button disabled aria-pressed=false data-preset='{json.dumps(v)}'>{k}</button>"
        for k, v in PRESETS.items()
    )
    actions = {
        "reset": "Reset",
        "keep": "Keep this curve",
        "forget": "Forget the kept curve",
        "link": "Link",
        "large": "Large view",
        "csv": "CSV",
    }
    buttons = "".join(
        f"<button type=button disabled data-action={k}{' hidden' * (k == 'forget')}>{v}</button>"
        for k, v in actions.items()
    )
    f = FIGURE
    return f"""
<div class="explorable" id="{name}" data-live>
<svg role="img" aria-label="Tumour cells over sixty days: growth towards a plateau" width="100%"
 viewBox="0 0 {f["width"]} {f["height"]}"><g data-artist="cells"><path d="{path(result)}" fill="none" stroke="#0072b2"/></g>
<text x="150" y="196" font-size="11">days</text></svg>
<noscript><p>The sliders need JavaScript. The figure shows the starting values.</p></noscript>
{first}<details class="live-more"><summary>More settings</summary><div class="live-control">{last}</details>
<p>{presets}{buttons}</p>
<dl class="live-readouts"><dt>At the end</dt><dd data-readout="end"><span class="live-now">{result.readouts["end"][1]}</span> <span class="live-kept"></span></dd></dl>
<p class="live-outcome">{escape(result.outcome)}</p>
<p class="live-announcement" role="status"></p>
<p class="live-failure" role="alert" hidden></p>
<p class="live-note" role="status" hidden></p>
<details class="live-data"><summary>Data of the curve</summary><table><caption>Cells over time</caption>
<thead><tr><th>time (days)</th><th>cells (million)</th></tr></thead><tbody>{rows}</tbody></table></details>
</div>"""


def page(body, head=""):
    """A whole page round a body, with nothing wrong in it."""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A page · the tests</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>body {{ font: 16px sans-serif; margin: 1em }} .explorable {{ max-width: 40em }}
button {{ min-height: 24px; color: #000; background: #eee }} :focus-visible {{ outline: 3px solid #0072b2 }}
.explorable.live-large {{ position: fixed; inset: 0; max-width: none; overflow: auto; background: #fff }}
.live-announcement {{ position: absolute; clip-path: inset(50%) }}</style>{head}</head>
<body><main><article><h1>A page of the tests</h1>
{body}
</article></main></body></html>"""


def live_page():
    script = (Path(__file__).parent / "toy.js").read_text(encoding="utf-8")
    facts = {"name": NAME, "defaults": DEFAULTS, "days": DAYS, "steps": STEPS, "figure": FIGURE}
    return page(
        f"<p>Move the <a href='#end'>sliders</a>.</p>{explorable()}<script>const TOY = "
        f"{json.dumps(facts)};\n{script}</script>"
    )


def _control(name, parameter, label, unit, low, high, step, default):
    field_id = f"{name}-{parameter}"
    limits = f'min="{low:g}" max="{high:g}" step="{step:g}" value="{default:g}" aria-valuetext="{default:g} {unit}" data-parameter="{parameter}" disabled'
    return (
        f'<div class="live-control"><label for="{field_id}">{label}</label> <input type="range" id="{field_id}" {limits}> '
        f'<input type="number" aria-label="{label}, {unit}" {limits}> <span>{unit}</span></div>\n'
    )


assert math.isclose(
    Toy().compute({"kill": 0.0}).series["cells"][-1], 5.0, rel_tol=1e-3
)  # it does reach its capacity
