"""A first view of any model: what ``explore(model)`` shows when nobody said what to show."""

from __future__ import annotations

import numpy as np

from immunolab import view
from immunolab.chance import Cohort
from immunolab.kinds import ODE, Model, Quantity
from immunolab.solve import solve
from immunolab.space import PICTURE, Grid


def automatic_readouts(model: Model) -> list[view.Readout]:
    """Return up to three read-outs: the last values, or the comparison of two arms."""
    if isinstance(model, Cohort):
        names = ("hazard_ratio", "restricted_mean_difference")
        chosen = [q for q in model.quantities if q.name in names]
    else:
        chosen = list(getattr(model, "counts", model.quantities)[:3])
    return [
        view.Readout(f"{q.name}_end", _end_label(model, q), q.name, format=view.Format(unit=q.unit))
        for q in chosen
    ]


def _end_label(model: Model, quantity: Quantity) -> str:
    in_time = isinstance(model, (ODE, Grid))
    return f"{quantity.meaning} at the end" if in_time else quantity.meaning


def automatic_panels(model: Model) -> list[view.Panel]:
    """Return one panel for each unit among the quantities, four curves at most in each."""
    if isinstance(model, Cohort):
        return [_survival_panel(model)]
    if isinstance(model, Grid):
        return [_picture_panel(model), *_count_panels(model)]
    series = solve(model).series
    if isinstance(model, ODE):
        name, x = "t", view.Axis(f"time ({model.time_unit})", *map(float, model.span))
    else:
        name, sweep = model.sweep.name, model.sweep
        label = f"{sweep.meaning} ({sweep.unit})" if sweep.unit else sweep.meaning
        x = view.Axis(label, sweep.low, sweep.high, sweep.scale)
    units = list(dict.fromkeys(q.unit for q in model.quantities))
    return [
        _panel(name, x, unit, [q for q in model.quantities if q.unit == unit][:4], series)
        for unit in units
    ]


def _panel(name: str, x: view.Axis, unit: str, shown: list[Quantity], series) -> view.Panel:
    values = np.concatenate([series[q.name] for q in shown])
    low, high = float(values.min()), float(values.max())
    meanings = ", ".join(q.meaning for q in shown)
    if low > 0 and high / low > 1000:
        y = view.Axis(unit or "value", low / 3, high * 3, "log")
    else:
        room = 0.1 * ((high - low) or abs(high) or 1.0)
        y = view.Axis(unit or "value", min(0.0, low - room if low < 0 else 0.0), high + room)
    return view.Panel(
        title=meanings[:60],
        x=x,
        y=y,
        artists=tuple(
            view.Line(name, q.name, q.meaning[:24], colour) for colour, q in enumerate(shown)
        ),
        alt=f"Line chart of {meanings} against {x.label}.",
    )


def _picture_panel(model: Grid) -> view.Panel:
    rows, columns = model.shape
    # Neighbours in the list differ in mark and colour; no look comes twice among the first twelve.
    marks = tuple(view.MARKS)
    kinds = tuple(
        view.CellKind(label, marks[n % len(marks)], (n + n // len(marks)) % 4)
        for n, label in enumerate(model.drawn)
    )
    blank = ((0.0, ""),)
    return view.Panel(
        title="What stands where",
        x=view.Axis("", 0.0, float(columns), ticks=blank),
        y=view.Axis("", 0.0, float(rows), ticks=blank),
        artists=(view.Cells(PICTURE, model.shape, kinds),),
        alt=f"A map of {columns} by {rows} sites, with marks for {', '.join(model.drawn)}.",
    )


def _count_panels(model: Grid) -> list[view.Panel]:
    series = solve(model).series
    x = view.Axis(f"time ({model.time_unit})", 0.0, float(model.steps))
    units = list(dict.fromkeys(q.unit for q in model.counts))
    return [
        _panel("t", x, unit, [q for q in model.counts if q.unit == unit][:4], series)
        for unit in units
    ]


def _survival_panel(model: Cohort) -> view.Panel:
    start, end = model.patient.span
    return view.Panel(
        title="Share without event",
        x=view.Axis(f"time ({model.patient.time_unit})", float(start), float(end)),
        y=view.Axis("share of patients", 0.0, 1.02),
        artists=(
            *(view.Step(arm.name, arm.label[:24], i) for i, arm in enumerate(model.arms)),
            view.RiskTable(
                tuple(arm.name for arm in model.arms),
                tuple(arm.label for arm in model.arms),
                model.risk_grid,
                tuple(range(len(model.arms))),
            ),
        ),
        alt=f"Kaplan-Meier curves of {model.arms[0].label} and {model.arms[1].label}, "
        "with numbers at risk below the axis.",
    )
