"""Two receptors that may brake one T cell: rival ideas of how they add up.

What is measured is *expression*: the second receptor is there. What matters is *function*: whether
it brakes at all, and whether it brakes by a road of its own. The three ideas, with strengths
``k1`` of PD-1 and ``k2`` of the second receptor:

    multiply           activity = 1/(1 + k1) * 1/(1 + k2)      each brake has a road of its own
    either is enough   activity = 1/(1 + max(k1, k2))          both act on one and the same road
    a marker only      activity = 1/(1 + k1)                   the second receptor brakes nothing

Our own teaching model; every number is illustrative.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Sweep


def activity(first, second, shared):
    """Return what is left of a T cell's activity under two brakes, from 0 to 1."""
    own_roads = 1 / ((1 + first) * (1 + second))
    one_road = 1 / (1 + np.maximum(first, second))
    return (1 - shared) * own_roads + shared * one_road


def formula(x, p):
    """Return the activity in four arms, over how much of the second receptor there is."""
    first, first_left = p.pd1_brake, p.pd1_brake * (1 - p.engaged)
    second, second_left = p.function * x, p.function * x * (1 - p.engaged)
    alone = activity(first_left, second, p.shared_road)
    both = activity(first_left, second_left, p.shared_road)
    return {
        "untreated": activity(first, second, p.shared_road),
        "pd1_blocked": alone,
        "second_blocked": activity(first, second_left, p.shared_road),
        "both_blocked": both,
        "gain": both / alone,
    }


# fmt: off
PARAMETERS = (
    Parameter("function", "f", "How far the second receptor brakes at all", "share", 1.0, (0.0, 1.0)),
    Parameter("shared_road", "w", "How far both act by one road", "share", 0.0, (0.0, 1.0)),
    Parameter("pd1_brake", "k_1", "Strength of the PD-1 brake", "", 3.0, (0.0, 6.0)),
    Parameter("engaged", "b", "Share of its target that each antibody blocks", "share", 0.9, (0.0, 1.0)),
)
# fmt: on

second_brake = Formula(
    name="second_brake",
    title="Two brakes on one T cell",
    formula=formula,
    sweep=Sweep("expression", "x", "second receptor on the T cell", "a.u.", 0.0, 4.0, points=81),
    computes=(
        Quantity("untreated", "a_0", "activity, untreated", "share"),
        Quantity("pd1_blocked", "a_1", "activity, PD-1 blocked", "share"),
        Quantity("second_blocked", "a_2", "activity, second receptor blocked", "share"),
        Quantity("both_blocked", "a_{12}", "activity, both blocked", "share"),
        Quantity("gain", "g", "both against PD-1 alone", "fold"),
    ),
    parameters=PARAMETERS,
    summary="The same receptors on the same cell, and three ideas of what they do.",
    leaves_out=(
        "Where the second receptor works: on another cell (TIM-3 on dendritic cells, VISTA on myeloid cells) it is no second brake of the T cell.",
        "Ligands, which may be missing, and antigen, which may be too.",
        "Patients: a trial averages over tumours in which different ideas may hold, and sees tumours and survival, not the activity of a cell.",
        "Harm: here another antibody never costs anything.",
    ),
    checks=(
        Check(
            "On roads of their own the gain from the second antibody does not depend on PD-1.",
            "derived",
            "test_on_roads_of_their_own_the_gain_does_not_depend_on_pd1",
        ),
        Check(
            "On one road releasing the weaker brake does nothing.",
            "derived",
            "test_on_one_road_releasing_the_weaker_brake_does_nothing",
        ),
        Check("A marker gains nothing.", "derived", "test_a_marker_gains_nothing"),
    ),
)
