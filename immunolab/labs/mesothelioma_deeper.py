"""Further labs of the chapter on mesothelioma, for those who want more."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE, Formula
from immunolab.labs.common import PERCENT
from immunolab.models.arginine import arginine
from immunolab.models.crossing import FOLLOWED, OPENS, crossing
from immunolab.models.phase_mirage import phase_mirage
from immunolab.view import (
    Axis,
    Bar,
    Format,
    Level,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
)

MONTHS = Format(unit="months")
POINTS = Format(unit="points of 100", scale=100.0)
RARELY = Format("percent", words=((0.001, "less than once in 1000"),))


def crossing_curves(model: Formula = crossing) -> Explorable:
    """Return the lab on one ratio for two curves that cross."""
    months = Axis("months since randomisation", 0.0, 48.0)
    return explore(
        model,
        name="crossing",
        title="Crossing curves",
        panels=[
            Panel(
                "Without progression",
                x=months,
                y=Axis("share of patients", 0.0, 1.0),
                artists=(
                    Level(0.5, "half"),
                    Line("month", "treated", "treated", colour=0),
                    Line("month", "control", "control", colour=1),
                ),
                alt="Two curves of the share of patients without progression over 48 months, treated and control. "
                "A dotted line marks one half.",
            ),
            Panel(
                "Treated less control",
                x=months,
                y=Axis("share of patients", -0.4, 0.4),
                artists=(
                    Level(0.0, "no difference"),
                    Line("month", "difference", "difference", colour=3),
                ),
                alt="The difference between the two curves over 48 months: below the dotted line the treated arm is "
                "behind, above it ahead.",
            ),
        ],
        controls=["early_ratio", "late_ratio", "change", "hazard"],
        presets=[
            Preset("Early loss, late tail", OPENS),
            Preset("The same ratio throughout", {"early_ratio": 0.97, "late_ratio": 0.97}),
            Preset("A delay, then a gain", {"early_ratio": 1.0, "late_ratio": 0.45}),
        ],
        readouts=[
            Readout("ratio", "Hazard ratio, averaged over 36 months", "average", "first"),
            Readout(
                "median_control",
                "Half have progressed, control",
                "control",
                "first below",
                0.5,
                MONTHS,
            ),
            Readout(
                "median_treated",
                "Half have progressed, treated",
                "treated",
                "first below",
                0.5,
                MONTHS,
            ),
            Readout(
                "late_control",
                "Without progression at 36 months, control",
                "control",
                "at",
                FOLLOWED,
                PERCENT,
            ),
            Readout(
                "late_treated",
                "Without progression at 36 months, treated",
                "treated",
                "at",
                FOLLOWED,
                PERCENT,
            ),
            Readout("gap", "Gap at 36 months", "difference", "at", FOLLOWED, POINTS),
            Readout("worst", "Lowest", "difference", "min", shown=False),
        ],
        outcome=[
            Sentence(
                "One ratio for it all: {ratio}, as if nothing had happened. At three years {late_treated} of the treated "
                "and {late_control} of the controls are without progression.",
                lambda r: np.logical_and(np.abs(r.ratio - 1) < 0.06, np.abs(r.gap) > 0.05),
            ),
            Sentence(
                "The ratio is {ratio}, and at three years the arms are nearly alike: {late_treated} of the treated and "
                "{late_control} of the controls.",
                lambda r: np.abs(r.gap) < 0.02,
            ),
            Sentence(
                "The average ratio is {ratio}. It says nothing of the early loss: the treated arm is behind at first, "
                "and at three years {late_treated} against {late_control} are without progression.",
                lambda r: np.logical_and(r.worst < -0.03, r.ratio < 0.94),
            ),
            Sentence(
                "The ratio is {ratio}; at three years {late_treated} of the treated and {late_control} of the controls "
                "are without progression."
            ),
        ],
        table=["month", "control", "treated", "difference"],
    )


def arginine_taken_away(model: ODE = arginine) -> Explorable:
    """Return the lab on arginine: cells that make their own inherit the tumour."""
    days = Axis("days", 0.0, 400.0)
    return explore(
        model,
        name="arginine",
        title="Arginine",
        panels=[
            Panel(
                "The tumour",
                x=days,
                y=Axis(
                    "of the largest",
                    1e-7,
                    1.0,
                    "log",
                    ((1e-6, "one millionth"), (1e-4, "1/10 000"), (1e-2, "1/100"), (1.0, "1")),
                ),
                artists=(
                    Line("t", "negative", "without ASS1", colour=1),
                    Line("t", "positive", "with ASS1", colour=0),
                ),
                alt="Two curves over 400 days, on a logarithmic scale: tumour cells without ASS1, which need arginine "
                "from the blood, and tumour cells with ASS1, which make their own.",
            ),
            Panel(
                "Arginine, and T cells",
                x=days,
                y=Axis("share of normal", 0.0, 1.1),
                artists=(
                    Line("t", "arginine", "arginine", colour=3),
                    Line("t", "t_cell_function", "T cells", colour=2),
                ),
                alt="Arginine in the blood and the function it allows T cells, over the same 400 days; both fall when "
                "the drug is given.",
            ),
        ],
        controls=[
            "depletion",
            "switching",
            "positive_share",
            "half_t_cell",
            "start",
            "stop",
            "half_growth",
            "supply",
        ],
        presets=[
            Preset("The drug", {}),
            Preset("More of the drug", {"depletion": 15.0}),
            Preset("Some cells keep ASS1", {"positive_share": 0.1}),
            Preset("No drug", {"depletion": 0.0}),
        ],
        readouts=[
            Readout("end", "Tumour on day 400", "tumour", format=Format(unit="of the largest")),
            Readout(
                "least", "Smallest tumour", "tumour", "min", format=Format(unit="of the largest")
            ),
            Readout("positive", "Of it with ASS1, day 400", "share_positive", format=PERCENT),
            Readout(
                "t_cells", "T cell function at its lowest", "t_cell_function", "min", format=PERCENT
            ),
            Readout("begin", "At the start", "tumour", "first", shown=False),
        ],
        outcome=[
            Sentence(
                "The tumour shrinks and has not come back by day 400: {end}. T cells work at {t_cells}.",
                lambda r: r.end < 0.6 * r.begin,
            ),
            Sentence(
                "The tumour shrinks to {least} and returns as another: on day 400, {positive} of it has ASS1. "
                "T cells have worked at {t_cells}.",
                lambda r: np.logical_and(r.least < 0.9 * r.begin, r.positive > 0.5),
            ),
            Sentence(
                "The tumour goes on growing, to {end}. Of it {positive} has ASS1, and T cells work at {t_cells}."
            ),
        ],
        table=["t", "negative", "positive", "arginine", "t_cell_function"],
    )


def the_mirage(model: Formula = phase_mirage) -> Explorable:
    """Return the lab on small trials: the best of them shows more than is true."""
    return explore(
        model,
        name="mirage",
        title="The phase mirage",
        panels=[
            Panel(
                "How likely is such a result?",
                x=Axis("share that responds, or more", 0.0, 0.5),
                y=Axis("probability", 0.0, 1.0),
                artists=(
                    Line("true_at", "true_height", "true", colour=3),
                    Line("share", "large", "later trial", colour=2),
                    Line("share", "one", "one small", colour=1),
                    Line("share", "best", "best of them", colour=0),
                ),
                alt="Curves of the probability that a trial shows at least a given share of responders: one small "
                "trial, the best of several, and a later, larger trial. An upright line marks the true share of all patients.",
            ),
            Panel(
                "Chance to see 20 % or more",
                x=Axis("trials", -0.6, 2.6),
                y=Axis("probability", 0.0, 1.0),
                artists=(Bar(("one", "best", "large"), ("one small", "best", "later")),),
                alt="Three bars: the probability that one small trial, the best of the small trials, and the later "
                "trial show a response rate of 20 % or more.",
            ),
        ],
        controls=["patients", "trials", "selection", "rate", "later_patients"],
        presets=[
            Preset("Ten small trials", {}),
            Preset("A single small trial", {"trials": 1.0}),
            Preset("Ten larger trials", {"patients": 118.0}),
            Preset("Patients are selected as well", {"selection": 1.8}),
        ],
        readouts=[
            Readout("one", "One small trial shows 20 % or more", "one", "at", 0.2, RARELY),
            Readout("best", "The best of them does", "best", "at", 0.2, RARELY),
            Readout("large", "The later trial does", "large", "at", 0.2, RARELY),
            Readout(
                "told",
                "What the best shows, in half of all such stories",
                "best",
                "first below",
                0.5,
                PERCENT,
            ),
            Readout(
                "selected", "True response of the selected", "selected", "first", format=PERCENT
            ),
            Readout("truth", "True response of all", "true_at", "first", format=PERCENT),
        ],
        outcome=[
            Sentence(
                "{truth} of all patients respond. The best of the small trials has an even chance of showing {told} or "
                "more. A later trial of all patients will find less.",
                lambda r: r.told > 1.7 * r.truth,
            ),
            Sentence(
                "{truth} of all patients respond, and the best of the small trials has an even chance of showing {told} or "
                "more: somewhat too much.",
                lambda r: r.told > 1.25 * r.truth,
            ),
            Sentence(
                "{truth} of all patients respond, and the best of the small trials typically shows {told}: close to the truth.",
            ),
        ],
        table=["share", "one", "best", "large"],
    )
