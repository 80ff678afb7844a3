"""A test on a tumour's PD-L1, and what it tells about response.

Responders tend to have higher scores than the others, and the two groups overlap. Both are
logistic distributions of equal width, in which the share above a cut-off has a closed form. Our
own teaching model: score, distance and response rate are illustrative.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Sweep

PATIENTS = 1000.0
WIDTH = 8.0  # of both distributions, in units of the score
CENTRE = 45.0  # half-way between the two groups


def above(score, centre):
    """Return the share of a group whose score is above ``score``."""
    return 1 / (1 + np.exp((score - centre) / WIDTH))


def density(score, centre):
    """Return how dense a group is at ``score``, per unit of the score."""
    share = above(score, centre)
    return share * (1 - share) / WIDTH


def formula(x, p):
    """Return both groups over the score, and the thousand patients sorted at the cut-off."""
    responders, others = CENTRE + p.distance / 2, CENTRE - p.distance / 2
    found = PATIENTS * p.response * above(p.cut_off, responders)
    false_alarm = PATIENTS * (1 - p.response) * above(p.cut_off, others)
    missed = PATIENTS * p.response - found
    cleared = PATIENTS * (1 - p.response) - false_alarm
    return {
        "responders": PATIENTS * p.response * density(x, responders),
        "others": PATIENTS * (1 - p.response) * density(x, others),
        "line_at": p.cut_off,
        "line_height": 30 * (x / 100),
        "found": found,
        "false_alarm": false_alarm,
        "missed": missed,
        "cleared": cleared,
        "rate_positive": found / (found + false_alarm),
        "rate_negative": missed / (missed + cleared),
        "share_missed": missed / (PATIENTS * p.response),
    }


# fmt: off
PARAMETERS = (
    Parameter("cut_off", "c", "Cut-off: positive from", "a.u.", 45.0, (5.0, 90.0), steps=85),
    Parameter("distance", "d", "How far apart the groups lie", "a.u.", 12.0, (0.0, 60.0), steps=60),
    Parameter("response", "p", "Patients who respond", "share", 0.25, (0.02, 0.8), steps=78),
)
# fmt: on

expression_test = Formula(
    name="expression_test",
    title="A thousand patients and a test",
    formula=formula,
    sweep=Sweep("score", "x", "PD-L1 score", "a.u.", 0.0, 100.0, points=101),
    computes=(
        Quantity("responders", "r", "patients who will respond", "per unit"),
        Quantity("others", "o", "patients who will not", "per unit"),
        Quantity("line_at", "c", "cut-off", "a.u."),
        Quantity("line_height", "h", "height of the line at the cut-off", ""),
        Quantity("found", "n_{++}", "positive, respond", "patients", 1e-6),
        Quantity("false_alarm", "n_{+-}", "positive, do not respond", "patients", 1e-6),
        Quantity("missed", "n_{-+}", "negative, respond", "patients", 1e-6),
        Quantity("cleared", "n_{--}", "negative, do not respond", "patients", 1e-6),
        Quantity("rate_positive", "p_+", "response among positives", "share"),
        Quantity("rate_negative", "p_-", "response among negatives", "share"),
        Quantity("share_missed", "m", "responders who test negative", "share"),
    ),
    parameters=PARAMETERS,
    summary="Moving the cut-off trades one error for the other; only a greater distance mends both.",
    leaves_out=(
        "Real scores are shares of stained cells: most tumours crowd near zero, and each assay and each tumour has its own cut-off.",
        "Two biopsies of one patient, and two readers of one slide, can disagree.",
        "Comparison: a response rate under treatment does not say what would have happened without it.",
        "Time and treatment: a test for one drug and one line of treatment says little about another.",
    ),
    checks=(
        Check(
            "A thousand patients stay a thousand.",
            "derived",
            "test_a_thousand_patients_stay_a_thousand",
        ),
        Check(
            "The share above the cut-off is the area under the hill.",
            "derived",
            "test_the_share_above_the_cut_off_is_the_area_under_the_hill",
        ),
        Check(
            "A test that tells nothing leaves the response rate as it is.",
            "derived",
            "test_a_test_that_tells_nothing_leaves_the_response_rate_as_it_is",
        ),
    ),
)
