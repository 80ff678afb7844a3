"""Two histologies, two arms: why one treatment can have two hazard ratios.

Four groups of patients, each with a constant hazard, which is the same as a median: ln 2 / median. Within a histology the
hazard ratio is then the ratio of the medians, control against treated, so a ratio far below 1 can come from a treated
arm that does well or from a control arm that does badly.

The medians are those of CheckMate 743 (Baas 2021). Constant hazards are our simplification, and the curves are no copy
of the published ones.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import Check, Formula, Parameter, Quantity, Source, Sweep

BAAS = Source("Baas 2021, median survival", doi="10.1016/S0140-6736(20)32714-8")
BY_ARM = Source("Baas 2021 (149 of 605 patients)", doi="10.1016/S0140-6736(20)32714-8")


def alive(month, median):
    """Return the share alive, where half are alive at the median."""
    return np.exp(-np.log(2.0) * month / median)


def formula(x, p):
    """Return four curves, and everybody together as a trial would show them."""
    epithelioid = alive(x, p.epithelioid_control), alive(x, p.epithelioid_treated)
    other = alive(x, p.other_control), alive(x, p.other_treated)
    control = (1 - p.other_share) * epithelioid[0] + p.other_share * other[0]
    treated = (1 - p.other_share) * epithelioid[1] + p.other_share * other[1]
    return {
        "epithelioid_control_alive": epithelioid[0],
        "epithelioid_treated_alive": epithelioid[1],
        "other_control_alive": other[0],
        "other_treated_alive": other[1],
        "all_control_alive": control,
        "all_treated_alive": treated,
        "epithelioid_ratio": p.epithelioid_control / p.epithelioid_treated,
        "other_ratio": p.other_control / p.other_treated,
        "epithelioid_gain": epithelioid[1] - epithelioid[0],
        "other_gain": other[1] - other[0],
        "all_gain": treated - control,
    }


# fmt: off
PARAMETERS = (
    Parameter("epithelioid_control", r"m_{\mathrm{e}0}", "Epithelioid, chemotherapy: median", "months", 16.5, (4.0, 30.0), source=BAAS, steps=260),
    Parameter("epithelioid_treated", r"m_{\mathrm{e}1}", "Epithelioid, immunotherapy: median", "months", 18.7, (4.0, 30.0), source=BAAS, steps=260),
    Parameter("other_control", r"m_{\mathrm{n}0}", "Non-epithelioid, chemotherapy: median", "months", 8.8, (4.0, 30.0), source=BAAS, steps=260),
    Parameter("other_treated", r"m_{\mathrm{n}1}", "Non-epithelioid, immunotherapy: median", "months", 18.1, (4.0, 30.0), source=BAAS, steps=260),
    Parameter("other_share", "f", "Patients with non-epithelioid tumours", "share", 0.25, (0.0, 1.0), source=BY_ARM),
)
# fmt: on

histology = Formula(
    name="histology",
    title="Two histologies, two arms",
    formula=formula,
    sweep=Sweep("month", "t", "months since randomisation", "months", 0.0, 48.0, points=97),
    computes=(
        Quantity("epithelioid_control_alive", "S_{e0}", "epithelioid, chemotherapy", "share"),
        Quantity("epithelioid_treated_alive", "S_{e1}", "epithelioid, immunotherapy", "share"),
        Quantity("other_control_alive", "S_{n0}", "non-epithelioid, chemotherapy", "share"),
        Quantity("other_treated_alive", "S_{n1}", "non-epithelioid, immunotherapy", "share"),
        Quantity("all_control_alive", "S_0", "all, chemotherapy", "share"),
        Quantity("all_treated_alive", "S_1", "all, immunotherapy", "share"),
        Quantity("epithelioid_ratio", r"\mathit{HR}_e", "hazard ratio, epithelioid", ""),
        Quantity("other_ratio", r"\mathit{HR}_n", "hazard ratio, non-epithelioid", ""),
        Quantity("epithelioid_gain", r"\Delta_e", "gain, epithelioid", "share"),
        Quantity("other_gain", r"\Delta_n", "gain, non-epithelioid", "share"),
        Quantity("all_gain", r"\Delta", "gain, all", "share"),
    ),
    parameters=PARAMETERS,
    summary="A hazard ratio has two arms: it can lie far below 1 because the treated arm does well or because the control arm does badly.",
    leaves_out=(
        "Changing hazards: real curves are not exponential. In CheckMate 743 fewer were alive after two years of chemotherapy than this toy says.",
        "Chance: 149 patients had non-epithelioid tumours, and their ratio has a wide interval.",
        "Untreated patients: without them nobody can tell a bad course of disease from a control treatment that does little.",
        "Differences within a histology: biphasic and sarcomatoid tumours are one group here.",
    ),
    checks=(
        Check(
            "Half are alive at the median, and the ratio of the hazards is the ratio of the medians.",
            "derived",
            "test_a_ratio_of_hazards_is_a_ratio_of_medians",
        ),
        Check(
            "From its medians alone, both hazard ratios of CheckMate 743 come out within 0.03.",
            "derived",
            "test_the_medians_give_nearly_the_published_ratios",
        ),
        Check(
            "Everybody’s curve lies between those of the two histologies.",
            "derived",
            "test_everybody_lies_between_the_histologies",
        ),
    ),
)
