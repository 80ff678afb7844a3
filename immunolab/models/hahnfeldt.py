"""Hahnfeldt 1999: a tumour grows only as far as its vessels carry it.

Hahnfeldt P, Panigrahy D, Folkman J, Hlatky L. Tumor development under angiogenic signaling: a
dynamical theory of tumor growth, treatment response, and postvascular dormancy. Cancer Res
59:4770-4775 (PMID 10519381; no DOI was seen).

    tumour              V' = -lambda1 V ln(V / K)
    carrying capacity   K' = b V - d K V^(2/3) - e K g
    drug in the body    g' = -clr g, and a dose is added every day

The tumour makes vessels (b V), and with its size grow the signals that take them down (d K V^2/3).
Kept here as a foil: it describes starving a tumour by stopping its vessels. Vessels that are made
normal, so that T cells and drugs get in, are another matter.

Days and cubic millimetres; Lewis lung carcinoma in mice.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Jump, Parameter, Quantity, Source

PAPER = Source("Hahnfeldt 1999, as in two published codes", ledger="PMID 10519381", grade="curated")

# The first volume that was measured is 192 mm³.
CODE = Source("a published code of Hahnfeldt 1999", ledger="PMID 10519381", grade="curated")

MOST_DOSES = 20  # days in a row

#: Strength per day and (mg/kg), and clearance per day; both were given as 20 mg/kg a day.
ANGIOSTATIN = {"strength": 0.15, "clearance": 0.38}
ENDOSTATIN = {"strength": 0.66, "clearance": 1.7}


def rhs(t, y, p):
    """The tumour approaches its carrying capacity, and moves it as it does."""
    volume, capacity, drug = y
    growth = -p.growth * volume * np.log(volume / capacity)
    made = p.stimulation * volume
    taken_down = p.inhibition * capacity * volume ** (2 / 3)
    stopped = p.strength * capacity * drug
    return growth, made - taken_down - stopped, -p.clearance * drug


def initial(p):
    """A small tumour with vessels to spare."""
    return p.volume_at_start, p.capacity_at_start, 0.0


def dose_times(p):
    """Return one time a day from the first day of treatment on."""
    return tuple(np.where(day < p.doses, p.first_day + day, np.inf) for day in range(MOST_DOSES))


def give(t, y, p):
    """An injection."""
    volume, capacity, drug = y
    return volume, capacity, drug + p.dose


# fmt: off
PARAMETERS = (
    Parameter("dose", "D", "Dose each day", "mg/kg", 20.0, (0.0, 40.0)),
    Parameter("first_day", r"t_\mathrm{on}", "First day of treatment", "day", 5.0, (0.0, 20.0), steps=20),
    Parameter("doses", "n", "Days of treatment", "days", 0.0, (0.0, float(MOST_DOSES)), steps=MOST_DOSES),
    Parameter("strength", "e", "Strength of the drug", "per day per mg/kg", 0.66, (0.0, 2.0), source=PAPER),
    Parameter("clearance", r"\mathrm{clr}", "Clearance of the drug", "per day", 1.7, (0.1, 12.0), "log", PAPER),
    Parameter("growth", r"\lambda_1", "Growth of the tumour", "per day", 0.192, (0.05, 0.5), source=PAPER),
    Parameter("stimulation", "b", "Making of vessels", "per day", 5.85, (1.0, 12.0), source=PAPER),
    Parameter("inhibition", "d", "Taking down of vessels", "per day per mm²", 0.00873, (0.002, 0.04), "log", PAPER),
    Parameter("volume_at_start", "V_0", "Tumour at the start", "mm³", 180.0, (50.0, 1000.0), "log", CODE),
    Parameter("capacity_at_start", "K_0", "Carrying capacity at the start", "mm³", 625.0, (100.0, 2000.0), "log", PAPER),
)
# fmt: on

hahnfeldt = ODE(
    name="hahnfeldt",
    title="A tumour and its vessels",
    rhs=rhs,
    initial=initial,
    jumps=(Jump(dose_times, give),),
    states=(
        Quantity("volume", "V", "tumour", "mm³", 1e-3),
        Quantity("capacity", "K", "what its vessels can carry", "mm³", 1e-3),
        Quantity("drug", "g", "drug", "mg/kg", 1e-6),
    ),
    parameters=PARAMETERS,
    span=(0.0, 30.0),
    points=301,
    source=PAPER,
    summary=(
        "Vessels set how large a tumour can be, and the tumour makes its vessels. A drug that takes "
        "vessels down lowers the ceiling, and the tumour follows; when it stops, both come back."
    ),
    leaves_out=(
        "T cells, and what vessels mean to them: entry, and oxygen.",
        "Vessel normalisation. The model stands here as a foil: it describes starving a tumour by stopping its vessels, and vessels made normal, so that T cells and drugs get in, are another matter.",
        "Patients: one transplanted tumour in mice.",
    ),
    checks=(
        Check(
            "Each of three rates moved by a tenth, one at a time, follows the measured untreated tumours less well.",
            "curated",
            "test_measured_tumours_are_followed_best",
        ),
        Check(
            "Left alone, tumour and capacity come to rest at ((b/d)^1.5), from every start.",
            "derived",
            "test_resting_size_in_closed_form",
        ),
        Check(
            "The amount of drug after many daily doses is that of the geometric series.",
            "derived",
            "test_daily_doses_add_up",
        ),
    ),
)
