"""Labs of the chapter on immune checkpoints."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import DAYS, DETECTABLE, cells, tumour_panel
from immunolab.models.kuznetsov import kuznetsov, kuznetsov_nullclines
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
    Trajectory,
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
            "entry_barrier",
            "start",
        ],
        presets=[
            Preset("Hot tumour", {}),
            Preset("Cold tumour", {"priming": 0.001, "entry_barrier": 3.0}),
            Preset("JAK lost", {"jak": 0.0}),
            Preset("PD-L1, few T cells", {"constitutive_pdl1": 1.5, "priming": 0.001}),
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
                "Hardly any T cells come, so releasing the brake changes little: {end} on day 600.",
                lambda r: r.attack < HARDLY_ANY,
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


def dormancy_or_escape(model: ODE = kuznetsov) -> Explorable:
    """Return Kuznetsov's tumour: where it starts decides whether it sleeps or escapes."""
    # The lines of rest belong to the published equations; another model has others.
    published = model.rhs is kuznetsov.rhs
    return explore(
        model,
        name="kuznetsov",
        title="Dormancy or escape",
        panels=[_phase_panel(published), _course_panel()],
        controls=[
            "tumour_at_start",
            "effectors_at_start",
            "inflow",
            "killing",
            "recruitment",
            "inactivation",
        ],
        presets=[
            Preset("A small tumour", {"tumour_at_start": 1e7, "effectors_at_start": 5e5}),
            Preset("A large tumour", {"tumour_at_start": 3e8, "effectors_at_start": 5e5}),
        ],
        readouts=[
            Readout("end", "Tumour on day 600", "tumour", format=cells()),
            Readout("effectors_end", "Effectors on day 600", "effectors", format=Format("cells")),
            Readout("largest", "Largest size on the way", "tumour", "max", format=cells()),
        ],
        outcome=[
            Sentence(
                "Almost gone: {end} on day 600. With so few, chance would decide, and these equations know none.",
                lambda r: r.end < 1000,
            ),
            Sentence(
                "Dormancy: the tumour is held. On day 600 it has {end}; its effectors are {effectors_end}.",
                lambda r: r.end < 1e8,
            ),
            Sentence("Escape: the tumour outgrows its attackers. On day 600 it has {end}."),
        ],
        overlays={"still": kuznetsov_nullclines} if published else {},
    )


def _phase_panel(published: bool) -> Panel:
    rest = (
        Line("tumour", "tumour_still", "tumour still", colour=3, of="still"),
        Line("tumour", "effectors_still", "T cells still", colour=2, of="still"),
    )
    return Panel(
        "Tumour against effectors",
        x=Axis(
            "tumour cells",
            1e5,
            1e9,
            "log",
            ((1e5, "100 000"), (1e7, "10 million"), (1e9, "1 billion")),
        ),
        y=Axis(
            "effector T cells",
            1e4,
            1e7,
            "log",
            ((1e4, "10 000"), (1e5, "100 000"), (1e6, "1 million"), (1e7, "10 million")),
        ),
        artists=(
            *(rest if published else ()),
            Trajectory("tumour", "effectors", colour=0),
        ),
        alt="Phase plane, both axes logarithmic: the path from the ring (start) to the dot (day "
        "600), the line on which the tumour neither grows nor shrinks, and the same for effectors.",
    )


def _course_panel() -> Panel:
    return Panel(
        "The same path in time",
        x=Axis("days", 0.0, 600.0),
        y=Axis(
            "cells",
            1e4,
            1e9,
            "log",
            tuple(
                zip(
                    10.0 ** np.arange(4, 10),
                    ("10 000", "100 000", "1 million", "10 million", "100 million", "1 billion"),
                    strict=True,
                )
            ),
        ),
        artists=(
            Line("t", "tumour", "tumour", colour=1),
            Line("t", "effectors", "T cells", colour=2),
        ),
        alt="Curves of tumour cells and effector cells over 600 days, on a logarithmic scale.",
    )
