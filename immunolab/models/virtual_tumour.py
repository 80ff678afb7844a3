"""A virtual tumour: each mechanism of resistance in this book is one named parameter of one model.

Antigen-positive and antigen-negative tumour cells meet T cells that are progenitor, effector or
terminally exhausted, in tissue with a suppressive compartment (regulatory T cells, myeloid cells).
Every chapter opens one more term of the same equations; what a chapter does not open rests at a
moderate default, and treatments at none.

Our own teaching model. Its structure follows what is known (progenitor cells answer PD-1
blockade, terminal cells do not: Miller 2019, doi:10.1038/s41590-019-0312-6, in mice); its numbers
are illustrative, except the net growth of the tumour (Bozic 2013).

Where a mechanism acts decides what can undo it:

    matrix, CXCL12     entry of T cells into the tumour
    vessels (VEGF)     adhesion of T cells, and dendritic cells
    WNT/beta-catenin   dendritic cells, and with them priming
    suppressive cells  priming, expansion and killing
    metabolism         expansion and killing, the more so in a large tumour
    brakes             PD-1: killing and the progenitors' burst; CTLA-4: priming and the burst;
                       others (LAG-3, TIM-3): killing

A drug against the tissue engages its target by half unless set otherwise. Sizes are shares of the
largest that this one lesion can grow to (1e10 cells, about 10 cm3). For T cells, 1 is a strong
response. Days throughout.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Extinction, Jump, Limit, Parameter, Quantity, Source

BOZIC = Source("Bozic 2013, net growth of melanoma lesions", doi="10.7554/eLife.00747")

LARGEST = 1e10  # cells in a tumour of size 1
ONE_CELL = 1.0 / LARGEST
MOST_FRACTIONS = 5  # of radiotherapy, one a day

# Illustrative, and not for turning.
IMMATURE_BY_VEGF = 0.5
DANGER_BY_CHEMOTHERAPY = 5.0
DANGER_FADES = 0.1  # per day
DANGER_BY_RADIATION = 4.0
LINEAR, QUADRATIC = 0.05, 0.0114  # radiation: death per gray, and per gray squared

#: Each barrier of the tissue, and the drug against it.
MATCHED_DRUG = {
    "matrix": "matrix_softening",
    "cxcl12": "cxcr4_blockade",
    "vessels": "vessel_normalisation",
    "metabolic_stress": "metabolic_rescue",
    "suppressive_by_tumour": "suppressive_depletion",
}


# ------------------------------------------------------------------------ what T cells meet


def treated(t, p):
    """Return 1 from the first day of treatment on, and 0 before."""
    return np.where(t >= p.start, 1.0, 0.0)


def left_of(barrier, drug, p):
    """Return what a drug leaves of a barrier; it engages its target only in part."""
    return barrier * (1 - p.engagement * drug)


def interferon_of(effector, p):
    """Return the interferon-gamma signal that effectors give, from 0 to 1."""
    return effector / (p.half_interferon + effector)


def visible_antigen(interferon, p):
    """Return what T cells see: interferon raises it, unless JAK1 or JAK2 is lost."""
    needs = p.presentation_needing_interferon
    return p.antigen * p.hla * (1 - needs * (1 - p.jak * interferon))


def added_pdl1(interferon, p):
    """Return the PD-L1 put up under attack; a tumour without JAK1 or JAK2 puts up none."""
    return p.adaptive_pdl1 * p.jak * interferon


def entry_of(on, p):
    """Return how well T cells get in, from 0 to 1: past vessels, matrix and CXCL12."""
    dense = left_of(p.matrix, on * p.matrix_softening, p)
    held_outside = left_of(p.cxcl12, on * p.cxcr4_blockade, p)
    abnormal = left_of(p.vessels, on * p.vessel_normalisation, p)
    return 1 / (1 + dense + held_outside + abnormal)


def dendritic_cells(on, p):
    """Return how well dendritic cells prime: WNT keeps them away, VEGF keeps them immature."""
    abnormal = left_of(p.vessels, on * p.vessel_normalisation, p)
    return p.dendritic_function / ((1 + p.wnt) * (1 + IMMATURE_BY_VEGF * abnormal))


def suppression_of(suppressive, p):
    """Return what suppressive cells leave of an answer, from 0 to 1."""
    return 1 / (1 + p.suppression * suppressive)


def nutrients_of(on, tumour, p):
    """Return what a hungry tumour leaves to T cells, from 0 to 1."""
    stress = left_of(p.metabolic_stress, on * p.metabolic_rescue, p)
    return 1 / (1 + stress * tumour)


# ------------------------------------------------------------------------------ the equations


def rhs(t, y, p):
    """Attack needs antigen, T cells and entry; every brake divides it."""
    positive, negative, progenitor, effector, terminal, suppressive, danger = y
    tumour, on = positive + negative, treated(t, p)

    interferon = interferon_of(effector, p)
    visible = visible_antigen(interferon, p)
    recognised = visible * positive / (p.half_recognition + visible * positive)

    # What holds T cells back.
    pdl1 = p.constitutive_pdl1 + added_pdl1(interferon, p)
    pd1_signal = 1 / (1 + p.pd1_brake * pdl1 * (1 - on * p.blockade))
    other_signal = 1 / (1 + p.other_brakes * (1 - on * p.other_blockade))
    costimulation = 1 / (1 + p.ctla4_brake * (1 - on * p.ctla4_blockade))
    suppression = suppression_of(suppressive, p)
    nutrients = nutrients_of(on, tumour, p)
    entry = entry_of(on, p)

    # What kills.
    attack = pd1_signal * effector + p.terminal_killing * terminal
    reach = entry * suppression * nutrients / (p.half_killing + tumour)
    killing = p.killing * reach * other_signal * attack * visible
    missing_self = p.nk_killing * (1 + on * p.nk_support) * p.mhc_loss
    nk_killing = missing_self * entry * nutrients / (p.half_killing + tumour)
    chemotherapy = on * p.chemotherapy
    lost_to_lymphodepletion = on * p.lymphodepletion
    speed = p.growth * (1 - on * p.targeted) * (1 - tumour)

    # What makes T cells: PD-1 restrains the progenitors' burst as well as the killing.
    dendritic = dendritic_cells(on, p)
    taught = recognised * (1 + danger) + on * p.vaccine * p.antigen * p.hla
    primed = p.priming * p.host * dendritic * costimulation * suppression * taught
    burst = p.burst * (recognised + p.surveillance) * (1 + p.released_burst * pd1_signal)
    worn_out = p.exhaustion * recognised**2

    d_positive = (
        speed * positive * positive / (positive + ONE_CELL)
        - (killing + p.antigen_loss + chemotherapy) * positive
    )
    d_negative = (
        p.negative_growth * speed * negative * negative / (negative + ONE_CELL)
        + p.antigen_loss * positive
        - (p.bystander * killing * recognised + nk_killing + chemotherapy) * negative
    )
    d_progenitor = (
        primed * (1 - progenitor)
        - (p.progenitor_loss + p.antigen_driven_loss * recognised + lost_to_lymphodepletion)
        * progenitor
    )
    d_effector = (
        burst * costimulation * suppression * nutrients * progenitor
        - (p.effector_death + worn_out + lost_to_lymphodepletion) * effector
    )
    d_terminal = worn_out * effector - p.terminal_death * terminal
    drawn = (
        p.suppressive_rest
        + p.suppressive_by_tumour * tumour / (p.half_suppressive + tumour)
        + p.suppressive_by_interferon * interferon
    )
    d_suppressive = (
        p.suppressive_turnover * (left_of(drawn, on * p.suppressive_depletion, p) - suppressive)
        - lost_to_lymphodepletion * suppressive
    )
    d_danger = DANGER_BY_CHEMOTHERAPY * chemotherapy * tumour / (
        p.half_killing + tumour
    ) + DANGER_FADES * (on * p.innate_agonist - danger)
    return (
        d_positive,
        d_negative,
        d_progenitor,
        d_effector,
        d_terminal,
        d_suppressive,
        d_danger,
    )


def initial(p):
    """Return a tumour at diagnosis; the immune answer starts when the run starts."""
    # While the tumour grew from one cell, antigen loss made negative cells at a steady rate, on
    # average: their share grows with the logarithm of its size.
    grown = np.log(p.tumour_at_start * LARGEST)
    negative = p.antigen_loss / p.growth * p.tumour_at_start * grown
    return p.tumour_at_start - negative, negative, 0.0, 0.0, 0.0, p.suppressive_rest, 0.0


def fractions(p):
    """Return the days of radiotherapy; a fraction that is not given never comes."""
    return tuple(
        np.where((day < p.fractions) & (p.fraction_dose > 0), p.start + day, np.inf)
        for day in range(MOST_FRACTIONS)
    )


def irradiate(t, y, p):
    """A fraction kills a share of all tumour cells (linear-quadratic) and wakes dendritic cells."""
    positive, negative, progenitor, effector, terminal, suppressive, danger = y
    survive = np.exp(-LINEAR * p.fraction_dose - QUADRATIC * p.fraction_dose**2)
    woken = danger + DANGER_BY_RADIATION * (1 - survive)
    return (
        positive * survive,
        negative * survive,
        progenitor,
        effector,
        terminal,
        suppressive,
        woken,
    )


def observe(t, y, p):
    """Return what a clinic or a microscope could see."""
    positive, negative, _, effector, _, _, _ = y
    added = added_pdl1(interferon_of(effector, p), p)
    return {
        "tumour_cells": LARGEST * (positive + negative),
        "negative_cells": LARGEST * negative,
        "constitutive": p.constitutive_pdl1 + 0.0 * t,
        "pdl1": p.constitutive_pdl1 + added,
        "pdl1_from_attack": added,
        "pd1_blocked": treated(t, p) * p.blockade,
    }


def breaks(p):
    """The equations change when treatment starts."""
    return (p.start,)


def _p(name, symbol, meaning, unit, default, low, high, scale="linear", **more):
    return Parameter(name, symbol, meaning, unit, default, (low, high), scale, **more)


# fmt: off
PARAMETERS = (
    # The tumour: how it grows, what it shows, what it has lost.
    _p("growth", r"\rho", "Net growth of the tumour", "per day", 0.01, 0.003, 0.03, source=BOZIC),
    _p("tumour_at_start", "T_0", "Tumour at diagnosis", "of the largest", 0.1, 0.001, 0.5, "log"),
    _p("antigen", "a", "Antigen on the tumour", "", 1.0, 0.0, 1.5),
    _p("hla", "H", "HLA class I left", "share", 1.0, 0.5, 1.0),
    _p("jak", "j", "JAK signalling left in the tumour", "share", 1.0, 0.0, 1.0),
    _p("presentation_needing_interferon", r"\psi", "Antigen presentation that needs interferon", "share", 0.9, 0.0, 0.95),
    _p("antigen_loss", "u", "Antigen loss per cell", "per day", 0.0, 0.0, 1e-6),
    _p("negative_growth", r"\rho_N", "Growth of antigen-negative cells against positive ones", "", 1.0, 0.3, 1.5),
    _p("mhc_loss", r"\mu", "Antigen-negative cells without MHC-I", "share", 0.0, 0.0, 1.0),
    _p("constitutive_pdl1", r"\ell_0", "PD-L1 the tumour shows unprovoked", "", 0.3, 0.0, 1.5),
    _p("adaptive_pdl1", r"\ell_1", "PD-L1 added under attack", "", 1.0, 0.0, 2.0),
    # Brakes on T cells.
    _p("pd1_brake", r"\kappa_1", "Strength of the PD-1 brake", "", 3.0, 0.0, 6.0),
    _p("ctla4_brake", r"\kappa_4", "Strength of the CTLA-4 brake", "", 1.0, 0.0, 6.0),
    _p("other_brakes", r"\kappa_2", "Strength of other brakes", "", 0.3, 0.0, 4.0),
    # The tissue: what keeps T cells out, and down.
    _p("matrix", r"\varepsilon", "Barrier to entry: dense matrix", "", 0.2, 0.0, 6.0),
    _p("cxcl12", r"\chi", "Barrier to entry: CXCL12", "", 0.0, 0.0, 6.0),
    _p("vessels", "v", "Abnormal vessels (VEGF)", "", 0.0, 0.0, 6.0),
    _p("wnt", "w", "WNT/β-catenin, which keeps dendritic cells away", "", 0.0, 0.0, 6.0),
    _p("metabolic_stress", r"\omega", "Metabolic stress", "", 1.0, 0.0, 15.0),
    _p("suppression", "s", "Strength of suppressive cells", "", 1.0, 0.0, 2.0),
    _p("suppressive_rest", "r_0", "Suppressive cells at rest", "", 0.1, 0.0, 0.5),
    _p("suppressive_by_tumour", "r_1", "Suppressive cells drawn by the tumour", "", 1.0, 0.0, 6.0),
    _p("suppressive_by_interferon", "r_2", "Suppressive cells drawn by attack", "", 0.3, 0.0, 2.0),
    _p("half_suppressive", "K_R", "Tumour size at half recruitment", "of the largest", 0.2, 0.05, 0.5),
    _p("suppressive_turnover", r"\delta_R", "Turnover of suppressive cells", "per day", 0.02, 0.005, 0.05),
    # The answer: priming, expansion, exhaustion, killing.
    _p("priming", r"\pi", "Priming of new T cells", "per day", 0.01, 0.0005, 0.03),
    _p("host", "m_b", "Priming by the host (microbiome)", "", 1.0, 0.25, 2.0),
    _p("dendritic_function", "d_c", "Function of dendritic cells", "", 1.0, 0.0, 1.5),
    _p("half_recognition", "K_a", "Antigen at half recognition", "", 0.02, 0.005, 0.1),
    _p("half_interferon", "E_{1/2}", "Effectors at half interferon", "", 0.3, 0.1, 1.0),
    _p("progenitor_loss", r"\delta_P", "Loss of progenitors", "per day", 0.001, 0.0002, 0.005),
    _p("antigen_driven_loss", r"\alpha_P", "Loss of progenitors driven by antigen", "per day", 0.015, 0.0, 0.04),
    _p("surveillance", "m", "Effector output without antigen", "", 0.1, 0.0, 0.2),
    _p("burst", "A", "Effectors made by progenitors", "per day", 1.0, 0.2, 2.0),
    _p("released_burst", r"\beta_1", "Extra burst where PD-1 does not brake", "", 1.0, 0.0, 2.0),
    _p("effector_death", r"\delta_E", "Death of effectors", "per day", 0.04, 0.02, 0.1),
    _p("exhaustion", "x", "Exhaustion by antigen", "per day", 0.06, 0.0, 0.2),
    _p("terminal_death", r"\delta_X", "Death of terminally exhausted cells", "per day", 0.01, 0.003, 0.04),
    _p("terminal_killing", r"\eta_X", "Killing left in terminal cells", "", 0.05, 0.0, 0.2),
    _p("killing", "k", "Killing by a strong response", "per day", 0.01, 0.002, 0.03),
    _p("half_killing", "h", "Tumour size at half killing", "of the largest", 0.05, 0.02, 0.2),
    _p("bystander", r"\lambda", "Killing of neighbours without antigen", "share", 0.0, 0.0, 0.5),
    _p("nk_killing", r"n_\mathrm{k}", "Killing by natural killer cells", "per day", 0.0, 0.0, 0.01),
    # Treatment, all of it from one day on.
    _p("start", r"t_\mathrm{on}", "Day on which treatment starts", "day", 0.0, 0.0, 400.0, steps=80),
    _p("blockade", "b_1", "PD-1 kept blocked by the antibody", "share", 0.0, 0.0, 1.0),
    _p("ctla4_blockade", "b_4", "CTLA-4 kept blocked by the antibody", "share", 0.0, 0.0, 1.0),
    _p("other_blockade", "b_2", "Other brakes kept blocked", "share", 0.0, 0.0, 1.0),
    _p("engagement", "g", "How far a drug against the tissue engages its target", "share", 0.5, 0.0, 1.0),
    _p("matrix_softening", r"b_\varepsilon", "Drug against the matrix", "given", 0.0, 0.0, 1.0),
    _p("cxcr4_blockade", r"b_\chi", "Drug against CXCR4", "given", 0.0, 0.0, 1.0),
    _p("vessel_normalisation", "b_v", "Drug against VEGF", "given", 0.0, 0.0, 1.0),
    _p("metabolic_rescue", r"b_\omega", "Drug against metabolic stress", "given", 0.0, 0.0, 1.0),
    _p("suppressive_depletion", "b_R", "Drug that keeps suppressive cells away", "given", 0.0, 0.0, 1.0),
    _p("targeted", "b_g", "Growth stopped by a targeted drug", "share", 0.0, 0.0, 1.0),
    _p("chemotherapy", "c", "Killing by chemotherapy", "per day", 0.0, 0.0, 0.03),
    _p("vaccine", "v_x", "Vaccine", "", 0.0, 0.0, 2.0),
    _p("innate_agonist", "z", "Agonist of innate sensors (TLR)", "", 0.0, 0.0, 8.0),
    _p("nk_support", r"b_\mathrm{k}", "Drug that supports natural killer cells", "", 0.0, 0.0, 3.0),
    _p("lymphodepletion", r"\ell", "Lymphodepletion: T cells and suppressive cells lost", "per day", 0.0, 0.0, 0.05),
    _p("fraction_dose", "D", "Radiotherapy, each fraction", "Gy", 0.0, 0.0, 20.0),
    _p("fractions", "n", "Radiotherapy, fractions (one a day)", "", 0.0, 0.0, 5.0, steps=5),
)
# fmt: on

virtual_tumour = ODE(
    name="virtual_tumour",
    title="A virtual tumour",
    rhs=rhs,
    initial=initial,
    observe=observe,
    breaks=breaks,
    jumps=(Jump(fractions, irradiate),),
    states=(
        Quantity("positive", "S", "antigen-positive tumour", "of the largest", ONE_CELL),
        Quantity("negative", "N", "antigen-negative tumour", "of the largest", ONE_CELL),
        Quantity("progenitor", "P", "progenitor T cells", "of a strong response", 1e-9),
        Quantity("effector", "E", "effector T cells", "of a strong response", 1e-9),
        Quantity("terminal", "X", "terminally exhausted T cells", "of a strong response", 1e-9),
        Quantity("suppressive", "R", "suppressive cells", "", 1e-9),
        Quantity("danger", "Z", "danger signal to dendritic cells", "", 1e-9),
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
        "Space: barriers weaken killing, but T cells that stay outside are not counted apart.",
        "The past: T cells start from nothing on the day of diagnosis; in a patient the attack is older.",
        "Killing by terminally exhausted cells: here they hardly kill; in mice each can kill well (Miller 2019).",
        "The drug in the body: what is given is simply there from one day on, and never stopped.",
        "Toxicity: nothing here makes full blockade cost anything. In patients it does.",
        "Several at once: one antigen, one lesion, PD-L1 on tumour cells only, and all suppressive cells as one.",
        "Certainty about JAK: how much antigen presentation needs interferon was chosen so that its loss matters.",
        Limit(
            "metabolic_rescue",
            "Agreement about metabolism: whether hungry tumours starve T cells is disputed.",
        ),
        Limit(
            "vessel_normalisation",
            "Dose and time of drugs against vessels: normalisation passes, depends on the dose, and was mostly seen in mice.",
        ),
        Limit("targeted", "Resistance to targeted drugs."),
        Limit(
            "chemotherapy",
            "Resistance to chemotherapy, and its toll on T cells; and not every drug makes dying cells immunogenic.",
        ),
        Limit(
            "vaccine",
            "Evidence for vaccines that act alone: here, too, they need the brakes released.",
        ),
        Limit(
            "innate_agonist",
            "Evidence for agonists of innate sensors: here one alone can hold a tumour; in a randomised trial a TLR9 agonist added nothing to ipilimumab (ILLUMINATE-301, ledger T243).",
        ),
        Limit(
            "fraction_dose",
            "Evidence for radiotherapy: that it wakes T cells was seen in mice, and randomised trials of adding it to checkpoint blockade mostly failed. Here it can also do harm, since a smaller tumour primes less; that is no finding either.",
        ),
        "Calibration: nothing here predicts a patient, and responses come later than in the clinic. A tumour that is gone here is below one cell by a rule, no promise of cure.",
    ),
    checks=(
        Check(
            "Twelve runs agree, to all the digits it printed, with an independent program of an earlier version, two of whose terms differ and are set to match.",
            "reference",
            "test_reference_run",
        ),
        Check(
            "Without antigen the tumour grows as the logistic curve.",
            "derived",
            "test_without_antigen_growth_is_logistic",
        ),
        Check(
            "All states stay positive and bounded at sixty settings drawn from the full ranges of all parameters.",
            "derived",
            "test_states_stay_positive_and_bounded_over_the_full_ranges",
        ),
        Check(
            "LSODA and Radau agree with our solver, at the defaults and at random settings.",
            "derived",
            "test_solvers_agree_anywhere",
        ),
        Check(
            "Elimination, equilibrium and escape appear, each at the antigen at which that program found it.",
            "reference",
            "test_elimination_equilibrium_escape",
        ),
        Check(
            "Antigen loss ten times rarer delays relapse by ln(10)/growth; stronger killing does not.",
            "derived",
            "test_acquired_resistance_comes_later_by_the_logarithm_of_its_rarity",
        ),
        Check(
            "One matched drug does not rescue by default.",
            "derived",
            "test_one_matched_drug_does_not_rescue_by_default",
        ),
        Check(
            "With two barriers no single drug rescues.",
            "derived",
            "test_with_two_barriers_no_single_drug_rescues",
        ),
        Check(
            "Without JAK two antibodies do not control the tumour.",
            "derived",
            "test_without_jak_dual_blockade_does_not_control",
        ),
    ),
)
