"""Strokes: the few kinds of mark that a figure is redrawn with, and their paths.

Every view artist is broken down into strokes (line, area, marks, bars, label, text, count).  The
page's script ``static/live/picture.js`` has the same :func:`path_data`, so the first picture on the
page is the picture from the build.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from immunolab import view

LABEL_GAP = 14.0  # least distance between two labels at the ends of lines, in SVG units
MARK_RADIUS = 4.0
# The page writes text in the colour of the theme; the build marks it with a colour of its own.
INK = "#010203"


@dataclass(frozen=True, eq=False)
class Stroke:
    """One thing that is redrawn: its kind, where its numbers come from, and its looks."""

    name: str
    kind: str
    data: dict
    colour: str = view.COLOURS[0]
    dash: str = ""


@dataclass(frozen=True)
class AxisMap:
    """From data to SVG units: ``a * u + b`` with ``u`` the value or its decimal logarithm."""

    log: bool
    a: float
    b: float
    low: float
    high: float

    def __call__(self, values) -> np.ndarray:
        """Return positions; values without a logarithm land far below the axis."""
        u = np.asarray(values, dtype=float)
        if self.log:
            u = np.log10(np.maximum(u, 1e-300))
        return np.clip(self.a * u + self.b, -9999.0, 9999.0)


def strokes_of(panel: view.Panel, prefix: str) -> list[Stroke]:
    """Break the artists of a panel down into strokes, in drawing order."""
    strokes: list[Stroke] = []
    for number, artist in enumerate(panel.artists):
        if isinstance(artist, view.Level):
            continue
        strokes += _BREAK_DOWN[type(artist)](artist, f"{prefix}-{number}")
    return strokes


def _looks(artist) -> dict:
    return {"colour": view.COLOURS[artist.colour], "dash": view.DASHES[artist.colour]}


def _line(artist: view.Line, name):
    data = {"x": artist.x, "y": artist.y, "of": artist.of}
    strokes = [Stroke(name, "line", data, **_looks(artist))]
    if artist.label:
        strokes.append(
            Stroke(f"{name}-label", "label", data | {"text": artist.label}, **_looks(artist))
        )
    return strokes


def _fill(artist: view.Fill, name):
    data = {"x": artist.x, "high": artist.high, "low": artist.low, "of": ""}
    strokes = [Stroke(name, "area", data, **_looks(artist))]
    if artist.label:
        end = {"x": artist.x, "y": artist.high, "of": "", "text": artist.label}
        strokes.append(Stroke(f"{name}-label", "label", end, **_looks(artist)))
    return strokes


def _step(artist: view.Step, name):
    x, y = f"time_{artist.arm}", f"survival_{artist.arm}"
    curve = _line(view.Line(x, y, artist.label, artist.colour), name)
    marks = {"x": f"censored_{x}", "y": f"censored_{y}", "which": "all", "marker": "|", "of": ""}
    return [*curve, Stroke(f"{name}-censored", "marks", marks, **_looks(artist))]


def _points(artist: view.Points, name):
    data = {"x": artist.x, "y": artist.y, "which": artist.which, "marker": artist.marker, "of": ""}
    return [Stroke(name, "marks", data, **_looks(artist))]


SITE_RADIUS = 2.6  # of a mark that stands for one site; a row is some six units high


def _cells(artist: view.Cells, name):
    rows, columns = artist.shape
    strokes = []
    for number, kind in enumerate(artist.kinds):
        colour = view.GREY if kind.colour is None else view.COLOURS[kind.colour]
        data = {"series": artist.series, "code": number + 1, "columns": columns, "of": ""}
        data |= {"marker": kind.marker, "radius": SITE_RADIUS}
        strokes.append(Stroke(f"{name}-{number}", "marks", data, colour=colour))
        # Outside the axes, beside the picture; matplotlib makes the room.
        words = {"x": 1.02 * columns, "y": rows * (0.95 - 0.09 * number), "align": "start"}
        words["text"] = f"{view.MARKS[kind.marker]} {kind.label}"
        strokes.append(Stroke(f"{name}-{number}-name", "text", words, colour=colour))
    return strokes


def _trajectory(artist: view.Trajectory, name):
    line = {"x": artist.x, "y": artist.y, "of": ""}
    return [
        Stroke(name, "line", line, **_looks(artist)),
        Stroke(
            f"{name}-start", "marks", line | {"which": "first", "marker": "ring"}, **_looks(artist)
        ),
        Stroke(f"{name}-end", "marks", line | {"which": "last", "marker": "o"}, **_looks(artist)),
    ]


def _bar(artist: view.Bar, name):
    return [Stroke(name, "bars", {"readouts": list(artist.readouts)}, **_looks(artist))]


def _text(artist: view.Text, name):
    data = {"x": artist.x, "y": artist.y, "text": artist.text, "align": artist.align}
    return [Stroke(name, "text", data, colour=INK)]


def _risk_table(artist: view.RiskTable, name):
    return [
        Stroke(
            f"{name}-{row}-{column}",
            "count",
            {"series": f"at_risk_{arm}", "index": column, "row": row, "at": time},
            colour=view.COLOURS[artist.colours[row]],
        )
        for row, arm in enumerate(artist.arms)
        for column, time in enumerate(artist.times)
    ]


_BREAK_DOWN = {
    view.Line: _line,
    view.Fill: _fill,
    view.Step: _step,
    view.Points: _points,
    view.Cells: _cells,
    view.Trajectory: _trajectory,
    view.Bar: _bar,
    view.Text: _text,
    view.RiskTable: _risk_table,
}


def points(stroke: Stroke, runs) -> tuple[np.ndarray, np.ndarray]:
    """Return the data points of a line or of marks."""
    series = runs[stroke.data["of"]]
    if "code" in stroke.data:
        sites = np.flatnonzero(series[stroke.data["series"]] == stroke.data["code"])
        rows, columns = np.divmod(sites, stroke.data["columns"])
        return columns + 0.5, rows + 0.5
    x, y = series[stroke.data["x"]], series[stroke.data["y"]]
    which = stroke.data.get("which", "all")
    if which == "first":
        return x[:1], y[:1]
    return (x[-1:], y[-1:]) if which == "last" else (x, y)


def edges(stroke: Stroke, runs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, upper and lower edge of an area."""
    series, low = runs[stroke.data["of"]], stroke.data["low"]
    x, high = series[stroke.data["x"]], series[stroke.data["high"]]
    return x, high, series[low] if isinstance(low, str) else np.full(x.shape, float(low))


def stroke_text(stroke: Stroke, runs, texts) -> str:
    """Return the words of a text or the number of a risk table."""
    if stroke.kind == "count":
        return f"{runs[''][stroke.data['series']][stroke.data['index']]:.0f}"
    return filled(stroke.data["text"], texts)


def filled(template: str, texts: Mapping[str, tuple[float, str]]) -> str:
    """Replace ``{name}`` by the read-out of that name, as it is written."""
    for name, (_, text) in texts.items():
        template = template.replace("{" + name + "}", text)
    return template


def spread(targets: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart until none overlap, keeping their order; all in SVG units."""
    order = sorted(range(len(targets)), key=lambda i: (targets[i], i))
    placed = [0.0] * len(targets)
    last = -math.inf
    for i in order:
        last = placed[i] = max(min(max(targets[i], low), high), last + LABEL_GAP)
    limit = high
    for i in reversed(order):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - LABEL_GAP
    return placed


def line_through(axis: view.Axis, start: float, end: float) -> tuple[float, float]:
    """Return a and b of the map that takes the axis to start..end."""
    low, high = (math.log10(v) if axis.scale == "log" else v for v in (axis.low, axis.high))
    a = (end - start) / (high - low)
    return a, start - a * low


def path_data(stroke: Stroke, runs, texts, x: AxisMap, y: AxisMap) -> str:
    """Return the ``d`` of a stroke, in tenths of an SVG unit, each point relative to the last."""
    if stroke.kind == "line":
        px, py = points(stroke, runs)
        return _polyline(x(px), y(py))
    if stroke.kind == "area":
        px, high, low = edges(stroke, runs)
        across = x(px)
        return _polyline(np.r_[across, across[::-1]], np.r_[y(high), y(low)[::-1]]) + "z"
    if stroke.kind == "marks":
        px, py = points(stroke, runs)
        size = stroke.data.get("radius", MARK_RADIUS)
        marker = stroke.data["marker"]
        return "".join(_mark(marker, *at, size) for at in zip(x(px), y(py), strict=True))
    return "".join(
        _box(float(x(i - 0.35)), float(x(i + 0.35)), float(y(0)), float(y(texts[name][0])))
        for i, name in enumerate(stroke.data["readouts"])
    )


def _tenths(value: float) -> int:
    # Rounds half up, as JavaScript's Math.round does; Python's round() goes to even.
    return math.floor(value * 10 + 0.5)


def _number(tenths: int) -> str:
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths / 10:.1f}"


def _polyline(xs: np.ndarray, ys: np.ndarray) -> str:
    if xs.size == 0:
        return ""
    across = [_tenths(v) for v in xs]
    down = [_tenths(v) for v in ys]
    parts = [f"M{_number(across[0])} {_number(down[0])}"]
    for i in range(1, len(across)):
        dx, dy = across[i] - across[i - 1], down[i] - down[i - 1]
        if dx or dy:
            parts.append(f"l{_number(dx)} {_number(dy)}")
    return "".join(parts)


def _mark(marker: str, x: float, y: float, radius: float) -> str:
    if marker == "|":
        return f"M{_number(_tenths(x))} {_number(_tenths(y - 4))}v8"
    left, right, top, bottom = (
        _number(_tenths(v)) for v in (x - radius, x + radius, y - radius, y + radius)
    )
    if marker == "s":
        return f"M{left} {top}H{right}V{bottom}H{left}z"
    if marker == "/":
        return f"M{left} {bottom}L{right} {top}"
    if marker == "x":
        return f"M{left} {bottom}L{right} {top}M{left} {top}L{right} {bottom}"
    if marker == "+":
        across, down = _number(_tenths(x)), _number(_tenths(y))
        return f"M{left} {down}H{right}M{across} {top}V{bottom}"
    r, two = _number(_tenths(radius)), _number(_tenths(2 * radius))
    start = f"M{left} {_number(_tenths(y))}"
    return f"{start}a{r} {r} 0 1 0 {two} 0a{r} {r} 0 1 0 -{two} 0z"


def _box(left: float, right: float, base: float, top: float) -> str:
    x0, x1, y0, y1 = (_number(_tenths(v)) for v in (left, right, base, top))
    return f"M{x0} {y0}V{y1}H{x1}V{y0}z"
