"""Ten thousand virtual patients, each with a virtual tumour of their own.

Patients differ in antigen, growth, brakes and barriers, each drawn from a log-normal distribution around a typical value
and kept within the range of its slider; a typical patient has several barriers at once. Whoever would have shrunk untreated is not among them: see
:mod:`immunolab.population`.

Every number is illustrative and nothing is calibrated: rates of response here are never predictions. What the cohort
can show is structure, such as how differences between patients hide what happens inside each.
"""

from __future__ import annotations

import numpy as np

from immunolab.chance import Population
from immunolab.kinds import Check, Parameter
from immunolab.models.virtual_tumour import virtual_tumour

CUBIC_CENTIMETRES = 10.0  # of a tumour of size 1

#: Typical values, and how far patients differ (the standard deviation of the logarithm).
DIFFERENCES = {
    "antigen": (0.85, 0.4),
    "growth": (0.012, 0.4),
    "pd1_brake": (4.0, 0.25),
    "ctla4_brake": (1.0, 0.3),
    "priming": (0.014, 0.5),
    "matrix": (0.2, 1.0),
    "cxcl12": (0.15, 1.0),
    "vessels": (0.15, 1.0),
    "wnt": (0.15, 1.2),
    "metabolic_stress": (0.7, 0.8),
    "suppressive_by_tumour": (1.0, 0.7),
}


def personal(p, z):
    """Draw what is a patient's own."""
    return {
        name: typical * np.exp(p.spread * spread * draw)
        for (name, (typical, spread)), draw in zip(DIFFERENCES.items(), z, strict=True)
    }


def volume(y):
    """Return the volume of the tumour in cubic centimetres; both kinds of cell are in logarithms."""
    return CUBIC_CENTIMETRES * (np.exp(y[0]) + np.exp(y[1]))


# fmt: off
PARAMETERS = (
    Parameter("spread", r"\sigma", "Differences between patients (1: as listed)", "", 1.0, (0.0, 2.0)),
    Parameter("seed", "k", "Which ten thousand", "run", 1.0, (1.0, 10_000.0), steps=9999),
    Parameter("dropout", "c", "Patients lost from view", "per day", 0.0003, (0.0, 0.003)),
)
# fmt: on

virtual_patients = Population(
    name="virtual_patients",
    title="Ten thousand virtual patients",
    # Two years. Within them a tumour below one cell does not come back, so no rule is needed.
    patient=virtual_tumour.replace(
        name="virtual_patient", extinctions=(), span=(0.0, 728.0)
    ).in_logarithms("positive", "negative"),
    personal=personal,
    draws=len(DIFFERENCES),
    volume=volume,
    step=4.0,
    visits=56.0,
    parameters=PARAMETERS,
    summary=(
        "Each patient has a tumour with antigen, growth, brakes and barriers of its own. One therapy for all: some "
        "respond, most do not, and the reasons differ."
    ),
    leaves_out=(
        "Calibration: no rate here predicts a trial.",
        "Where patients do not differ: all tumours are found at the same size, with HLA, JAK and antigen unless a therapy’s settings say otherwise.",
        "Death, new lesions, harm, and everything that lets a real patient leave a trial for a reason.",
        "Extinction: a tumour far below one cell is still followed, and within two years does not return.",
        virtual_tumour.leaves_out[1],
    ),
    checks=(
        Check(
            "Nobody’s tumour shrinks untreated, by the solver for one patient too: those whose would, about one in a hundred, are left out.",
            "derived",
            "test_no_untreated_patient_responds",
        ),
        Check(
            "Patient by patient the outcome is that of our solver for one patient.",
            "derived",
            "test_outcomes_are_those_of_one_patient_at_a_time",
        ),
        Check(
            "The outcome depends on the seed, not on how many patients are followed at once.",
            "derived",
            "test_results_do_not_depend_on_how_the_work_is_divided",
        ),
        Check(
            "The page’s Kaplan-Meier curve and hazard ratio of all patients are those of lifelines.",
            "derived",
            "test_the_page_s_estimators_on_ten_thousand_patients",
        ),
    ),
)
