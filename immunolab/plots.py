"""Figures of what trials found: hazard ratios, and the arms beside each other.

Every mark is a row of ``data/trials.csv`` that the caller names by its id, and the same rows stand
below the figure as a table with their sources::

    hazard_ratios(["T115", "T127"], "Two trials in melanoma", "Both hazard ratios lie below 1 ...")

Words stand above each interval, not beside it, so that a figure fits a phone.  Whether a result
is significant is not shown by colour: the reader sees where the interval ends.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from immunolab import view
from immunolab.drawing import STYLE
from immunolab.evidence import RANDOMISED, EvidenceError, table
from immunolab.fragment import Fragment, for_pages_only
from immunolab.strokes import INK
from immunolab.svg import INKED, SVG, prefix_ids
from immunolab.trial_words import arm_in_words, patients, ratio, ratio_in_words, source

# In SVG units, which are CSS pixels on a phone 390 pixels wide.
WIDTH = 325.0
EDGE = 13.0  # room beside the axes: for half a tick label
LINE = 15.5  # from one line of words to the next
TRACK = 19.0  # the height of one interval
GAP = 15.0  # between two rows
FOOT = 41.0  # ticks and axis label
SIZE, SMALL = 12.0, 11.5
FITS = 48  # characters of the smaller size in one line

MARKERS = ("s", "o", "D", "^")
GLYPHS = ("■", "●", "◆", "▲")
RATIO_TICKS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0)


@dataclass(frozen=True)
class _Words:
    """One line of words in a figure; ``colour`` counts :data:`view.COLOURS`, or is none of them."""

    text: str
    bold: bool = False
    colour: int | None = None


@dataclass(frozen=True)
class _Interval:
    """A mark with its interval; what is not a number (not reached) lies beyond the right edge."""

    value: float
    low: float
    high: float
    series: int
    beyond: bool = False


@dataclass(frozen=True)
class _Block:
    """A row of the figure: its words, and the intervals below them."""

    words: tuple[_Words, ...]
    intervals: tuple[_Interval, ...]

    @property
    def height(self) -> float:
        return LINE * len(self.words) + TRACK * len(self.intervals) + GAP


# ------------------------------------------------------------------------------------- figures


def hazard_ratios(
    rows: Iterable[str],
    title: str,
    alt: str,
    favours: tuple[str, str] = ("first-named arm better", "second better"),
    caption: str = "",
) -> Fragment:
    """Return a forest plot of trials, on a logarithmic axis with a line where the arms are equal.

    ``alt`` says in words what is shown and which way it points; ``favours`` names the left and
    the right side.  Marks differ by outcome: one for survival, another for progression.
    """
    trials = _chosen(rows)
    for row_id, trial in trials.iterrows():
        if pd.isna(trial["hazard_ratio"]):
            raise EvidenceError(
                f"{_name(row_id, trial)} has no hazard ratio with an interval in data/trials.csv; "
                "leave it out, or show it with arm_values."
            )
    outcomes = list(dict.fromkeys(map(_outcome, trials["endpoint"])))
    blocks = [
        _Block(
            (
                *_wrapped(f"{trial['trial']}: {_outcome(trial['endpoint'])}", bold=True),
                *_wrapped(_who(trial, trials)),
                *_wrapped(f"{trial['experimental_arm']} against {trial['control_arm']}"),
                *_wrapped(ratio_in_words(trial)),
            ),
            (
                _Interval(
                    *trial[["hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"]],
                    series=outcomes.index(_outcome(trial["endpoint"])) % len(MARKERS),
                ),
            ),
        )
        for _, trial in trials.iterrows()
    ]
    low, high = trials["hazard_ratio_low"].min(), trials["hazard_ratio_high"].max()
    limits = (min(low / 1.06, 0.8), max(high * 1.06, 1.25))
    with _style():
        sides = _sides(favours)
        key = _key(outcomes) if len(outcomes) > 1 else ()
        axes, tracks = _laid_out(blocks, key, FOOT + LINE * len(sides))
        axes.set_xscale("log")
        axes.set_xlim(limits)
        _ticks(axes, tracks, [tick for tick in RATIO_TICKS if limits[0] <= tick <= limits[1]])
        _lines(axes, tracks, 1.0)
        _draw(axes, blocks, tracks)
        axes.set_xlabel("hazard ratio, logarithmic scale", fontsize=SMALL)
        for number, (left, right) in enumerate(sides):
            below = axes.get_ylim()[0] + FOOT + LINE * (number + 0.7)
            _write(axes, 0, below, _Words(left))
            _write(axes, 1, below, _Words(right), align="right")
        return _fragment(axes.figure, trials, title, alt, caption, _ratio_table(trials))


def arm_values(
    rows: Iterable[str],
    title: str,
    alt: str,
    caption: str = "",
) -> Fragment:
    """Return the arms of trials beside each other: rates in percent, or medians in months.

    The upper mark of a row is the experimental arm, the lower one the control arm, with the
    interval of the arm where the source has one.  A median that was not reached is an arrow.
    """
    trials = _chosen(rows)
    for row_id, trial in trials.iterrows():
        if "" in (trial["experimental_text"], trial["control_text"]):
            raise EvidenceError(
                f"{_name(row_id, trial)} has no value for both arms in data/trials.csv; "
                "leave it out of arm_values."
            )
    units = list(dict.fromkeys(trials["unit"]))
    if len(units) > 1:
        raise EvidenceError(
            f"{', '.join(trials.index)}: one figure has one unit, and these rows have "
            f"{' and '.join(units)}; draw one figure for each."
        )
    arms = ("experimental", "control")
    blocks = [
        _Block(
            (
                *_wrapped(f"{trial['trial']}: {trial['endpoint']}", bold=True),
                *_wrapped(_who(trial, trials)),
                *(
                    words
                    for series, arm in enumerate(arms)
                    for words in _wrapped(
                        f"{GLYPHS[series]} {arm_in_words(trial, arm)}: {trial[f'{arm}_arm']}",
                        colour=series,
                    )
                ),
            ),
            tuple(_arm_interval(trial, arm, series) for series, arm in enumerate(arms)),
        )
        for _, trial in trials.iterrows()
    ]
    numbers = [f"{arm}{end}" for arm in arms for end in ("", "_low", "_high")]
    top = 1.08 * trials[numbers].max().max()
    with _style():
        axes, tracks = _laid_out(blocks, (), FOOT)
        axes.set_xlim(0, min(top, 100) if units == ["%"] else top)
        _ticks(axes, tracks, mpl.ticker.MaxNLocator(5).tick_values(0, axes.get_xlim()[1]))
        _lines(axes, tracks, 0.0)
        _draw(axes, blocks, tracks)
        label = {"%": "share of patients, percent", "months": "months"}[units[0]]
        axes.set_xlabel(label, fontsize=SMALL)
        return _fragment(axes.figure, trials, title, alt, caption, _arm_table(trials))


def _chosen(rows: Iterable[str]) -> pd.DataFrame:
    """Return the trials with these ids, in this order, if chance had assigned their arms."""
    ids, trials = list(rows), table("trials")
    if not ids:
        raise EvidenceError("A figure of trials needs at least one row of data/trials.csv.")
    for number, row_id in enumerate(ids):
        if row_id not in trials.index:
            raise EvidenceError(f"data/trials.csv has no row {row_id!r}.")
        if row_id in ids[:number]:
            raise EvidenceError(f"The row {row_id!r} is named twice; a trial counts once.")
        kind = trials.at[row_id, "comparison_type"]
        if kind != RANDOMISED:
            raise EvidenceError(
                f"{_name(row_id, trials.loc[row_id])} is {kind}: arms are drawn beside each "
                "other only where chance assigned them."
            )
    return trials.loc[ids]


def _name(row_id: str, trial: pd.Series) -> str:
    return f"Row {row_id} ({trial['trial']})"


# --------------------------------------------------------------------------------------- words


def _outcome(endpoint: str) -> str:
    """Return what a hazard ratio is about: *overall survival, median* is about survival."""
    return re.split(r", median| at |\s*\(", endpoint)[0]


def _who(trial: pd.Series, trials: pd.DataFrame) -> str:
    """Say who was treated, as far as the rows of the figure differ in it."""
    differ = [trial[name] for name in ("disease", "population") if trials[name].nunique() > 1]
    return "; ".join(words for words in differ if not words.startswith("all randomised"))


def _sides(favours: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the words for both sides of 1: on one line, or on two where they would touch."""
    left, right = f"← {favours[0]}", f"{favours[1]} →"
    return ((left, right),) if len(left + right) < FITS - 2 else ((left, ""), ("", right))


def _arm_interval(trial: pd.Series, arm: str, series: int) -> _Interval:
    ends = trial[[arm, f"{arm}_low", f"{arm}_high"]]
    beyond = "NR" in (trial[f"{arm}_text"], trial[f"{arm}_high_text"])
    return _Interval(*ends, series=series, beyond=beyond)


def _wrapped(text: str, bold: bool = False, colour: int | None = None) -> tuple[_Words, ...]:
    width = int(FITS * (0.9 if bold else 1))
    return tuple(_Words(line, bold, colour) for line in textwrap.wrap(text, width))


def _key(outcomes: Sequence[str]) -> tuple[_Words, ...]:
    """Return the lines that say which mark stands for which outcome."""
    return tuple(
        _Words(f"{GLYPHS[number % len(GLYPHS)]} {outcome}", colour=number % len(MARKERS))
        for number, outcome in enumerate(outcomes)
    )


# ------------------------------------------------------------------------------------- drawing


def _style():
    return mpl.rc_context(STYLE | dict.fromkeys(INKED, INK) | {"axes.grid": False})


def _laid_out(blocks: Sequence[_Block], key: Sequence[_Words], foot: float):
    """Return axes with all words in them, and the heights at which the intervals of rows run.

    The vertical axis counts SVG units from the top, so words and intervals cannot overlap.
    """
    top = LINE * len(key) + (GAP if key else 0)
    body = top + sum(block.height for block in blocks)
    height = body + foot
    figure = Figure((WIDTH / 72, height / 72), dpi=72, facecolor="none")
    FigureCanvasAgg(figure)
    box = (EDGE / WIDTH, foot / height, 1 - 2 * EDGE / WIDTH, body / height)
    axes = figure.add_axes(box, facecolor="none")
    axes.set_ylim(body, 0)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", labelsize=SMALL)
    for number, words in enumerate(key):
        _write(axes, 0, LINE * (number + 0.8), words)
    tracks = []
    for block in blocks:
        for number, words in enumerate(block.words):
            _write(axes, 0, top + LINE * (number + 0.8), words)
        first = top + LINE * len(block.words) + TRACK / 2
        tracks.append([first + TRACK * number for number in range(len(block.intervals))])
        top += block.height
    return axes, tracks


def _write(axes, x: float, y: float, words: _Words, align: str = "left") -> None:
    """Write words at a share of the width and a distance from the top."""
    axes.text(
        x,
        y,
        words.text,
        transform=axes.get_yaxis_transform(),
        ha=align,
        va="baseline",
        fontsize=SIZE if words.bold else SMALL,
        weight="bold" if words.bold else "normal",
        color=INK if words.colour is None else view.COLOURS[words.colour],
        clip_on=False,
    )


def _ticks(axes, tracks, ticks) -> None:
    """Set the ticks, and faint lines above them that leave the words free."""
    low, high = axes.get_xlim()
    ticks = [float(tick) for tick in ticks if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    for tick in ticks:
        _lines(axes, tracks, tick, alpha=0.25)


def _lines(axes, tracks, x: float, alpha: float = 1.0) -> None:
    """Draw a line at a value, interrupted where the words are."""
    ends = [(run[0] - TRACK / 2, run[-1] + TRACK / 2, math.nan) for run in tracks]
    heights = [height for end in ends for height in end]
    axes.plot([x] * len(heights), heights, color=view.GREY, alpha=alpha, linewidth=1.0, zorder=1)


def _draw(axes, blocks: Sequence[_Block], tracks) -> None:
    right = axes.get_xlim()[1]
    for block, heights in zip(blocks, tracks, strict=True):
        for interval, y in zip(block.intervals, heights, strict=True):
            colour = view.COLOURS[interval.series]
            line = {"color": colour, "linewidth": 2.2, "solid_capstyle": "butt", "zorder": 2}
            end = right if interval.beyond else interval.high
            if pd.notna(interval.low) and pd.notna(end):
                axes.plot([interval.low, end], [y, y], **line)
                axes.plot([interval.low] * 2, [y - 4, y + 4], **line)
            if interval.beyond:
                axes.plot(right, y, marker=">", markersize=8, color=colour, clip_on=False)
            elif pd.notna(interval.low):
                axes.plot([end] * 2, [y - 4, y + 4], **line)
            if pd.notna(interval.value):
                marker = MARKERS[interval.series]
                axes.plot(interval.value, y, marker=marker, markersize=8, color=colour, zorder=3)


# ---------------------------------------------------------------------------------- the fragment


def _fragment(figure, trials, title: str, alt: str, caption: str, cells) -> Fragment:
    if len(alt.strip()) < 20:
        raise EvidenceError(
            f"The figure {title!r}: the alternative text must say what is shown and which way it "
            "points, in at least 20 characters."
        )
    name = "plot-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    more = f" {escape(caption)}" if caption else ""
    html = (
        f'<figure class="evidence-plot" id="{name}">'
        f"<figcaption><strong>{escape(title)}.</strong>{more}</figcaption>"
        f"{_svg(figure, name, alt)}"
        f"<details><summary>The numbers as a table</summary>"
        f"{_html_table(cells, f'The numbers, {title}')}</details></figure>"
    )
    plain = "\n".join([f"{title}. {caption}".strip(), alt, *map("; ".join, _plain_rows(trials))])
    png = None if for_pages_only() else _png(figure)
    return Fragment(html=html, plain=plain, png=png)


def _plain_rows(trials: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    for row_id, trial in trials.iterrows():
        yield row_id, f"{trial['trial']}, {trial['endpoint']}", trial["citation"]


def _svg(figure, name: str, alt: str) -> str:
    """Return the figure as SVG for the page: theme colours, unique ids, one description."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(buffer.getvalue())
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    # matplotlib's style sheet says `*`, which would reach the whole page.
    for definitions in root.iter(f"{{{SVG}}}defs"):
        for sheet in definitions.findall(f"{{{SVG}}}style"):
            definitions.remove(sheet)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    prefix_ids(root, name, set())
    for text in root.iter(f"{{{SVG}}}text"):
        for number, colour in enumerate(view.COLOURS):
            # Words need more contrast than marks do, so they have shades that follow the theme.
            fill = f"var(--live-ink-{number},{colour})"
            text.set("style", text.get("style").replace(f"fill:{colour.lower()}", f"fill:{fill}"))
    drawing = ElementTree.Element(f"{{{SVG}}}g", {"aria-hidden": "true"})
    drawing.extend(list(root))
    root[:] = [drawing]
    return ElementTree.tostring(root, encoding="unicode").replace(INK, "currentColor")


def _png(figure) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Software": None}
    figure.savefig(buffer, format="png", dpi=160, facecolor="white", metadata=metadata)
    return buffer.getvalue()


def _html_table(cells: pd.DataFrame, label: str) -> str:
    """Return a table that scrolls sideways by keyboard too; cells are HTML."""
    heads = "".join(f'<th scope="col">{head}</th>' for head in cells.columns)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in cells.itertuples(index=False, name=None)
    )
    return (
        f'<div class="evidence-scroll" role="group" tabindex="0" aria-label="{escape(label)}">'
        f'<table aria-label="{escape(label)}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _ratio_table(trials: pd.DataFrame) -> pd.DataFrame:
    return _table(trials, {"Hazard ratio": [ratio(trial) for _, trial in trials.iterrows()]})


def _arm_table(trials: pd.DataFrame) -> pd.DataFrame:
    arms = {"Treatment": "experimental", "Control": "control"}
    return _table(
        trials,
        {
            head: [arm_in_words(trial, arm) for _, trial in trials.iterrows()]
            for head, arm in arms.items()
        },
    )


def _table(trials: pd.DataFrame, results: dict[str, list[str]]) -> pd.DataFrame:
    """Return the rows of a figure with what was compared, the results, and the source."""
    compared = trials["experimental_arm"] + " against " + trials["control_arm"]
    level = trials["interval_level_text"].map(lambda text: f"{text} %" if text else "none given")
    columns = {
        "Trial": trials["trial"],
        "Patients": trials["disease"] + "; " + trials["line"] + "; " + trials["population"],
        "Compared": compared,
        "In each arm": [patients(trial) for _, trial in trials.iterrows()],
        "Outcome": trials["endpoint"],
        **results,
        "Level of intervals": level,
        "p": trials["p_value"],
        "Follow-up": trials["follow_up"],
        "Careful": trials["note"],
        "Ledger row": trials.index,
    }
    cells = pd.DataFrame({head: pd.Series(list(column)) for head, column in columns.items()})
    cells = cells.replace("", "not given").map(escape)
    cells["Careful"] = cells["Careful"].replace("not given", "")
    cells.insert(len(cells.columns) - 2, "Source", [source(t) for _, t in trials.iterrows()])
    return cells
