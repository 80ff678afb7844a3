"""León-Triana 2021: CAR-T cells against acute lymphoblastic leukaemia.

León-Triana O, Sabir S, Calvo GF, et al. CAR T cell therapy in B-cell acute lymphoblastic leukaemia:
insights from mathematical models. Commun Nonlinear Sci Numer Simul 2021;94:105570.

    CAR-T cells      C' = rhoC (L + B) C - C / tauC
    leukaemia        L' = rhoL L - alpha L C
    healthy B cells  B' = -alpha B C - B / tauB

Both leukaemia and B cells carry CD19: they feed the CAR-T cells and are killed by them. The model
knows no loss of CD19, so what comes back carries it still.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source(
    "León-Triana 2021, as in BIOMD0000001011", doi="10.1016/j.cnsns.2020.105570", grade="curated"
)


def rhs(t, y, p):
    """Targets multiply CAR-T cells, CAR-T cells kill targets."""
    cart, leukaemia, b_cells = y
    d_cart = p.stimulation * (leukaemia + b_cells) * cart - cart / p.cart_lifetime
    d_leukaemia = p.growth * leukaemia - p.killing * leukaemia * cart
    d_b_cells = -p.killing * b_cells * cart - b_cells / p.b_lifetime
    return d_cart, d_leukaemia, d_b_cells


def initial(p):
    """The day of the infusion."""
    return p.dose, p.leukaemia_at_start, p.b_cells_at_start


# fmt: off
PARAMETERS = (
    Parameter("dose", "C_0", "CAR-T cells given", "cells", 1e7, (1e6, 1e9), "log", PAPER),
    Parameter("leukaemia_at_start", "L_0", "Leukaemia on the day of infusion", "cells", 5e10, (1e9, 5e11), "log", PAPER),
    Parameter("killing", r"\alpha", "Killing by one CAR-T cell", "per day per cell", 4.5e-11, (1e-11, 2e-10), "log", PAPER),
    Parameter("stimulation", r"\rho_C", "Multiplication by one target", "per day per cell", 0.25 * 4.5e-11, (2e-12, 5e-11), "log", PAPER),
    Parameter("growth", r"\rho_L", "Growth of the leukaemia", "per day", 1 / 30, (0.01, 0.1), source=PAPER),
    Parameter("cart_lifetime", r"\tau_C", "Lifetime of a CAR-T cell", "days", 14.0, (5.0, 40.0), source=PAPER),
    Parameter("b_lifetime", r"\tau_B", "Lifetime of a B cell", "days", 60.0, (20.0, 120.0), source=PAPER),
    Parameter("b_cells_at_start", "B_0", "Healthy B cells on that day", "cells", 2.5e10, (1e9, 1e11), "log", PAPER),
)
# fmt: on

leon_triana = ODE(
    name="leon_triana",
    title="CAR-T cells and leukaemia",
    rhs=rhs,
    initial=initial,
    states=(
        Quantity("cart", "C", "CAR-T cells", "cells", 1.0),
        Quantity("leukaemia", "L", "leukaemia cells", "cells", 1.0),
        Quantity("b_cells", "B", "healthy B cells", "cells", 1.0),
    ),
    parameters=PARAMETERS,
    span=(0.0, 600.0),
    points=601,
    source=PAPER,
    summary=(
        "CAR-T cells multiply on what they kill. When the targets are gone they fade, and leukaemia that still "
        "carries CD19 can grow back, as prey does when predators have starved."
    ),
    leaves_out=(
        "Loss of CD19, and CAR-T cells that stay as memory.",
        "Chance. At its smallest the leukaemia has some hundred thousand cells here.",
        "Exhaustion, new B cells from the bone marrow, and harm.",
    ),
    checks=(
        Check(
            "CAR-T cells peak near day 12; leukaemia falls by at least five orders of magnitude and is back after more than a year.",
            "curated",
            "test_peak_fall_and_late_relapse",
        ),
        Check(
            "Ten times the cells given raise the peak by less than a quarter; it stays between half and 1.2 times of what all targets could feed.",
            "derived",
            "test_dose_hardly_moves_the_peak",
        ),
    ),
)
