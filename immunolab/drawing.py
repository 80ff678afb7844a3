"""Draw panels with matplotlib, once for the notebook and once as SVG for the page.

Every view artist is broken down into *strokes*: the few kinds of mark that the page's script
can redraw (line, area, marks, bars, label, text).  matplotlib sets the frame, the ticks and the
layout; the path of a stroke is written by :func:`path_data`, and the page's script has the same
function, so the first picture on the page is the picture from the build.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from immunolab import view
from immunolab.kinds import ModelError

#: One style for every figure of the book.
STYLE = {
    "font.size": 12.0,
    "axes.titlesize": 12.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": view.GREY,
    "grid.alpha": 0.18,
    "grid.linewidth": 0.6,
    "lines.linewidth": 2.2,
    "svg.fonttype": "none",
    "svg.hashsalt": "escape-routes",
    "path.simplify": False,
}
# Text and axes are drawn in this colour and become `currentColor` on the page, so that they
# follow the theme; no other element has it.
_INK = "#010203"
_INKED = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
PANEL_SIZE = (4.8, 3.5)  # inches; at 72 dpi one SVG unit is about one CSS pixel on a phone
LABEL_GAP = 14.0  # least distance between two labels at the ends of lines, in SVG units
MARK_RADIUS = 4.0


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


# ------------------------------------------------------------------------ artists to strokes


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
    return [Stroke(name, "bars", {"readouts": list(artist.quantities)}, **_looks(artist))]


def _text(artist: view.Text, name):
    data = {"x": artist.x, "y": artist.y, "text": artist.text, "align": artist.align}
    return [Stroke(name, "text", data, colour=_INK)]


def _risk_table(artist: view.RiskTable, name):
    return [
        Stroke(
            f"{name}-{row}-{column}",
            "count",
            {"series": f"at_risk_{arm}", "index": column, "row": row},
            colour=view.COLOURS[row],
        )
        for row, arm in enumerate(artist.arms)
        for column in range(5)
    ]


_BREAK_DOWN = {
    view.Line: _line,
    view.Fill: _fill,
    view.Step: _step,
    view.Points: _points,
    view.Trajectory: _trajectory,
    view.Bar: _bar,
    view.Text: _text,
    view.RiskTable: _risk_table,
}


# ------------------------------------------------------------------------------ the figure


def draw_frame(axes, panel: view.Panel) -> None:
    """Set limits, scales, ticks, labels and fixed lines of one panel."""
    axes.set(title=panel.title, xlabel=panel.x.label, ylabel=panel.y.label)
    axes.set_xscale(panel.x.scale)
    axes.set_yscale(panel.y.scale)
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    for axis, described in ((axes.xaxis, panel.x), (axes.yaxis, panel.y)):
        if described.ticks:
            axis.set_ticks([at for at, _ in described.ticks], [text for _, text in described.ticks])
            axis.set_ticks([], minor=True)
    for artist in panel.artists:
        if isinstance(artist, view.Level):
            axes.axhline(artist.y, color=view.GREY, linewidth=1.2, linestyle=(0, (1, 2)))
            axes.annotate(
                artist.label,
                (0.01, artist.y),
                (0, 3),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                color=view.GREY,
                fontsize=10,
            )
        if isinstance(artist, view.Bar):
            axes.set_xticks(range(len(artist.labels)), artist.labels)
        if isinstance(artist, view.RiskTable):
            # The rows of the table stand where the axis label would; make room for them.
            axes.set_xlabel(panel.x.label, labelpad=6 + 15 * len(artist.arms))
            for row, label in enumerate(artist.labels):
                axes.annotate(
                    label,
                    (0, 0),
                    (-18, -26 - 15 * row),
                    xycoords="axes fraction",
                    textcoords="offset points",
                    ha="right",
                    va="baseline",
                    fontsize=10,
                    color=view.COLOURS[row],
                )


class Canvas:
    """A matplotlib figure whose strokes are updated in place."""

    def __init__(self, panels: Sequence[view.Panel], columns: int | None = None):
        with mpl.rc_context(STYLE):
            columns = columns or len(panels)
            rows = math.ceil(len(panels) / columns)
            width, height = PANEL_SIZE
            self.figure = Figure((width * columns, height * rows), dpi=100, layout="constrained")
            FigureCanvasAgg(self.figure)
            grid = self.figure.subplots(rows, columns, squeeze=False).ravel()
            self.parts = []
            for number, (axes, panel) in enumerate(zip(grid, panels, strict=False)):
                draw_frame(axes, panel)
                drawn = {s: _artist(axes, s) for s in strokes_of(panel, str(number))}
                self.parts.append((axes, panel, drawn))
            for axes in grid[len(panels) :]:
                axes.set_axis_off()

    def update(self, runs: Mapping[str, Mapping[str, np.ndarray]], texts: Mapping) -> None:
        """Move every stroke to a new run; the frame stays as it is."""
        for axes, panel, drawn in self.parts:
            labels = {}
            for stroke, artist in drawn.items():
                if stroke.kind in ("line", "marks"):
                    artist.set_data(*points(stroke, runs))
                elif stroke.kind in ("area", "bars"):
                    artist.set_path(_outline(stroke, runs, texts))
                elif stroke.kind == "label":
                    labels[artist] = float(runs[stroke.data["of"]][stroke.data["y"]][-1])
                else:
                    artist.set_text(stroke_text(stroke, runs, texts))
            _place_labels(axes, panel, labels)

    def keep(self) -> None:
        """Leave a grey copy of every line where it is now, under the live one."""
        self.forget()
        for axes, _, drawn in self.parts:
            for stroke, artist in drawn.items():
                if stroke.kind == "line":
                    (ghost,) = axes.plot(*artist.get_data(), color=view.GREY, alpha=0.6, zorder=1)
                    ghost.set_gid("ghost")

    def forget(self) -> None:
        """Remove the copies that :meth:`keep` left."""
        for axes, _, _ in self.parts:
            for line in [line for line in axes.lines if line.get_gid() == "ghost"]:
                line.remove()

    def png(self) -> bytes:
        """Return the picture as it is now."""
        with mpl.rc_context(STYLE):
            buffer = io.BytesIO()
            # No software name and no date: the same picture is the same file.
            self.figure.savefig(buffer, format="png", metadata={"Software": None})
            return buffer.getvalue()


def _artist(axes, stroke: Stroke):
    """Make the matplotlib artist that a stroke is drawn with."""
    dash = tuple(float(d) for d in stroke.dash.split())
    if stroke.kind == "line":
        (line,) = axes.plot([], [], color=stroke.colour, dashes=dash or (None, None))
        return line
    if stroke.kind == "marks":
        marker = "o" if stroke.data["marker"] == "ring" else stroke.data["marker"]
        face = "none" if stroke.data["marker"] == "ring" else stroke.colour
        (line,) = axes.plot([], [], marker=marker, linestyle="none", color=stroke.colour, mfc=face)
        return line
    if stroke.kind in ("area", "bars"):
        alpha = 0.25 if stroke.kind == "area" else 0.9
        empty = Path(np.empty((0, 2)))
        return axes.add_patch(PathPatch(empty, facecolor=stroke.colour, alpha=alpha, lw=0))
    if stroke.kind == "label":
        return axes.annotate(
            stroke.data["text"],
            (1, 0.5),
            (5, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            weight="bold",
            color=stroke.colour,
            annotation_clip=False,
        )
    if stroke.kind == "count":
        return axes.annotate(
            "0",
            (stroke.data["index"] / 4, 0),
            (0, -26 - 15 * stroke.data["row"]),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            va="baseline",
            fontsize=10,
            color=stroke.colour,
        )
    # Not empty: matplotlib leaves out empty text, and the page needs its place.
    return axes.text(stroke.data["x"], stroke.data["y"], "·", ha=_ALIGN[stroke.data["align"]])


_ALIGN = {"start": "left", "middle": "center", "end": "right"}


def points(stroke: Stroke, runs) -> tuple[np.ndarray, np.ndarray]:
    """Return the data points of a line or of marks."""
    series = runs[stroke.data["of"]]
    x, y = series[stroke.data["x"]], series[stroke.data["y"]]
    which = stroke.data.get("which", "all")
    if which == "first":
        return x[:1], y[:1]
    return (x[-1:], y[-1:]) if which == "last" else (x, y)


def _edges(stroke: Stroke, runs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, upper and lower edge of an area."""
    series, low = runs[stroke.data["of"]], stroke.data["low"]
    x, high = series[stroke.data["x"]], series[stroke.data["high"]]
    return x, high, series[low] if isinstance(low, str) else np.full(x.shape, float(low))


def _outline(stroke: Stroke, runs, texts) -> Path:
    if stroke.kind == "area":
        x, high, low = _edges(stroke, runs)
        corners = np.column_stack([np.r_[x, x[::-1]], np.r_[high, low[::-1]]])
        return Path(np.vstack([corners, corners[:1]]), closed=True)
    boxes = []
    for i, name in enumerate(stroke.data["readouts"]):
        top = texts[name][0]
        corners = [(i - 0.35, 0), (i - 0.35, top), (i + 0.35, top), (i + 0.35, 0), (i - 0.35, 0)]
        boxes.append(Path(corners, closed=True))
    return Path.make_compound_path(*boxes)


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


def _place_labels(axes, panel: view.Panel, labels: Mapping) -> None:
    """Put each label beside the end of its line (in axes fractions, spread in points)."""
    height = PANEL_SIZE[1] * 72 * 0.72
    share = AxisMap(panel.y.scale == "log", *_line_through(panel.y, 0.0, height), 0.0, height)
    wanted = [float(share(value)) for value in labels.values()]
    for artist, at in zip(labels, spread(wanted, 0.0, height), strict=True):
        artist.xy = (1, at / height)


def _line_through(axis: view.Axis, start: float, end: float) -> tuple[float, float]:
    """Return a and b of the map that takes the axis to start..end."""
    low, high = (math.log10(v) if axis.scale == "log" else v for v in (axis.low, axis.high))
    a = (end - start) / (high - low)
    return a, start - a * low


# --------------------------------------------------------------------------- SVG for the page


@dataclass(frozen=True)
class PanelSvg:
    """A panel for the page: its SVG, its axes, its strokes, and the box of its axes."""

    svg: str
    x: AxisMap
    y: AxisMap
    strokes: list[Stroke]


def panel_svg(panel: view.Panel, prefix: str, runs, texts) -> PanelSvg:
    """Draw one panel and return it as SVG whose strokes can be found and redrawn."""
    ink = dict.fromkeys(_INKED, _INK)
    with mpl.rc_context(STYLE | ink):
        # 72 dpi, and the layout frozen after one drawing: otherwise the layout is computed
        # again for the SVG, and the axes read here would be off by a third of a unit.
        figure = Figure(PANEL_SIZE, dpi=72, layout="constrained", facecolor="none")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        axes.set_facecolor("none")
        draw_frame(axes, panel)
        strokes = strokes_of(panel, prefix)
        for stroke in strokes:
            _artist(axes, stroke).set_gid(stroke.name)
        _reserve_label_room(figure, strokes)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        maps = _axis_maps(axes, panel, figure.bbox.height)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = _page_svg(buffer.getvalue(), panel, prefix, strokes, maps, runs, texts)
    return PanelSvg(svg, *maps, strokes)


def _reserve_label_room(figure, strokes: Iterable[Stroke]) -> None:
    """Refuse labels too long for the margin; constrained layout makes the room itself."""
    for stroke in strokes:
        if stroke.kind == "label" and len(stroke.data["text"]) > 24:
            raise ModelError(
                f"The label {stroke.data['text']!r} is longer than 24 characters and would "
                "squeeze the figure; shorten it."
            )


def _axis_maps(axes, panel: view.Panel, height: float) -> tuple[AxisMap, AxisMap]:
    box = axes.get_window_extent()
    x = AxisMap(panel.x.scale == "log", *_line_through(panel.x, box.x0, box.x1), box.x0, box.x1)
    top, bottom = height - box.y1, height - box.y0
    y = AxisMap(panel.y.scale == "log", *_line_through(panel.y, bottom, top), top, bottom)
    return x, y


def path_data(stroke: Stroke, runs, texts, x: AxisMap, y: AxisMap) -> str:
    """Return the ``d`` of a stroke, in tenths of an SVG unit, each point relative to the last."""
    if stroke.kind == "line":
        px, py = points(stroke, runs)
        return _polyline(x(px), y(py))
    if stroke.kind == "area":
        px, high, low = _edges(stroke, runs)
        across = x(px)
        return _polyline(np.r_[across, across[::-1]], np.r_[y(high), y(low)[::-1]]) + "z"
    if stroke.kind == "marks":
        px, py = points(stroke, runs)
        return "".join(_mark(stroke.data["marker"], *at) for at in zip(x(px), y(py), strict=True))
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


def _mark(marker: str, x: float, y: float) -> str:
    if marker == "|":
        return f"M{_number(_tenths(x))} {_number(_tenths(y - 4))}v8"
    r = _number(_tenths(MARK_RADIUS))
    start = f"M{_number(_tenths(x - MARK_RADIUS))} {_number(_tenths(y))}"
    two = _number(_tenths(2 * MARK_RADIUS))
    return f"{start}a{r} {r} 0 1 0 {two} 0a{r} {r} 0 1 0 -{two} 0z"


def _box(left: float, right: float, base: float, top: float) -> str:
    x0, x1, y0, y1 = (_number(_tenths(v)) for v in (left, right, base, top))
    return f"M{x0} {y0}V{y1}H{x1}V{y0}z"


_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


def _page_svg(source, panel, prefix, strokes, maps, runs, texts) -> str:
    """Turn matplotlib's SVG into the page's: named strokes, theme colours, unique ids."""
    root = ElementTree.fromstring(source)
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-label", panel.alt)
    _prefix_ids(root, prefix, {stroke.name for stroke in strokes})
    _add_clips(root, prefix, maps)
    groups = {group.get("id"): group for group in root.iter(f"{{{_SVG}}}g")}
    labels = _label_places(strokes, maps[1], runs)
    for stroke in strokes:
        if stroke.name not in groups:
            # matplotlib's SVG is not a public contract: a new version may group differently.
            raise RuntimeError(
                f"matplotlib wrote no group for stroke {stroke.name!r} of {prefix!r}"
            )
        _rewrite_stroke(groups[stroke.name], stroke, prefix, maps, runs, texts, labels)
    text = ElementTree.tostring(root, encoding="unicode")
    return text.replace(_INK, "currentColor")


def _add_clips(root, prefix: str, maps) -> None:
    """Add the frame that cuts lines off at the axes, and a wider one for marks on the edge."""
    x, y = maps
    definitions = ElementTree.SubElement(root, f"{{{_SVG}}}defs")
    for kind, room in (("lines", 0.0), ("marks", 6.0)):
        clip = ElementTree.SubElement(definitions, f"{{{_SVG}}}clipPath", id=f"{prefix}-{kind}")
        box = (x.low - room, y.low - room, x.high - x.low + 2 * room, y.high - y.low + 2 * room)
        size = dict(zip(("x", "y", "width", "height"), (f"{v:.1f}" for v in box), strict=True))
        ElementTree.SubElement(clip, f"{{{_SVG}}}rect", size)


def _prefix_ids(root, prefix: str, stroke_names: set[str]) -> None:
    """Make ids unique on a page; drop those that nothing refers to."""
    used = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.endswith("href"):
                used.add(value.lstrip("#"))
            if value.startswith("url(#"):
                used.add(value[5:-1])
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id" and value not in stroke_names:
                if value in used:
                    element.set("id", f"{prefix}-{value}")
                else:
                    del element.attrib["id"]
            elif key.endswith("href"):
                element.set(key, f"#{prefix}-{value.lstrip('#')}")
            elif value.startswith("url(#"):
                element.set(key, f"url(#{prefix}-{value[5:-1]})")
            elif key == "style":
                element.set(key, _without_font_family(value))


def _without_font_family(style: str) -> str:
    """Let the page's own font set the figure's text."""
    parts = [part.strip() for part in style.split(";")]
    kept = []
    for part in parts:
        if part.startswith("font:"):
            size = next(word for word in part.split() if word.endswith("px"))
            kept.append(f"font-size:{size}")
            if "700" in part or "bold" in part:
                kept.append("font-weight:600")
        elif part and not part.startswith("font-family"):
            kept.append(part.replace(": ", ":"))
    return ";".join(kept)


def _label_places(strokes, y: AxisMap, runs) -> dict[str, float]:
    labels = [stroke for stroke in strokes if stroke.kind == "label"]
    wanted = [float(y(runs[s.data["of"]][s.data["y"]][-1])) for s in labels]
    return dict(zip((s.name for s in labels), spread(wanted, y.low, y.high), strict=True))


def _rewrite_stroke(group, stroke: Stroke, prefix, maps, runs, texts, labels) -> None:
    """Replace what matplotlib drew for a stroke by one element that the page can redraw."""
    x, y = maps
    group.clear()
    group.set("data-artist", stroke.name)
    if stroke.kind in ("line", "area", "marks", "bars"):
        path = ElementTree.SubElement(group, f"{{{_SVG}}}path")
        path.set("d", path_data(stroke, runs, texts, x, y))
        path.set("style", _path_style(stroke))
        path.set("clip-path", f"url(#{prefix}-{'marks' if stroke.kind == 'marks' else 'lines'})")
        return
    text = ElementTree.SubElement(group, f"{{{_SVG}}}text")
    if stroke.kind == "label":
        text.set("x", f"{x.high + 5:.1f}")
        text.set("y", f"{labels[stroke.name] + 4:.1f}")
        text.text = stroke.data["text"]
        text.set("style", f"font-size:12px;font-weight:600;fill:{stroke.colour}")
        return
    if stroke.kind == "count":
        text.set("x", f"{x.low + (x.high - x.low) * stroke.data['index'] / 4:.1f}")
        text.set("y", f"{y.high + 26 + 15 * stroke.data['row']:.1f}")
        text.set("style", f"font-size:10px;text-anchor:middle;fill:{stroke.colour}")
    else:
        text.set("x", f"{float(x(stroke.data['x'])):.1f}")
        text.set("y", f"{float(y(stroke.data['y'])):.1f}")
        text.set("style", f"font-size:12px;text-anchor:{stroke.data['align']};fill:{stroke.colour}")
    text.text = stroke_text(stroke, runs, texts)


def _path_style(stroke: Stroke) -> str:
    if stroke.kind == "area":
        return f"fill:{stroke.colour};fill-opacity:0.25;stroke:none"
    if stroke.kind == "bars":
        return f"fill:{stroke.colour};fill-opacity:0.9;stroke:none"
    if stroke.kind == "marks":
        fill = stroke.colour if stroke.data["marker"] == "o" else "none"
        return f"fill:{fill};stroke:{stroke.colour};stroke-width:1.6"
    dash = f";stroke-dasharray:{stroke.dash}" if stroke.dash else ""
    return f"fill:none;stroke:{stroke.colour};stroke-width:2.4;stroke-linejoin:round{dash}"
