"""Curves that cross, and the one ratio that a trial would print for them.

The arms are those of :mod:`immunolab.models.survival` (piecewise hazards). Added is the average hazard ratio: each event up
to the end of follow-up counts once, with the ratio of the hazards at its time. A Cox model fitted to such a trial gives
nearly that number. It can be 1 while the curves are far apart late.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Quantity
from immunolab.models.survival import PIECEWISE, piecewise, piecewise_hazard

FOLLOWED = 36.0  # months


def formula(x, p):
    """Return the two arms, and the ratio averaged over all events of 36 months."""
    change = np.minimum(p.change, FOLLOWED)
    turn, end = piecewise(change, p), piecewise(FOLLOWED, p)
    early = 2 - turn["control"] - turn["treated"]
    late = turn["control"] - end["control"] + turn["treated"] - end["treated"]
    logs = early * np.log(p.early_ratio) + late * np.log(p.late_ratio)
    return {
        **piecewise(x, p),
        "average": np.exp(logs / (early + late)) + 0.0 * x,
    }


# Chosen so that the lab opens with one ratio for both, and a gap at three years.
OPENS = {"early_ratio": 1.9, "late_ratio": 0.34, "change": 6.0, "hazard": 0.1}

crossing = piecewise_hazard.replace(
    name="crossing",
    title="Curves that cross, and one ratio",
    formula=formula,
    computes=(
        *piecewise_hazard.computes,
        Quantity("average", r"\overline{\mathit{HR}}", "hazard ratio, averaged over events", ""),
    ),
    parameters=PIECEWISE,
    summary="One ratio is an average over events. Most events come early, so a late gain of some patients hardly shows in it.",
    leaves_out=(
        *piecewise_hazard.leaves_out,
        "What happens after 48 months: the curves promise nothing beyond what is drawn.",
        "Scans at fixed dates: in a real trial progression is found at visits, and curves fall in steps.",
    ),
    checks=(
        Check(
            "With the same ratio early and late, the average is that ratio.",
            "derived",
            "test_a_constant_ratio_is_its_own_average",
        ),
        Check(
            "A Cox model fitted to drawn patients gives nearly the same number.",
            "derived",
            "test_the_average_is_nearly_that_of_a_cox_model",
        ),
    ),
)
