"""Kuznetsov, Makalkin, Taylor and Perelson 1994: a tumour and the T cells that fight it.

Nonlinear dynamics of immunogenic tumors: parameter estimation and global bifurcation analysis.
Bull Math Biol 56:295-321, doi:10.1007/BF02460644.

Two equations, fitted to a lymphoma in mice, hold two fates, dormancy and escape.
Values as in the curated file BIOMD0000000762; the dimensionless set quoted for the paper follows
from them with cells counted in millions and time in units of 1/(n x 1e6 cells).
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Formula, Parameter, Quantity, Source, Sweep

PAPER = Source("Kuznetsov 1994, as in BIOMD0000000762", doi="10.1007/BF02460644", grade="curated")


def rhs(t, y, p):
    """Effectors arrive, are recruited, are used up and die; the tumour grows and is killed."""
    effectors, tumour = y
    recruited = p.recruitment * effectors * tumour / (p.half_recruitment + tumour)
    used_up = p.inactivation * effectors * tumour
    killed = p.killing * effectors * tumour
    d_effectors = p.inflow + recruited - used_up - p.death * effectors
    d_tumour = p.growth * tumour * (1 - p.crowding * tumour) - killed
    return d_effectors, d_tumour


def initial(p):
    """Start with a tumour and effectors of the reader's choice."""
    return p.effectors_at_start, p.tumour_at_start


# fmt: off
PARAMETERS = (
    Parameter("tumour_at_start", "T_0", "Tumour cells at the start", "cells", 1e7, (1e5, 4e8), "log"),
    Parameter("effectors_at_start", "E_0", "Effector cells at the start", "cells", 1e6, (1e4, 1e7), "log"),
    Parameter("inflow", "s", "Effectors arriving", "cells per day", 1.3e4, (1e3, 4e4), "linear", PAPER),
    Parameter("killing", "n", "Killing by one effector", "per day per cell", 1.101e-7, (2e-8, 4e-7), "log", PAPER),
    Parameter("recruitment", "p", "Recruitment by the tumour", "per day", 0.1245, (0.0, 0.25), "linear", PAPER),
    Parameter("half_recruitment", "g", "Tumour size of half recruitment", "cells", 2.019e7, (5e6, 8e7), "log", PAPER),
    Parameter("inactivation", "m", "Effectors used up by tumour cells", "per day per cell", 3.422e-10, (0.0, 2e-9), "linear", PAPER),
    Parameter("death", "d", "Death of effectors", "per day", 0.0412, (0.01, 0.12), "linear", PAPER),
    Parameter("growth", "a", "Tumour growth", "per day", 0.18, (0.05, 0.4), "linear", PAPER),
    Parameter("crowding", "b", "Crowding of the tumour", "per cell", 2.0e-9, (1e-9, 1e-8), "log", PAPER),
)
# fmt: on

kuznetsov = ODE(
    name="kuznetsov",
    title="Dormancy or escape",
    rhs=rhs,
    initial=initial,
    states=(
        Quantity("effectors", "E", "effector cells", "cells", floor=1.0),
        Quantity("tumour", "T", "tumour cells", "cells", floor=1.0),
    ),
    parameters=PARAMETERS,
    span=(0.0, 600.0),
    points=601,
    source=PAPER,
    summary=(
        "Effector T cells arrive at a steady rate, are recruited by the tumour they meet, are used "
        "up by killing, and die. The tumour grows until it is crowded, and is killed on contact."
    ),
    leaves_out=(
        "Space, antigen loss, exhaustion and every brake: the effectors never tire.",
        "Chance: with fewer than some hundred cells, luck decides, and these equations know none.",
        "Patients: the numbers were fitted to one lymphoma in mice.",
    ),
    checks=(
        Check(
            "The values of the curated file, scaled as in the paper, are the dimensionless set that other codes carry.",
            "curated",
            "test_scaling_gives_the_printed_numbers",
        ),
        Check(
            "The state without tumour is a saddle.", "derived", "test_tumour_free_state_is_a_saddle"
        ),
        Check(
            "Dormancy, with 8.2 million cells, is a stable spiral.",
            "derived",
            "test_dormant_state_is_a_stable_spiral",
        ),
        Check(
            "A saddle stands on the border, and beyond it the tumour escapes.",
            "derived",
            "test_the_border_between_the_fates_is_a_saddle",
        ),
        Check(
            "Five times more crowding, as in one teaching code, removes that picture.",
            "derived",
            "test_larger_crowding_removes_the_published_picture",
        ),
    ),
)


def nullclines(x, p):
    """Return where the tumour and where the effectors stand still, for a tumour of x cells."""
    net_loss = p.death + p.inactivation * x - p.recruitment * x / (p.half_recruitment + x)
    return {
        "tumour_still": p.growth / p.killing * np.maximum(1 - p.crowding * x, 1e-12),
        # Where recruitment outruns every loss no number of effectors stands still.
        "effectors_still": p.inflow / np.maximum(net_loss, 1e-12),
    }


kuznetsov_nullclines = Formula(
    name="kuznetsov_nullclines",
    title="Where nothing changes",
    formula=nullclines,
    sweep=Sweep("tumour", "T", "tumour cells", "cells", 1e4, 1e9, "log", points=241),
    computes=(
        Quantity("tumour_still", "E", "effectors that hold the tumour", "cells", floor=1.0),
        Quantity("effectors_still", "E", "effectors the tumour sustains", "cells", floor=1.0),
    ),
    parameters=PARAMETERS[2:],
    source=PAPER,
)
