"""A regulatory T cell visits an antigen-presenting cell and takes B7-1 away.

CTLA-4 on the visitor binds B7-1 more tightly than CD28 does (van der Merwe 1997,
doi:10.1084/jem.185.3.393), and what it has bound is pulled into the visitor and destroyed
(Qureshi 2011, doi:10.1126/science.1202947). CTLA-4 itself is not used up here.

Binding comes to balance within seconds (bonds let go at 0.4 per second or faster: van der Merwe
1997) and B7-1 is made and lost within hours, so binding is at balance throughout. What changes in
time is free B7-1; all the rest follows from it. The two affinities are published, every
other number is illustrative. Hours and micromoles per litre of the contact.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

VAN_DER_MERWE = "van der Merwe 1997"
VAN_DER_MERWE_DOI = "10.1084/jem.185.3.393"

ARRIVES, LEAVES = 2.0, 8.0  # hours
SETTLES = 0.25  # hours to settle on the cell, and to let go of it
CTLA4_EACH = 1.0  # what one regulatory T cell brings into the contact
CD28 = 5.0  # on the T cell that asks for help


def presence(t):
    """Return how far the regulatory T cell has settled on the other cell, from 0 to 1."""
    settling = np.minimum(np.maximum((t - ARRIVES) / SETTLES, 0.0), 1.0)
    letting_go = np.minimum(np.maximum((t - LEAVES) / SETTLES, 0.0), 1.0)
    return settling - letting_go


def presence_slope(t):
    """Return how fast that changes, per hour."""
    settling = np.where((t >= ARRIVES) & (t < ARRIVES + SETTLES), 1 / SETTLES, 0.0)
    letting_go = np.where((t >= LEAVES) & (t < LEAVES + SETTLES), 1 / SETTLES, 0.0)
    return settling - letting_go


def rhs(t, y, p):
    """B7-1 is made, lost, held by two receptors, and swallowed by one of them."""
    free, _ = y
    brought = CTLA4_EACH * p.regulatory * (1 - p.blocked)
    ctla4 = brought * presence(t)
    on_cd28 = CD28 * free / (p.cd28_dissociation + free)
    on_ctla4 = ctla4 * free / (p.ctla4_dissociation + free)
    on_cell = free + on_cd28 + on_ctla4
    taken = p.swallowing * on_ctla4
    change = p.renewal * (p.supply - on_cell) - taken
    # Of any change, only a part stays free: the receptors take or give the rest at once.
    arriving = brought * presence_slope(t) * free / (p.ctla4_dissociation + free)
    stiffness = (
        1
        + CD28 * p.cd28_dissociation / (p.cd28_dissociation + free) ** 2
        + ctla4 * p.ctla4_dissociation / (p.ctla4_dissociation + free) ** 2
    )
    return (change - arriving) / stiffness, taken


def free_at_rest(p):
    """Return free B7-1 before the visit: the root of supply = free + what CD28 holds."""
    lacking = p.cd28_dissociation + CD28 - p.supply
    return (-lacking + np.sqrt(lacking**2 + 4 * p.supply * p.cd28_dissociation)) / 2


def initial(p):
    """Return the antigen-presenting cell at rest."""
    return free_at_rest(p), 0.0


def observe(t, y, p):
    """Return shares of what there was before the visit."""
    free, swallowed = y
    ctla4 = CTLA4_EACH * p.regulatory * (1 - p.blocked) * presence(t)
    on_ctla4 = ctla4 * free / (p.ctla4_dissociation + free)
    on_cell = free + CD28 * free / (p.cd28_dissociation + free) + on_ctla4
    before = free_at_rest(p)
    help_before = before / (p.cd28_dissociation + before)
    return {
        "left": on_cell / p.supply,
        "held": on_ctla4 / p.supply,
        "help": free / (p.cd28_dissociation + free) / help_before,
        "taken": swallowed / p.supply,
        "visit": presence(t),
    }


def breaks(p):
    """The visitor comes, has settled, lets go, and is gone."""
    return ARRIVES, ARRIVES + SETTLES, LEAVES, LEAVES + SETTLES


# fmt: off
PARAMETERS = (
    Parameter("regulatory", "N", "Regulatory T cells that visit", "cells", 1.0, (0.0, 5.0), steps=50),
    Parameter("blocked", "b_4", "CTLA-4 kept blocked", "share", 0.0, (0.0, 1.0)),
    Parameter("swallowing", "q", "Trans-endocytosis: bound B7 taken in", "per hour", 0.0, (0.0, 3.0)),
    Parameter("supply", "S", "B7-1 at rest", "µM", 1.0, (0.1, 10.0), "log"),
    Parameter("renewal", "r", "New B7-1 made", "per hour", 0.06, (0.0, 0.5)),
    Parameter("ctla4_dissociation", "K_4", "CTLA-4 to B7-1", "µM", 0.42, (0.05, 5.0), "log", Source(VAN_DER_MERWE, doi=VAN_DER_MERWE_DOI, ledger="B033")),
    Parameter("cd28_dissociation", "K_{28}", "CD28 to B7-1", "µM", 4.0, (0.5, 40.0), "log", Source(VAN_DER_MERWE, doi=VAN_DER_MERWE_DOI, ledger="B034")),
)
# fmt: on

trans_endocytosis = ODE(
    name="trans_endocytosis",
    title="CTLA-4 competes for B7-1, and takes it away",
    rhs=rhs,
    initial=initial,
    observe=observe,
    breaks=breaks,
    states=(
        Quantity("free", "L", "free B7-1", "µM"),
        Quantity("swallowed", "Q", "B7-1 swallowed so far", "µM"),
    ),
    observables=(
        Quantity("left", r"\ell", "B7-1 on the presenting cell", "share"),
        Quantity("held", r"\theta_4", "of it held by CTLA-4", "share"),
        Quantity("help", r"\eta", "help through CD28", "share"),
        Quantity("taken", r"\kappa", "B7-1 swallowed so far", "share"),
        Quantity("visit", "v", "regulatory T cell on the cell", "share"),
    ),
    span=(0.0, 24.0),
    time_unit="hours",
    parameters=PARAMETERS,
    summary="Binding is quick and B7-1 is made slowly, so a ligand that is taken away stays away.",
    leaves_out=(
        "B7-2, the other ligand, and CTLA-4 on the T cell that asks for help.",
        "What CTLA-4 itself tells its own cell, and everything else a regulatory T cell does.",
        "The membrane: amounts are given as if the molecules were dissolved in the volume of the contact.",
        "Rest and return: the visitor comes once and stays six hours, and its CTLA-4 is never used up.",
    ),
    checks=(
        Check(
            "If no B7-1 is made, what is swallowed is what is missing.",
            "derived",
            "test_what_is_swallowed_is_what_is_missing",
        ),
        Check(
            "Without swallowing it agrees with the model of two receptors at balance.",
            "derived",
            "test_competition_agrees_with_the_model_of_the_balance",
        ),
        Check(
            "B7-1 returns as fast as it is made.",
            "derived",
            "test_b7_1_returns_as_fast_as_it_is_made",
        ),
    ),
)
