"""A virtual tumour: the smallest model in which a brake, its release and three escapes exist.

Antigen-positive and antigen-negative tumour cells meet T cells that are progenitor, effector or
terminally exhausted, in tissue with a suppressive compartment (regulatory T cells, myeloid cells).

Our own teaching model. Its structure follows what is known (progenitor cells answer PD-1
blockade, terminal cells do not: Miller 2019, doi:10.1038/s41590-019-0312-6, in mice); its numbers
are illustrative, except the net growth of the tumour (Bozic 2013).

Sizes are shares of the largest that this one lesion can grow to (1e10 cells, about 10 cm3). For T cells, 1 is a strong
response. Days throughout.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Extinction, Parameter, Quantity, Source

BOZIC = Source("Bozic 2013, net growth of melanoma lesions", doi="10.7554/eLife.00747")

LARGEST = 1e10  # cells in a tumour of size 1
ONE_CELL = 1.0 / LARGEST


def interferon_of(effector, p):
    """Return the interferon-gamma signal that effectors give, from 0 to 1."""
    return effector / (p.half_interferon + effector)


def added_pdl1(interferon, p):
    """Return the PD-L1 put up under attack; a tumour without JAK1 or JAK2 puts up none."""
    return p.adaptive_pdl1 * p.jak * interferon


def rhs(t, y, p):
    """Attack needs antigen, T cells and entry; every brake divides it."""
    positive, negative, progenitor, effector, terminal, suppressive = y
    tumour = positive + negative
    blocked = np.where(t >= p.start, p.blockade, 0.0)
    ctla4_blocked = np.where(t >= p.start, p.ctla4_blockade, 0.0)

    # What T cells see. Interferon-gamma raises antigen presentation, and PD-L1 with it;
    # a tumour without JAK1 or JAK2 hears neither.
    interferon = interferon_of(effector, p)
    visible = p.antigen * (1 - p.presentation_needing_interferon * (1 - p.jak * interferon))
    recognised = visible * positive / (p.half_recognition + visible * positive)

    # What holds them back.
    pdl1 = p.constitutive_pdl1 + added_pdl1(interferon, p)
    pd1_signal = 1 / (1 + p.pd1_brake * pdl1 * (1 - blocked))
    other_signal = 1 / (1 + p.other_brakes)
    costimulation = 1 / (1 + p.ctla4_brake * (1 - ctla4_blocked))
    suppression = 1 / (1 + p.suppression * suppressive)
    nutrients = 1 / (1 + p.metabolic_stress * tumour)
    entry = 1 / (1 + p.entry_barrier)

    attack = pd1_signal * effector + p.terminal_killing * terminal
    killing = (
        p.killing
        * entry
        * suppression
        * nutrients
        * other_signal
        * attack
        * visible
        / (p.half_killing + tumour)
    )
    # PD-1 restrains the progenitors' burst as well as the killing.
    burst = p.burst * (recognised + p.surveillance) * (1 + p.released_burst * pd1_signal)

    d_positive = (
        p.growth * positive * (1 - tumour) * positive / (positive + ONE_CELL)
        - (killing + p.antigen_loss) * positive
    )
    d_negative = (
        p.growth * negative * (1 - tumour) * negative / (negative + ONE_CELL)
        + p.antigen_loss * positive
    )
    d_progenitor = (
        p.priming * costimulation * suppression * recognised * (1 - progenitor)
        - (p.progenitor_loss + p.antigen_driven_loss * recognised) * progenitor
    )
    d_effector = (
        burst * costimulation * suppression * nutrients * progenitor
        - (p.effector_death + p.exhaustion * recognised**2) * effector
    )
    d_terminal = p.exhaustion * recognised**2 * effector - p.terminal_death * terminal
    d_suppressive = p.suppressive_turnover * (
        p.suppressive_rest
        + p.suppressive_by_tumour * tumour / (p.half_suppressive + tumour)
        + p.suppressive_by_interferon * interferon
        - suppressive
    )
    return d_positive, d_negative, d_progenitor, d_effector, d_terminal, d_suppressive


def initial(p):
    """Return a tumour at diagnosis; the immune answer starts when the run starts."""
    # While the tumour grew from one cell, antigen loss made negative cells at a steady share.
    grown = np.log(p.tumour_at_start * LARGEST)
    negative = p.antigen_loss / p.growth * p.tumour_at_start * grown
    return p.tumour_at_start - negative, negative, 0.0, 0.0, 0.0, p.suppressive_rest


def observe(t, y, p):
    """Return what a clinic or a microscope could see."""
    positive, negative, _, effector, _, _ = y
    added = added_pdl1(interferon_of(effector, p), p)
    return {
        "tumour_cells": LARGEST * (positive + negative),
        "negative_cells": LARGEST * negative,
        "constitutive": p.constitutive_pdl1 + 0.0 * t,
        "pdl1": p.constitutive_pdl1 + added,
        "pdl1_from_attack": added,
        "pd1_blocked": np.where(t >= p.start, p.blockade, 0.0),
    }


def breaks(p):
    """The equations change when treatment starts."""
    return (p.start,)


def _p(name, symbol, meaning, unit, default, low, high, scale="linear", **more):
    return Parameter(name, symbol, meaning, unit, default, (low, high), scale, **more)


PARAMETERS = (
    _p("antigen", "a", "Antigen on the tumour", "", 1.0, 0.0, 1.5),
    _p("blockade", "b_1", "PD-1 kept blocked by the antibody", "share", 0.0, 0.0, 1.0),
    _p("pd1_brake", r"\kappa_1", "Strength of the PD-1 brake", "", 3.0, 0.0, 6.0),
    _p("jak", "j", "JAK signalling left in the tumour", "share", 1.0, 0.0, 1.0),
    _p(
        "start", r"t_\mathrm{on}", "Day on which treatment starts", "day", 0.0, 0.0, 400.0, steps=80
    ),
    _p("constitutive_pdl1", r"\ell_0", "PD-L1 the tumour shows unprovoked", "", 0.3, 0.0, 1.5),
    _p("adaptive_pdl1", r"\ell_1", "PD-L1 added under attack", "", 1.0, 0.0, 2.0),
    _p("ctla4_blockade", "b_4", "CTLA-4 kept blocked by the antibody", "share", 0.0, 0.0, 1.0),
    _p("ctla4_brake", r"\kappa_4", "Strength of the CTLA-4 brake", "", 1.0, 0.0, 6.0),
    _p("other_brakes", r"\kappa_2", "Strength of other brakes", "", 0.3, 0.0, 4.0),
    _p("priming", r"\pi", "Priming of new T cells", "per day", 0.01, 0.0005, 0.03),
    _p("entry_barrier", r"\varepsilon", "Barrier to entry", "", 0.2, 0.0, 6.0),
    _p("antigen_loss", "u", "Antigen loss per cell", "per day", 0.0, 0.0, 1e-6),
    _p("growth", r"\rho", "Net growth of the tumour", "per day", 0.01, 0.003, 0.03, source=BOZIC),
    _p("tumour_at_start", "T_0", "Tumour at diagnosis", "of the largest", 0.1, 0.001, 0.5, "log"),
    _p("killing", "k", "Killing by a strong response", "per day", 0.01, 0.002, 0.03),
    _p("half_killing", "h", "Tumour size at half killing", "of the largest", 0.05, 0.02, 0.2),
    _p(
        "presentation_needing_interferon",
        r"\psi",
        "Antigen presentation that needs interferon",
        "share",
        0.9,
        0.0,
        0.95,
    ),
    _p("half_interferon", "E_{1/2}", "Effectors at half interferon", "", 0.3, 0.1, 1.0),
    _p("half_recognition", "K_a", "Antigen at half recognition", "", 0.02, 0.005, 0.1),
    _p("progenitor_loss", r"\delta_P", "Loss of progenitors", "per day", 0.001, 0.0002, 0.005),
    _p(
        "antigen_driven_loss",
        r"\alpha_P",
        "Loss of progenitors driven by antigen",
        "per day",
        0.015,
        0.0,
        0.04,
    ),
    _p("surveillance", "m", "Effector output without antigen", "", 0.1, 0.0, 0.2),
    _p("burst", "A", "Effectors made by progenitors", "per day", 1.0, 0.2, 2.0),
    _p("released_burst", r"\beta_1", "Extra burst where PD-1 does not brake", "", 1.0, 0.0, 2.0),
    _p("effector_death", r"\delta_E", "Death of effectors", "per day", 0.04, 0.02, 0.1),
    _p("exhaustion", "x", "Exhaustion by antigen", "per day", 0.06, 0.0, 0.2),
    _p(
        "terminal_death",
        r"\delta_X",
        "Death of terminally exhausted cells",
        "per day",
        0.01,
        0.003,
        0.04,
    ),
    _p("terminal_killing", r"\eta_X", "Killing left in terminal cells", "", 0.05, 0.0, 0.2),
    _p("suppression", "s", "Strength of suppressive cells", "", 1.0, 0.0, 2.0),
    _p("suppressive_rest", "r_0", "Suppressive cells at rest", "", 0.1, 0.0, 0.5),
    _p("suppressive_by_tumour", "r_1", "Suppressive cells drawn by the tumour", "", 1.0, 0.0, 6.0),
    _p("suppressive_by_interferon", "r_2", "Suppressive cells drawn by attack", "", 0.3, 0.0, 2.0),
    _p(
        "half_suppressive",
        "K_R",
        "Tumour size at half recruitment",
        "of the largest",
        0.2,
        0.05,
        0.5,
    ),
    _p(
        "suppressive_turnover",
        r"\delta_R",
        "Turnover of suppressive cells",
        "per day",
        0.02,
        0.005,
        0.05,
    ),
    _p("metabolic_stress", r"\omega", "Metabolic stress", "", 1.0, 0.0, 15.0),
)

virtual_tumour = ODE(
    name="virtual_tumour",
    title="A virtual tumour",
    rhs=rhs,
    initial=initial,
    observe=observe,
    breaks=breaks,
    states=(
        Quantity("positive", "S", "antigen-positive tumour", "of the largest", ONE_CELL),
        Quantity("negative", "N", "antigen-negative tumour", "of the largest", ONE_CELL),
        Quantity("progenitor", "P", "progenitor T cells", "of a strong response", 1e-9),
        Quantity("effector", "E", "effector T cells", "of a strong response", 1e-9),
        Quantity("terminal", "X", "terminally exhausted T cells", "of a strong response", 1e-9),
        Quantity("suppressive", "R", "suppressive cells", "", 1e-9),
    ),
    observables=(
        Quantity("tumour_cells", "T", "tumour cells", "cells", 1.0),
        Quantity("negative_cells", "N", "antigen-negative tumour cells", "cells", 1.0),
        Quantity("constitutive", r"\ell_0", "PD-L1 shown unprovoked", "", 1e-9),
        Quantity("pdl1", "L", "PD-L1 in all", "", 1e-9),
        Quantity("pdl1_from_attack", "L - \\ell_0", "PD-L1 added under attack", "", 1e-9),
        Quantity("pd1_blocked", "b_t", "PD-1 blocked at this time", "share", 1e-9),
    ),
    parameters=PARAMETERS,
    span=(0.0, 600.0),
    points=401,
    extinctions=(
        Extinction("positive", below=lambda p: ONE_CELL),
        Extinction("negative", below=lambda p: ONE_CELL),
    ),
    summary=(
        "Progenitor T cells are primed by antigen and burst into effectors; effectors kill, and "
        "their interferon-gamma raises both antigen presentation and PD-L1. Antigen that stays "
        "turns effectors into terminally exhausted cells."
    ),
    leaves_out=(
        "Chance: the same settings always end the same way. Below one cell a tumour counts as gone.",
        "Space: the barrier to entry weakens killing, but T cells that stay outside are not counted apart.",
        "The past: T cells start from nothing on the day of diagnosis; in a patient the attack is older.",
        "Killing by terminally exhausted cells: here they hardly kill; in mice each can kill well (Miller 2019).",
        "The drug in the body: the antibody is simply there from one day on.",
        "Toxicity: nothing here makes full blockade cost anything. In patients it can.",
        "Calibration: nothing here predicts a patient, and responses come later than in the clinic.",
    ),
)
