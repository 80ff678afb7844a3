"""What several labs share: where they start, and axes, limits and words for the virtual tumour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from immunolab.kinds import Model
from immunolab.view import Axis, Format, Level, Line, Panel

PERCENT = Format("percent")

#: Smallest tumour that imaging finds, in cells (Bozic 2013, doi:10.7554/eLife.00747).
DETECTABLE = 63e6

DAYS = Axis("days since diagnosis", 0.0, 600.0)
CELLS = Axis(
    "tumour cells",
    1.0,
    1e11,
    "log",
    ((1.0, "1"), (1e3, "1 000"), (1e6, "1 million"), (1e9, "1 billion")),
)


def starting_at(model: Model, values: Mapping[str, float]) -> Model:
    """Return the model with other values at the start; all else, its ranges too, stays.

    Raises a ModelError for a parameter that the model does not have.
    """
    for name in values:
        model.parameter(name)
    return model.replace(
        parameters=tuple(
            replace(parameter, default=values.get(parameter.name, parameter.default))
            for parameter in model.parameters
        )
    )


def cells() -> Format:
    """Return how a tumour's size is written."""
    return Format("cells", words=((1.0, "no tumour cell"),))


def tumour_panel(title: str) -> Panel:
    """Return the picture of a tumour's size in time, with the limit of detection."""
    return Panel(
        title,
        x=DAYS,
        y=CELLS,
        artists=(
            Level(DETECTABLE, "limit of a scan (Bozic 2013)"),
            Line("t", "tumour_cells", "tumour", colour=1),
        ),
        alt="Curve of the number of tumour cells, on a logarithmic scale, over 600 days from "
        "diagnosis; a dotted line marks the smallest tumour that a scan finds.",
    )
