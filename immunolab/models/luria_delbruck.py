"""Luria and Delbrück 1943: how many mutants a culture holds, when each arose by chance.

Mutations of bacteria from virus sensitivity to virus resistance. Genetics 28:491-511,
doi:10.1093/genetics/28.6.491.

Mutants that arise early have many descendants, so among equal cultures most hold few and some hold
a jackpot: the mark of changes that come before the selection and not in answer to it. With m
mutations expected in a culture, the distribution obeys the recursion of Lea and Coulson 1949

    p0 = exp(-m),    p_k = (m/k) sum over i < k of p_i / (k - i + 1).
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Quantity, Source, Sweep

PAPER = Source("Lea and Coulson 1949", doi="10.1007/BF02986080")
FEW = 10


def distribution(mutations, largest: int) -> list:
    """Return the probabilities of 0, 1, ..., ``largest`` mutants in a culture."""
    chances = [np.exp(-mutations)]
    for k in range(1, largest + 1):
        earlier = sum(chances[i] / (k - i + 1) for i in range(k))
        chances.append(mutations / k * earlier)
    return chances


def formula(x, p):
    """Return chances for the number of mutants, and what fixed luck would give (Poisson)."""
    chances = distribution(x, FEW)
    poisson = [np.exp(-x)]
    for k in range(1, FEW + 1):
        poisson.append(poisson[-1] * x / k)
    return {
        "none": chances[0],
        "few": sum(chances[1:]),
        "many": 1 - sum(chances),
        "many_if_induced": np.maximum(1 - sum(poisson), 0.0),
    }


luria_delbruck = Formula(
    name="luria_delbruck",
    title="Jackpots",
    formula=formula,
    sweep=Sweep("mutations", "m", "mutations expected in a culture", "", 0.05, 10.0),
    computes=(
        Quantity("none", "p_0", "no mutant", "share"),
        Quantity("few", "p_{1-10}", "one to ten mutants", "share"),
        Quantity("many", "p_{>10}", "more than ten mutants", "share"),
        Quantity(
            "many_if_induced",
            "q_{>10}",
            "more than ten, were they an answer to the selection",
            "share",
        ),
    ),
    parameters=(),
    source=PAPER,
    summary=(
        "Equal cultures hold very unequal numbers of mutants. Resistance that is there beforehand "
        "gives jackpots; resistance that the selection itself brings about would not."
    ),
    leaves_out=(
        "Mutants that grow more slowly or faster than the rest, and cells that die.",
        "Treatment: it only reveals what is there.",
    ),
    checks=(
        Check(
            "A culture without mutants has probability exp(-m), and all probabilities add up to one.",
            "derived",
            "test_distribution_adds_up",
        ),
        Check(
            "Simulated cultures have the same distribution.",
            "derived",
            "test_distribution_against_simulated_cultures",
        ),
    ),
)
