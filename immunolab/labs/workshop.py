"""One small explorable for each of the other kinds of model, for people who build labs."""

from __future__ import annotations

from immunolab.chance import Cohort
from immunolab.explore import Explorable, explore
from immunolab.kinds import Equilibrium, Formula
from immunolab.labs.common import PERCENT
from immunolab.models.costimulation import costimulation
from immunolab.models.occupancy import occupancy
from immunolab.models.two_arm_trial import two_arm_trial
from immunolab.view import (
    Axis,
    Bar,
    Format,
    Line,
    Panel,
    Readout,
    RiskTable,
    Sentence,
    Step,
    Text,
)

_DECADES = tuple((float(v), v) for v in ("0.01", "0.1", "1", "10", "100", "1000"))


def antibody_occupancy(model: Formula = occupancy) -> Explorable:
    """Return a formula: how much receptor an antibody occupies."""
    return explore(
        model,
        name="occupancy",
        panels=[
            Panel(
                "Occupied receptors",
                x=Axis("antibody around the cell (nM)", 0.01, 1000.0, "log", _DECADES),
                y=Axis("share of receptors", 0.0, 1.0),
                artists=(
                    Line("concentration", "occupied", "occupied"),
                    Line("concentration", "free", "free", 1),
                ),
                alt="Two curves that cross at one half: receptors occupied rise and free receptors "
                "fall as the concentration of antibody goes from 0.01 to 1000 nM.",
            ),
            Panel(
                "At three concentrations",
                x=Axis("concentration of antibody", -0.6, 2.6),
                y=Axis("share occupied", 0.0, 1.0),
                artists=(
                    Bar(("at_one", "at_ten", "at_hundred"), ("1 nM", "10 nM", "100 nM")),
                    Text(-0.5, 0.93, "half at {half}"),
                ),
                alt="Three bars: the share of receptors occupied at 1, 10 and 100 nM of antibody.",
            ),
        ],
        readouts=[
            Readout(
                "half",
                "Half of the receptors at",
                "occupied",
                "first above",
                0.5,
                Format(unit="nM"),
            ),
            Readout("at_one", "Occupied at 1 nM", "occupied", "at", 1.0, PERCENT),
            Readout("at_ten", "Occupied at 10 nM", "occupied", "at", 10.0, PERCENT),
            Readout("at_hundred", "Occupied at 100 nM", "occupied", "at", 100.0, PERCENT),
        ],
        outcome=[
            Sentence(
                "Half of the receptors are occupied at {half}, nine tenths only at nine times as much."
            )
        ],
    )


def sharing_a_ligand(model: Equilibrium = costimulation) -> Explorable:
    """Return an equilibrium: CD28 and CTLA-4 share B7-1."""
    return explore(
        model,
        name="ligand",
        panels=[
            Panel(
                "Who holds the ligand?",
                x=Axis("CTLA-4 in the contact (µM)", 0.01, 100.0, "log", _DECADES[:5]),
                y=Axis("share", 0.0, 1.0),
                artists=(
                    Line("ctla4_total", "cd28_engaged", "CD28 engaged", 2),
                    Line("ctla4_total", "ligand_on_ctla4", "B7-1 on CTLA-4", 1),
                ),
                alt="As CTLA-4 in the contact rises, the share of B7-1 that it holds rises and the "
                "share of CD28 that is engaged falls.",
            )
        ],
        controls=["blocked", "ligand_total", "cd28_total"],
        readouts=[
            Readout(
                "little", "CD28 engaged, little CTLA-4", "cd28_engaged", "first", format=PERCENT
            ),
            Readout("much", "CD28 engaged, much CTLA-4", "cd28_engaged", "last", format=PERCENT),
        ],
        outcome=[
            Sentence(
                "CD28 engagement falls from {little} to {much} as CTLA-4 takes the ligand.",
                lambda r: r.much < 0.5 * r.little,
            ),
            Sentence(
                "CD28 keeps more than half of its engagement: {little} with little CTLA-4, {much} with much."
            ),
        ],
    )


def a_two_arm_trial(model: Cohort = two_arm_trial) -> Explorable:
    """Return a cohort: five hundred virtual patients in two arms."""
    ratio = Format(never="not estimable", words=((1e-9, "not estimable"),), digits=3)
    return explore(
        model,
        name="trial",
        panels=[
            Panel(
                "Patients without progression",
                x=Axis(
                    "days since randomisation",
                    0.0,
                    720.0,
                    ticks=tuple((float(t), str(t)) for t in (0, 180, 360, 540, 720)),
                ),
                y=Axis("share of patients", 0.0, 1.02),
                artists=(
                    Step("control", "control", 1),
                    Step("treated", "treated", 0),
                    RiskTable(
                        ("control", "treated"), ("control", "treated"), model.risk_grid, (1, 0)
                    ),
                ),
                alt="Kaplan-Meier curves of two arms over 720 days, small strokes where a patient is "
                "censored, and the numbers still at risk in five columns below the axis.",
            )
        ],
        controls=["strength", "delay", "spread", "seed", "resistance", "dropout"],
        readouts=[
            Readout("ratio", "Hazard ratio", "hazard_ratio", format=ratio),
            Readout("ratio_low", "95 % interval, lower end", "hazard_ratio_low", format=ratio),
            Readout("ratio_high", "95 % interval, upper end", "hazard_ratio_high", format=ratio),
            Readout(
                "gained",
                "Restricted mean gained",
                "restricted_mean_difference",
                format=Format(unit="days of 720", digits=3),
            ),
            Readout("events_control", "Events, control", "events_control", format=Format(digits=3)),
            Readout("events_treated", "Events, treated", "events_treated", format=Format(digits=3)),
        ],
        outcome=[
            Sentence("No ratio can be estimated: an arm has no event.", lambda r: r.ratio < 1e-9),
            Sentence(
                "Hazard ratio {ratio} (95 % interval {ratio_low} to {ratio_high}): the interval excludes 1, and treatment gains {gained}.",
                lambda r: r.ratio_high < 1,
            ),
            Sentence(
                "Hazard ratio {ratio} (95 % interval {ratio_low} to {ratio_high}): by chance alone, treatment looks harmful.",
                lambda r: r.ratio_low > 1,
            ),
            Sentence(
                "Hazard ratio {ratio} (95 % interval {ratio_low} to {ratio_high}): this trial alone cannot tell the arms apart."
            ),
        ],
    )
