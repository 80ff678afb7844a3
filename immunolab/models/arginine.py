"""Starving a tumour of arginine, and its way back: re-expression of ASS1.

Cells without argininosuccinate synthetase 1 (ASS1) cannot make arginine; they take it from the blood. A drug that
destroys arginine there (pegargiminase) starves them. Cells that switch ASS1 on again make their own.

    arginine       a' = s (1 - a) - k a
    ASS1-negative  N' = rho N (1 - T) a/(Ka + a) - delta N - mu N
    ASS1-positive  P' = rho P (1 - T) - delta P + mu N              T = N + P

T cells need arginine as well; that reading is printed beside the tumour. Our own teaching model, every number
illustrative. Re-expression was seen in 2 of 6 mesotheliomas that were biopsied on progression (Szlosarek 2020, JTO Clin
Res Rep 1:100093, read at https://www.repository.cam.ac.uk/handle/1810/309911; no DOI was seen); more macrophages were
the other finding, and the model has none.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Parameter, Quantity


def rhs(t, y, p):
    """Arginine is renewed and destroyed; what cannot make it lives on what is left."""
    arginine, negative, positive = y
    depletion = np.where((t >= p.start) & (t < p.stop), p.depletion, 0.0)
    room = 1 - negative - positive
    fed = arginine / (p.half_growth + arginine)
    switched = p.switching * negative
    d_arginine = p.supply * (1 - arginine) - depletion * arginine
    d_negative = p.growth * negative * room * fed - p.death * negative - switched
    return d_arginine, d_negative, p.growth * positive * room - p.death * positive + switched


def initial(p):
    """Normal arginine; a tumour whose ASS1-positive share is the reader's choice."""
    return 1.0, 0.1 * (1 - p.positive_share), 0.1 * p.positive_share


def observe(t, y, p):
    """Return the tumour, its positive share, and what T cells have left to work with."""
    arginine, negative, positive = y
    tumour = negative + positive
    return {
        "tumour": tumour,
        "share_positive": positive / tumour,
        "t_cell_function": arginine * (1 + p.half_t_cell) / (p.half_t_cell + arginine),
    }


# fmt: off
PARAMETERS = (
    Parameter("depletion", "k", "Arginine destroyed by the drug", "per day", 5.0, (0.0, 20.0)),
    Parameter("switching", r"\mu", "Cells that switch ASS1 on again", "per day", 1e-6, (1e-7, 1e-2), "log"),
    Parameter("positive_share", "f_0", "ASS1-positive cells at the start", "share", 0.0, (0.0, 0.5)),
    Parameter("half_t_cell", "K_T", "Arginine at which T cells work at half strength", "of normal", 0.3, (0.02, 2.0), "log"),
    Parameter("half_growth", "K_a", "Arginine at half of the fastest growth of negative cells", "of normal", 0.5, (0.02, 2.0), "log"),
    Parameter("start", r"t_\mathrm{on}", "First day of the drug", "day", 30.0, (0.0, 200.0), steps=100),
    Parameter("stop", r"t_\mathrm{off}", "Last day of the drug", "day", 400.0, (0.0, 400.0), steps=100),
    Parameter("supply", "s", "Renewal of arginine", "per day", 1.0, (0.1, 5.0), "log"),
    Parameter("growth", r"\rho", "Growth of fed cells", "per day", 0.05, (0.01, 0.1)),
    Parameter("death", r"\delta", "Death of cells", "per day", 0.015, (0.0, 0.05)),
)
# fmt: on

arginine = ODE(
    name="arginine",
    title="Arginine taken away",
    rhs=rhs,
    initial=initial,
    observe=observe,
    breaks=lambda p: (p.start, p.stop),
    states=(
        Quantity("arginine", "a", "arginine in the blood", "of normal"),
        Quantity("negative", "N", "ASS1-negative tumour", "of the largest", 1e-10),
        Quantity("positive", "P", "ASS1-positive tumour", "of the largest", 1e-10),
    ),
    observables=(
        Quantity("tumour", "T", "tumour", "of the largest", 1e-10),
        Quantity("share_positive", "f", "of it ASS1-positive", "share"),
        Quantity("t_cell_function", "g", "T cell function that arginine allows", "share"),
    ),
    parameters=PARAMETERS,
    span=(0.0, 400.0),
    summary=(
        "Arginine falls, ASS1-negative cells starve, and the few that switch ASS1 on again may inherit the tumour. T cells "
        "may feel the lack too."
    ),
    leaves_out=(
        "How often it is so: ASS1 was seen again in a minority of the few mesotheliomas that were biopsied on progression (Szlosarek 2020, JTO Clin Res Rep 1:100093); more macrophages in them was the firmer finding.",
        "What losing ASS1 may gain a tumour: here it only costs, since negative cells grow more slowly even without the drug.",
        "Citrulline, from which activated T cells can rebuild arginine.",
        "Chemotherapy, with which the drug is given; macrophages, which came in numbers at progression.",
        "Antibodies against the drug, which end its effect in some patients.",
        "Arginine made in the tumour’s neighbourhood, and arginase, which destroys it there.",
    ),
    checks=(
        Check(
            "Arginine under the drug comes to rest at s / (s + k).",
            "derived",
            "test_arginine_under_the_drug",
        ),
        Check(
            "Depletion shrinks a negative tumour exactly if growth on what is left falls below death.",
            "derived",
            "test_negative_tumours_shrink_below_a_threshold",
        ),
        Check(
            "A tumour that switches ASS1 on relapses as ASS1-positive; each tenfold slower switching delays it by the same time.",
            "derived",
            "test_relapse_is_positive_and_delayed_by_slower_switching",
        ),
    ),
)
