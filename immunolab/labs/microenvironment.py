"""The two core labs of the chapter on the microenvironment; the others are in its `_deeper`."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import DAYS, DETECTABLE, cells, tumour_panel
from immunolab.models.infiltration import COLUMNS, HOURS, ROWS, infiltration
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.space import PICTURE, Grid
from immunolab.view import (
    Axis,
    CellKind,
    Cells,
    Format,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
)

MANY_SUPPRESSIVE = 1.5  # at their peak; a tumour that draws no extra ones stays near 1

_ANTI_PD1 = {"blockade": 0.95}


def into_the_tumour(model: Grid = infiltration) -> Explorable:
    """Return the core lab: which barrier on the way into a tumour is the narrowest."""
    count = Format(digits=1, words=((0.5, "none"),))
    return explore(
        model,
        name="infiltration",
        title="Into the tumour",
        panels=[_map_panel(), _count_panel()],
        controls=[
            *("supply", "entry", "stroma", "suppressors"),
            *("chemokine", "killing", "seed"),
        ],
        presets=[
            Preset("Inflamed", {}),
            Preset("Excluded", {"stroma": 1.0}),
            Preset("Desert", {"supply": 0.1}),
            Preset("Suppressed", {"suppressors": 0.45}),
            Preset("Two barriers", {"stroma": 0.8, "suppressors": 0.35}),
        ],
        readouts=[
            Readout("tissue", "T cells in the tissue, hour 120", "tissue", format=count),
            Readout("touching", "Touching a tumour cell, at most", "touching", "max", format=count),
            Readout("attacking", "… and free to attack, at most", "attacking", "max", format=count),
            Readout("left", "Tumour cells left, hour 120", "left", format=count),
            Readout("begin", "Tumour cells at the start", "left", "first", format=count),
        ],
        outcome=[
            Sentence(
                "Hardly a T cell comes: {tissue} in the tissue after 120 hours. {left} of {begin} "
                "tumour cells are left.",
                lambda r: r.tissue < 25,
            ),
            Sentence(
                "T cells come in, reach the tumour cells and kill: {left} of {begin} are left.",
                lambda r: r.left < 0.25 * r.begin,
            ),
            Sentence(
                "{tissue} T cells are in the tissue, and not one touches a tumour cell: they stay "
                "outside. {left} of {begin} tumour cells are left.",
                lambda r: r.touching < 0.5,
            ),
            Sentence(
                "T cells reach the tumour cells, up to {touching} at a time, but never more than "
                "{attacking} are free to attack. {left} of {begin} tumour cells are left.",
                lambda r: np.logical_and(r.attacking < 0.7 * r.touching, r.touching >= 10),
            ),
            Sentence(
                "{tissue} T cells are in the tissue, but never more than {touching} touch a tumour "
                "cell: they stay outside. {left} of {begin} tumour cells are left.",
                lambda r: r.touching < 0.15 * r.tissue,
            ),
            Sentence(
                "T cells reach some of the tumour cells. {left} of {begin} are left after 120 hours."
            ),
        ],
        table=["t", "tissue", "touching", "attacking", "left"],
    )


def _map_panel() -> Panel:
    blank = ((0.0, ""),)
    return Panel(
        "The tissue",
        x=Axis("each place has room for one cell", 0.0, float(COLUMNS), ticks=blank),
        y=Axis("", 0.0, float(ROWS), ticks=blank),
        artists=(
            Cells(
                PICTURE,
                (ROWS, COLUMNS),
                (
                    CellKind("tumour cell", "s", 3),
                    CellKind("T cell", "o", 2),
                    CellKind("T cell, held", "ring", 2),
                    CellKind("suppressor", "x", 1),
                    CellKind("stroma", "/", None),
                    CellKind("vessel", "+", 0),
                ),
            ),
        ),
        alt="A map of the tissue: two round nests of tumour cells, a ring of stroma around each, "
        "vessels further out, and T cells on their way from the vessels to the nests.",
    )


def _count_panel() -> Panel:
    return Panel(
        "How many",
        x=Axis("hours", 0.0, float(HOURS)),
        y=Axis("cells", 0.0, 250.0),
        artists=(
            Line("t", "left", "tumour cells", colour=3),
            Line("t", "tissue", "T cells", colour=2),
            Line("t", "attacking", "attacking", colour=0),
        ),
        alt="Curves over 120 hours: tumour cells that are left, T cells in the tissue, and T cells "
        "that touch a tumour cell and are free to attack.",
    )


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
            "cxcl12",
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
