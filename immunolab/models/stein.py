"""Stein 2019: CAR-T cells in the blood of patients after one infusion (tisagenlecleucel).

Stein AM, Grupp SA, Levine JE, et al. Tisagenlecleucel model-based cellular kinetic analysis of
chimeric antigen receptor-T cells. CPT Pharmacometrics Syst Pharmacol 2019;8:285-295.

    until the peak   C(t) = Cmax / foldx * exp(rho t),  rho = ln(foldx) / Tmax
    after it         C(t) = Cmax [ (1 - FB) exp(-alpha (t - Tmax)) + FB exp(-beta (t - Tmax)) ]

Cells are counted as copies of the transgene. A living drug: what is given is not what there is,
since the cells multiply some four thousandfold; most then die within weeks, and under one in a hundred stays on
as memory.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

PAPER = Source("Stein 2019", doi="10.1002/psp4.12388")


def formula(x, p):
    """Return copies of the transgene in the blood, and the part that is memory."""
    rate = np.log(p.fold) / p.peak_day
    # Each branch is kept to its own side, where it cannot overflow.
    before, after = np.minimum(x, p.peak_day), np.maximum(x - p.peak_day, 0.0)
    expanding = p.peak / p.fold * np.exp(rate * before)
    contracting = p.peak * (1 - p.memory) * np.exp(-p.contraction * after)
    staying = p.peak * p.memory * np.exp(-p.decline * after)
    return {
        "copies": np.where(x < p.peak_day, expanding, contracting + staying),
        "memory_cells": np.where(x < p.peak_day, p.memory * expanding, staying),
    }


# fmt: off
PARAMETERS = (
    Parameter("fold", r"\mathrm{fold}_x", "Expansion", "fold", 3900.0, (10.0, 1e5), "log", PAPER),
    Parameter("peak_day", r"T_\mathrm{max}", "Day of the peak", "day", 9.3, (4.0, 20.0), source=PAPER),
    Parameter("peak", r"C_\mathrm{max}", "Height of the peak", "copies per µg", 24000.0, (500.0, 5e5), "log", PAPER),
    Parameter("contraction", r"\alpha", "Fall after the peak", "per day", 0.16, (0.03, 0.8), "log", PAPER),
    Parameter("decline", r"\beta", "Slow decline later", "per day", 0.0032, (0.0005, 0.05), "log", PAPER),
    Parameter("memory", "F_B", "Share that declines slowly", "share", 0.0079, (0.001, 0.3), "log", PAPER),
)
# fmt: on

stein = Formula(
    name="stein",
    title="CAR-T cells in the blood",
    formula=formula,
    sweep=Sweep("day", "t", "days after infusion", "days", 0.0, 360.0, points=361),
    computes=(
        Quantity("copies", "C", "transgene in the blood", "copies per µg", 1e-6),
        Quantity("memory_cells", "C_M", "of it, cells that stay", "copies per µg", 1e-6),
    ),
    parameters=PARAMETERS,
    source=PAPER,
    summary=(
        "After one infusion the cells double every nineteen hours or so for nine days, fall by half every four "
        "days, and leave a small population that declines over months."
    ),
    leaves_out=(
        "The tumour, and the antigen that drives the expansion; the dose, which hardly predicts it.",
        "Differences between patients, which are large: these are typical values of children and young adults with leukaemia.",
        "Certainty about the end: the authors warn that the last half-life is drawn out beyond the data, and that cells are memory is a reading of the curve.",
        "Function: a copy of the transgene is not a cell that kills.",
    ),
    checks=(
        Check(
            "Doubling time 0.78 days, half-life 4.3 days after the peak.",
            "paper",
            "test_doubling_and_half_lives",
        ),
        Check(
            "Terminal half-life 217 days from the printed rate (the paper prints 220, which is the same to its two digits).",
            "paper",
            "test_doubling_and_half_lives",
        ),
    ),
)
