"""Greene, Gevertz and Sontag 2019: resistance that is there, and resistance that the drug makes.

Greene JM, Gevertz JL, Sontag ED. Mathematical approach to differentiate spontaneous and induced
evolution to drug resistance during cancer treatment. JCO Clin Cancer Inform 2019.

    sensitive   S' = (1 - V) S - (epsilon + alpha u) S - d u S
    resistant   R' = pr (1 - V) R + (epsilon + alpha u) S          V = S + R

``alpha`` is how fast the drug itself makes cells resistant. If it does, the best plan is another one:
pauses, which waste time against resistance that is there anyway, then pay. One unit of time is one
over the growth rate of sensitive cells (their first doubling takes 0.69), sizes are shares of the largest.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Jump, Parameter, Quantity, Source

PAPER = Source("Greene 2019", doi="10.1200/CCI.18.00087")

COURSES = 120  # as many of the shortest as fit into a run

#: The paper begins treatment at a tenth of the largest size; resistant cells are too few to delay
#: that.
TENTH = float(np.log((0.1 / 0.9) / (0.01 / 0.99)))


def rhs(t, y, p):
    """Both kinds share one room; sensitive cells turn resistant, by themselves and by the drug."""
    sensitive, resistant, given = y
    room = 1 - sensitive - resistant
    turned = (p.spontaneous + p.induced * given) * sensitive
    d_sensitive = room * sensitive - turned - p.kill * given * sensitive
    return d_sensitive, p.resistant_growth * room * resistant + turned, 0.0


def starts(p):
    """Return when each course begins."""
    return tuple(p.start + number * (p.on + p.off) for number in range(COURSES))


def ends(p):
    """Return when each course ends."""
    return tuple(start + p.on for start in starts(p))


# fmt: off
PARAMETERS = (
    Parameter("induced", r"\alpha", "Resistance made by the drug", "per time and drug", 0.0, (0.0, 0.05), source=PAPER),
    Parameter("off", r"t_\mathrm{off}", "Pause after each course", "time", 0.0, (0.0, 6.0)),
    Parameter("on", r"t_\mathrm{on}", "Length of each course", "time", 4.0, (1.0, 10.0)),
    Parameter("drug", "u", "Drug during a course", "", 1.5, (0.0, 3.0), source=PAPER),
    Parameter("spontaneous", r"\epsilon", "Resistance that arises by itself", "per time", 1e-6, (1e-8, 1e-3), "log", PAPER),
    Parameter("kill", "d", "Kill of sensitive cells", "per time and drug", 1.0, (0.0, 3.0), source=PAPER),
    Parameter("resistant_growth", "p_r", "Growth of resistant cells against sensitive ones", "", 0.2, (0.0, 1.0), source=PAPER),
    Parameter("start", r"t_0", "Treatment begins", "time", TENTH, (0.0, 10.0), source=PAPER),
)
# fmt: on

greene = ODE(
    name="greene",
    title="Resistance found, resistance made",
    rhs=rhs,
    initial=lambda p: (0.01, 0.0, 0.0),
    # Where there is no pause, a course begins as the one before ends: the end comes first.
    jumps=(
        Jump(ends, lambda t, y, p: (y[0], y[1], 0.0)),
        Jump(starts, lambda t, y, p: (y[0], y[1], p.drug)),
    ),
    observe=lambda t, y, p: {"tumour": y[0] + y[1]},
    states=(
        Quantity("sensitive", "S", "sensitive cells", "of the largest"),
        Quantity("resistant", "R", "resistant cells", "of the largest"),
        Quantity("given", "u", "drug", ""),
    ),
    observables=(Quantity("tumour", "V", "tumour", "of the largest"),),
    parameters=PARAMETERS,
    span=(0.0, 120.0),
    points=961,
    time_unit="units",
    source=PAPER,
    summary=(
        "Two drugs kill equally well, but one also makes cells resistant. Constant treatment is best against "
        "the first and worse than pauses against the second."
    ),
    leaves_out=(
        "The immune system; cells that turn back; more than two kinds of cell.",
        "How to know alpha in a patient, which is the paper’s own question.",
    ),
    checks=(
        Check(
            "Constant treatment fails at about t = 90 (paper) if the drug makes no resistance, at about 45 if it does.",
            "paper",
            "test_time_to_failure_under_constant_treatment",
        ),
        Check(
            "With pauses (1 on, 3 off) it fails at about 14, and about 61.",
            "paper",
            "test_time_to_failure_with_pauses",
        ),
    ),
)
