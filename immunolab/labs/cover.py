"""The tumour on the cover: three sliders, one picture."""

from __future__ import annotations

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import DETECTABLE, cells, tumour_panel
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.view import Format, Preset, Readout, Sentence


def treat_this_tumour(model: ODE = virtual_tumour) -> Explorable:
    """Return the cover's explorable: block PD-1, choose the day, choose how visible the tumour is."""
    return explore(
        model,
        name="cover",
        title="Treat this tumour",
        panels=[tumour_panel("A tumour under treatment")],
        controls=["blockade", "start", "antigen"],
        presets=[
            Preset("No treatment", {}),
            Preset("Treat on day 0", {"blockade": 0.95}),
            Preset("Treat on day 200", {"blockade": 0.95, "start": 200.0}),
            Preset("Little antigen", {"blockade": 0.95, "antigen": 0.3}),
            Preset("Antigen that can be lost", {"blockade": 0.95, "antigen_loss": 3e-7}),
        ],
        readouts=[
            Readout("end", "Tumour on day 600", "tumour_cells", format=cells()),
            Readout("smallest", "Smallest size", "tumour_cells", "min", format=cells()),
            Readout(
                "hidden",
                "Too small for a scan",
                "tumour_cells",
                "first below",
                DETECTABLE,
                Format(unit="days after diagnosis", digits=3, never="never"),
            ),
            Readout("begin", "At diagnosis", "tumour_cells", "first", format=cells(), shown=False),
        ],
        outcome=[
            Sentence(
                "The tumour shrinks until no scan can find it: {end} are left on day 600.",
                lambda r: r.end < DETECTABLE,
            ),
            Sentence(
                "The tumour disappears from view and returns, without its antigen: {end} on day 600.",
                lambda r: r.smallest < DETECTABLE,
            ),
            Sentence(
                "The tumour shrinks but stays in sight: {end} on day 600.",
                lambda r: r.end < r.begin,
            ),
            Sentence("The tumour escapes: {end} on day 600."),
        ],
        table=["t", "tumour_cells", "effector", "pdl1"],
    )
