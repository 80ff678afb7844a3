"""Target hit, pathway alive: a blocker of IDO1 need not change the metabolite.

Tryptophan arrives and is broken down to kynurenine, which silences T cells, by IDO1 and by TDO, which the drug does not
bind. At balance, with c for tryptophan as a share of what arrives,

    s (1 - c) = (V_IDO (1 - engaged) + V_TDO) c / (K + c),      kynurenine = s (1 - c) / clearance

Three reasons are built in why kynurenine may stay: TDO goes on; the enzyme had capacity to spare, so what arrives
decides and not the enzyme; the drug engages its target less in the tumour than in the blood. They are candidates for
why adding epacadostat did not help in ECHO-301 (doi:10.1016/S1470-2045(19)30274-8); none is proven.

Our own teaching model, every number illustrative.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Sweep


def breakdown(capacity, p):
    """Return tryptophan that is broken down at balance, as a share of what arrives."""
    # s (1 - c)(K + c) = V c: the positive root of a quadratic in c.
    pull = capacity + p.half_speed - 1
    left = (-pull + np.sqrt(pull**2 + 4 * p.half_speed)) / 2
    return 1 - left


def formula(x, p):
    """Return kynurenine and T cell function, over how much IDO1 is engaged in the blood."""
    engaged = x * p.penetration
    now = breakdown(p.ido * (1 - engaged) + p.tdo, p)
    before = breakdown(p.ido + p.tdo, p)
    return {
        "kynurenine": now / before,
        "by_ido_alone": breakdown(p.ido * (1 - engaged), p) / before,
        "function": (1 + p.harm) / (1 + p.harm * now / before),
    }


# fmt: off
PARAMETERS = (
    Parameter("tdo", r"V_\mathrm{TDO}", "Capacity of TDO, which the drug does not bind", "of the arrival", 0.0, (0.0, 5.0)),
    Parameter("ido", r"V_\mathrm{IDO}", "Capacity of IDO1", "of the arrival", 1.0, (0.1, 20.0), "log"),
    Parameter("penetration", r"\phi", "Engagement in the tumour against the blood", "share", 1.0, (0.0, 1.0)),
    Parameter("half_speed", "K", "Tryptophan at half speed", "of the arrival", 0.3, (0.02, 3.0), "log"),
    Parameter("harm", "w", "How far kynurenine silences T cells", "", 2.0, (0.0, 10.0)),
)
# fmt: on

tryptophan = Formula(
    name="tryptophan",
    title="Target hit, pathway alive",
    formula=formula,
    sweep=Sweep("engaged", "e", "IDO1 engaged in the blood", "share", 0.0, 1.0, points=101),
    computes=(
        Quantity("kynurenine", "k", "kynurenine, of that before the drug", "share"),
        Quantity("by_ido_alone", r"k_\mathrm{IDO}", "kynurenine if there were no TDO", "share"),
        Quantity("function", "f", "T cell function, of that before the drug", "fold"),
    ),
    parameters=PARAMETERS,
    summary="A drug can occupy its enzyme in the blood and leave the product in the tumour where it was.",
    leaves_out=(
        "Kynurenine carried in from elsewhere, and roads by which tryptophan itself matters.",
        "Whether kynurenine silences T cells in patients as it does in a dish.",
        "An answer: three candidates are built in for why adding epacadostat did not help in ECHO-301 (ledger T145), and none is proven.",
    ),
    checks=(
        Check(
            "Arrival equals breakdown at every point.", "derived", "test_arrival_equals_breakdown"
        ),
        Check(
            "Without TDO a fully engaged IDO1 leaves no kynurenine; with TDO, or with capacity to spare and nine tenths engaged, most of it stays.",
            "derived",
            "test_three_reasons_why_kynurenine_stays",
        ),
    ),
)
