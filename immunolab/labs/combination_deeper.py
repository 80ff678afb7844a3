"""Further labs of the chapter on combination therapy, for those who want more."""

from __future__ import annotations

from immunolab.chance import Cohort
from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE, Equilibrium, Formula
from immunolab.labs.combination import START, trial_lab
from immunolab.labs.common import PERCENT, starting_at
from immunolab.models.combination_references import combination_references
from immunolab.models.thresholds import thresholds
from immunolab.models.two_arm_trial import two_arm_trial
from immunolab.models.wodarz import wodarz
from immunolab.view import Axis, Fill, Format, Level, Line, Panel, Preset, Readout, Sentence

DOSES = Axis(
    "dose of each part (1: half effect alone)",
    0.01,
    10.0,
    "log",
    tuple((float(v), v) for v in ("0.01", "0.1", "1", "10")),
)
POINTS = Format(unit="percentage points", scale=100.0, words=((0.005, "none"),))


def two_arms_small(model: Cohort = two_arm_trial) -> Explorable:
    """Return the trial of sixty patients: what luck can do."""
    small = model.replace(size=60, title="A trial of sixty")
    return trial_lab(
        starting_at(small, START),
        name="two_arms_small",
        title="A trial of sixty",
        controls=["seed", "strength", "delay", "spread", "resistance"],
        checked=(360.0, 720.0),
    )


def the_sham_test(model: Equilibrium = combination_references) -> Explorable:
    """Return the lab on references: Bliss can find synergy of a drug with itself."""
    return explore(
        model,
        name="sham",
        title="The sham test",
        panels=[
            Panel(
                "A drug with itself",
                x=DOSES,
                y=Axis("share of cells killed", 0.0, 1.02),
                artists=(
                    Line("dose", "sham", "both parts: seen", colour=0),
                    Line("dose", "bliss_again", "expected by Bliss", colour=1),
                    Line("dose", "first", "first part alone", colour=2),
                ),
                alt="Three curves of the share of cells killed over the dose: one part of the drug "
                "alone, both parts together, and what Bliss expects of the two parts.",
            ),
            Panel(
                "What Bliss calls it",
                x=DOSES,
                y=Axis("seen less expected, share of cells", -0.2, 0.6),
                artists=(
                    Level(0.0, "as expected"),
                    Line("dose", "called_synergy", "called synergy", colour=3),
                ),
                alt="One curve over the dose: the effect seen less the effect that Bliss expects. Above "
                "the dotted line at zero Bliss speaks of synergy, below it of antagonism.",
            ),
        ],
        controls=["steepness_a", "ratio"],
        presets=[
            Preset("A curve of steepness 2", {}),
            Preset("A gentle curve (1)", {"steepness_a": 1.0}),
            Preset("A steep curve (4)", {"steepness_a": 4.0}),
            Preset("A shallow curve (0.6)", {"steepness_a": 0.6}),
        ],
        readouts=[
            Readout("most", "Most synergy found", "called_synergy", "max", format=POINTS),
            Readout("least", "Most antagonism found", "called_synergy", "min", format=_depth()),
        ],
        outcome=[
            Sentence(
                "Bliss finds no synergy of the drug with itself at any dose, but antagonism: up to {least}.",
                lambda r: r.most < 0.005,
            ),
            Sentence(
                "Bliss finds synergy of the drug with itself: up to {most} more cells killed than it "
                "expects. And antagonism at other doses: up to {least}.",
                lambda r: r.least < -0.005,
            ),
            Sentence(
                "Bliss finds synergy of the drug with itself: up to {most} more cells killed than it expects."
            ),
        ],
        table=["dose", "first", "bliss_again", "sham", "called_synergy"],
    )


def _depth() -> Format:
    return Format(unit="percentage points", scale=-100.0)


def synergy_inside(model: Formula = thresholds) -> Explorable:
    """Return the lab on levels: synergy in each patient that a trial hardly sees."""
    spread = Axis(
        "spread between patients (doublings)",
        0.25,
        16.0,
        "log",
        tuple((float(v), v) for v in ("0.25", "0.5", "1", "2", "4", "8", "16")),
    )
    return explore(
        model,
        name="inside",
        title="Synergy inside, none outside",
        panels=[
            Panel(
                "What the trial sees",
                x=spread,
                y=Axis("share that responds", 0.0, 1.02),
                artists=(
                    Line("spread", "synergistic", "with synergy", colour=0),
                    Line("spread", "additive", "adding up", colour=2),
                    Line("spread", "independent", "independent", colour=3),
                    Line("spread", "alone", "first alone", colour=1),
                ),
                alt="Over the spread between patients: response to the first drug alone and by independent "
                "action, both flat; response to both drugs if their effects add up inside each "
                "patient, and with synergy inside, which fall towards the first drug alone.",
            ),
            Panel(
                "What synergy adds",
                x=spread,
                y=Axis("share of patients", 0.0, 0.5),
                artists=(
                    Fill("spread", "seen", colour=0),
                    Line("spread", "seen", "by synergy", colour=0),
                ),
                alt="One hump over the spread between patients: the share of patients who respond thanks to "
                "synergy. It is small at both ends and largest in between.",
            ),
        ],
        controls=["synergy", "push", "response", "second"],
        presets=[
            Preset("Twice as much again", {}),
            Preset("No synergy", {"synergy": 0.0}),
            Preset("Eightfold", {"synergy": 3.0}),
        ],
        readouts=[
            Readout("near", "Gained by synergy, spread 1", "seen", "at", 1.0, POINTS),
            Readout("far", "Gained by synergy, spread 8", "seen", "at", 8.0, POINTS),
            Readout(
                "peak",
                "Most gained at a spread of",
                "seen",
                "time of max",
                format=Format(unit="doublings"),
            ),
            Readout("both_far", "Respond to both, spread 8", "synergistic", "at", 8.0, PERCENT),
            Readout(
                "apart", "Respond by independent action", "independent", "first", format=PERCENT
            ),
            Readout("most", "Most gained", "seen", "max", format=POINTS, shown=False),
        ],
        outcome=[
            Sentence(
                "There is no synergy inside, and none to be seen. With patients far apart {both_far} respond to both.",
                lambda r: r.most < 0.005,
            ),
            Sentence(
                "The same synergy in every patient. With tumours alike (spread 1) it gains {near}, with tumours "
                "far apart (spread 8) {far}; then {both_far} respond to both, and independent action alone would "
                "give {apart}."
            ),
        ],
        table=["spread", "alone", "additive", "synergistic", "independent"],
    )


def the_virus(model: ODE = wodarz) -> Explorable:
    """Return the lab on the oncolytic virus: killing too fast helps nobody."""
    return explore(
        model,
        name="virus",
        title="The virus that kills too fast",
        panels=[
            Panel(
                "The tumour",
                x=Axis("days", 0.0, 200.0),
                y=Axis("cells (1: all the room there is)", 0.0, 1.0),
                artists=(
                    Fill("t", "infected", label="infected", colour=1),
                    Line("t", "tumour", "tumour", colour=0),
                ),
                alt="Over 200 days: the size of the tumour, and as a shaded area that part of it which is "
                "infected by the virus.",
            )
        ],
        controls=["killing", "growth_infected", "infection", "growth"],
        presets=[
            Preset("Kills slowly", {"killing": 0.15}),
            Preset("In between", {"killing": 0.28}),
            Preset("Kills fast", {"killing": 1.5}),
            Preset("Infected cells cannot divide", {"growth_infected": 0.0, "killing": 0.28}),
        ],
        readouts=[
            Readout("end", "Tumour at the end", "tumour", format=PERCENT),
            Readout("begin", "At the start", "tumour", "first", format=PERCENT),
            Readout(
                "sick",
                "Infected cells at the end",
                "infected",
                format=Format("percent", words=((0.001, "none"),)),
            ),
            Readout("least", "Smallest on the way", "tumour", "min", format=PERCENT),
        ],
        outcome=[
            Sentence(
                "The virus dies out: it kills its hosts before it can spread. Tumour fills {end} of the room.",
                lambda r: r.sick < 0.001,
            ),
            Sentence("The virus stays. Tumour fills {end} of the room, infected tumour {sick}."),
        ],
        table=["t", "uninfected", "infected", "tumour"],
    )
