"""The core lab on hidden barriers of the chapter on the tumour microenvironment.

The other core lab of the chapter is spatial; the further ones are in microenvironment_deeper.
"""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import DAYS, DETECTABLE, cells, tumour_panel
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.view import Axis, Format, Line, Panel, Preset, Readout, Sentence

MANY_SUPPRESSIVE = 1.5  # at their peak; a tumour that draws no extra ones stays near 1

_ANTI_PD1 = {"blockade": 0.95}


def hidden_barriers(model: ODE = virtual_tumour) -> Explorable:
    """Return the core lab: with two barriers, nearly every single blocker fails."""
    return explore(
        model,
        name="barriers",
        title="Hidden barriers",
        panels=[tumour_panel("The tumour"), _inside_panel()],
        controls=[
            "suppressive_depletion",
            "matrix_softening",
            "vessel_normalisation",
            "cxcr4_blockade",
            "engagement",
            "blockade",
            "suppressive_by_tumour",
            "matrix",
            "vessels",
        ],
        presets=[
            Preset("No extra barrier", _ANTI_PD1),
            Preset("Patient A", _ANTI_PD1 | {"suppressive_by_tumour": 3.0}),
            Preset("Patient B", _ANTI_PD1 | {"suppressive_by_tumour": 3.0, "matrix": 2.0}),
            Preset("Patient C", _ANTI_PD1 | {"matrix": 4.0}),
            Preset("Patient D", _ANTI_PD1 | {"matrix": 2.0, "vessels": 1.5}),
        ],
        readouts=[
            Readout("end", "Tumour on day 600", "tumour_cells", format=cells()),
            Readout(
                "suppressive",
                "The biopsy: suppressive cells",
                "suppressive",
                "max",
                format=Format(words=((0.4, "few"), (MANY_SUPPRESSIVE, "some"), (1e9, "very many"))),
            ),
            Readout(
                "attack",
                "T cells at their peak",
                "effector",
                "max",
                format=Format(
                    words=(
                        (0.12, "hardly any"),
                        (0.4, "few"),
                        (0.75, "many"),
                        (1e9, "very many"),
                    )
                ),
            ),
            Readout("begin", "At diagnosis", "tumour_cells", "first", format=cells(), shown=False),
            Readout("blocked", "PD-1 blocked", "pd1_blocked", "max", shown=False),
        ],
        outcome=[
            Sentence(
                "The tumour shrinks below what a scan can find: {end} are left on day 600.",
                lambda r: r.end < DETECTABLE,
            ),
            Sentence(
                "The tumour shrinks, but stays in sight: {end} on day 600.",
                lambda r: r.end < r.begin,
            ),
            Sentence(
                "PD-1 is not blocked. The tumour grows: {end} on day 600.",
                lambda r: r.blocked < 0.05,
            ),
            Sentence(
                "PD-1 is blocked, and the tumour grows: {end} on day 600. The biopsy shows very "
                "many suppressive cells; whether they are the only barrier it does not show.",
                lambda r: r.suppressive > MANY_SUPPRESSIVE,
            ),
            Sentence(
                "PD-1 is blocked, and the tumour grows: {end} on day 600. T cells at their peak: {attack}, "
                "and suppressive cells: {suppressive}. The biopsy does not explain it.",
                lambda r: np.logical_and(r.attack >= 0.4, r.suppressive >= 0.4),
            ),
            Sentence(
                "PD-1 is blocked, and the tumour grows: {end} on day 600. T cells at their peak: "
                "{attack}; suppressive cells: {suppressive}.",
            ),
        ],
        table=["t", "tumour_cells", "effector", "suppressive"],
    )


def _inside_panel() -> Panel:
    return Panel(
        "T cells and suppressive cells",
        x=DAYS,
        y=Axis("arbitrary units", 0.0, 4.0),
        artists=(
            Line("t", "suppressive", "suppressive", colour=3),
            Line("t", "effector", "T cells", colour=2),
        ),
        alt="Curves of suppressive cells and of effector T cells over the same 600 days. Where in the "
        "tumour they stand is not shown.",
    )
