"""Turn a panel into the page's SVG: matplotlib's frame, and strokes that a script can find.

Colours of text and axes follow the theme, ids are unique on a page, and each stroke is one element
with a ``data-artist`` name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from immunolab import view
from immunolab.drawing import FILLED, PANEL_SIZE, RISK_TOP, STYLE, artist_of, draw_frame
from immunolab.kinds import ModelError
from immunolab.strokes import (
    INK,
    AxisMap,
    Stroke,
    line_through,
    path_data,
    spread,
    stroke_text,
    strokes_of,
)

INKED = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")


@dataclass(frozen=True)
class PanelSvg:
    """A panel for the page: its SVG, its axes, its strokes, and the box of its axes."""

    svg: str
    x: AxisMap
    y: AxisMap
    strokes: list[Stroke]


def panel_svgs(panels: Sequence[view.Panel], name: str, runs, texts) -> list[PanelSvg]:
    """Draw the panels of an explorable as SVG whose strokes can be found and redrawn."""
    ink = dict.fromkeys(INKED, INK)
    with mpl.rc_context(STYLE | ink):
        drawn = [_laid_out(panel, f"{name}-{number}") for number, panel in enumerate(panels)]
        _align(axes for axes, _ in drawn)
        return [
            _finished(axes, panel, f"{name}-{number}", strokes, runs, texts)
            for number, (panel, (axes, strokes)) in enumerate(zip(panels, drawn, strict=True))
        ]


def _laid_out(panel: view.Panel, prefix: str):
    """Draw a panel on a figure of its own and freeze its layout."""
    # 72 dpi, and the layout frozen after one drawing: otherwise the layout is computed again for
    # the SVG, and the axes read here would be off by a third of a unit.
    figure = Figure(PANEL_SIZE, dpi=72, layout="constrained", facecolor="none")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set_facecolor("none")
    draw_frame(axes, panel)
    strokes = strokes_of(panel, prefix)
    for stroke in strokes:
        artist_of(axes, stroke).set_gid(stroke.name)
    _refuse_long_labels(strokes)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return axes, strokes


def _align(all_axes: Iterable) -> None:
    """Give stacked panels the same edges, so that equal times stand above each other."""
    all_axes = list(all_axes)
    boxes = [axes.get_position() for axes in all_axes]
    left, right = max(box.x0 for box in boxes), min(box.x1 for box in boxes)
    for axes, box in zip(all_axes, boxes, strict=True):
        axes.set_position((left, box.y0, right - left, box.height))


def _finished(axes, panel: view.Panel, prefix: str, strokes, runs, texts) -> PanelSvg:
    maps = _axis_maps(axes, panel, axes.figure.bbox.height)
    buffer = io.StringIO()
    axes.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = _page_svg(buffer.getvalue(), panel, prefix, strokes, maps, runs, texts)
    return PanelSvg(svg, *maps, strokes)


def _refuse_long_labels(strokes: Iterable[Stroke]) -> None:
    """Refuse labels too long for the margin; constrained layout makes the room itself."""
    for stroke in strokes:
        if stroke.kind == "label" and len(stroke.data["text"]) > 24:
            raise ModelError(
                f"The label {stroke.data['text']!r} is longer than 24 characters and would "
                "squeeze the figure; shorten it."
            )


def _axis_maps(axes, panel: view.Panel, height: float) -> tuple[AxisMap, AxisMap]:
    box = axes.get_window_extent()
    x = AxisMap(panel.x.scale == "log", *line_through(panel.x, box.x0, box.x1), box.x0, box.x1)
    top, bottom = height - box.y1, height - box.y0
    y = AxisMap(panel.y.scale == "log", *line_through(panel.y, bottom, top), top, bottom)
    return x, y


SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", _XLINK)


def _page_svg(source, panel, prefix, strokes, maps, runs, texts) -> str:
    """Turn matplotlib's SVG into the page's: named strokes, theme colours, unique ids."""
    root = ElementTree.fromstring(source)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-label", panel.alt)
    prefix_ids(root, prefix, {stroke.name for stroke in strokes})
    _add_clips(root, prefix, maps)
    groups = {group.get("id"): group for group in root.iter(f"{{{SVG}}}g")}
    labels = _label_places(strokes, maps[1], runs)
    for stroke in strokes:
        if stroke.name not in groups:
            # matplotlib's SVG is not a public contract: a new version may group differently.
            raise RuntimeError(
                f"matplotlib wrote no group for stroke {stroke.name!r} of {prefix!r}"
            )
        _rewrite_stroke(groups[stroke.name], stroke, prefix, maps, runs, texts, labels)
    # The picture is one image with one description; its ticks are not read out one by one.
    drawing = ElementTree.Element(f"{{{SVG}}}g", {"aria-hidden": "true"})
    drawing.extend(list(root))
    root[:] = [drawing]
    text = ElementTree.tostring(root, encoding="unicode")
    quiet = f"fill:{view.GREY.lower()}"
    text = text.replace(quiet, f"fill:var(--live-ink-quiet,{view.GREY})")
    return text.replace(INK, "currentColor")


def _add_clips(root, prefix: str, maps) -> None:
    """Add the frame that cuts lines off at the axes, and a wider one for marks on the edge."""
    x, y = maps
    definitions = ElementTree.SubElement(root, f"{{{SVG}}}defs")
    for kind, room in (("lines", 0.0), ("marks", 6.0)):
        clip = ElementTree.SubElement(definitions, f"{{{SVG}}}clipPath", id=f"{prefix}-{kind}")
        box = (x.low - room, y.low - room, x.high - x.low + 2 * room, y.high - y.low + 2 * room)
        size = dict(zip(("x", "y", "width", "height"), (f"{v:.1f}" for v in box), strict=True))
        ElementTree.SubElement(clip, f"{{{SVG}}}rect", size)


def prefix_ids(root, prefix: str, stroke_names: set[str]) -> None:
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
        path = ElementTree.SubElement(group, f"{{{SVG}}}path")
        path.set("d", path_data(stroke, runs, texts, x, y))
        path.set("style", _path_style(stroke))
        path.set("clip-path", f"url(#{prefix}-{'marks' if stroke.kind == 'marks' else 'lines'})")
        return
    text = ElementTree.SubElement(group, f"{{{SVG}}}text")
    if stroke.kind == "label":
        text.set("x", f"{x.high + 5:.1f}")
        text.set("y", f"{labels[stroke.name] + 4:.1f}")
        text.text = stroke.data["text"]
        text.set("style", f"font-size:12px;font-weight:600;fill:{_shade(stroke.colour)}")
        return
    if stroke.kind == "count":
        text.set("x", f"{float(x(stroke.data['at'])):.1f}")
        text.set("y", f"{y.high + RISK_TOP + 15 * stroke.data['row']:.1f}")
        text.set("style", f"font-size:11px;text-anchor:middle;fill:{_shade(stroke.colour)}")
    else:
        text.set("x", f"{float(x(stroke.data['x'])):.1f}")
        text.set("y", f"{float(y(stroke.data['y'])):.1f}")
        text.set(
            "style",
            f"font-size:12px;text-anchor:{stroke.data['align']};fill:{_shade(stroke.colour)}",
        )
    text.text = stroke_text(stroke, runs, texts)


def _shade(colour: str) -> str:
    """Return the shade that words take: the page's, which follows the theme, else the line's."""
    if colour not in view.COLOURS:  # ink and grey are made to follow the theme once all is written
        return colour.lower()
    return f"var(--live-ink-{view.COLOURS.index(colour)},{colour})"


def _path_style(stroke: Stroke) -> str:
    if stroke.kind == "area":
        return f"fill:{stroke.colour};fill-opacity:0.25;stroke:none"
    if stroke.kind == "bars":
        return f"fill:{stroke.colour};fill-opacity:0.9;stroke:none"
    if stroke.kind == "marks":
        fill = stroke.colour if stroke.data["marker"] in FILLED else "none"
        width = 1.2 if "code" in stroke.data else 1.6
        return f"fill:{fill};stroke:{stroke.colour};stroke-width:{width}"
    dash = f";stroke-dasharray:{stroke.dash}" if stroke.dash else ""
    return f"fill:none;stroke:{stroke.colour};stroke-width:2.4;stroke-linejoin:round{dash}"
