"""Tsur 2019: a melanoma below a certain size is controlled, above it escapes.

    antigen-presenting cells   A' = alphaA M / (M + b) - muA A
    effector T cells           T' = alphaE A - muE T
    melanoma cells             M' = gamma M - nu T M / (M + g)

Killing levels off when the tumour is large, growth does not: hence a size threshold.

The curated file's alphaE is 831.8 per day; a sister paper (J Transl Med 2019;17:338,
doi:10.1186/s12967-019-2081-2) lists 0.8318 and lets pembrolizumab raise it ten- to ten-thousandfold, and
restrain exhaustion. So the file is probably a treated setting; that is our inference, since the
paper itself was not seen. With 0.8318 every tumour escapes.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source(
    "Tsur 2019 (PMID 31580835), as in BIOMD0000000838", ledger="PMID 31580835", grade="curated"
)


def rhs(t, y, p):
    """Antigen wakes presenting cells, they make effectors, effectors kill until they saturate."""
    presenting, effectors, melanoma = y
    activated = p.activation * melanoma / (melanoma + p.half_activation)
    killed = p.killing * effectors * melanoma / (melanoma + p.half_killing)
    d_presenting = activated - p.presenting_death * presenting
    d_effectors = p.effector_supply * presenting - p.effector_death * effectors
    return d_presenting, d_effectors, p.growth * melanoma - killed


def initial(p):
    """A tumour of the reader's size, with an immune answer that has come to balance with it."""
    activated = p.activation * p.melanoma_at_start / (p.melanoma_at_start + p.half_activation)
    presenting = activated / p.presenting_death
    return presenting, p.effector_supply * presenting / p.effector_death, p.melanoma_at_start


# fmt: off
PARAMETERS = (
    Parameter("melanoma_at_start", "M_0", "Melanoma cells at the start", "cells", 1e7, (1e6, 1e9), "log"),
    Parameter("effector_supply", r"\alpha_E", "Effectors made by one presenting cell", "per day", 831.8, (0.5, 5000.0), "log", PAPER),
    Parameter("killing", r"\nu", "Most killing by one effector", "per day", 0.1245, (0.01, 0.5), "log", PAPER),
    Parameter("growth", r"\gamma", "Growth of the melanoma", "per day", 0.04496, (0.003, 0.09), source=PAPER),
    Parameter("half_killing", "g", "Melanoma at half killing", "cells", 6.01e7, (2e7, 1e8), "log", PAPER),
    Parameter("activation", r"\alpha_A", "Most presenting cells activated", "cells per day", 2986.0, (1000.0, 4000.0), source=PAPER),
    Parameter("half_activation", "b", "Melanoma at half activation", "cells", 92330.0, (3e4, 2e5), "log", PAPER),
    Parameter("presenting_death", r"\mu_A", "Loss of presenting cells", "per day", 0.231, (0.1, 0.5), source=PAPER),
    Parameter("effector_death", r"\mu_E", "Loss of effectors", "per day", 0.1777, (0.05, 0.5), source=PAPER),
)
# fmt: on

tsur = ODE(
    name="tsur",
    title="Small enough to be controlled",
    rhs=rhs,
    initial=initial,
    states=(
        Quantity("presenting", "A", "antigen-presenting cells", "cells", 1.0),
        Quantity("effectors", "T", "effector T cells", "cells", 1.0),
        Quantity("melanoma", "M", "melanoma cells", "cells", 1.0),
    ),
    parameters=PARAMETERS,
    span=(0.0, 200.0),
    source=PAPER,
    summary=(
        "Presenting cells are soon all at work, so a large tumour calls no more effectors than a middling one, but "
        "grows by more. Whether treatment controls it depends on its size on the first day."
    ),
    leaves_out=(
        "A limit to growth, exhaustion, and every brake as a term of its own.",
        "The untreated patient: these values probably include the drug.",
        "Chance, when few cells are left: here a controlled tumour comes to rest at some fifty thousand cells.",
    ),
    checks=(
        Check(
            "Two states of rest, a stable small one and a threshold near 1.07e8 cells.",
            "derived",
            "test_threshold_of_size",
        ),
        Check(
            "A tumour of 1e7 cells is controlled, one of 5e8 escapes.",
            "derived",
            "test_size_decides",
        ),
        Check(
            "With the sister paper’s 0.8318 no threshold is left: every tumour escapes.",
            "derived",
            "test_without_the_drug_factor_all_escape",
        ),
    ),
)
