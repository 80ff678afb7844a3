"""CD28 and CTLA-4 compete for B7-1, at balance.

Dissociation constants of the single binding sites, measured with purified proteins at 37 degrees:
van der Merwe 1997, doi:10.1084/jem.185.3.393.  The amounts of the three proteins are illustrative.
"""

from __future__ import annotations

from immunolab.kinds import Equilibrium, Parameter, Quantity, Source, Sweep


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
    parameters=(
        Parameter("blocked", "b_4", "CTLA-4 blocked by an antibody", "share", 0.0, (0.0, 0.99)),
        Parameter(
            "ligand_total", r"L_\mathrm{t}", "B7-1 in the contact", "µM", 2.0, (0.1, 50.0), "log"
        ),
        Parameter(
            "cd28_total", r"R_\mathrm{t}", "CD28 in the contact", "µM", 5.0, (0.5, 50.0), "log"
        ),
        Parameter(
            "ctla4_dissociation",
            r"K_4",
            "CTLA-4 to B7-1",
            "µM",
            0.42,
            (0.05, 5.0),
            "log",
            _measured("B033"),
        ),
        Parameter(
            "cd28_dissociation",
            r"K_{28}",
            "CD28 to B7-1",
            "µM",
            4.0,
            (0.5, 40.0),
            "log",
            _measured("B034"),
        ),
    ),
    summary="Two receptors share one ligand; the tighter binder wins when ligand is scarce.",
    leaves_out=(
        "CTLA-4 also pulls the ligand off the other cell and destroys it; here nothing is lost.",
        "The membrane: amounts are given as if the molecules were dissolved in the volume of the contact.",
        "B7-2, the second ligand, and pairs of receptors that bind pairs of ligands.",
    ),
)
