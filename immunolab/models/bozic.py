"""Bozic 2013: resistant cells are there before the treatment begins.

Bozic I, Reiter JG, Allen B, et al. Evolutionary dynamics of cancer in response to targeted
combination therapy. eLife 2013;2:e00747.

A tumour grows from one cell to M cells; each cell divides at rate b and dies at rate d. At each
division each of n letters of the genome that confer resistance is copied wrong with probability u.
Treatment leaves sensitive cells dying; what decides is whether a resistant cell exists already or
arises while they die.

    one drug     expected resistant cells   X = M n mu,  mu = (u/s) ln(M s),  s = 1 - d/b
    two drugs    a cell must resist both: by one letter (n12) or by two letters (n1 and n2)

The probabilities are the paper's equations for one lesion; several lesions are as one lesion of
their size together. Read "resistance to a drug" as "loss of the antigen that is recognised", and it
tells when a tumour can escape T cells of one kind, or of two.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

PAPER = Source("Bozic 2013", doi="10.7554/eLife.00747")


def failure(cells, mutation, first, second, both, growing, shrinking):
    """Return the probability that treatment fails: that a fully resistant cell exists or arises.

    ``growing`` and ``shrinking`` are 1 - death/birth before and (negative) during treatment. Cells
    become resistant by one step or by two, while the tumour grew or while it shrinks.
    """
    copies, turn = cells * mutation, (shrinking - growing) / (growing * shrinking)

    def by_way_of(step, then):
        return step * then * np.log(1 / (growing * cells) + mutation * then * turn)

    one_step = copies * both * (growing / shrinking - 1)
    two_steps_growing = (
        copies
        * mutation
        * turn
        * (by_way_of(first, second + both) + by_way_of(second, first + both))
    )
    pairs = 2 * first * second + both * (first + second)
    two_steps_shrinking = -copies * mutation * pairs * growing / shrinking**2
    return -np.expm1(one_step + two_steps_growing + two_steps_shrinking)


def formula(x, p):
    """Return expected resistant cells and chances of failure, for tumours of x cells."""
    growing = 1 - p.death / p.birth
    shrinking = 1 - p.death_treated / p.birth
    a_letter = p.mutation / growing * np.log(x * growing)
    pairs = p.first * p.second + p.cross * (p.first + p.second - p.cross) / 2
    return {
        "resistant_to_one": x * p.first * a_letter,
        "resistant_to_both": x * (p.cross * a_letter + pairs * a_letter**2),
        "failure_of_one": failure(x, p.mutation, 0.0, 0.0, p.first, growing, shrinking),
        "failure_of_both": failure(x, p.mutation, p.first, p.second, p.cross, growing, shrinking),
    }


# fmt: off
PARAMETERS = (
    Parameter("first", "n_1", "Letters that confer resistance to the first drug", "", 50.0, (1.0, 200.0), source=PAPER),
    Parameter("second", "n_2", "Letters that confer resistance to the second drug", "", 50.0, (1.0, 200.0), source=PAPER),
    Parameter("cross", "n_{12}", "Letters that confer resistance to both at once", "", 0.0, (0.0, 10.0), steps=10, source=PAPER),
    Parameter("mutation", "u", "Miscopied letters per letter and division", "", 1e-9, (1e-11, 1e-7), "log", PAPER),
    Parameter("birth", "b", "Division of cells", "per day", 0.14, (0.135, 0.149), source=PAPER),
    Parameter("death", "d", "Death of cells, untreated", "per day", 0.13, (0.0, 0.134), source=PAPER),
    Parameter("death_treated", "d'", "Death of sensitive cells under treatment", "per day", 0.17, (0.15, 1.0), source=PAPER),
)
# fmt: on

bozic = Formula(
    name="bozic",
    title="Resistant before treatment",
    formula=formula,
    sweep=Sweep("cells", "M", "tumour cells when treatment starts", "cells", 1e6, 1e12, "log"),
    computes=(
        Quantity("resistant_to_one", "X_1", "cells that resist the first drug", "cells", 1e-6),
        Quantity("resistant_to_both", "X_{12}", "cells that resist both drugs", "cells", 1e-6),
        Quantity("failure_of_one", "f_1", "chance that one drug fails", "share"),
        Quantity("failure_of_both", "f_{12}", "chance that both drugs together fail", "share"),
    ),
    parameters=PARAMETERS,
    source=PAPER,
    summary=(
        "In a tumour large enough to be found, cells that resist any one drug are there before it "
        "is given. Two drugs at once can cure, unless a single change resists both."
    ),
    leaves_out=(
        "Space, competition between clones, and any cost of being resistant.",
        "Resistance without a change in the genome, which can come and go.",
        "The immune system: antigen loss is read into the equations, not modelled.",
    ),
    checks=(
        Check(
            "Ten chances of Table 1, for eight patients, with and without a shared letter; one lesion of 8.5e8 cells with one shared letter fails with 0.677.",
            "paper",
            "test_printed_failures",
        ),
        Check(
            "The expected number of resistant cells is the integral of all that arose.",
            "derived",
            "test_expected_resistant_cells",
        ),
        Check(
            "As far as resistance arises before treatment, the chance for one drug is that of tumours grown cell by cell.",
            "derived",
            "test_one_drug_against_a_branching_process",
        ),
    ),
)
