"""Further labs of the chapter on the tumour microenvironment, for those who want more."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE, Formula
from immunolab.labs.common import PERCENT
from immunolab.models.baxter_jain import baxter_jain
from immunolab.models.frank import frank
from immunolab.models.tryptophan import tryptophan
from immunolab.view import (
    Axis,
    Format,
    Level,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
    Trajectory,
)

_PLACE = Axis(
    "distance from the centre (share of the radius)",
    0.0,
    1.0,
    ticks=((0.0, "centre"), (0.5, "0.5"), (1.0, "rim")),
)


def pressure(model: Formula = baxter_jain) -> Explorable:
    """Return the lab on pressure: leaky vessels carry a drug into the rim only."""
    return explore(
        model,
        name="pressure",
        title="Pressure",
        panels=[
            Panel(
                "Pressure in the tissue",
                x=_PLACE,
                y=Axis("share of the most there could be", 0.0, 1.05),
                artists=(Line("distance", "pressure", "pressure", colour=1),),
                alt="Curve of the pressure in a round tumour from its centre to its rim, where it "
                "falls to nothing.",
            ),
            Panel(
                "Flow out of the vessels",
                x=_PLACE,
                y=Axis("share of the most there could be", 0.0, 1.05),
                artists=(Level(0.5, "half"), Line("distance", "filtration", "flow", colour=0)),
                alt="Curve of the flow of fluid out of the vessels, which carries large molecules, "
                "from the centre to the rim; a dotted line marks one half.",
            ),
        ],
        controls=["radius", "leakiness"],
        presets=[
            Preset("A large, leaky tumour", {}),
            Preset("As leaky, but small", {"radius": 1.0}),
            Preset("As large, less leaky", {"leakiness": 0.1}),
        ],
        readouts=[
            Readout("middle", "Flow left in the middle", "filtration", "first", format=PERCENT),
            Readout(
                "outer", "Flow left at 0.9 of the radius", "filtration", "at", 0.9, format=PERCENT
            ),
            Readout("centre", "Pressure in the middle", "pressure", "first", format=PERCENT),
        ],
        outcome=[
            Sentence(
                "Fluid leaves the vessels nearly everywhere: {middle} of the most there could be in the "
                "middle, {outer} near the rim.",
                lambda r: r.middle > 0.8,
            ),
            Sentence(
                "In the middle {middle} of the flow is left, near the rim {outer}: a drug that fluid "
                "carries reaches the rim.",
                lambda r: r.middle < 0.1,
            ),
            Sentence("In the middle {middle} of the flow is left, near the rim {outer}."),
        ],
        table=["distance", "pressure", "filtration"],
    )


def macrophage_states(model: ODE = frank) -> Explorable:
    """Return the lab on macrophages: a hypothesis of separate states, beside a continuum."""
    activity = Format(digits=3)
    return explore(
        model,
        name="macrophages",
        title="Macrophage states",
        panels=[
            Panel(
                "One macrophage",
                x=Axis("STAT1 activity (towards M1)", 0.0, 3.0),
                y=Axis("STAT6 activity (towards M2)", 0.0, 3.0),
                artists=(Trajectory("stat1", "stat6", colour=2),),
                alt="The path of one macrophage in the plane of its two activities: a ring where it "
                "starts, a dot where it settles.",
            ),
            Panel(
                "The same in time",
                x=Axis("time (units of the model)", 0.0, 10.0),
                y=Axis("activity", 0.0, 3.0),
                artists=(
                    Line("t", "stat1", "STAT1", colour=1),
                    Line("t", "stat6", "STAT6", colour=0),
                ),
                alt="Curves of the activities of STAT1 and STAT6 over time, until they settle.",
            ),
        ],
        controls=[
            "signal1",
            "signal2",
            "stat1_at_start",
            "stat6_at_start",
            "self1",
            "self2",
        ],
        presets=[
            Preset("It was M2-like", {}),
            Preset("It was M1-like", {"stat1_at_start": 3.0, "stat6_at_start": 0.2}),
            Preset("It was neither", {"stat1_at_start": 0.05, "stat6_at_start": 0.05}),
            Preset("No memory", {"self1": 0.0, "self2": 0.0}),
        ],
        readouts=[
            Readout("stat1", "STAT1 at the end", "stat1", format=activity),
            Readout("stat6", "STAT6 at the end", "stat6", format=activity),
        ],
        outcome=[
            Sentence(
                "It settles at STAT1 {stat1} and STAT6 {stat6}. A label would say M1-like, and nothing more.",
                lambda r: r.stat1 > 2 * r.stat6,
            ),
            Sentence(
                "It settles at STAT1 {stat1} and STAT6 {stat6}. A label would say M2-like, and nothing more.",
                lambda r: r.stat6 > 2 * r.stat1,
            ),
            Sentence(
                "It settles at STAT1 {stat1} and STAT6 {stat6}: in between, where neither label fits.",
            ),
        ],
        table=["t", "stat1", "stat6"],
    )


def target_hit(model: Formula = tryptophan) -> Explorable:
    """Return the lab on IDO1: a blocked enzyme need not change its product."""
    engaged = Axis("IDO1 engaged, measured in the blood", 0.0, 1.0)
    return explore(
        model,
        name="target_hit",
        title="Target hit, pathway alive",
        panels=[
            Panel(
                "Kynurenine in the tumour",
                x=engaged,
                y=Axis("share of that before the drug", 0.0, 1.05),
                artists=(
                    Line("engaged", "by_ido_alone", "if only IDO1", colour=3),
                    Line("engaged", "kynurenine", "in all", colour=1),
                ),
                alt="Kynurenine in the tumour against the share of IDO1 that the drug engages in the "
                "blood: in all, and as it would be without the second enzyme, TDO.",
            ),
            Panel(
                "T cells in the tumour",
                x=engaged,
                y=Axis("function, before the drug = 1", 0.0, 3.2),
                artists=(Line("engaged", "function", "function", colour=2),),
                alt="Function of T cells in the tumour, compared with that before the drug, over the "
                "same share of IDO1 engaged.",
            ),
        ],
        controls=["tdo", "ido", "penetration", "harm", "half_speed"],
        presets=[
            Preset("Nothing in the way", {}),
            Preset("TDO goes on", {"tdo": 1.0}),
            Preset("Enzyme to spare", {"ido": 20.0}),
            Preset("Little reaches the tumour", {"penetration": 0.5}),
            Preset("Kynurenine does no harm", {"harm": 0.0}),
        ],
        readouts=[
            Readout(
                "left", "Kynurenine left, at 0.9 engaged", "kynurenine", "at", 0.9, format=PERCENT
            ),
            Readout(
                "function",
                "T cell function, at 0.9 engaged",
                "function",
                "at",
                0.9,
                format=Format(unit="times"),
            ),
        ],
        outcome=[
            Sentence(
                "Nine tenths of IDO1 are engaged, {left} of the kynurenine is left, and T cells work as "
                "before: here it did them no harm.",
                lambda r: np.logical_and(r.function < 1.05, r.left < 0.5),
            ),
            Sentence(
                "Nine tenths of IDO1 are engaged in the blood, and {left} of the kynurenine is still "
                "there: target hit, pathway alive. T cells work {function} as well as before.",
                lambda r: r.left >= 0.5,
            ),
            Sentence(
                "Nine tenths of IDO1 are engaged, and {left} of the kynurenine is left. T cells work "
                "{function} as well as before.",
            ),
        ],
        table=["engaged", "kynurenine", "by_ido_alone", "function"],
    )
