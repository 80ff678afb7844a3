"""Baxter and Jain 1989: why a tumour's middle is under pressure, and what that does to a drug.

Baxter LT, Jain RK. Transport of fluid and macromolecules in tumors. I. Role of interstitial pressure
and convection. Microvasc Res 1989;37:77-104.

Leaky vessels fill a tumour with fluid, and without lymph vessels it can leave at the rim only. In a round
tumour at balance, with x the distance from the centre as a share of the radius R, and pe the pressure in the vessels
less what their proteins hold back,

    p(x) / pe = 1 - sinh(alpha x) / (x sinh alpha),    alpha = R sqrt(Lp S / (K V))

Large molecules are carried by the fluid that leaves vessels, and that flow needs a difference in pressure: with
much leakage it is gone everywhere but in a thin rim. This holds for drugs; T cells crawl, and pressure
does not keep them out.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

PAPER = Source("Baxter and Jain 1989", doi="10.1016/0026-2862(89)90074-5", grade="secondary")


def formula(x, p):
    """Return the pressure in the tissue, and the flow out of vessels that is left."""
    alpha = p.radius * p.leakiness
    # sinh(alpha x) / sinh(alpha), written so that large alpha cannot overflow.
    ratio = np.exp(alpha * (x - 1)) * np.expm1(-2 * alpha * x) / np.expm1(-2 * alpha)
    pressure = 1 - ratio / x
    return {"pressure": pressure, "filtration": 1 - pressure}


# fmt: off
PARAMETERS = (
    Parameter("radius", "R", "Radius of the tumour", "mm", 10.0, (0.5, 20.0), "log"),
    Parameter("leakiness", r"\kappa", "Leakiness of vessels against ease of flow", "per mm", 1.0, (0.01, 3.0), "log"),
)
# fmt: on

baxter_jain = Formula(
    name="baxter_jain",
    title="Pressure inside a tumour",
    formula=formula,
    sweep=Sweep(
        "distance", "x", "distance from the centre", "of the radius", 0.005, 1.0, points=200
    ),
    computes=(
        Quantity("pressure", "p / p_e", "pressure, of the most there could be", "share"),
        Quantity(
            "filtration", "1 - p / p_e", "flow out of vessels, of the most there could be", "share"
        ),
    ),
    parameters=PARAMETERS,
    source=PAPER,
    summary=(
        "The leakier the vessels and the larger the tumour, the flatter and higher the pressure, and the "
        "thinner the rim in which fluid carries a drug into the tissue."
    ),
    leaves_out=(
        "T cells: they crawl, and pressure does not keep them out. It limits drugs that are carried by fluid.",
        "Diffusion, by which small molecules arrive all the same; binding, which holds antibodies at the first cells.",
        "Vessels that are clogged or missing in the middle; lymph vessels.",
        "Measured tissue: radius and leakiness are illustrative, only their product counts.",
    ),
    checks=(
        Check(
            "It solves the balance of flow in a sphere, compared with a boundary-value solver.",
            "derived",
            "test_pressure_solves_the_balance_of_flow",
        ),
        Check(
            "For alpha = 10 the pressure is 0.9991 of its most at the centre and 0.591 at nine tenths of the radius.",
            "derived",
            "test_pressure_at_three_places",
        ),
    ),
)
