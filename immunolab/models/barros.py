"""Barros 2021 (CARTmath): CAR-T cells, their memory, and a tumour that makes IDO.

Barros LRC, Paixão EA, Valli AMP, et al. CARTmath: a mathematical model of CAR-T immunotherapy in
preclinical studies of hematological cancers. Cancers 2021;13:2941.

    CAR-T effectors   C' = phi C - rho C + theta T M - alpha T C
    CAR-T memory      M' = epsilon C - theta T M - mu M
    tumour            T' = r T (1 - b T) - gamma C T

``alpha`` is how far the tumour inhibits effectors. Between lymphoma cells (RAJI) with and without the
enzyme IDO it is the one number that differs: a mechanism of resistance as one parameter. In mice without
an immune system of their own.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Jump, Parameter, Quantity, Source

RAJI = Source(
    "Barros 2021, RAJI, as in BIOMD0000001020", doi="10.3390/cancers13122941", grade="curated"
)

#: Inhibition by the tumour, per day and cell: with the enzyme IDO, and with its blocker 1-MT as well.
IDO, IDO_BLOCKED = 1.461699e-8, 1.26166e-8

#: Hodgkin lymphoma cells (HDLM-2), as in BIOMD0000001019 and a published reproduction.
HDLM_2 = {
    "expansion": 0.265,
    "loss": 0.35,
    "to_memory": 0.15,
    "recall": 6e-6,
    "inhibition": 4.5e-8,
    "memory_death": 5e-3,
    "growth": 5.650026e-2,
    "crowding": 1.404029e-12,
    "killing": 3.715843e-6,
    "tumour_at_start": 2e6,
    "dose": 2e6,
    "infusion_day": 42.0,
}


def rhs(t, y, p):
    """Effectors expand, kill and become memory; memory that meets the tumour becomes effectors."""
    effectors, memory, tumour = y
    recalled = p.recall * tumour * memory
    d_effectors = (p.expansion - p.loss) * effectors + recalled - p.inhibition * tumour * effectors
    d_memory = p.to_memory * effectors - recalled - p.memory_death * memory
    d_tumour = p.growth * tumour * (1 - p.crowding * tumour) - p.killing * effectors * tumour
    return d_effectors, d_memory, d_tumour


def initial(p):
    """The tumour alone."""
    return 0.0, 0.0, p.tumour_at_start


# fmt: off
PARAMETERS = (
    Parameter("inhibition", r"\alpha", "Inhibition of effectors by the tumour", "per day per cell", 1.248506e-8, (0.0, 1e-7), source=RAJI),
    Parameter("dose", "C_0", "CAR-T cells given", "cells", 1e7, (0.0, 5e7), source=RAJI),
    Parameter("infusion_day", r"t_\mathrm{inf}", "Day of infusion", "day", 7.0, (0.0, 60.0), steps=60, source=RAJI),
    Parameter("tumour_at_start", "T_0", "Tumour at the start", "cells", 3e6, (1e5, 1e8), "log", RAJI),
    Parameter("expansion", r"\varphi", "Expansion of effectors", "per day", 0.83, (0.0, 2.0), source=RAJI),
    Parameter("loss", r"\rho", "Loss of effectors", "per day", 0.8300536, (0.0, 2.0), source=RAJI),
    Parameter("to_memory", r"\epsilon", "Effectors that become memory", "per day", 1.59795, (0.0, 3.0), source=RAJI),
    Parameter("recall", r"\theta", "Memory recalled by a tumour cell", "per day per cell", 2.3e-4, (1e-7, 1e-3), "log", RAJI),
    Parameter("memory_death", r"\mu", "Death of memory", "per day", 6.89e-7, (0.0, 0.02), source=RAJI),
    Parameter("growth", "r", "Growth of the tumour", "per day", 0.5071721, (0.01, 1.0), source=RAJI),
    Parameter("crowding", "b", "Crowding of the tumour", "per cell", 0.0, (0.0, 1e-11), source=RAJI),
    Parameter("killing", r"\gamma", "Killing by one effector", "per day per cell", 3.365388e-8, (1e-9, 1e-5), "log", RAJI),
)
# fmt: on

barros = ODE(
    name="barros",
    title="CAR-T cells and an enzyme that stops them",
    rhs=rhs,
    initial=initial,
    jumps=(Jump(lambda p: (p.infusion_day,), lambda t, y, p: (y[0] + p.dose, y[1], y[2])),),
    states=(
        Quantity("effectors", "C", "CAR-T effectors", "cells", 1.0),
        Quantity("memory", "M", "CAR-T memory", "cells", 1.0),
        Quantity("tumour", "T", "tumour cells", "cells", 1.0),
    ),
    parameters=PARAMETERS,
    span=(0.0, 20.0),
    # A large tumour recalls memory within minutes.
    method="stiff",
    source=RAJI,
    summary=(
        "A tumour that makes IDO inhibits CAR-T cells a little more. It grows in all three settings; with IDO it is "
        "three times as large on day 20, and a blocker of IDO (1-MT) undoes most of that."
    ),
    leaves_out=(
        "Loss of the antigen, toxicity, and the rest of the immune system: the mice were immunodeficient.",
        "Patients: adding a blocker of IDO1 to PD-1 blockade did not help in melanoma (ECHO-301, ledger T145).",
        "How IDO works: tryptophan and kynurenine are not in it, only their effect.",
    ),
    checks=(
        Check(
            "On day 20 the tumour is smallest without IDO, larger with IDO and its blocker, largest with IDO alone: the published order.",
            "curated",
            "test_ido_and_its_blocker",
        ),
        Check(
            "Hodgkin lymphoma cells are eradicated to less than a cell, and memory stays.",
            "curated",
            "test_hodgkin_lymphoma_is_cleared_and_memory_stays",
        ),
    ),
)
