"""Graded questions on mesothelioma."""

from __future__ import annotations

from immunolab.graded import Dice, Unclear, practises
from immunolab.graded.asking import match, number, order, pick_all, plainly_below
from immunolab.graded.lab import Read, Seen, change, meaning, seen, to_do, worked_out
from immunolab.labs.common import DETECTABLE
from immunolab.labs.mesothelioma import a_range, the_control_arm
from immunolab.labs.mesothelioma_deeper import arginine_taken_away, crossing_curves, the_mirage
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
)

# --------------------------------------------------------------------------- histology and the control arm


@practises("histology")
def gain_in_people(dice: Dice) -> NumberQuestion:
    """A ratio says how rates compare; how many people it means depends on the control arm."""
    lab = the_control_arm()
    medians = {
        "other_control": dice.one((7.0, 8.0, 9.5, 10.0, 11.0, 12.0)),
        "other_treated": dice.one((14.0, 16.0, 17.0, 19.0, 20.0, 22.0)),
        "epithelioid_control": dice.one((12.0, 13.0, 14.0, 15.0)),
        "epithelioid_treated": dice.one((20.0, 22.0, 24.0, 26.0)),
    }
    run = seen(lab, "As in CheckMate 743", medians)
    kinds = [("non-epithelioid", "n"), ("epithelioid", "e")]
    (kind, asked), (_, other) = dice.mixed(kinds)
    treated, control = run.read(f"alive_{asked}"), run.read(f"control_{asked}")
    return number(
        dice,
        title="A gain in people",
        stem=f"{run.how()} (These medians are invented.) Of 100 patients with {kind} tumours, how many more are alive at two "
        "years with immunotherapy than with chemotherapy, in this model?",
        asked=worked_out(_difference, treated, control),
        unit="patients of 100",
        right=f"Yes. That is what a hazard ratio of {run.text(f'ratio_{asked}')} means here, after two years.",
        otherwise="Two shares of this histology belong to this question, one of each arm.",
        mistakes=(
            (
                worked_out(lambda ratio: 100 * (1 - ratio), run.read(f"ratio_{asked}")),
                "A hazard ratio compares rates of death. It is no share of patients who are saved.",
            ),
            (
                worked_out(_difference, run.read(f"alive_{other}"), run.read(f"control_{other}")),
                "That is the gain in the other histology.",
            ),
            (
                worked_out(lambda a, b: 100 * (a - b) / b, treated, control),
                "This is in per cent of those alive with chemotherapy. Asked for are patients of 100.",
            ),
            (treated, "So many are alive with immunotherapy. Some would be with chemotherapy too."),
        ),
    )


def _difference(a: float, b: float) -> float:
    return a - b


@practises("histology")
def one_ratio_two_ways(dice: Dice) -> NumberQuestion:
    """A ratio can be had by doing better, or by comparing with worse."""
    lab = the_control_arm()
    control, treated = (
        dice.one((7.5, 8.0, 9.0, 10.0, 11.0)),
        dice.one((15.0, 16.0, 17.0, 19.0, 20.0)),
    )
    other = dice.one((16.0, 17.0, 18.0, 20.0, 21.0))
    medians = {"other_control": control, "other_treated": treated, "epithelioid_treated": other}
    run = seen(lab, "As in CheckMate 743", medians)
    wanted, step = control / treated * other, 0.1  # a step of the slider
    ratio = run.read("ratio_n")
    ready = seen(lab, "As in CheckMate 743").value("ratio_n") * other
    return number(
        dice,
        title="One ratio, two ways",
        stem=f"{run.how()} (These medians are invented.) To which value, in months, must *{meaning(lab, 'epithelioid_control')}* be set for "
        "the two hazard ratios to be the same, in this model?",
        asked=Read(wanted, step + ratio.error * other),
        unit="months",
        right="Yes. The ratio is better, and nobody on immunotherapy lives a day longer.",
        otherwise="In this model a hazard ratio is the median with chemotherapy divided by that with immunotherapy.",
        mistakes=(
            (
                Read(treated / control * other),
                "This would be needed if the ratio were turned round. Chemotherapy's median stands above.",
            ),
            (
                Read(control, step),
                "Equal control arms do not give equal ratios unless the treated arms are equal too.",
            ),
            (
                Read(ready, step),
                "That is for the medians of the ready-made setting. Set the sliders of the stem.",
            ),
        ),
    )


@practises("histology")
def true_of_these_arms(dice: Dice) -> ChoiceQuestion:
    """What two ratios say, and what they do not."""
    lab = the_control_arm()
    medians = {
        "other_control": dice.one((7.0, 8.0, 9.0, 10.0, 12.0)),
        "other_treated": dice.one((11.0, 12.0, 13.0, 14.0, 16.0, 20.0, 22.0)),
        "epithelioid_control": dice.one((13.0, 15.0, 17.0, 19.0, 21.0)),
        "epithelioid_treated": dice.one((14.0, 16.0, 18.0, 20.0, 24.0, 28.0)),
    }
    run = seen(lab, "As in CheckMate 743", medians)
    value = run.value
    gain_n, gain_e = value("alive_n") - value("control_n"), value("alive_e") - value("control_e")
    with_n, with_e = run.text("alive_n"), run.text("alive_e")
    statements = (
        (
            "The hazard ratio is lower with non-epithelioid than with epithelioid tumours.",
            _lower(value("ratio_n"), value("ratio_e"), 0.05),
            f"It is {run.text('ratio_n')}, against {run.text('ratio_e')}.",
        ),
        (
            "On immunotherapy more are alive at two years with non-epithelioid than with epithelioid tumours.",
            _lower(value("alive_e"), value("alive_n"), 0.02),
            f"It is {with_n}, against {with_e}.",
        ),
        (
            "At two years patients with non-epithelioid tumours gain more percentage points than the others.",
            _lower(gain_e, gain_n, 0.02),
            f"The gains are {100 * gain_n:.0f} and {100 * gain_e:.0f} points.",
        ),
        (
            "With epithelioid tumours the two treatments are alike at two years, within 3 points.",
            _lower(abs(gain_e), 0.03, 0.01),
            f"The gain is {100 * gain_e:.0f} points.",
        ),
        (
            "On chemotherapy fewer are alive at two years with non-epithelioid than with epithelioid tumours.",
            _lower(value("control_n"), value("control_e"), 0.02),
            f"It is {run.text('control_n')}, against {run.text('control_e')}.",
        ),
    )
    return pick_all(
        dice,
        title="True of these four arms",
        stem=f"{run.how()} (These medians are invented.) Which statements are true in this model?",
        choices=[Choice(*each) for each in statements],
        explanation="A ratio has two arms. The better ratio need not go with the longer life.",
    )


def _lower(one: float, other: float, gap: float) -> bool:
    if abs(one - other) < gap:
        raise Unclear(f"{one:.3f} and {other:.3f} are too near each other")
    return one < other


# ------------------------------------------------------------------------------------ one ratio, two stories


@practises("tail")
def when_they_cross(dice: Dice) -> NumberQuestion:
    """An early loss has to be made up for before a late gain can show."""
    lab = crossing_curves()
    early, late = dice.one((1.3, 1.4, 1.6, 1.8, 2.0)), dice.one((0.2, 0.3, 0.4, 0.5, 0.6))
    turned = {
        "early_ratio": early,
        "late_ratio": late,
        "change": dice.one((3, 4, 5, 7, 8)),
        "hazard": dice.one((0.05, 0.06, 0.08)),
    }
    change_at = turned["change"]
    month = change_at * (early - late) / (1 - late)
    if not month < 30:
        raise Unclear("they cross where few are left")
    run = seen(lab, "Early loss, late tail", turned)
    in_the_picture = 0.01 * 48  # months: a hundredth of the axis
    return number(
        dice,
        title="When they cross",
        stem=f"{run.how()} How many months after randomisation do the two curves cross? (In the picture *Treated less "
        "control* the difference passes zero there.)",
        asked=Read(month, in_the_picture),
        unit="months",
        right="Yes. Until then the treated arm has been behind, although its hazard is lower since the change.",
        otherwise="Find it in the second picture, or reckon when the lower hazard has made up for the higher one.",
        mistakes=(
            (
                Read(float(change_at), in_the_picture),
                "There the hazard changes. The arm is behind then, and has to catch up first.",
            ),
            (
                Read(month - change_at, in_the_picture),
                "So long it takes after the change. Asked for is the time since randomisation.",
            ),
        ),
    )


@practises("tail")
def gap_at_three_years(dice: Dice) -> OrderQuestion:
    """What is left at three years depends on the early loss, the late gain, and when one becomes the other."""
    lab = crossing_curves()
    shared = {"hazard": dice.one(range(30, 101, 2)) / 1000}
    found, ratios = {}, {}
    for _ in range(4):
        own = {
            "early_ratio": dice.one((0.8, 1.0, 1.3, 1.6, 1.9)),
            "late_ratio": dice.one((0.3, 0.4, 0.5, 0.7, 0.9)),
            "change": dice.one((3, 6, 9, 12)),
        }
        run = seen(lab, "Early loss, late tail", shared | own)
        name = change(lab, own)
        found[name], ratios[name] = run.value("gap"), run.text("ratio")
    if len(found) < 4:
        raise Unclear("one change was thrown twice")
    told = ", ".join(ratios[name] for name in sorted(found, key=found.__getitem__))
    return order(
        dice,
        title="The gap at three years",
        stem=f"{to_do(lab, 'Early loss, late tail', shared)} Then make each of these changes. Put them in the order of "
        "*Gap at 36 months* (treated less control), the smallest first; a negative gap comes before a positive one.",
        found=found,
        apart=0.012,
        right=f"Yes. Their averaged hazard ratios, in the same order, are {told}.",
        otherwise="Begin anew from the ready-made setting for each, and set the hazard of the stem too.",
    )


# ------------------------------------------------------------------------------- what can be said to one person

_BOTH = "PD-1 and CTLA-4"
_ALL_SHRINK = "All three fall below the limit of a scan."
_PART = "Some fall below the limit of a scan, and some do not."
_NONE = "None falls below the limit of a scan."


@practises("range")
def three_guesses(dice: Dice) -> MatchQuestion:
    """How sure a prediction is depends on the guess, and on how far off it may be."""
    lab = a_range()
    same = {"ctla4_blockade": dice.one((0.9, 0.92, 0.94, 0.96, 0.98, 1.0))}
    same |= {"blockade": dice.one((0.9, 0.93, 0.95, 0.97, 1.0))}
    guesses = (
        dice.one(((0.3, 1.5), (0.3, 2.0), (0.4, 1.3), (0.4, 1.6), (0.5, 1.2), (0.6, 1.1))),
        dice.one(
            ((0.4, 4.0), (0.5, 3.0), (0.7, 2.0), (0.9, 1.3), (1.0, 1.5), (1.2, 2.0), (1.5, 4.0))
        ),
        dice.one(((1.3, 1.05), (1.5, 1.1), (1.8, 1.2), (2.2, 1.3), (3.0, 1.5), (4.0, 2.0))),
    )
    guesses = [{"barriers": guess, "uncertainty": off} for guess, off in guesses]
    runs = [seen(lab, _BOTH, same | guess) for guess in guesses]
    texts = [change(lab, guess) for guess in guesses]
    return match(
        dice,
        title="Three guesses",
        stem=f"{to_do(lab, _BOTH, same)} Then make each of the changes below. What do the three tumours do by day 600, "
        "in this model? (The limit of a scan is the dotted line, at 63 million cells.)",
        pairs=[(text, _agreement(run)) for text, run in zip(texts, runs, strict=True)],
        right="Yes. A guess that may be far off can still be good enough to decide, and one that is nearly right need not be.",
        otherwise="Read the three ends on day 600 for each, and set the sliders of the stem too.",
    )


def _agreement(run: Seen) -> str:
    below = [plainly_below(run.value(who), DETECTABLE) for who in ("weaker", "guessed", "stronger")]
    return _ALL_SHRINK if all(below) else _PART if any(below) else _NONE


@practises("range")
def what_makes_them_agree(dice: Dice) -> ChoiceQuestion:
    """Two things close a range: another drug, or knowing more about the tumour."""
    lab = a_range()
    base = {
        "barriers": dice.one((0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.1)),
        "uncertainty": dice.one((1.5, 1.6, 1.7, 1.8, 1.9, 2.0)),
    }
    before = seen(lab, _BOTH, base)
    if _agreement(before) != _PART:
        raise Unclear("they agree already")
    ways = (
        ({"barriers": dice.one((0.3, 0.35, 0.4))}, "A biopsy finds weak barriers."),
        ({"barriers": dice.one((3.5, 4.0)), "uncertainty": 1.2}, "A biopsy finds strong barriers."),
        ({"uncertainty": dice.one((2.5, 3.0))}, "Less is known than before."),
        ({"vessel_normalisation": 1.0}, "One drug more."),
        ({"suppressive_depletion": 1.0, "matrix_softening": 1.0}, "Two drugs more."),
        (
            {"suppressive_depletion": 1.0, "matrix_softening": 1.0, "vessel_normalisation": 1.0},
            "Three drugs more.",
        ),
        ({"ctla4_blockade": 0.0}, "One antibody less."),
    )
    offered = dice.some(ways, 4)
    names = {name for turned, _ in offered for name in turned}
    return pick_all(
        dice,
        title="What makes them agree?",
        stem=f"{before.how(*names)} The three tumours part: some are below the limit of a scan on day 600 (63 million "
        "cells), some are not. After which of these changes are all three on one side of it, whichever that is, in this "
        "model?",
        choices=[_agrees(before, turned, what) for turned, what in offered],
        explanation="A prediction can become sure in either direction. Knowing more about a tumour is no treatment, and "
        "can decide as much as a drug.",
    )


def _agrees(before: Seen, turned: dict[str, float], what: str) -> Choice:
    lab = before.lab
    verdict = _agreement(seen(lab, before.preset, {**before.turned, **turned}))
    return Choice(change(lab, turned), verdict != _PART, f"{what} {verdict}")


# -------------------------------------------------------------------------------------- starving the tumour


@practises("arginine")
def how_sure_of_the_harm(dice: Dice) -> NumberQuestion:
    """Starving a tumour may starve T cells; how much depends on a number nobody knows."""
    lab = arginine_taken_away()
    drug = {
        "depletion": dice.one((2.0, 3.0, 4.0, 6.0, 8.0, 10.0)),
        "supply": dice.one((0.8, 1.0, 1.5, 2.0)),
    }
    few, much = dice.one((0.05, 0.1, 0.15, 0.2)), dice.one((0.6, 0.8, 1.0, 1.5))
    frugal = seen(lab, "The drug", drug | {"half_t_cell": few})
    needy = seen(lab, "The drug", drug | {"half_t_cell": much})
    best, worst = frugal.read("t_cells"), needy.read("t_cells")
    return number(
        dice,
        title="How sure of the harm?",
        stem=f"{to_do(lab, 'The drug', drug)} Nobody knows *{meaning(lab, 'half_t_cell')}*: let it lie anywhere from {few:g} to {much:g}. "
        "How far apart, in percentage points, are the best and the worst *T cell function at its lowest* that follow, in "
        "this model?",
        asked=worked_out(lambda a, b: a - b, best, worst),
        unit="percentage points",
        right="Yes. The tumour starves alike in both; what the T cells lose is not known.",
        otherwise="Set the slider to either end of that range and read both.",
        mistakes=(
            (best, "That is the best of the two."),
            (worst, "That is the worst of the two."),
            (
                worked_out(lambda a, b: a / b, best, worst),
                "This is a ratio. Asked for is a difference.",
            ),
            (worked_out(lambda b: 100 - b, worst), "That is what T cells lose at the worst."),
        ),
    )


HELPED = 0.085  # of the largest: clearly less than the tenth with which a tumour starts


@practises("arginine", "evidence")
def chosen_by_a_test(dice: Dice) -> NumberQuestion:
    """A drug that starves cells without ASS1 helps those whom a test would find, if it is used."""
    lab = arginine_taken_away()
    drug = {"depletion": dice.one((6.0, 8.0, 10.0, 12.0, 15.0))}
    keeps = {"positive_share": dice.one((0.05, 0.1, 0.2))}
    without = seen(lab, "The drug", drug)
    partly = seen(lab, "Some cells keep ASS1", drug | keeps)
    if not plainly_below(without.value("least"), HELPED, by=1.1) or plainly_below(
        partly.value("least"), HELPED, by=1.1
    ):
        raise Unclear("the drug helps both, or neither")
    share = dice.one((20, 25, 30, 35, 40))
    found, false = dice.one((70, 80, 90)), dice.one((10, 15, 20, 25))
    positive = share * found / 100 + (100 - share) * false / 100
    helped = 100 * share * found / 100 / positive
    return number(
        dice,
        title="Chosen by a test",
        stem=f"In the lab *{lab.title}* a tumour counts as helped if *{without.label('least')}* is {HELPED:g} of the largest "
        f"or less. Of 100 patients {share} have a tumour as in *The drug*, the others one as in *Some cells keep ASS1*, where "
        f"you set {change(lab, keeps)}. In both set {change(lab, drug)}. A test is positive in {found} % of the former and in "
        f"{false} % of the latter. Only patients who test positive are treated. How many per cent of those treated are "
        "helped, in this model?",
        asked=Read(helped),
        unit="%",
        right=f"Yes. In a trial that took all, chosen by histology say, it would be {share} %.",
        otherwise="Find in the lab which tumours the drug helps. Then count the positives among both kinds.",
        mistakes=(
            (
                Read(float(share)),
                "That is the share if all are treated. The test has changed who is.",
            ),
            (
                Read(share * found / 100),
                "So many of the 100 are treated and helped. Asked for is their part of those treated.",
            ),
            (Read(float(found)), "That is which part of those who can be helped the test finds."),
            (Read(positive), "So many of the 100 are treated."),
        ),
    )


# ------------------------------------------------------------------------------------------ what trials show


@practises("evidence")
def one_of_many(dice: Dice) -> NumberQuestion:
    """A result that is rare in one trial is to be expected in one of many."""
    lab = the_mirage()
    turned = {
        "patients": dice.one((15, 18, 20, 22, 25, 28, 30)),
        "rate": dice.one((0.06, 0.07, 0.08, 0.09, 0.1)),
    }
    trials = dice.one((35, 40, 45, 50, 60))
    run = seen(lab, "A single small trial", turned)
    one = run.read("one")
    if not 0.15 < 1 - (1 - run.value("one")) ** trials < 0.97:
        raise Unclear("it is nearly sure either way")
    return number(
        dice,
        title="One of many",
        stem=f"{run.how()} Note how likely one such trial is to show 20 % or more. If {trials} such trials are done, each with "
        "other patients, how likely, in per cent, is it that at least one shows 20 % or more, in this model?",
        asked=worked_out(lambda p: 100 * (1 - (1 - p / 100) ** trials), one),
        unit="%",
        right="Yes. Whoever hears of that one hears of luck.",
        otherwise="How likely is it that one does not, and that none of them does?",
        mistakes=(
            (
                worked_out(lambda p: 100 * (1 - p / 100) ** trials, one),
                "That is how likely it is that none does.",
            ),
            (
                worked_out(lambda p: trials * p, one),
                "Chances of trials cannot be added up; the sum can exceed 100 %.",
            ),
            (one, "That is for one trial."),
        ),
    )


TEMPLATES = (
    gain_in_people,
    one_ratio_two_ways,
    true_of_these_arms,
    when_they_cross,
    gap_at_three_years,
    three_guesses,
    what_makes_them_agree,
    how_sure_of_the_harm,
    chosen_by_a_test,
    one_of_many,
)
