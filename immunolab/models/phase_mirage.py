"""Small trials, and the luckiest of them: how 20 % becomes 8 %.

Patients respond with one true probability. A trial of n of them shows at least some share with a probability that
follows from the binomial; of k such trials the best shows it with 1 - (1 - that)^k. Selected patients may respond more
often, by an odds ratio.

The binomial is replaced by a normal approximation (that of Camp and Paulson, through cube roots), which is within one
percentage point of the exact sum where a trial can expect at least two responders. Our own teaching model.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Sweep


def surprise(share, rate, patients):
    """Return the logarithm of the odds against at least this share of the patients responding."""
    needed = share * patients
    left = patients - needed + 1
    a, b = 1 / (9 * left), 1 / (9 * needed)
    ratio = (needed * (1 - rate) / (left * rate)) ** (1 / 3)
    z = ((1 - b) * ratio - (1 - a)) / np.sqrt(a + b * ratio**2)
    z = np.minimum(np.maximum(z, -12.0), 12.0)
    # The logarithm of the odds of a normal distribution, nearly (its share is off by 0.0002).
    return 1.5976 * z + 0.07056 * z**3


def at_least(share, rate, patients):
    """Return the probability that at least this share of the patients respond."""
    return 1 / (1 + np.exp(surprise(share, rate, patients)))


def formula(x, p):
    """Return the chances of one trial, of the best of several, and of one large trial."""
    odds = p.selection * p.rate / (1 - p.rate)
    selected = odds / (1 + odds)
    against = surprise(x, selected, p.patients)
    return {
        "one": 1 / (1 + np.exp(against)),
        "best": 1 - (1 + np.exp(-against)) ** (-p.trials),
        "large": at_least(x, p.rate, p.later_patients),
        "selected": selected + 0.0 * x,
        "true_at": p.rate,
        "true_height": (x - 0.01) / 0.49,
    }


# fmt: off
PARAMETERS = (
    Parameter("patients", "n", "Patients in a small trial", "patients", 25.0, (10.0, 120.0), steps=110),
    Parameter("trials", "k", "Small trials, of which the best is told", "trials", 10.0, (1.0, 30.0), steps=29),
    Parameter("selection", "s", "Selected patients: odds of a response", "times", 1.0, (1.0, 4.0), steps=30),
    Parameter("rate", "p", "True response, all patients", "share", 0.08, (0.04, 0.4), steps=36),
    Parameter("later_patients", "N", "Patients in the later trial", "patients", 118.0, (50.0, 400.0), steps=350),
)
# fmt: on

phase_mirage = Formula(
    name="phase_mirage",
    title="The luckiest of small trials",
    formula=formula,
    sweep=Sweep("share", "x", "share that responds in a trial", "share", 0.01, 0.5, points=197),
    computes=(
        Quantity("one", "P_1", "one small trial shows at least this", "probability"),
        Quantity("best", "P_k", "the best of them does", "probability"),
        Quantity("large", "P_N", "the later trial does", "probability"),
        Quantity("selected", "p_s", "true response, selected patients", "share"),
        Quantity("true_at", "p", "true response, all patients", "share"),
        Quantity("true_height", "h", "height of the line at the true response", ""),
    ),
    parameters=PARAMETERS,
    summary="The best of several small trials shows more than is true, and the fewer patients each has, the more so. Nobody need have done anything wrong.",
    leaves_out=(
        "Whole patients: a trial of 25 cannot show 10 %. The curves run smoothly between what can be shown.",
        "Everything but chance and one kind of selection: fitter patients, other doctors who read the scans, other definitions of a response.",
        "Any wish to deceive, and any motive: what is told about first is simply what looks best.",
        "Survival: a response rate, even a true one, is not longer life.",
    ),
    checks=(
        Check(
            "The approximation is within 0.01 of the exact binomial, where two responders or more are expected.",
            "derived",
            "test_the_approximation_is_close_to_the_binomial",
        ),
        Check(
            "The best of k trials is that of k drawn binomials.",
            "derived",
            "test_the_best_of_several_is_that_of_drawn_trials",
        ),
    ),
)
