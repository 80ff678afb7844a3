"""A virtual mesothelioma: one guess about its barriers, and two patients at either side of it.

The equations are those of the virtual tumour (:mod:`immunolab.models.virtual_tumour`), solved three times side by side.
All three patients have the same antigen and growth and get the same drugs. They differ in three barriers at once: matrix,
abnormal vessels, and suppressive cells drawn by the tumour. In one they are as guessed, in one weaker, in one stronger,
by a factor that is the reader's choice.

Our own teaching model: every number is illustrative, and none was measured in a mesothelioma. The three curves span what
is not known in this toy; they are no confidence interval.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Extinction, Quantity
from immunolab.models import virtual_tumour as core

BARRIERS = ("matrix", "vessels", "suppressive_by_tumour")
PATIENTS = ("weaker", "guessed", "stronger")
#: What moves in each patient: no antigen is lost here, and nobody gives radiotherapy.
MOVING = ("positive", "progenitor", "effector", "terminal", "suppressive")
FIXED = core.virtual_tumour.settings()


def one_patient(t, y, p, factor):
    """Return the rates of one patient, whose barriers are ``factor`` times the typical ones."""
    tumour, progenitor, effector, terminal, suppressive = y
    on = core.treated(t, p)

    # Recognition, and the brakes.
    interferon = core.interferon_of(effector, FIXED)
    hidden = FIXED.presentation_needing_interferon * (1 - interferon)
    visible = p.antigen * (1 - hidden)
    recognised = visible * tumour / (FIXED.half_recognition + visible * tumour)
    pdl1 = FIXED.constitutive_pdl1 + FIXED.adaptive_pdl1 * interferon
    pd1_signal = 1 / (1 + FIXED.pd1_brake * pdl1 * (1 - on * p.blockade))
    other_signal = 1 / (1 + FIXED.other_brakes)
    costimulation = 1 / (1 + FIXED.ctla4_brake * (1 - on * p.ctla4_blockade))

    # The barriers, and what the drugs leave of them.
    matrix = factor * core.left_of(p.matrix, on * p.matrix_softening, p)
    vessels = factor * core.left_of(p.vessels, on * p.vessel_normalisation, p)
    entry = 1 / (1 + matrix + vessels)
    dendritic = 1 / (1 + core.IMMATURE_BY_VEGF * vessels)
    suppression = core.suppression_of(suppressive, FIXED)
    nutrients = 1 / (1 + FIXED.metabolic_stress * tumour)
    drawn = (
        FIXED.suppressive_rest
        + factor * p.suppressive_by_tumour * tumour / (FIXED.half_suppressive + tumour)
        + FIXED.suppressive_by_interferon * interferon
    )

    reach = entry * suppression * nutrients / (FIXED.half_killing + tumour)
    attack = pd1_signal * effector + FIXED.terminal_killing * terminal
    killing = FIXED.killing * reach * other_signal * attack * visible
    primed = FIXED.priming * dendritic * costimulation * suppression * recognised
    burst = FIXED.burst * (recognised + FIXED.surveillance)
    released = burst * (1 + FIXED.released_burst * pd1_signal)
    worn_out = FIXED.exhaustion * recognised**2
    lost = FIXED.progenitor_loss + FIXED.antigen_driven_loss * recognised
    return (
        p.growth * (1 - tumour) * tumour * tumour / (tumour + core.ONE_CELL) - killing * tumour,
        primed * (1 - progenitor) - lost * progenitor,
        released * costimulation * suppression * nutrients * progenitor
        - (FIXED.effector_death + worn_out) * effector,
        worn_out * effector - FIXED.terminal_death * terminal,
        FIXED.suppressive_turnover
        * (core.left_of(drawn, on * p.suppressive_depletion, p) - suppressive),
    )


def rhs(t, y, p):
    """The same equations for three patients: weaker barriers, as guessed, stronger."""
    return (
        *one_patient(t, y[0:5], p, p.barriers / p.uncertainty),
        *one_patient(t, y[5:10], p, p.barriers),
        *one_patient(t, y[10:15], p, p.barriers * p.uncertainty),
    )


def initial(p):
    """Three tumours of one size; each answer starts when the run starts."""
    one = (p.tumour_at_start, 0.0, 0.0, 0.0, FIXED.suppressive_rest)
    return one * len(PATIENTS)


def observe(t, y, p):
    """Return the three tumours in cells, and the least and the most of them."""
    weaker, guessed, stronger = (core.LARGEST * y[5 * n] for n in range(3))
    least = np.minimum(weaker, np.minimum(guessed, stronger))
    most = np.maximum(weaker, np.maximum(guessed, stronger))
    return {
        "weaker": weaker,
        "guessed": guessed,
        "stronger": stronger,
        # A logarithmic axis has no place for nothing.
        "least": np.maximum(least, 1.0),
        "most": np.maximum(most, 1.0),
    }


_SHARED = (
    "growth",
    "tumour_at_start",
    "start",
    "blockade",
    "ctla4_blockade",
    "vessel_normalisation",
    "suppressive_depletion",
    "matrix_softening",
    "engagement",
)
_CORE = {p.name: p for p in core.PARAMETERS}

# fmt: off
PARAMETERS = (
    *(_CORE[name] for name in _SHARED),
    core._p("barriers", "b", "Barriers: the best guess", "of typical", 1.0, 0.25, 4.0, "log"),
    core._p("uncertainty", "u", "Barriers: how far off the guess may be", "times", 2.0, 1.0, 4.0, "log"),
    core._p("antigen", "a", "Antigen on the tumour", "", 0.9, 0.0, 1.5),
    core._p("matrix", r"\varepsilon", "Typical dense matrix", "", 0.6, 0.0, 6.0),
    core._p("vessels", "v", "Typical abnormal vessels (VEGF)", "", 0.8, 0.0, 6.0),
    core._p("suppressive_by_tumour", "r_1", "Typical suppressive cells drawn by the tumour", "", 2.0, 0.0, 6.0),
)
# fmt: on

_MEANT = {q.name: q for q in core.virtual_tumour.states}

virtual_mesothelioma = ODE(
    name="virtual_mesothelioma",
    title="A virtual mesothelioma",
    rhs=rhs,
    initial=initial,
    observe=observe,
    breaks=core.breaks,
    states=tuple(
        Quantity(
            f"{who}_{name}",
            f"{_MEANT[name].symbol}_{n}",
            f"{_MEANT[name].meaning}, barriers {who}",
            _MEANT[name].unit,
            _MEANT[name].floor,
        )
        for n, who in enumerate(PATIENTS, 1)
        for name in MOVING
    ),
    observables=(
        Quantity("weaker", "T_1", "tumour, barriers weaker", "cells", 1.0),
        Quantity("guessed", "T_2", "tumour, barriers as guessed", "cells", 1.0),
        Quantity("stronger", "T_3", "tumour, barriers stronger", "cells", 1.0),
        Quantity("least", r"\min T", "smallest of the three", "cells", 1.0),
        Quantity("most", r"\max T", "largest of the three", "cells", 1.0),
    ),
    parameters=PARAMETERS,
    span=(0.0, 600.0),
    extinctions=tuple(
        Extinction(f"{who}_positive", below=lambda p: core.ONE_CELL) for who in PATIENTS
    ),
    summary="One regimen, one guess about the barriers, and how far the outcome may lie from it. Not knowing is drawn, not hidden.",
    leaves_out=(
        "Mesothelioma: no number was measured in one. It is a sheet over the pleura, not a lump, and its growth and barriers are our choice.",
        "Probability: three patients at set distances, no confidence interval. Barriers need not be strong or weak all at once.",
        "What else is not known: antigen, priming and growth are the same in all three.",
        "Chemotherapy, surgery, harm, and everything that makes a treatment tolerable or not.",
        core.virtual_tumour.leaves_out[0],
        "Calibration: a tumour that is gone here is below one cell by a rule, no promise of cure. Deep shrinkage is far rarer in patients than in this toy.",
    ),
    checks=(
        Check(
            "Each of the three is the virtual tumour with its own barriers.",
            "derived",
            "test_each_of_the_three_is_a_virtual_tumour",
        ),
        Check(
            "With no uncertainty the three are one.",
            "derived",
            "test_without_uncertainty_the_three_are_one",
        ),
    ),
)
