"""Avanzini 2020: how much tumour DNA reaches the blood, and whether a test sees it.

Avanzini S, Kurtz DM, Chabon JJ, et al. A mathematical model of ctDNA shedding predicts tumor
detection size. Sci Adv 2020.

Cells divide at rate b and die at rate d; each death sheds on average q haploid genomes into the
blood, where half is gone within half an hour. In a tumour of M cells that grows at r = b - d there
are on average

    C = M q d / (r + epsilon),    epsilon = ln 2 / half-life

genomes in the blood. A tube holds a few millilitres of some litres, so small tumours are missed by
chance alone: the number in a tube is Poisson-distributed.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

PAPER = Source("Avanzini 2020", doi="10.1126/sciadv.abc4308")
CODE = Source("Avanzini 2020, the authors’ code", doi="10.1126/sciadv.abc4308", grade="curated")


def formula(x, p):
    """Return genomes in the blood, per millilitre, in a tube, and the chance that it holds one."""
    removal = np.log(2.0) / (p.half_life / (24 * 60))
    genomes = x * p.shed * p.death / (p.birth - p.death + removal)
    per_millilitre = genomes / (1000 * p.plasma * p.blood)
    in_tube = per_millilitre * p.plasma * p.tube
    return {
        "genomes": genomes,
        "per_millilitre": per_millilitre,
        "in_tube": in_tube,
        "seen": -np.expm1(-in_tube * p.markers),
    }


# fmt: off
PARAMETERS = (
    Parameter("shed", "q", "Genomes shed by a death", "", 1.4e-4, (1e-6, 1e-2), "log", PAPER),
    Parameter("tube", "v", "Blood drawn", "mL", 15.0, (1.0, 60.0), "log", CODE),
    Parameter("markers", "k", "Mutations looked for at once", "", 1.0, (1.0, 100.0), "log"),
    Parameter("birth", "b", "Division of cells", "per day", 0.14, (0.137, 0.5), source=CODE),
    Parameter("death", "d", "Death of cells", "per day", 0.136, (0.01, 0.1365), source=CODE),
    Parameter("half_life", r"t_{1/2}", "Half-life in the blood", "minutes", 30.0, (5.0, 240.0), "log", PAPER),
    Parameter("blood", "B", "Blood in the body", "L", 5.0, (3.0, 7.0), source=CODE),
    Parameter("plasma", "f", "Share of blood that is plasma", "share", 0.55, (0.4, 0.7), source=CODE),
)
# fmt: on

avanzini = Formula(
    name="avanzini",
    title="Tumour DNA in the blood",
    formula=formula,
    sweep=Sweep("cells", "M", "tumour cells", "cells", 1e6, 1e11, "log"),
    computes=(
        Quantity("genomes", "C", "tumour genomes in the blood", "genomes", 1e-6),
        Quantity("per_millilitre", "c", "per millilitre of plasma", "genomes per mL", 1e-9),
        Quantity("in_tube", "n", "in one tube", "genomes", 1e-9),
        Quantity("seen", "P", "chance that a tube holds at least one marked fragment", "share"),
    ),
    parameters=PARAMETERS,
    source=PAPER,
    summary=(
        "What is in the blood follows how many cells die, not only how many there are; and a tube "
        "can miss what the blood holds."
    ),
    leaves_out=(
        "Other cancers: the values are for cancer of the lung, and some sites shed little.",
        "Errors of sequencing, and mutations of ageing blood cells, which look like a tumour’s.",
        "Treatment, which makes cells die and so can raise the number for some days.",
    ),
    checks=(
        Check(
            "A tumour of 1 cm³ (1e9 cells) gives 0.21 genomes per millilitre of plasma, the regression to which the paper fitted its shedding.",
            "paper",
            "test_genomes_of_a_billion_cells",
        ),
        Check(
            "The mean agrees with genomes shed and removed at random from a tumour that grows exponentially.",
            "derived",
            "test_mean_against_event_by_event",
        ),
    ),
)
