"""How much of a receptor an antibody occupies: one binding site, at balance.

Occupancy = C / (C + Kd).  The affinity of nivolumab for PD-1 is reported between 2.6 and 7.2 nM,
depending on the method; the default is the value quoted from Wang 2014.
"""

from __future__ import annotations

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

WANG = Source(
    "Wang 2014, quoted in a published systems model",
    doi="10.1158/2326-6066.CIR-14-0040",
    ledger="B043",
    grade="secondary",
)


def formula(x, p):
    """Return the share of receptors with an antibody on them, and without."""
    occupied = x / (x + p.dissociation)
    return {"occupied": occupied, "free": 1 - occupied}


# fmt: off
PARAMETERS = (
    Parameter("dissociation", "K_d", "Dissociation constant (nivolumab on PD-1: 2.6 to 7.2 nM reported)", "nM", 2.6, (0.1, 100.0), "log", WANG),
)
# fmt: on

occupancy = Formula(
    name="occupancy",
    title="How much receptor does an antibody occupy?",
    formula=formula,
    sweep=Sweep("concentration", "C", "antibody around the cell", "nM", 0.01, 1000.0, "log"),
    computes=(
        Quantity("occupied", r"\mathrm{occupied}", "receptors occupied", "share"),
        Quantity("free", r"\mathrm{free}", "receptors left free", "share"),
    ),
    parameters=PARAMETERS,
    summary="One antibody, one binding site, and time enough to come to balance.",
    leaves_out=(
        "Binding with two arms at once, and receptors that are taken up or made anew.",
        "What a blocked receptor is worth: occupancy is not effect.",
    ),
    checks=(
        Check(
            "One half is occupied where the concentration equals the dissociation constant.",
            "derived",
            "test_half_of_the_receptors_at_the_dissociation_constant",
        ),
    ),
)
