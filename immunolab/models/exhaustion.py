"""A small model of T cell exhaustion: a wear that rest takes away, a scar that it does not.

Progenitors renew themselves and burst into effectors that antigen wears out; PD-1 blockade lets them burst more,
at their own expense. While antigen stays, each progenitor takes on a reversible restraint within days, and a scar that
builds over weeks and stays when antigen is gone. New clones may be recruited; they start unscarred.

Our own teaching model, every number illustrative. What it builds on was seen in cells: progenitors answer PD-1 blockade
and terminal cells do not (Miller 2019, mice); scars outlast the cure of hepatitis C (Yates 2021, patients); under
blockade many expanded clones in tumours are new ones (Yost 2019, patients with skin cancer).
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Parameter, Quantity


def antigen_at(t, p):
    """Return antigen: there from the start, gone after a day of the reader's choice."""
    return np.where(t < p.antigen_stops, p.antigen, 0.0)


def rhs(t, y, p):
    """Old clones tire and scar; new clones come in with the same fate before them."""
    progenitor, effector, terminal, new_effector, restraint, scar = y
    antigen = antigen_at(t, p)
    blocked = np.where(t >= p.start, p.blockade, 0.0)

    # What a progenitor can still give: PD-1 blockade lifts the restraint, nothing lifts the scar.
    capacity = (1 - scar) * (1 - restraint * (1 - blocked))
    leaving = p.leaving * antigen * (1 + p.haste * blocked)
    made = p.burst * antigen * capacity * progenitor
    worn_out = p.wear * antigen

    d_progenitor = p.renewal * progenitor * (1 - progenitor) - leaving * progenitor
    d_effector = made - (p.effector_death + worn_out) * effector
    d_terminal = worn_out * (effector + new_effector) - p.terminal_death * terminal
    # Recruited cells are primed outside the tumour; blockade helps there too.
    d_new = p.recruitment * antigen * (1 + blocked) - (p.effector_death + worn_out) * new_effector
    d_restraint = p.restraining * (antigen * (1 - restraint)) - p.easing * (1 - antigen) * restraint
    d_scar = p.scarring * antigen * (1 - scar)
    return d_progenitor, d_effector, d_terminal, d_new, d_restraint, d_scar


def initial(p):
    """A pool of progenitors that has met no antigen yet."""
    return 0.5, 0.0, 0.0, 0.0, 0.0, 0.0


def observe(t, y, p):
    """Return what could be measured: function per cell, killing, and whose it is."""
    _, effector, terminal, new_effector, restraint, scar = y
    blocked = np.where(t >= p.start, p.blockade, 0.0)
    attack = effector + new_effector + p.terminal_killing * terminal
    return {
        "function": (1 - scar) * (1 - restraint * (1 - blocked)),
        "attack": attack,
        "new_share": new_effector / (effector + new_effector + 1e-9),
    }


# fmt: off
PARAMETERS = (
    Parameter("antigen_stops", r"t_\mathrm{rest}", "Day on which antigen goes", "day", 200.0, (0.0, 200.0), steps=100),
    Parameter("blockade", "b", "PD-1 kept blocked", "share", 0.0, (0.0, 1.0)),
    Parameter("start", r"t_\mathrm{on}", "Day on which blockade starts", "day", 60.0, (0.0, 200.0), steps=100),
    Parameter("recruitment", "r", "New clones recruited", "per day", 0.0, (0.0, 0.1)),
    Parameter("antigen", "a", "Antigen while it is there", "share", 1.0, (0.0, 1.0)),
    Parameter("renewal", r"\rho", "Renewal of progenitors", "per day", 0.05, (0.0, 0.2)),
    Parameter("leaving", r"\lambda", "Progenitors that leave to become effectors", "per day", 0.02, (0.0, 0.1)),
    Parameter("haste", "h", "How far blockade hurries progenitors out of the pool", "", 1.5, (0.0, 4.0)),
    Parameter("burst", "A", "Effectors made by progenitors", "per day", 0.5, (0.1, 2.0)),
    Parameter("wear", "x", "Effectors worn out by antigen", "per day", 0.05, (0.0, 0.3)),
    Parameter("effector_death", r"\delta_E", "Death of effectors", "per day", 0.05, (0.01, 0.2)),
    Parameter("terminal_death", r"\delta_X", "Death of terminal cells", "per day", 0.03, (0.005, 0.2)),
    Parameter("terminal_killing", r"\eta", "Attack left in terminal cells", "share", 0.1, (0.0, 1.0)),
    Parameter("restraining", r"\kappa", "Restraint put on by antigen", "per day", 0.2, (0.01, 1.0)),
    Parameter("easing", r"\epsilon", "Restraint that rest takes away", "per day", 0.1, (0.01, 1.0)),
    Parameter("scarring", r"\sigma", "Scar put on by antigen", "per day", 0.01, (0.0, 0.05)),
)
# fmt: on

exhaustion = ODE(
    name="exhaustion",
    title="Wear and scar",
    rhs=rhs,
    initial=initial,
    observe=observe,
    breaks=lambda p: (p.start, p.antigen_stops),
    states=(
        Quantity("progenitor", "P", "progenitors, old clones", "of the most"),
        Quantity("effector", "E", "effectors, old clones", "a.u."),
        Quantity("terminal", "X", "terminally exhausted cells", "a.u."),
        Quantity("new_effector", "N", "effectors, new clones", "a.u."),
        Quantity("restraint", "R", "restraint that can go", "share"),
        Quantity("scar", "S", "scar that stays", "share"),
    ),
    observables=(
        Quantity("function", "f", "what a progenitor of an old clone can still give", "share"),
        Quantity("attack", "K", "attack on the tumour", "a.u."),
        Quantity("new_share", "n", "effectors that belong to new clones", "share"),
    ),
    parameters=PARAMETERS,
    span=(0.0, 300.0),
    points=601,
    summary=(
        "Rest takes away the restraint and not the scar, so function comes back in part. Blockade lifts the "
        "restraint at once and spends progenitors. What looks like revival may be new cells."
    ),
    leaves_out=(
        "Sources in one kind: that progenitors answer blockade and terminal cells do not was seen in mice, scars in patients cured of hepatitis C, new clones in patients with skin cancer.",
        "Killing by terminal cells: here they hardly kill; in mice each can kill well (Miller 2019).",
        "Wear of the new: recruited clones tire here like others but do not scar, and blockade is assumed to double their number.",
        "The tumour: antigen here stays or goes as the reader decides.",
        "What the scar is made of (which genes stay closed or open), and drugs that might change it.",
        "Calibration: how fast a scar builds in patients is not known.",
    ),
    checks=(
        Check(
            "After rest function comes back to 1 - scar and no further, with the scar in closed form.",
            "derived",
            "test_rest_restores_some_not_all",
        ),
        Check(
            "In this model blockade leaves fewer progenitors; where all are gone it changes nothing.",
            "derived",
            "test_blockade_spends_progenitors",
        ),
        Check(
            "Without recruitment no effector belongs to a new clone; with it their share rises under blockade of a scarred pool.",
            "derived",
            "test_revival_may_be_recruitment",
        ),
    ),
)
