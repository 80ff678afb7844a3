"""The two core labs of the chapter on immune checkpoints; the others are in checkpoints_deeper."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import DAYS, DETECTABLE, cells, tumour_panel
from immunolab.models.trans_endocytosis import trans_endocytosis
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.view import (
    Axis,
    Fill,
    Format,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
    Text,
)

HARDLY_ANY = 0.12  # effectors at their peak, in units of a strong response


def the_brake(model: ODE = virtual_tumour) -> Explorable:
    """Return the core lab: a brake can be released only where something pushes."""
    return explore(
        model,
        name="brake",
        title="The brake",
        panels=[tumour_panel("The tumour"), _inside_panel()],
        controls=[
            "blockade",
            "antigen",
            "pd1_brake",
            "jak",
            "constitutive_pdl1",
            "priming",
            "matrix",
            "start",
            "presentation_needing_interferon",
        ],
        presets=[
            Preset("Hot tumour", {}),
            Preset("Cold tumour", {"priming": 0.001, "matrix": 3.0}),
            Preset("JAK lost", {"jak": 0.0}),
            Preset("PD-L1, few T cells", {"constitutive_pdl1": 1.5, "priming": 0.001}),
            Preset("Antigen can be lost", {"blockade": 0.95, "antigen_loss": 3e-7}),
        ],
        readouts=[
            Readout("end", "Tumour on day 600", "tumour_cells", format=cells()),
            Readout(
                "attack",
                "T cells at their peak",
                "effector",
                "max",
                format=Format(
                    words=(
                        (HARDLY_ANY, "hardly any"),
                        (0.4, "few"),
                        (0.75, "many"),
                        (1e9, "very many"),
                    )
                ),
            ),
            Readout("pdl1_peak", "PD-L1 at its peak", "pdl1", "max", format=Format()),
            Readout(
                "pdl1_added",
                "PD-L1 added under attack",
                "pdl1_from_attack",
                "max",
                format=Format(),
            ),
            Readout("begin", "At diagnosis", "tumour_cells", "first", format=cells(), shown=False),
            Readout("blocked", "PD-1 blocked", "pd1_blocked", "max", shown=False),
            Readout(
                "smallest", "Smallest size", "tumour_cells", "min", format=cells(), shown=False
            ),
        ],
        outcome=[
            Sentence(
                "T cells at their peak: {attack}. The tumour shrinks below what a scan can find: {end} are left on day 600.",
                lambda r: r.end < DETECTABLE,
            ),
            Sentence(
                "The tumour disappears from view and returns: {end} on day 600.",
                lambda r: r.smallest < DETECTABLE,
            ),
            Sentence(
                "T cells at their peak: {attack}. The tumour shrinks but stays in sight: {end} on day 600.",
                lambda r: r.end < r.begin,
            ),
            Sentence(
                "Hardly any T cells come. With PD-1 free the tumour has {end} on day 600.",
                lambda r: np.logical_and(r.attack < HARDLY_ANY, r.blocked < 0.05),
            ),
            Sentence(
                "Hardly any T cells come, so releasing the brake changes little: {end} on day 600.",
                lambda r: r.attack < HARDLY_ANY,
            ),
            Sentence(
                "T cells at their peak: {attack}. PD-L1 does not rise, and on day 600 the tumour has {end}.",
                lambda r: np.logical_and(r.pdl1_added <= 0, r.blocked < 0.05),
            ),
            Sentence(
                "T cells come, but this tumour does not hear their interferon-gamma: it adds no PD-L1 "
                "and shows little antigen. {end} on day 600.",
                lambda r: r.pdl1_added <= 0,
            ),
            Sentence(
                "T cells at their peak: {attack}. PD-L1 rises with them, and on day 600 the tumour has "
                "{end}, more than at diagnosis.",
            ),
        ],
        table=["t", "tumour_cells", "effector", "pdl1", "pdl1_from_attack"],
    )


def _inside_panel() -> Panel:
    return Panel(
        "T cells and PD-L1",
        x=DAYS,
        y=Axis("arbitrary units", 0.0, 2.5),
        artists=(
            Fill("t", "pdl1", "constitutive", colour=1),
            Line("t", "pdl1", "PD-L1", colour=1),
            Line("t", "effector", "T cells", colour=2),
        ),
        alt="Curves of effector T cells and of PD-L1 over the same 600 days; the shaded part of "
        "PD-L1 is what the attack itself has added.",
    )


def taking_the_ligand(model: ODE = trans_endocytosis) -> Explorable:
    """Return the second core lab: CTLA-4 competes for B7-1, and takes it away."""
    share = Format("percent")
    return explore(
        model,
        name="costimulation",
        title="CTLA-4, CD28 and B7",
        panels=[
            Panel(
                "Help for the next T cell",
                x=_HOURS,
                y=_SHARE,
                artists=(
                    Fill("t", "visit", colour=3),
                    Text(2.3, 1.05, "visit"),
                    Line("t", "help", "help through CD28", colour=2),
                ),
                alt="Over the same 24 hours: the help that a T cell finds through CD28, as a share "
                "of what it found before the visit, which is shaded.",
            ),
            Panel(
                "B7-1 on the presenting cell",
                x=_HOURS,
                y=_SHARE,
                artists=(
                    Fill("t", "visit", colour=3),
                    Text(2.3, 1.05, "visit"),
                    Line("t", "left", "B7-1 left", colour=0),
                    Line("t", "held", "held by CTLA-4", colour=1),
                ),
                alt="Over 24 hours: B7-1 on an antigen-presenting cell, and how much of it CTLA-4 "
                "holds, as shares of what was there at first. The shaded hours are the visit of "
                "the regulatory T cells.",
            ),
        ],
        controls=["regulatory", "swallowing", "blocked", "renewal", "supply"],
        presets=[
            Preset("CTLA-4 only competes", {}),
            Preset("It also takes B7-1 away", {"swallowing": 1.0}),
            Preset("… under anti-CTLA-4", {"swallowing": 1.0, "blocked": 0.95}),
        ],
        readouts=[
            Readout("during", "Help at the end of the visit", "help", "at", 8.0, share),
            Readout("after", "Help two hours after it", "help", "at", 10.25, share),
            Readout("left", "B7-1 left at the end of the visit", "left", "at", 8.0, share),
            Readout("taken", "B7-1 swallowed, newly made included", "taken", "last", format=share),
        ],
        outcome=[
            Sentence(
                "Help hardly changes: {during} at the end of the visit, {after} two hours after it.",
                lambda r: r.during > 0.9,
            ),
            Sentence(
                "During the visit help falls to {during}. Two hours after it, {after} is there again: "
                "B7-1 was held, not taken.",
                lambda r: np.logical_and(r.after > 0.9, r.taken < 0.05),
            ),
            Sentence(
                "During the visit help falls to {during}. Two hours after it, {after} is there again: "
                "B7-1 was taken, but new B7-1 is made quickly.",
                lambda r: r.after > 0.9,
            ),
            Sentence(
                "During the visit help falls to {during}. Two hours after it, only {after} is there: "
                "B7-1 has been taken away, and new B7-1 is made slowly.",
                lambda r: r.after < 0.5,
            ),
            Sentence(
                "During the visit help falls to {during}; two hours after it, {after} is there."
            ),
        ],
        table=["t", "left", "held", "help", "taken"],
    )


_HOURS = Axis("hours", 0.0, 24.0)
_SHARE = Axis("share of what was there", 0.0, 1.15)
