"""Further labs of the chapter on T cell exhaustion, for those who want more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import PERCENT, starting_at
from immunolab.labs.exhaustion import NEXT_TO_NONE, STRENGTH
from immunolab.models.exhaustion import exhaustion
from immunolab.models.kirschner_panetta import kirschner_panetta
from immunolab.view import (
    Axis,
    Format,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
)


def the_scar(model: ODE = exhaustion) -> Explorable:
    """Return the lab on rest: it takes away the restraint, and leaves the scar."""
    days = Axis("days", 0.0, 300.0)
    return explore(
        starting_at(model, {"antigen_stops": 60.0}),
        name="scar",
        title="The scar",
        panels=[
            Panel(
                "What one progenitor can give",
                x=days,
                y=Axis("share of full strength", 0.0, 1.05),
                artists=(Line("t", "function", "can give", colour=2),),
                alt="Over 300 days, what one progenitor can still give, as a share of full strength: "
                "it falls while antigen is there and comes back in part once it has gone.",
            ),
            Panel(
                "What holds it back",
                x=days,
                y=Axis("share", 0.0, 1.05),
                artists=(
                    Line("t", "restraint", "restraint", colour=0),
                    Line("t", "scar", "scar", colour=3),
                ),
                alt="Over the same 300 days: the restraint, which comes within days and goes with "
                "rest, and the scar, which grows while antigen is there and stays.",
            ),
        ],
        controls=["antigen_stops", "antigen", "blockade", "scarring", "restraining", "easing"],
        presets=[
            Preset("Antigen for 60 days", {}),
            Preset("For 10 days", {"antigen_stops": 10.0}),
            Preset("For 150 days", {"antigen_stops": 150.0}),
            Preset("60 days, PD-1 blocked", {"blockade": 0.95, "start": 0.0}),
        ],
        readouts=[
            Readout("give", "It can give, on day 300", "function", format=STRENGTH),
            Readout("scar", "Scar that stays", "scar", format=PERCENT),
            Readout("lowest", "Lowest on the way", "function", "min", format=STRENGTH),
            Readout("pool", "Progenitors on day 300", "progenitor", format=PERCENT),
        ],
        outcome=[
            Sentence(
                "Nearly all comes back: {give} of full strength on day 300. There was little time for a scar.",
                lambda r: r.give > 0.85,
            ),
            Sentence(
                "Numbers return ({pool} of the most progenitors), strength does not: {give} on day 300.",
                lambda r: r.give < 0.3,
            ),
            Sentence(
                "Rest gives back a part: from {lowest} at the lowest to {give} on day 300. The scar, "
                "{scar}, has stayed."
            ),
        ],
        table=["t", "function", "restraint", "scar", "progenitor"],
    )


def old_clones_or_new(model: ODE = exhaustion) -> Explorable:
    """Return the lab on replacement: what looks like revival may be cells that have just arrived."""
    days = Axis("days with antigen", 0.0, 200.0)
    return explore(
        starting_at(model.replace(span=(0.0, 200.0), points=401), {"recruitment": 0.02}),
        name="clones",
        title="Old clones or new",
        panels=[
            Panel(
                "Effectors, by where they come from",
                x=days,
                y=Axis("arbitrary units", 0.0, 1.6),
                artists=(
                    Line("t", "effector", "old clones", colour=0),
                    Line("t", "new_effector", "new clones", colour=1),
                ),
                alt="Two curves over 200 days of lasting antigen: effectors of the clones that were "
                "there from the start, and effectors of clones recruited since.",
            ),
            Panel(
                "Share of the new",
                x=days,
                y=Axis("share of effectors", 0.0, 1.05),
                artists=(Line("t", "new_share", "new clones", colour=1),),
                alt="Over the same 200 days, the share of all effectors that belongs to new clones.",
            ),
        ],
        controls=["recruitment", "blockade", "start", "scarring", "antigen"],
        presets=[
            Preset("New clones, no treatment", {}),
            Preset("… blocked from day 60", {"blockade": 0.95}),
            Preset("… blocked from day 120", {"blockade": 0.95, "start": 120.0}),
            Preset("Blocked, none recruited", {"blockade": 0.95, "recruitment": 0.0}),
        ],
        readouts=[
            Readout("late", "Attack on day 200", "attack", format=Format()),
            Readout("peak", "Attack at its peak", "attack", "max", format=Format()),
            Readout("share", "New clones, day 200", "new_share", format=PERCENT),
            Readout("soon", "New clones, day 80", "new_share", "at", 80.0, PERCENT),
        ],
        outcome=[
            Sentence(
                "No new clone is here. What attacks on day 200 ({late}) is what the old clones can still give.",
                lambda r: np.logical_and(r.share < 0.01, r.late >= NEXT_TO_NONE),
            ),
            Sentence(
                "No new clone is here, and the old ones give next to nothing any more.",
                lambda r: r.share < 0.01,
            ),
            Sentence(
                "On day 200 nearly all effectors are new ({share}): the old clones are worn out, and what "
                "attacks is what comes in.",
                lambda r: r.share > 0.95,
            ),
            Sentence(
                "Both take part. New clones make up {soon} of the effectors on day 80 and {share} on "
                "day 200; who is credited depends on the day of the biopsy."
            ),
        ],
        table=["t", "effector", "new_effector", "new_share", "attack"],
    )


def cells_and_il2(model: ODE = kirschner_panetta) -> Explorable:
    """Return Kirschner and Panetta's lab: cells need support, and support can run away."""
    days = Axis("days", 0.0, 1000.0)
    # A tumour that is hardly seen: by itself it grows large. And no more interleukin-2 than it takes
    # to see the effectors run away: ten times as much only writes larger numbers.
    hardly_seen = starting_at(model, {"antigenicity": 5e-5})
    return explore(
        hardly_seen.replace(
            parameters=tuple(
                replace(parameter, range=(0.0, 1e8)) if parameter.name == "infusion" else parameter
                for parameter in hardly_seen.parameters
            )
        ),
        name="il2",
        title="Cells and IL-2",
        panels=[
            Panel(
                "The tumour",
                x=days,
                y=_VOLUME,
                artists=(Line("t", "tumour", "tumour", colour=1),),
                alt="Curve of the tumour over 1000 days, in cells per unit of volume, on a logarithmic "
                "scale.",
            ),
            Panel(
                "Effector cells",
                x=days,
                y=_VOLUME,
                artists=(Line("t", "effectors", "effectors", colour=2),),
                alt="Curve of the effector cells over the same 1000 days, on a logarithmic scale, "
                "in the same unit.",
            ),
        ],
        controls=["transfer", "infusion", "antigenicity", "growth"],
        presets=[
            Preset("Nothing given", {}),
            Preset("Cells alone", {"transfer": 300.0}),
            Preset("Interleukin-2 alone", {"infusion": 3e7}),
            Preset("Cells with interleukin-2", {"transfer": 300.0, "infusion": 3e7}),
            Preset("Cells, much interleukin-2", {"transfer": 300.0, "infusion": 1e8}),
        ],
        readouts=[
            Readout("largest", "Tumour at its largest", "tumour", "max", format=_units()),
            Readout("end", "Tumour on day 1000", "tumour", format=_units()),
            Readout("effectors", "Effectors on day 1000", "effectors", format=_units()),
            Readout(
                "middle", "Effectors on day 500", "effectors", "at", 500.0, _units(), shown=False
            ),
        ],
        outcome=[
            Sentence(
                "The tumour is below one cell, and the effectors still multiply: {middle} on day 500, "
                "{effectors} on day 1000. The model knows no end to this, and no harm; a body would.",
                lambda r: np.logical_and(r.end < 1.0, r.effectors > 2.0 * r.middle),
            ),
            Sentence(
                "The tumour is kept small, {largest} at most, and is below one cell on day 1000. Effectors: "
                "{effectors}.",
                lambda r: np.logical_and(r.end < 1.0, r.largest < 1e6),
            ),
            Sentence(
                "The tumour grows to {largest} before it falls below one cell. The equations come back from "
                "there; a patient could hardly have waited.",
                lambda r: r.end < 1.0,
            ),
            Sentence(
                "The tumour outgrows its attackers: {largest} at its largest, {end} on day 1000.",
                lambda r: r.end > 1e8,
            ),
            Sentence(
                "The tumour is held: {end} on day 1000, {largest} at its largest. Effectors: {effectors}."
            ),
        ],
        table=["t", "tumour", "effectors", "interleukin"],
    )


def _units() -> Format:
    return Format("cells", words=((1.0, "less than one cell"),))


_VOLUME = Axis(
    "cells per unit of volume",
    1.0,
    1e12,
    "log",
    tuple(
        zip(
            10.0 ** np.arange(0, 13, 3),
            ("1", "1 000", "1 million", "1 billion", "1 trillion"),
            strict=True,
        )
    ),
)
