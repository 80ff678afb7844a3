"""Palmer and Sorger 2017: a combination can help without any interaction between its drugs.

Palmer AC, Sorger PK. Combination cancer therapy can confer benefit via patient-to-patient
variability without drug additivity or synergy. Cell 2017;171:1678-1691.

Independent action: each patient has the better of the two responses that each drug alone would have
given. How much that adds depends on whether the same patients respond to both.

    P = pA + pB - (pA pB + rho sqrt(pA (1 - pA) pB (1 - pB)))

``rho`` is the correlation between responding to one drug and responding to the other (0: unrelated). It is
applied here to response rates, and at each time to the share of patients still free of progression.
A correlation can be no larger than the two shares allow, and the result never falls below the better drug.

Harm is ours, not the paper's: each drug harms its own share of patients, unrelated to the other's.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

PAPER = Source("Palmer and Sorger 2017", doi="10.1016/j.cell.2017.11.009")


def either(first, second, correlation):
    """Return the share for whom at least one of two drugs works."""
    spread = np.sqrt(np.maximum(first * (1 - first) * second * (1 - second), 0.0))
    both = first * second + correlation * spread
    # At most all of the smaller group works twice, at least what must overlap.
    both = np.minimum(np.minimum(first, second), np.maximum(both, first + second - 1))
    return first + second - both


def free_of_progression(x, median, plateau):
    """Return a curve that falls towards a plateau and passes one half at ``median``."""
    rate = -np.log((0.5 - plateau) / (1 - plateau)) / median
    return plateau + (1 - plateau) * np.exp(-rate * x)


def formula(x, p):
    """Return two drugs alone and their combination by independent action, over time."""
    first = free_of_progression(x, p.median_a, p.plateau_a)
    second = free_of_progression(x, p.median_b, p.plateau_b)
    response = either(p.response_a, p.response_b, p.correlation)
    return {
        "first": first,
        "second": second,
        "combination": either(first, second, p.correlation),
        "response_first": p.response_a + 0.0 * x,
        "response_second": p.response_b + 0.0 * x,
        "response": response + 0.0 * x,
        "gained": response - np.maximum(p.response_a, p.response_b) + 0.0 * x,
        "harmed_first": p.harm_a + 0.0 * x,
        "harmed": either(p.harm_a, p.harm_b, 0.0) + 0.0 * x,
    }


# fmt: off
PARAMETERS = (
    Parameter("correlation", r"\rho", "Correlation of responses", "", 0.0, (0.0, 1.0)),
    Parameter("response_a", "p_A", "Response rate of the first drug", "share", 0.4, (0.0, 1.0)),
    Parameter("response_b", "p_B", "Response rate of the second drug", "share", 0.2, (0.0, 1.0)),
    Parameter("harm_b", "h_B", "Severe harm from the second drug", "share", 0.15, (0.0, 0.6)),
    Parameter("harm_a", "h_A", "Severe harm from the first drug", "share", 0.1, (0.0, 0.6)),
    Parameter("median_a", "m_A", "Median of the first drug", "months", 6.0, (1.0, 24.0)),
    Parameter("median_b", "m_B", "Median of the second drug", "months", 3.0, (1.0, 24.0)),
    Parameter("plateau_a", r"\pi_A", "Share that stays free, first drug", "share", 0.25, (0.0, 0.45)),
    Parameter("plateau_b", r"\pi_B", "Share that stays free, second drug", "share", 0.1, (0.0, 0.45)),
)
# fmt: on

palmer_sorger = Formula(
    name="palmer_sorger",
    title="Independent action",
    formula=formula,
    sweep=Sweep("month", "t", "months since treatment began", "months", 0.0, 36.0, points=145),
    computes=(
        Quantity("first", "S_A", "free of progression, first drug", "share"),
        Quantity("second", "S_B", "free of progression, second drug", "share"),
        Quantity(
            "combination", "S_{AB}", "free of progression, both, by independent action", "share"
        ),
        Quantity("response_first", "R_A", "respond to the first drug", "share"),
        Quantity("response_second", "R_B", "respond to the second drug", "share"),
        Quantity("response", "P", "respond to at least one", "share"),
        Quantity("gained", "G", "respond, beyond the better drug alone", "share"),
        Quantity("harmed_first", "H_A", "severely harmed by the first drug", "share"),
        Quantity("harmed", "H", "severely harmed by at least one", "share"),
    ),
    parameters=PARAMETERS,
    source=PAPER,
    summary=(
        "Where different patients respond to two drugs, giving both helps more patients, and the "
        "curve rises, though no drug makes the other work better."
    ),
    leaves_out=(
        "True interaction, which exists for some pairs, in benefit and in harm.",
        "How correlated responses are in a real pair: that has to be measured.",
        "The paper’s own correlation, between the times of two drugs in one patient: here it is one number between yes and no at each time.",
    ),
    checks=(
        Check(
            "With unrelated responses the combination is S_A + S_B - S_A S_B, as the paper defines it.",
            "derived",
            "test_unrelated_responses",
        ),
        Check(
            "The correlation formula agrees with patients drawn one by one.",
            "derived",
            "test_correlation_against_drawn_patients",
        ),
        Check(
            "Harm of both drugs is that of either, where the two are unrelated; the gain is what the better drug lacks.",
            "derived",
            "test_harm_of_both_and_gain_over_the_better",
        ),
        Check(
            "A combination is never worse than its better drug.",
            "derived",
            "test_a_combination_is_no_worse_than_its_better_drug",
        ),
    ),
)
