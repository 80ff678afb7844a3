"""Two shapes of survival that one hazard ratio hides: a plateau, and curves that cross.

    mixture cure       S(t) = pi + (1 - pi) exp(-lambda t)
    piecewise hazards  S(t) = exp(-integral of the hazard), which changes at one time

A plateau need not mean cure, and a curve that is followed for some years cannot tell. Where nobody has
seen what comes after, piecewise hazards describe what was seen and promise nothing.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

SCHADENDORF = Source(
    "Schadendorf 2015 (4,846 patients, expanded access included)", doi="10.1200/JCO.2014.56.2736"
)


def mixture(x, p):
    """Return survival with a share that does not die in the time looked at."""
    alive = p.plateau + (1 - p.plateau) * np.exp(-rate_of(p) * x)
    dying = rate_of(p) * (1 - p.plateau) * np.exp(-rate_of(p) * x)
    return {"alive": alive, "hazard": dying / alive}


def rate_of(p):
    """Return the rate at which the others die, from the median of all."""
    return -np.log((0.5 - p.plateau) / (1 - p.plateau)) / p.median


def piecewise(x, p):
    """Return two arms: a constant hazard, and one that is worse early or late, or better."""
    early = np.minimum(x, p.change)
    late = np.maximum(x - p.change, 0.0)
    control = np.exp(-p.hazard * x)
    treated = np.exp(-p.hazard * (p.early_ratio * early + p.late_ratio * late))
    return {"control": control, "treated": treated, "difference": treated - control}


# fmt: off
MIXTURE = (
    Parameter("plateau", r"\pi", "Share on the plateau", "share", 0.21, (0.0, 0.45), source=SCHADENDORF),
    Parameter("median", "m", "Median survival of all", "months", 9.5, (2.0, 36.0), source=SCHADENDORF),
)
PIECEWISE = (
    Parameter("early_ratio", r"h_1", "Early hazard, treated against control", "ratio", 1.3, (0.2, 3.0), "log"),
    Parameter("late_ratio", r"h_2", "Late hazard, treated against control", "ratio", 0.4, (0.05, 3.0), "log"),
    Parameter("change", r"t_c", "When early becomes late", "months", 6.0, (0.0, 24.0)),
    Parameter("hazard", r"\lambda", "Hazard of the control arm", "per month", 0.1, (0.01, 0.4), "log"),
)
# fmt: on

mixture_cure = Formula(
    name="mixture_cure",
    title="A curve with a plateau",
    formula=mixture,
    sweep=Sweep("month", "t", "months", "months", 0.0, 120.0),
    computes=(
        Quantity("alive", "S", "alive", "share"),
        Quantity("hazard", "h", "hazard of those alive", "per month"),
    ),
    parameters=MIXTURE,
    summary="Some die at a steady rate, some do not in the time looked at. The hazard of those still alive falls, though nobody’s own does.",
    leaves_out=(
        "Death from other causes.",
        "Any proof that the plateau lasts: it is a description of years that were seen.",
    ),
    checks=(
        Check(
            "One half is alive at the median, whatever the plateau; the hazard falls to zero.",
            "derived",
            "test_median_and_hazard_of_the_mixture",
        ),
        Check(
            "With the plateau of 21 % and the median of 9.5 months of the pooled trials of ipilimumab, 23 % are alive at three years, close to the plateau reported to begin there.",
            "derived",
            "test_plateau_is_nearly_reached_at_three_years",
        ),
    ),
)

piecewise_hazard = Formula(
    name="piecewise_hazard",
    title="Curves that cross",
    formula=piecewise,
    sweep=Sweep("month", "t", "months", "months", 0.0, 48.0, points=193),
    computes=(
        Quantity("control", "S_0", "control", "share"),
        Quantity("treated", "S_1", "treated", "share"),
        Quantity("difference", r"\Delta", "treated less control", "share"),
    ),
    parameters=PIECEWISE,
    summary="An early loss and a late gain can give a hazard ratio near one, and hide the gain.",
    leaves_out=(
        "Who loses early and who gains late: the curves do not say whether they are the same people.",
        "Chance: these are curves of very many patients.",
    ),
    checks=(
        Check(
            "The curves cross where early loss and late gain balance, known in closed form.",
            "derived",
            "test_crossing_in_closed_form",
        ),
        Check(
            "lifelines’ piecewise exponential model finds the hazards again in drawn patients.",
            "derived",
            "test_hazards_are_found_again_by_lifelines",
        ),
    ),
)
