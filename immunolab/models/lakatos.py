"""Lakatos 2020: neoantigens in a tumour that grows while immune cells prune it.

Lakatos E, Williams MJ, Schenck RO, et al. Evolutionary dynamics of neoantigens in growing tumors.
Nat Genet 2020;52:1057-1066.

Each division gives each daughter a Poisson number of new mutations; each is an antigen with
probability p. A cell divides at rate b; with n antigens it dies at rate

    d = (1 + s n) (d0 - b0) + b0        with s <= 0: each antigen brings it nearer to death.

With a small probability a new mutation lets the cell escape, and its death rate is d0 again. One
run is one tumour, grown from one cell; a tumour that dies out is drawn again.
"""

from __future__ import annotations

import numpy as np

from immunolab.chance import Simulation
from immunolab.kinds import Check, Parameter, Quantity, Source

PAPER = Source(
    "Lakatos 2020, the rule of the authors’ code", doi="10.1038/s41588-020-0687-1", grade="curated"
)


def simulate(p, random):
    """Grow one tumour to ``p.cells`` cells; return what a sequencer would find in it."""
    while True:
        tumour = _grow(p, random)
        if tumour is not None:
            break
    carried = np.array([len(antigens) for antigens, _ in tumour])
    counts: dict[int, int] = {}
    for antigens, _ in tumour:
        for antigen in antigens:
            counts[antigen] = counts.get(antigen, 0) + 1
    return {
        "antigens_per_cell": carried.mean(),
        "largest_clone": max(counts.values(), default=0) / len(tumour),
        "without_antigen": np.mean(carried == 0),
        "escaped": np.mean([escaped for _, escaped in tumour]),
    }


def _grow(p, random):
    """Return the cells as (antigens, escaped), or None if the last one died."""
    cells: list[tuple[tuple[int, ...], bool]] = [((), False)]
    names, fastest = 0, p.birth
    while 0 < len(cells) < p.cells:
        # Event by event without a clock: a cell is drawn, and its rates decide what becomes of it.
        index = random.integers(len(cells))
        antigens, escaped = cells[index]
        death = (
            p.death
            if escaped
            else (1 + p.selection * len(antigens)) * (p.death - p.birth) + p.birth
        )
        fastest = max(fastest, p.birth + death)
        chance = random.random() * fastest
        if chance < death:
            cells[index] = cells[-1]
            cells.pop()
        elif chance < death + p.birth:
            daughters = []
            for _ in range(2):
                mutations = random.poisson(p.mutations)
                new = random.binomial(mutations, p.antigenic)
                free = escaped or random.random() < 1 - (1 - p.escape) ** mutations
                daughters.append(((*antigens, *range(names, names + new)), free))
                names += new
            cells[index] = daughters[0]
            cells.append(daughters[1])
    return cells or None


# fmt: off
PARAMETERS = (
    Parameter("selection", "s", "Immune selection by each antigen (zero: none)", "", -0.5, (-1.5, 0.0)),
    Parameter("antigenic", "p", "Share of mutations that are antigens", "share", 0.1, (0.0, 0.5)),
    Parameter("mutations", r"\mu", "Mutations at a division, in each daughter", "", 1.0, (0.0, 5.0)),
    Parameter("escape", r"p_\mathrm{esc}", "Chance that a mutation lets the cell escape", "", 0.0, (0.0, 0.01)),
    Parameter("cells", "N", "Size at which the tumour is looked at", "cells", 2000.0, (50.0, 10_000.0), "log"),
    Parameter("birth", "b_0", "Division of cells", "per time", 1.0, (0.5, 2.0)),
    Parameter("death", "d_0", "Death of cells without antigens", "per time", 0.1, (0.0, 0.4)),
    Parameter("seed", "k", "Which tumour", "run", 1.0, (1.0, 10_000.0), steps=9999),
)
# fmt: on

lakatos = Simulation(
    name="lakatos",
    title="Editing, seen in a genome",
    simulate=simulate,
    computes=(
        Quantity("antigens_per_cell", r"\bar n", "antigens a cell carries", ""),
        Quantity("largest_clone", "f", "cells that carry the commonest antigen", "share"),
        Quantity("without_antigen", "f_0", "cells without antigen", "share"),
        Quantity("escaped", r"f_\mathrm{esc}", "cells that have escaped", "share"),
    ),
    parameters=PARAMETERS,
    source=PAPER,
    summary=(
        "Immune selection leaves fewer antigens, and keeps those that arise rare: in its genome an edited tumour "
        "looks as if it had never had many."
    ),
    leaves_out=(
        "Driver mutations, space, and how well an antigen is presented: each antigen counts the same.",
        "An immune answer that changes in time.",
    ),
    checks=(
        Check(
            "The stronger the selection, the fewer antigens a cell carries and the rarer the commonest: the paper’s finding in words; its numbers were not seen.",
            "derived",
            "test_selection_leaves_fewer_and_rarer_antigens",
        ),
        Check(
            "Without selection the number of antigens a cell carries agrees with theory, in tumours without death (divisions behind each cell).",
            "derived",
            "test_neutral_tumours_agree_with_theory",
        ),
    ),
)
