"""Tumours that differ in how hard they must be hit: strong synergy inside, little to see outside.

Illustrative. The first drug is given to all; a tumour responds if it is killed faster than it can
bear, and tumours differ in that threshold. Killing is counted in doublings: what the second drug adds
(``push``) and what synergy adds on top (``synergy``) are the same in every patient. Thresholds follow a
logistic distribution with standard deviation ``spread`` (in doublings), set so that the first drug
alone has the response rate ``response``. Then

    logit R(extra) = logit(response) + extra/s        s = spread sqrt(3)/pi

with extra = push (drugs that add up inside the patient) or push + synergy. Beside it stands independent
action: the response if the second drug works, on its own, in a share ``second`` of patients, unrelated.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Sweep


def responding(response, extra, spread):
    """Return the share that responds when killing is raised by ``extra`` doublings in everyone."""
    scale = spread * np.sqrt(3.0) / np.pi
    return 1 / (1 + (1 - response) / response * np.exp(-extra / scale))


def formula(x, p):
    """Return what a trial sees, over the spread between patients."""
    additive = responding(p.response, p.push, x)
    synergistic = responding(p.response, p.push + p.synergy, x)
    return {
        "alone": p.response + 0.0 * x,
        "additive": additive,
        "synergistic": synergistic,
        "independent": p.response + p.second - p.response * p.second + 0.0 * x,
        "seen": synergistic - additive,
    }


# fmt: off
PARAMETERS = (
    Parameter("synergy", "s", "Synergy inside each patient", "doublings of killing", 1.0, (0.0, 3.0)),
    Parameter("push", "b", "The second drug by itself, inside", "doublings of killing", 1.0, (0.0, 3.0)),
    Parameter("response", "p", "Response to the first drug alone", "share", 0.4, (0.05, 0.8)),
    Parameter("second", "p_B", "Response to the second drug alone", "share", 0.2, (0.0, 0.6)),
)
# fmt: on

thresholds = Formula(
    name="thresholds",
    title="Synergy inside, none outside",
    formula=formula,
    sweep=Sweep(
        "spread", r"\sigma", "spread of thresholds", "doublings", 0.25, 16.0, "log", points=145
    ),
    computes=(
        Quantity("alone", "R_A", "respond to the first drug alone", "share"),
        Quantity("additive", "R_{+}", "respond to both, if effects add up inside", "share"),
        Quantity("synergistic", "R_{s}", "respond to both, with synergy inside", "share"),
        Quantity("independent", "R_{i}", "respond to both, by independent action", "share"),
        Quantity("seen", r"\Delta", "what synergy adds to the response rate", "share"),
    ),
    parameters=PARAMETERS,
    summary=(
        "A drug that doubles the killing in every patient changes the fate only of those who stand near "
        "their threshold. Where patients differ widely, those are few."
    ),
    leaves_out=(
        "Time: response is yes or no, not how long it lasts.",
        "What synergy may do for how deep and how long a response is, which a response rate does not see.",
        "Any measured spread: how far thresholds of tumours lie apart is not known.",
    ),
    checks=(
        Check(
            "The response rates agree with patients whose thresholds are drawn one by one.",
            "derived",
            "test_thresholds_against_drawn_patients",
        ),
        Check(
            "With hardly any spread the extra killing decides for everyone, with much of it for hardly anyone.",
            "derived",
            "test_thresholds_at_both_ends",
        ),
    ),
)
