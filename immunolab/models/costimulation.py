"""CD28 and CTLA-4 compete for B7-1, and for B7-2, at balance.

Dissociation constants of single binding sites, measured with purified proteins at 37 degrees: for B7-1 van
der Merwe 1997, doi:10.1084/jem.185.3.393; for B7-2 Collins 2002, doi:10.1016/S1074-7613(02)00362-X, as
quoted in a published systems model.  All amounts of proteins are illustrative.

Numbers of two papers stand side by side in ``two_ligands``, and they do not fit together. Collins 2002
finds that B7-2, relative to how it binds CTLA-4, binds CD28 two to three times as well as B7-1 does. With the
older 0.42 µM for B7-1 on CTLA-4 the ratio is 1.2; the finding needs 0.17 to 0.26 µM.
"""

from __future__ import annotations

from immunolab.kinds import Check, Equilibrium, Parameter, Quantity, Source, Sweep


def _measured(ledger: str) -> Source:
    return Source("van der Merwe 1997", doi="10.1084/jem.185.3.393", ledger=ledger)


def balance(x, z, p):
    """Each protein is either free or bound; the sums must come out right."""
    ligand, cd28, ctla4 = z
    on_cd28 = ligand * cd28 / p.cd28_dissociation
    on_ctla4 = ligand * ctla4 / p.ctla4_dissociation
    return (
        (ligand + on_cd28 + on_ctla4) / p.ligand_total - 1,
        (cd28 + on_cd28) / p.cd28_total - 1,
        (ctla4 + on_ctla4) / (x * (1 - p.blocked)) - 1,
    )


def guess(x, p):
    """Start as if nothing were bound."""
    return p.ligand_total, p.cd28_total, x * (1 - p.blocked)


def observe(x, z, p):
    """Return the signal that each receptor receives."""
    ligand, cd28, ctla4 = z
    return {
        "cd28_engaged": ligand * cd28 / p.cd28_dissociation / p.cd28_total,
        "ligand_on_ctla4": ligand * ctla4 / p.ctla4_dissociation / p.ligand_total,
    }


# fmt: off
PARAMETERS = (
    Parameter("blocked", "b_4", "CTLA-4 blocked by an antibody", "share", 0.0, (0.0, 0.99)),
    Parameter("ligand_total", r"L_\mathrm{t}", "B7-1 in the contact", "µM", 2.0, (0.1, 50.0), "log"),
    Parameter("cd28_total", r"R_\mathrm{t}", "CD28 in the contact", "µM", 5.0, (0.5, 50.0), "log"),
    Parameter("ctla4_dissociation", r"K_4", "CTLA-4 to B7-1", "µM", 0.42, (0.05, 5.0), "log", _measured("B033")),
    Parameter("cd28_dissociation", r"K_{28}", "CD28 to B7-1", "µM", 4.0, (0.5, 40.0), "log", _measured("B034")),
)
# fmt: on

costimulation = Equilibrium(
    name="costimulation",
    title="CTLA-4 takes the ligand that CD28 needs",
    balance=balance,
    guess=guess,
    observe=observe,
    unknowns=(
        Quantity("ligand", "L", "free B7-1", "µM"),
        Quantity("cd28", "R", "free CD28", "µM"),
        Quantity("ctla4", "C", "free CTLA-4", "µM"),
    ),
    observables=(
        Quantity("cd28_engaged", r"\theta_{28}", "CD28 engaged", "share"),
        Quantity("ligand_on_ctla4", r"\theta_4", "B7-1 held by CTLA-4", "share"),
    ),
    sweep=Sweep("ctla4_total", "x", "CTLA-4 in the contact", "µM", 0.01, 100.0, "log", points=81),
    parameters=PARAMETERS,
    summary="Two receptors share one ligand; the tighter binder wins when ligand is scarce.",
    leaves_out=(
        "CTLA-4 also pulls the ligand off the other cell and destroys it; here nothing is lost.",
        "The membrane: amounts are given as if the molecules were dissolved in the volume of the contact.",
        "B7-2, the second ligand, and pairs of receptors that bind pairs of ligands.",
    ),
    checks=(
        Check(
            "The same sums, solved by an independent root finder, hold at every point.",
            "derived",
            "test_costimulation_against_a_general_root_finder",
        ),
    ),
)


def balance_of_two(x, z, p):
    """Each of four proteins is free, or bound to one of two partners."""
    b71, b72, cd28, ctla4 = z
    b71_on_cd28 = b71 * cd28 / p.b71_cd28
    b71_on_ctla4 = b71 * ctla4 / p.b71_ctla4
    b72_on_cd28 = b72 * cd28 / p.b72_cd28
    b72_on_ctla4 = b72 * ctla4 / p.b72_ctla4
    return (
        (b71 + b71_on_cd28 + b71_on_ctla4) / p.b71_total - 1,
        (b72 + b72_on_cd28 + b72_on_ctla4) / p.b72_total - 1,
        (cd28 + b71_on_cd28 + b72_on_cd28) / p.cd28_total - 1,
        (ctla4 + b71_on_ctla4 + b72_on_ctla4) / (x * (1 - p.blocked)) - 1,
    )


def observe_two(x, z, p):
    """Return how much of each receptor is engaged, and which ligand helps CD28 more."""
    b71, b72, cd28, ctla4 = z
    by_b71 = b71 * cd28 / p.b71_cd28 / p.cd28_total
    by_b72 = b72 * cd28 / p.b72_cd28 / p.cd28_total
    return {
        "cd28_engaged": by_b71 + by_b72,
        "cd28_by_b71": by_b71,
        "cd28_by_b72": by_b72,
        "b71_on_ctla4": b71 * ctla4 / p.b71_ctla4 / p.b71_total,
        "b72_on_ctla4": b72 * ctla4 / p.b72_ctla4 / p.b72_total,
    }


COLLINS = Source(
    "Collins 2002, as quoted in a published systems model",
    doi="10.1016/S1074-7613(02)00362-X",
    grade="secondary",
)

# fmt: off
TWO_LIGANDS = (
    Parameter("blocked", "b_4", "CTLA-4 blocked by an antibody", "share", 0.0, (0.0, 0.99)),
    Parameter("b71_total", r"L_{1,\mathrm{t}}", "B7-1 in the contact", "µM", 1.0, (0.05, 50.0), "log"),
    Parameter("b72_total", r"L_{2,\mathrm{t}}", "B7-2 in the contact", "µM", 2.0, (0.05, 50.0), "log"),
    Parameter("cd28_total", r"R_\mathrm{t}", "CD28 in the contact", "µM", 5.0, (0.5, 50.0), "log"),
    Parameter("b71_ctla4", r"K_{14}", "CTLA-4 to B7-1", "µM", 0.42, (0.05, 5.0), "log", _measured("B033")),
    Parameter("b71_cd28", r"K_{1}", "CD28 to B7-1", "µM", 4.0, (0.5, 40.0), "log", _measured("B034")),
    Parameter("b72_ctla4", r"K_{24}", "CTLA-4 to B7-2", "µM", 2.6, (0.2, 20.0), "log", COLLINS),
    Parameter("b72_cd28", r"K_{2}", "CD28 to B7-2", "µM", 20.0, (2.0, 100.0), "log", COLLINS),
)
# fmt: on

two_ligands = Equilibrium(
    name="two_ligands",
    title="Two ligands, two receptors",
    balance=balance_of_two,
    guess=lambda x, p: (p.b71_total, p.b72_total, p.cd28_total, x * (1 - p.blocked)),
    observe=observe_two,
    unknowns=(
        Quantity("b71", "L_1", "free B7-1", "µM"),
        Quantity("b72", "L_2", "free B7-2", "µM"),
        Quantity("cd28", "R", "free CD28", "µM"),
        Quantity("ctla4", "C", "free CTLA-4", "µM"),
    ),
    observables=(
        Quantity("cd28_engaged", r"\theta_{28}", "CD28 engaged", "share"),
        Quantity("cd28_by_b71", r"\theta_{28,1}", "CD28 engaged by B7-1", "share"),
        Quantity("cd28_by_b72", r"\theta_{28,2}", "CD28 engaged by B7-2", "share"),
        Quantity("b71_on_ctla4", r"\theta_{4,1}", "B7-1 held by CTLA-4", "share"),
        Quantity("b72_on_ctla4", r"\theta_{4,2}", "B7-2 held by CTLA-4", "share"),
    ),
    sweep=Sweep("ctla4_total", "x", "CTLA-4 in the contact", "µM", 0.01, 100.0, "log", points=81),
    parameters=TWO_LIGANDS,
    summary=(
        "CTLA-4 binds both ligands more tightly than CD28 does. Where B7-2 is plentiful CD28 keeps "
        "some help for longer."
    ),
    leaves_out=(
        *costimulation.leaves_out[:2],
        "Pairs of receptors that bind pairs of ligands, in which B7-1 and B7-2 differ.",
        "Agreement of its sources: the affinities of B7-1 are from one paper and those of B7-2 from another, and together they do not give what the second found.",
    ),
    checks=(
        Check(
            "CTLA-4 binds B7-2 7.7 times as tightly as CD28 does, and B7-1 9.5 times.",
            "derived",
            "test_selectivity_of_the_two_ligands",
        ),
        Check(
            "With these affinities B7-2 favours CD28 1.2-fold against B7-1; Collins 2002 finds two- to threefold, which would need 0.17 to 0.26 µM for B7-1 on CTLA-4.",
            "derived",
            "test_selectivity_of_the_two_ligands",
        ),
        Check(
            "With ligand scarce, more CTLA-4 leaves CD28 less engaged at every step, and blocking CTLA-4 restores it.",
            "derived",
            "test_more_ctla4_leaves_less_for_cd28",
        ),
    ),
)
