"""The two core labs of the chapter on combination therapy; the others are in combination_deeper."""

from __future__ import annotations

from immunolab.chance import Cohort
from immunolab.explore import Explorable, explore
from immunolab.kinds import Formula
from immunolab.labs.common import PERCENT, starting_at
from immunolab.models.palmer_sorger import palmer_sorger
from immunolab.models.two_arm_trial import two_arm_trial
from immunolab.view import (
    Axis,
    Bar,
    Format,
    Line,
    Panel,
    Preset,
    Readout,
    RiskTable,
    Sentence,
    Step,
)

#: Shares of few patients often lie just between two roundings (3 of 80 are 3.75 %). Page and Python
#: differ in the last bit and would round them apart; a billionth more tips both the same way.
PERCENT_OF_FEW = Format(unit="%", scale=100.0 * (1 + 1e-9))
HARDLY = 0.005  # of all patients: too few to see


def independent_action(model: Formula = palmer_sorger) -> Explorable:
    """Return the core lab: a combination can help more patients without any interaction."""
    alike = {"response_b": 0.4, "median_b": 6.0, "plateau_b": 0.25}
    return explore(
        model,
        name="independent_action",
        title="Independent action",
        panels=[
            Panel(
                "Who responds",
                x=Axis("treatment", -0.6, 2.6),
                y=Axis("share of patients", 0.0, 1.0),
                artists=(Bar(("alone_a", "alone_b", "both"), ("first", "second", "both"), 2),),
                alt="Three bars: the share of patients who respond to the first drug alone, to the "
                "second alone, and to at least one of the two when both are given.",
            ),
            Panel(
                "Free of progression",
                x=Axis(
                    "months since treatment began",
                    0.0,
                    36.0,
                    ticks=tuple((float(t), str(t)) for t in (0, 6, 12, 18, 24, 30, 36)),
                ),
                y=Axis("share of patients", 0.0, 1.0),
                artists=(
                    Line("month", "combination", "both", colour=2),
                    Line("month", "first", "first", colour=0),
                    Line("month", "second", "second", colour=1),
                ),
                alt="Three curves over 36 months: patients still free of progression on the first "
                "drug, on the second, and on both, if each patient has the better of the two.",
            ),
        ],
        controls=[
            "correlation",
            "response_a",
            "response_b",
            "harm_b",
            "harm_a",
            "median_a",
            "median_b",
            "plateau_a",
            "plateau_b",
        ],
        presets=[
            Preset("Unrelated responses", {}),
            Preset("The same patients respond", {"correlation": 1.0}),
            Preset("Two drugs of equal strength", alike),
            Preset("Equal, and alike", alike | {"correlation": 1.0}),
            Preset(
                "A feeble second drug", {"response_b": 0.05, "median_b": 2.0, "plateau_b": 0.01}
            ),
        ],
        readouts=[
            Readout("both", "Respond to at least one", "response", "first", format=PERCENT),
            Readout(
                "gained", "More than with the better drug", "gained", "first", format=_points()
            ),
            Readout("harmed", "Severely harmed by at least one", "harmed", "first", format=PERCENT),
            Readout(
                "year", "Free of progression at one year, both", "combination", "at", 12.0, PERCENT
            ),
            Readout("year_a", "… first drug alone", "first", "at", 12.0, PERCENT),
            Readout(
                "alone_a",
                "Respond to the first",
                "response_first",
                "first",
                format=PERCENT,
                shown=False,
            ),
            Readout(
                "alone_b",
                "Respond to the second",
                "response_second",
                "first",
                format=PERCENT,
                shown=False,
            ),
            Readout(
                "harm_a",
                "Harmed by the first",
                "harmed_first",
                "first",
                format=PERCENT,
                shown=False,
            ),
        ],
        outcome=[
            Sentence(
                "{both} respond to at least one, no more than to the better drug alone. {harmed} are "
                "severely harmed.",
                lambda r: r.gained < HARDLY,
            ),
            Sentence(
                "{both} respond to at least one: {gained} more than with the better drug, though neither "
                "drug makes the other work better. {harmed} are severely harmed, against {harm_a} by the first "
                "alone.",
            ),
        ],
        table=["month", "first", "second", "combination"],
    )


def _points() -> Format:
    return Format(unit="percentage points", scale=100.0, words=((HARDLY, "none"),))


#: Two treatments with nearly the same hazard ratio, and little else in common.
AT_ONCE = {"strength": 0.0008, "delay": 0.0, "spread": 0.0, "resistance": 0.002}
LATE = {"strength": 0.004, "delay": 180.0, "spread": 1.0, "resistance": 0.0}
NOTHING = {"strength": 0.0}
START = AT_ONCE | {"seed": 4.0}


def two_arms(model: Cohort = two_arm_trial) -> Explorable:
    """Return the core lab: two treatments with one hazard ratio, and what it hides."""
    return trial_lab(
        starting_at(model, START),
        name="two_arms",
        title="A two-arm trial",
        controls=["strength", "delay", "spread", "seed", "resistance", "dropout"],
        checked=(360.0, 720.0),
    )


def two_arms_early(model: Cohort = two_arm_trial) -> Explorable:
    """Return the same trial, read before the tail can be seen."""
    short = model.replace(
        title="The same trial, read at day 240",
        patient=model.patient.replace(span=(0.0, 240.0)),
        risk_times=(0.0, 60.0, 120.0, 180.0, 240.0),
    )
    return trial_lab(
        starting_at(short, START),
        name="two_arms_early",
        title="The same trial, read at day 240",
        controls=["strength", "delay", "spread", "seed", "resistance"],
        checked=(240.0,),
    )


def trial_lab(model: Cohort, name: str, title: str, controls, checked) -> Explorable:
    """Return a trial of two arms with its numbers at risk; ``checked`` are days that are read off."""
    ratio = Format(never="not estimable", words=((1e-9, "not estimable"),), digits=3)
    end = model.patient.span[1]
    shares = [
        Readout(
            f"{arm}_{day:.0f}",
            f"Free at day {day:.0f}, {arm}",
            f"share_{arm}",
            "at",
            day,
            PERCENT_OF_FEW,
        )
        for day in checked
        for arm in ("control", "treated")
    ]
    last = f"{checked[-1]:.0f}"
    read = "Hazard ratio {ratio} (95 % interval {ratio_low} to {ratio_high}): "
    tail = (
        "At day "
        + last
        + ", {treated_"
        + last
        + "} are free of progression, against {control_"
        + last
        + "}."
    )
    gain = Format(unit=f"days of {end:.0f}", words=((0.0, "none, a loss"),))
    return explore(
        model,
        name=name,
        title=title,
        panels=[
            Panel(
                "Patients without progression",
                x=Axis(
                    "days since randomisation",
                    0.0,
                    end,
                    ticks=tuple((t, f"{t:.0f}") for t in model.risk_grid),
                ),
                y=Axis("share of patients", 0.0, 1.02),
                artists=(
                    Step("control", "control", 1),
                    Step("treated", "treated", 0),
                    RiskTable(
                        ("control", "treated"), ("control", "treated"), model.risk_grid, (1, 0)
                    ),
                ),
                alt=f"Kaplan-Meier curves of two arms over {end:.0f} days, small strokes where a "
                "patient is censored, and the numbers still at risk in five columns below the axis.",
            )
        ],
        controls=list(controls),
        presets=[
            Preset("A little for all, at once", START),
            Preset("Late, and much for some", LATE | {"seed": START["seed"]}),
            Preset("No effect at all", NOTHING | {"seed": START["seed"]}),
        ],
        readouts=[
            Readout("ratio", "Hazard ratio", "hazard_ratio", format=ratio),
            Readout("ratio_low", "95 % interval, lower end", "hazard_ratio_low", format=ratio),
            Readout("ratio_high", "95 % interval, upper end", "hazard_ratio_high", format=ratio),
            Readout("gained", "Restricted mean gained", "restricted_mean_difference", format=gain),
            *shares,
        ],
        outcome=[
            Sentence("No ratio can be estimated: an arm has no event.", lambda r: r.ratio < 1e-9),
            Sentence(read + "the interval excludes 1. " + tail, lambda r: r.ratio_high < 1),
            Sentence(
                read + "the interval lies above 1, as if treatment did harm. " + tail,
                lambda r: r.ratio_low > 1,
            ),
            Sentence(read + "chance may explain the difference. " + tail),
        ],
    )
