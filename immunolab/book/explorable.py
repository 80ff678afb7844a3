"""The HTML of an explorable, complete before any script runs.

The picture, its description, the read-outs, a table and the equations are all there for a reader
without JavaScript; the page's script only brings them to life.
"""

from __future__ import annotations

import json
import math
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from immunolab.describe import (
    equation_block,
    folded,
    left_out,
    parameter_table,
    rule_list,
    source_in_words,
    symbols_in_words,
    table,
    typed,
)

#: Below the equations of a model that is larger than its lab.
CLOSED = "Terms and parameters that are switched off here are left out; the page of models has all."


def to_html(spec: dict) -> str:
    """Return the HTML of one explorable."""
    name = spec["name"]
    settings = [control for control in spec["controls"] if control != spec["clock"]]
    controls = [_control(name, _parameter(spec, control)) for control in settings]
    first, more = controls[: spec["first_sight"]], controls[spec["first_sight"] :]
    hidden = folded("live-more", "More settings", "".join(more)) if more else ""
    return f"""
<div class="explorable" id="{name}" data-live="{spec["key"]}" role="group" aria-labelledby="{name}-title">
<p class="live-title" id="{name}-title">{escape(spec["title"])}</p>
<p class="live-needs-script">The sliders need JavaScript. Without it you see the model at its starting values.</p>
<div class="live-body">
<div class="live-figure">{"".join(spec["svgs"])}{_clock(spec)}</div>
<div class="live-side">
{_presets(spec["presets"])}
<fieldset class="live-controls" disabled><legend class="live-announcement">Settings</legend>{"".join(first)}{hidden}</fieldset>
<div class="live-buttons">
{_button("reset", "Reset")}{_button("keep", "Keep this curve")}<button type="button" data-action="forget" disabled hidden>Forget the kept curve</button>
</div>
</div>
</div>
<p class="live-outcome">{escape(spec["outcome"])}</p>
<p class="live-announcement" role="status"></p>
<p class="live-failure" role="alert" hidden></p>
<p class="live-note" role="status"></p>
<dl class="live-readouts">{"".join(map(_readout, spec["shown"]))}</dl>
<div class="live-buttons">{_button("link", "Link to these settings")}{_button("large", "Large view")}</div>
<div class="live-link" hidden><label for="{name}-link">Link to these settings</label><input id="{name}-link" type="text" readonly disabled></div>
{folded("live-data", "The curve as a table", _data(spec))}
{folded("live-equations", "Rules" if spec["rules"] else "Equations", _equations(spec))}
{folded("live-parameters", "Parameters, values and sources", parameter_table(spec["parameter_table"], spec["title"]))}
{folded("live-code", "The function behind it", _code(spec))}
{left_out(spec["leaves_out"])}
<script type="application/json">{_json(spec["page"])}</script>
<script>(window.immunolabModels=window.immunolabModels||{{}})["{spec["key"]}"]={spec["script"]};</script>
</div>
"""


def _json(value) -> str:
    """Write JSON that cannot end the script element it stands in."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).replace("</", "<\\/")


def _parameter(spec: dict, name: str) -> dict:
    return next(p for p in spec["page"]["parameters"] if p["name"] == name)


def _control(explorable: str, p: dict) -> str:
    label, field = escape(p["meaning"]), f"{explorable}-{p['name']}"
    unit = f' <span class="live-unit">({escape(p["unit"])})</span>' if p["unit"] else ""
    spoken_unit = f", {escape(p['unit'])}" if p["unit"] else ""
    value = typed(p["default"])
    spoken = escape(f"{value} {p['unit']}".strip())
    # A slider counts positions, so that linear and logarithmic ones behave alike.
    return (
        f'<div class="live-control"><label for="{field}">{label}{unit}</label>'
        f'<div class="live-entry">'
        f'<input type="range" id="{field}" data-parameter="{p["name"]}" min="0" max="{p["steps"]}" '
        f'step="1" value="{_position(p)}" aria-valuetext="{spoken}">'
        f'<input type="number" data-parameter="{p["name"]}" step="any" value="{value}" '
        f'min="{typed(p["low"])}" max="{typed(p["high"])}" '
        f'inputmode="decimal" aria-label="{label}{spoken_unit}, typed"></div></div>'
    )


def _position(p: dict) -> int:
    low, high, value = p["low"], p["high"], p["default"]
    share = (
        math.log(value / low) / math.log(high / low) if p["log"] else (value - low) / (high - low)
    )
    return round(share * p["steps"])


def _clock(spec: dict) -> str:
    """Return the slider through the pictures of a grid, and the buttons that move it."""
    if not spec["clock"]:
        return ""
    control = _control(spec["name"], _parameter(spec, spec["clock"]))
    buttons = _button("step", "One step on") + _button("play", "Play")
    return (
        '<fieldset class="live-clock" disabled><legend class="live-announcement">Time shown</legend>'
        f'{control}<div class="live-buttons">{buttons}</div></fieldset>'
    )


def _presets(labels: list[str]) -> str:
    if not labels:
        return ""
    buttons = "".join(
        f'<button type="button" data-preset="{i}" aria-pressed="false" disabled>{escape(label)}</button>'
        for i, label in enumerate(labels)
    )
    return (
        f'<div class="live-presets" role="group" aria-label="Ready-made settings">{buttons}</div>'
    )


def _button(action: str, label: str) -> str:
    return f'<button type="button" data-action="{action}" disabled>{label}</button>'


def _readout(readout: dict) -> str:
    return (
        f"<div><dt>{escape(readout['label'])}</dt>"
        f'<dd data-readout="{readout["name"]}"><span class="live-now">{escape(readout["text"])}</span>'
        f'<span class="live-kept"></span></dd></div>'
    )


def _data(spec: dict) -> str:
    head = [escape(column["label"]) for column in spec["page"]["table"]]
    rows = table(head, [list(map(escape, row)) for row in spec["rows"]], f"Data, {spec['title']}")
    return rows + f'<div class="live-buttons">{_button("csv", "Download as CSV")}</div>'


def _equations(spec: dict) -> str:
    words = [escape(spec["summary"])] if spec["summary"] else []
    if spec["source"]["grade"] != "illustrative":
        words.append(f"After {source_in_words(spec['source'])}.")
    summary = f"<p>{' '.join(words)}</p>" if words else ""
    if spec["rules"]:
        return summary + rule_list(spec["rules"])
    block = equation_block(spec["equations"], spec["title"])
    words = symbols_in_words(spec["symbols"])
    return summary + block + words + (f"<p>{CLOSED}</p>" if spec["closed"] else "")


def _code(spec: dict) -> str:
    parts = []
    for role, code in spec["code"].items():
        html = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
        parts.append(
            f"<p><code>{escape(role)}</code></p>"
            f'<div class="highlight"><pre tabindex="0">{html}</pre></div>'
        )
    return "".join(parts)
