"""Draw panels with matplotlib: the frame once, the strokes as often as a reader moves a slider."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from immunolab import view
from immunolab.strokes import (
    AxisMap,
    Stroke,
    edges,
    line_through,
    points,
    spread,
    stroke_text,
    strokes_of,
)

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
PANEL_SIZE = (4.8, 3.5)  # inches; at 72 dpi one SVG unit is about one CSS pixel on a phone
RISK_TOP = 31  # from the axis to the first row of a risk table


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
                fontsize=11,
            )
        if isinstance(artist, view.Bar):
            axes.set_xticks(range(len(artist.labels)), artist.labels)
        if isinstance(artist, view.RiskTable):
            # The rows of the table stand where the axis label would; make room for them.
            axes.set_xlabel(panel.x.label, labelpad=10 + 15 * len(artist.arms))
            for row, label in enumerate(artist.labels):
                axes.annotate(
                    label,
                    (0, 0),
                    (-18, -RISK_TOP - 15 * row),
                    xycoords="axes fraction",
                    textcoords="offset points",
                    ha="right",
                    va="baseline",
                    fontsize=11,
                    color=view.COLOURS[artist.colours[row]],
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
                drawn = {s: artist_of(axes, s) for s in strokes_of(panel, str(number))}
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
            # The frame is laid out once: to measure it again would double the time of a redraw.
            self.figure.set_layout_engine("none")
            return buffer.getvalue()


def artist_of(axes, stroke: Stroke):
    """Make the matplotlib artist that a stroke is drawn with."""
    dash = tuple(float(d) for d in stroke.dash.split())
    if stroke.kind == "line":
        (line,) = axes.plot([], [], color=stroke.colour, dashes=dash or (None, None))
        return line
    if stroke.kind == "marks":
        marker = stroke.data["marker"]
        looks = {
            "marker": _MARKERS.get(marker, marker),
            "color": stroke.colour,
            "linestyle": "none",
        }
        looks["mfc"] = stroke.colour if marker in FILLED else "none"
        if "radius" in stroke.data:
            looks |= {"markersize": 2 * stroke.data["radius"], "markeredgewidth": 1.2}
        (line,) = axes.plot([], [], **looks)
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
            (stroke.data["at"], 0),
            (0, -RISK_TOP - 15 * stroke.data["row"]),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="baseline",
            fontsize=11,
            color=stroke.colour,
        )
    # Not empty: matplotlib leaves out empty text, and the page needs its place. Words that are
    # known already take the room they need, beside a grid for instance.
    words = stroke.data["text"] if "{" not in stroke.data["text"] else "·"
    align = _ALIGN[stroke.data["align"]]
    return axes.text(stroke.data["x"], stroke.data["y"], words, ha=align, color=stroke.colour)


FILLED = ("o", "s")
# Names of marks that matplotlib has otherwise, or not at all.
_MARKERS = {"ring": "o", "/": Path([(-1.0, -1.0), (1.0, 1.0)])}
_ALIGN = {"start": "left", "middle": "center", "end": "right"}


def _outline(stroke: Stroke, runs, texts) -> Path:
    if stroke.kind == "area":
        x, high, low = edges(stroke, runs)
        corners = np.column_stack([np.r_[x, x[::-1]], np.r_[high, low[::-1]]])
        return Path(np.vstack([corners, corners[:1]]), closed=True)
    boxes = []
    for i, name in enumerate(stroke.data["readouts"]):
        top = texts[name][0]
        corners = [(i - 0.35, 0), (i - 0.35, top), (i + 0.35, top), (i + 0.35, 0), (i - 0.35, 0)]
        boxes.append(Path(corners, closed=True))
    return Path.make_compound_path(*boxes)


def _place_labels(axes, panel: view.Panel, labels: Mapping) -> None:
    """Put each label beside the end of its line (in axes fractions, spread in points)."""
    height = PANEL_SIZE[1] * 72 * 0.72
    share = AxisMap(panel.y.scale == "log", *line_through(panel.y, 0.0, height), 0.0, height)
    wanted = [float(share(value)) for value in labels.values()]
    for artist, at in zip(labels, spread(wanted, 0.0, height), strict=True):
        artist.xy = (1, at / height)
