"""Further labs of the chapter on immune checkpoints, for those who want more."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE, Formula
from immunolab.labs.common import PERCENT, cells
from immunolab.models.antibody_dosing import PEMBROLIZUMAB, antibody_dosing
from immunolab.models.expression_test import expression_test
from immunolab.models.kuznetsov import kuznetsov, kuznetsov_nullclines
from immunolab.models.second_brake import second_brake
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
    Trajectory,
)


def dosing(model: ODE = antibody_dosing) -> Explorable:
    """Return the lab on doses: occupancy is flat over a wide range, and outlasts the drug."""
    weeks = Axis("weeks since the first dose", 0.0, 130.0)
    return explore(
        model,
        name="dosing",
        title="Dosing nivolumab and pembrolizumab",
        panels=[
            Panel(
                "Antibody in the blood",
                x=weeks,
                y=Axis(
                    "mg per litre",
                    1e-3,
                    1e3,
                    "log",
                    tuple(
                        (float(v), v) for v in ("0.001", "0.01", "0.1", "1", "10", "100", "1000")
                    ),
                ),
                artists=(Line("t", "concentration", "antibody", colour=1),),
                alt="Concentration of the antibody in the blood over 130 weeks, on a logarithmic "
                "scale: a saw-tooth while doses are given, then a fall that is straight at the end.",
            ),
            Panel(
                "PD-1 occupied",
                x=weeks,
                y=Axis("share of PD-1 in the blood", 0.0, 1.05),
                artists=(
                    Level(0.5, "half"),
                    Line("t", "occupancy", "occupied", colour=0),
                ),
                alt="Share of PD-1 that carries an antibody, over the same 130 weeks; a dotted "
                "line marks one half.",
            ),
        ],
        controls=["dose", "interval", "last_week", "dissociation"],
        presets=[
            Preset("Nivolumab 240 mg every 2 weeks", {}),
            Preset("Nivolumab 480 mg every 4 weeks", {"dose": 480.0, "interval": 4.0}),
            Preset(
                "Pembrolizumab 200 mg every 3 weeks",
                PEMBROLIZUMAB | {"dose": 200.0, "interval": 3.0},
            ),
            Preset("Nivolumab, a single dose", {"last_week": 0.0}),
        ],
        readouts=[
            Readout(
                "most", "Most in the blood", "concentration", "max", format=Format(unit="mg/L")
            ),
            Readout(
                "lowest",
                "Lowest occupancy under treatment",
                "between_doses",
                "min",
                format=Format("percent", digits=3),
            ),
            Readout(
                "held",
                "Half still occupied, after the last dose",
                "half_held",
                "max",
                format=Format(unit="weeks"),
            ),
        ],
        outcome=[
            Sentence(
                "Nearly all PD-1 is occupied for as long as doses are given (never less than {lowest}), and half of "
                "it still {held} after the last dose.",
                lambda r: r.lowest > 0.9,
            ),
            Sentence(
                "Between doses occupancy falls to {lowest}. After the last dose half of PD-1 stays "
                "occupied for {held}."
            ),
        ],
        table=["t", "concentration", "occupancy"],
    )


def brakes_in_parallel(model: Formula = second_brake) -> Explorable:
    """Return the lab on rival ideas: expression of a second receptor is not its function."""
    return explore(
        model,
        name="parallel",
        title="Brakes in parallel",
        panels=[
            Panel(
                "What is left of the T cell's activity",
                x=Axis("second receptor on the T cell (arbitrary units)", 0.0, 4.0),
                y=Axis("share of full activity", 0.0, 1.0),
                artists=(
                    Line("expression", "both_blocked", "both blocked", colour=2),
                    Line("expression", "pd1_blocked", "PD-1 blocked", colour=0),
                    Line("expression", "second_blocked", "second blocked", colour=3),
                    Line("expression", "untreated", "untreated", colour=1),
                ),
                alt="Four curves of a T cell's activity over how much of the second receptor it "
                "carries: untreated, with PD-1 blocked, with the second receptor blocked, with both.",
            ),
            Panel(
                "Where there is much of it",
                x=Axis("arms of an imagined trial", -0.6, 3.6),
                y=Axis("share of full activity", 0.0, 1.0),
                artists=(
                    Bar(
                        ("nothing", "first", "second", "both"),
                        ("untreated", "PD-1", "second", "both"),
                    ),
                ),
                alt="Four bars: activity untreated, with PD-1 blocked, with the second receptor "
                "blocked, and with both, on T cells that carry much of the second receptor.",
            ),
        ],
        controls=["function", "shared_road", "pd1_brake", "engaged"],
        presets=[
            Preset("They multiply", {}),
            Preset("Either is enough", {"shared_road": 1.0}),
            Preset("A marker only", {"function": 0.0}),
        ],
        readouts=[
            Readout("nothing", "Untreated", "untreated", "at", 3.0, PERCENT),
            Readout("first", "PD-1 blocked", "pd1_blocked", "at", 3.0, PERCENT),
            Readout("second", "Second receptor blocked", "second_blocked", "at", 3.0, PERCENT),
            Readout("both", "Both blocked", "both_blocked", "at", 3.0, PERCENT),
            Readout("gain", "Both against PD-1 alone", "gain", "at", 3.0, Format(unit="times")),
        ],
        outcome=[
            Sentence(
                "The antibodies hardly block their targets, so nothing is learned about the receptors.",
                lambda r: r.both < 1.1 * r.nothing,
            ),
            Sentence(
                "However much of the second receptor there is, blocking it adds next to nothing to "
                "blocking PD-1.",
                lambda r: r.gain < 1.1,
            ),
            Sentence(
                "Neither antibody does much alone; together they raise activity from {nothing} to {both}.",
                lambda r: np.logical_and(r.first < 1.2 * r.nothing, r.second < 1.2 * r.nothing),
            ),
            Sentence(
                "PD-1 blocked: {first} instead of {nothing}. Both blocked: {both}, {gain} as much as with PD-1 alone."
            ),
        ],
        table=["expression", "untreated", "pd1_blocked", "second_blocked", "both_blocked"],
    )


def pdl1_as_a_test(model: Formula = expression_test) -> Explorable:
    """Return the lab on the test: a cut-off trades errors, and some negatives respond."""
    patients = Format(digits=1)
    return explore(
        model,
        name="pdl1_test",
        title="PD-L1 as a test",
        panels=[
            Panel(
                "A thousand patients by their score",
                x=Axis("PD-L1 score (arbitrary units)", 0.0, 100.0),
                y=Axis("patients per unit of score", 0.0, 32.0),
                artists=(
                    Line("score", "others", "will not respond", colour=1),
                    Line("score", "responders", "will respond", colour=0),
                    Line("line_at", "line_height", "cut-off", colour=3),
                ),
                alt="Two overlapping hills over the PD-L1 score: patients who will respond, and "
                "patients who will not. An upright line marks the cut-off; positives lie to its right.",
            ),
            Panel(
                "Sorted by the test",
                x=Axis("what became of them", -0.6, 3.6),
                y=Axis("patients of 1000", 0.0, 1000.0),
                artists=(
                    Bar(
                        ("found", "false_alarm", "missed", "cleared"),
                        ("found", "vain", "missed", "spared"),
                    ),
                ),
                alt="Four bars that add up to a thousand patients: found (test positive, respond), treated "
                "in vain (positive, do not), missed (negative, respond), spared (negative, do not).",
            ),
        ],
        controls=["cut_off", "distance", "response"],
        presets=[
            Preset("A middling test", {}),
            Preset("Low cut-off", {"cut_off": 25.0}),
            Preset("High cut-off", {"cut_off": 65.0}),
            Preset("A test that tells nothing", {"distance": 0.0}),
        ],
        readouts=[
            Readout("found", "Found: positive, respond", "found", "first", format=patients),
            Readout(
                "false_alarm", "In vain: positive, do not", "false_alarm", "first", format=patients
            ),
            Readout("missed", "Missed: negative, respond", "missed", "first", format=patients),
            Readout("cleared", "Spared: negative, do not", "cleared", "first", format=patients),
            Readout(
                "positive", "Response among positives", "rate_positive", "first", format=PERCENT
            ),
            Readout(
                "negative", "Response among negatives", "rate_negative", "first", format=PERCENT
            ),
            Readout(
                "lost", "Responders who test negative", "share_missed", "first", format=PERCENT
            ),
        ],
        outcome=[
            Sentence(
                "{positive} of the positives respond, and {negative} of the negatives: the test tells "
                "next to nothing.",
                lambda r: r.positive < 1.1 * r.negative,
            ),
            Sentence(
                "{positive} of the positives respond, and {negative} of the negatives. Treat only positives, "
                "and {lost} of those who would have responded go without."
            ),
        ],
        table=["score", "responders", "others", "line_at"],
    )


def dormancy_or_escape(model: ODE = kuznetsov) -> Explorable:
    """Return Kuznetsov's tumour: where it starts decides whether it sleeps or escapes."""
    # The lines of rest belong to the published equations; another model has others.
    published = model.rhs is kuznetsov.rhs
    return explore(
        model,
        name="kuznetsov",
        title="Dormancy or escape",
        panels=[_phase_panel(published), _course_panel()],
        controls=[
            "tumour_at_start",
            "effectors_at_start",
            "inflow",
            "killing",
            "recruitment",
            "inactivation",
        ],
        presets=[
            Preset("A small tumour", {"tumour_at_start": 1e7, "effectors_at_start": 5e5}),
            Preset("A large tumour", {"tumour_at_start": 3e8, "effectors_at_start": 5e5}),
        ],
        readouts=[
            Readout("end", "Tumour on day 600", "tumour", format=cells()),
            Readout("effectors_end", "Effectors on day 600", "effectors", format=Format("cells")),
            Readout("largest", "Largest size on the way", "tumour", "max", format=cells()),
        ],
        outcome=[
            Sentence(
                "Almost gone: {end} on day 600. With so few, chance would decide, and these equations know none.",
                lambda r: r.end < 1000,
            ),
            Sentence(
                "Dormancy: the tumour is held. On day 600 it has {end}; its effectors are {effectors_end}.",
                lambda r: r.end < 1e8,
            ),
            Sentence("Escape: the tumour outgrows its attackers. On day 600 it has {end}."),
        ],
        overlays={"still": kuznetsov_nullclines} if published else {},
    )


def _phase_panel(published: bool) -> Panel:
    rest = (
        Line("tumour", "tumour_still", "tumour still", colour=3, of="still"),
        Line("tumour", "effectors_still", "T cells still", colour=2, of="still"),
    )
    return Panel(
        "Tumour against effectors",
        x=Axis(
            "tumour cells",
            1e5,
            1e9,
            "log",
            ((1e5, "100 000"), (1e7, "10 million"), (1e9, "1 billion")),
        ),
        y=Axis(
            "effector T cells",
            1e4,
            1e7,
            "log",
            ((1e4, "10 000"), (1e5, "100 000"), (1e6, "1 million"), (1e7, "10 million")),
        ),
        artists=(
            *(rest if published else ()),
            Trajectory("tumour", "effectors", colour=0),
        ),
        alt="Phase plane, both axes logarithmic: the path from the ring (start) to the dot (day "
        "600), the line on which the tumour neither grows nor shrinks, and the same for effectors.",
    )


def _course_panel() -> Panel:
    return Panel(
        "The same path in time",
        x=Axis("days", 0.0, 600.0),
        y=Axis(
            "cells",
            1e4,
            1e9,
            "log",
            tuple(
                zip(
                    10.0 ** np.arange(4, 10),
                    ("10 000", "100 000", "1 million", "10 million", "100 million", "1 billion"),
                    strict=True,
                )
            ),
        ),
        artists=(
            Line("t", "tumour", "tumour", colour=1),
            Line("t", "effectors", "T cells", colour=2),
        ),
        alt="Curves of tumour cells and effector cells over 600 days, on a logarithmic scale.",
    )
