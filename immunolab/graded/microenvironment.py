"""Graded questions on the tumour microenvironment."""

from __future__ import annotations

import itertools
import math

from immunolab.explore import Explorable
from immunolab.graded import Dice, Unclear, practises
from immunolab.graded.asking import (
    first_that,
    match,
    number,
    order,
    pick_all,
    pick_one,
    plainly_below,
)
from immunolab.graded.lab import (
    Read,
    Seen,
    at,
    change,
    meaning,
    more_settings,
    seen,
    to_do,
    worked_out,
)
from immunolab.graded.tumour import BELOW_A_SCAN, by_change, unseen
from immunolab.labs.common import DETECTABLE
from immunolab.labs.microenvironment import hidden_barriers, into_the_tumour
from immunolab.labs.microenvironment_deeper import macrophage_states, pressure, target_hit
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
)

DRUGS = (
    "suppressive_depletion",
    "matrix_softening",
    "vessel_normalisation",
    "cxcr4_blockade",
)

# ------------------------------------------------------------------------------- where T cells stand

HARDLY_ANYBODY = 25  # T cells in the tissue; the lab's own sentence draws the line there
OUTSIDE = 5  # T cells that touch a tumour cell, at most
INSIDE = 12


@practises("patterns")
def where_they_stand(dice: Dice) -> MatchQuestion:
    """Inflamed, excluded, desert: patterns in numbers. A count of T cells alone does not tell."""
    lab = into_the_tumour()
    throw = {"seed": dice.one(range(1, 51))}
    kinds = (
        {"stroma": dice.one((0.95, 1.0)), "supply": dice.one((0.8, 1.0, 1.5, 2.0))},
        {"supply": dice.one((0.05, 0.08, 0.1, 0.12)), "stroma": dice.one((0.0, 0.1, 0.5))},
        {"supply": dice.one((0.8, 1.0, 1.5)), "stroma": dice.one((0.0, 0.05, 0.1))},
        {"suppressors": dice.one((0.4, 0.45, 0.5)), "supply": dice.one((1.0, 1.5, 2.0))},
    )
    runs = [seen(lab, "Inflamed", {**turned, **throw}) for turned in dice.some(kinds, 3)]
    names = {name for run in runs for name in run.turned}
    return match(
        dice,
        title="Where they stand",
        stem=f"In the lab *{lab.title}* start from *Inflamed* and set {change(lab, throw)}."
        f"{more_settings(lab, names)} Then make each of the three tissues below, and go by the read-outs. Call it "
        f"desert where fewer than {HARDLY_ANYBODY} T cells are in the tissue at hour 120; excluded "
        f"where there are more, and never more than {OUTSIDE} at a time touch a tumour cell; where "
        f"{INSIDE} or more touch one, held down if less than half as many are free to attack, and "
        "inflamed if more are. What does each come to?",
        pairs=[
            (at(lab, {k: v for k, v in run.turned.items() if k != "seed"}), _pattern(run))
            for run in runs
        ],
        extra=[
            word
            for word in ("Desert.", "Excluded.", "Held down.", "Inflamed.")
            if word not in map(_pattern, runs)
        ],
        right="Yes. The word follows from where T cells stand and whether they are free, not from how many there are.",
        otherwise="Start from *Inflamed* each time, and set the throw of the dice too.",
    )


def _pattern(run: Seen) -> str:
    tissue, touching, free = (run.value(name) for name in ("tissue", "touching", "attacking"))
    if plainly_below(tissue, HARDLY_ANYBODY, by=1.2):
        return "Desert."
    if touching <= OUTSIDE:
        return "Excluded."
    if touching < INSIDE:
        raise Unclear(f"{touching:g} T cells touch a tumour cell")
    return "Held down." if plainly_below(free, touching / 2, by=1.1) else "Inflamed."


@practises("limiting", "patterns")
def narrowest_gate(dice: Dice) -> ChoiceQuestion:
    """More of what waits at a gate does not pass it."""
    lab = into_the_tumour()
    supply = dice.one((0.1, 0.15, 0.2, 0.3, 0.5, 0.8, 1.0))
    base = {
        "supply": supply,
        "stroma": dice.one((0.1, 0.3, 0.5, 0.7, 0.8, 0.9)),
        "suppressors": dice.one((0.05, 0.1, 0.2, 0.3, 0.4)),
        "seed": dice.one(range(1, 51)),
    }
    opened = (
        ({"supply": round(3 * supply, 2)}, "out of the blood"),
        ({"stroma": 0.0}, "through the stroma"),
        ({"suppressors": 0.0}, "past the suppressive cells"),
    )
    runs = [seen(lab, "Inflamed", {**base, **turned}) for turned, _ in opened]
    left = [run.value("left") for run in runs]
    fewest, next_fewest, _ = sorted(left)
    plainly_below(fewest, next_fewest, by=1.1)  # counts are exact
    return pick_one(
        dice,
        title="The narrowest gate",
        stem=f"{to_do(lab, 'Inflamed', base)} Which single change leaves the fewest tumour cells at "
        "hour 120?",
        choices=[
            Choice(
                change(lab, turned),
                run.value("left") == fewest,
                f"{run.text('left')} of {run.text('begin')} tumour cells are left. "
                + (
                    f"The narrowest gate was the one {gate}."
                    if run.value("left") == fewest
                    else f"The gate {gate} was not the narrowest."
                ),
            )
            for (turned, gate), run in zip(opened, runs, strict=True)
        ],
        explanation="How many arrive is decided mainly by the narrowest gate on the way.",
    )


# ------------------------------------------------------------------------------- what closes the way in


@practises("entry")
def one_flow(dice: Dice) -> NumberQuestion:
    """For the flow that carries a drug, only radius times leakiness counts."""
    lab = pressure()
    radius, leaky = dice.one((3, 4, 5, 6, 8, 10)), dice.one((0.4, 0.5, 0.6, 0.8, 1.2, 1.5))
    other = dice.one((0.3, 0.5, 0.7, 1.0, 2.0))
    asked = radius * leaky / other
    low, high = lab.model.parameter("radius").range
    if not low <= asked <= high or not 1.2 <= radius * leaky <= 9:
        raise Unclear("no such radius, or hardly any flow to compare")
    run = seen(lab, "A large, leaky tumour", {"radius": radius, "leakiness": leaky})
    middle = run.read("middle")
    # Found by trial, the radius is as certain as the flow that is compared.
    product = radius * leaky
    slope = abs(1 - product / math.tanh(product))  # of the flow's logarithm over the radius's
    return number(
        dice,
        title="One flow",
        stem=f"{run.how()} Note *{run.label('middle')}*. In a second tumour *{meaning(lab, 'leakiness')}* is "
        f"{other:g}. At which radius, in millimetres, does it have the same flow in the middle?",
        asked=Read(asked, asked * middle.error / middle.value / slope),
        unit="mm",
        right="Yes. Radius and leakiness count as their product. (This is about drugs carried by fluid; T cells crawl.)",
        otherwise="Set the leakiness of the second tumour and move the radius until the flow agrees; or ask what "
        "must stay the same.",
        mistakes=(
            (
                Read(radius * other / leaky),
                "The other way: leakier vessels need a smaller tumour for the same flow.",
            ),
            (Read(radius), "With another leakiness the same radius gives another flow."),
        ),
    )


@practises("entry", "limiting")
def four_barriers(dice: Dice) -> OrderQuestion:
    """What a barrier does depends on where it acts, and on the drug that is given."""
    lab = hidden_barriers()
    given = {"blockade": dice.one((0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0))}
    given |= dice.one(({}, *({drug: 1.0} for drug in DRUGS)))
    barriers = {
        "matrix": (0.3, 0.4, 0.5, 0.8, 4.0),
        "cxcl12": (0.2, 0.3, 0.6, 1.0, 4.0),
        "vessels": (0.1, 0.2, 0.4, 0.8, 3.0),
        "suppressive_by_tumour": (1.2, 1.5, 2.0, 4.0),
    }
    found = {}
    for name, heights in barriers.items():
        turned = {name: dice.one(heights)}
        found[at(lab, turned)] = seen(lab, "No extra barrier", {**given, **turned}).value("end")
    return order(
        dice,
        title="Four barriers",
        stem=f"In the lab *{lab.title}* four tumours start from *No extra barrier*. In each, set {change(lab, given)}, "
        f"and one barrier as listed.{more_settings(lab, {*given, *barriers})} Put them in the order of the tumour "
        "on day 600, the smallest first.",
        found=found,
        gap=0.02,
        right="Yes. Matrix and CXCL12 close the same door; vessels close it and weaken priming as well.",
        otherwise="Press *No extra barrier* before each, then set the sliders of the stem and one barrier.",
    )


# --------------------------------------------------------------------------- what quietens T cells inside


@practises("suppression")
def where_it_jumps(dice: Dice) -> ChoiceQuestion:
    """A macrophage with memory stays where it was until a signal tips it over."""
    lab = macrophage_states()
    preset = dice.one(("It was M2-like", "It was M1-like"))
    base = {
        "signal2": dice.one((2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5)),
        "self1": dice.one((4.5, 5.0, 5.5, 6.0)),
    }
    first = dice.one((2.0, 2.5, 3.0, 3.5, 4.0, 4.5))
    signals = [round(first + 0.6 * step, 1) for step in range(4)]
    high = [_towards_m1(seen(lab, preset, {**base, "signal1": s})) for s in signals]
    smallest = min((s for s, yes in zip(signals, high, strict=True) if yes), default=None)
    if all(high):
        raise Unclear("every signal is enough")
    return pick_one(
        dice,
        title="Where it jumps",
        stem=f"{to_do(lab, preset, base)} Now vary *{meaning(lab, 'signal1')}*. Of the four values below, which "
        "is the smallest at which *STAT1 at the end* is above 1?",
        choices=[
            Choice(f"{s:g}", s == smallest, _jumped(s, yes, smallest))
            for s, yes in zip(signals, high, strict=True)
        ],
        explanation="In this model the past of a cell decides with the signals where it rests. That macrophages in "
        "tumours do so is a hypothesis.",
    )


def _towards_m1(run: Seen) -> bool:
    return not plainly_below(run.value("stat1"), 1.0, by=1.05)


def _jumped(signal: float, high: bool, smallest: float | None) -> str:
    if signal == smallest:
        return "Yes. Below it the cell rests at a low STAT1."
    return (
        "It is above 1 here, and at a smaller one of the four too."
        if high
        else "Here STAT1 ends below 1."
    )


@practises("suppression")
def memory_or_not(dice: Dice) -> ChoiceQuestion:
    """Only an experiment that asks for the past can tell a switch from a slope."""
    lab = macrophage_states()
    towards_m2 = {"signal2": dice.one((3.6, 3.7, 3.8, 3.9, 4.0, 4.1, 4.2, 4.3, 4.4, 4.5))}
    own = {"self1": dice.one((4.8, 4.9, 5.0, 5.1, 5.2))}
    was_m2 = {"stat1_at_start": 1.2, "stat6_at_start": 2.0}
    was_m1 = {"stat1_at_start": 3.0, "stat6_at_start": 0.2}
    same, strong = dice.one((3.9, 4.0, 4.1, 4.2)), dice.one((7.5, 8.5, 9.5))
    low, higher = dice.one((1.0, 1.5, 2.0)), dice.one((5.5, 6.0, 6.5))
    pairs = (
        (
            f"One cell that was M2-like and one that was M1-like, both at a signal of {same:g}.",
            ({**was_m2, "signal1": same}, {**was_m1, "signal1": same}),
        ),
        (
            f"One cell that was M2-like and one that was M1-like, both at a signal of {strong:g}.",
            ({**was_m2, "signal1": strong}, {**was_m1, "signal1": strong}),
        ),
        (
            f"Two cells that were M2-like, one at a signal of {low:g} and one at {higher:g}.",
            ({**was_m2, "signal1": low}, {**was_m2, "signal1": higher}),
        ),
        (
            f"Two cells that were M1-like, both at a signal of {same:g}.",
            ({**was_m1, "signal1": same}, {**was_m1, "signal1": same}),
        ),
    )
    worlds = (("It was M2-like", own), ("No memory", {}))
    made = []
    for text, cells in pairs:
        apart = []
        for preset, more in worlds:
            ends = [
                seen(lab, preset, {**towards_m2, **more, **cell}).value("stat1") for cell in cells
            ]
            apart.append(not plainly_below(abs(ends[0] - ends[1]), 0.2, by=1.5))
        made.append(Choice(text, apart[0] != apart[1], _remembered(*apart)))
    starts = "STAT1 1.2 and STAT6 2 for a cell that was M2-like, 3 and 0.2 for one that was M1-like"
    return pick_one(
        dice,
        title="Does it remember?",
        stem=f"In the lab *{lab.title}* a cell with memory is made from *It was M2-like* with {at(lab, own)}, "
        f"and a cell without it from *No memory*. *{meaning(lab, 'signal2')}* is to be {towards_m2['signal2']:g} "
        f"throughout. You may set the start ({starts}; under *More settings*) and the signal towards M1. Which "
        "experiment comes out differently for the two, the cells ending apart in one case and alike in the other?",
        choices=made,
        explanation="A switch shows in that the same signals leave cells of different pasts in different places. "
        "In tumours nobody has shown this.",
    )


def _remembered(with_memory: bool, without: bool) -> str:
    said = {True: "apart", False: "alike"}
    if with_memory != without:
        return f"Yes. With memory they end {said[with_memory]}, without it {said[without]}."
    return f"They end {said[with_memory]} with memory and without it, so it does not tell."


@practises("suppression", "evidence")
def undone(dice: Dice) -> NumberQuestion:
    """The target is hit, and a second enzyme undoes part of it."""
    lab = target_hit()
    shared = {
        "ido": dice.one((0.5, 0.8, 1.0, 1.5, 2.0, 3.0)),
        "half_speed": dice.one((0.1, 0.2, 0.3, 0.5, 1.0)),
    }
    tdo = {"tdo": dice.one((0.1, 0.2, 0.3, 0.4, 0.6, 0.8))}
    free, with_tdo = (
        seen(lab, "Nothing in the way", shared),
        seen(lab, "Nothing in the way", {**shared, **tdo}),
    )
    alone, both = free.read("left"), with_tdo.read("left")
    return number(
        dice,
        title="Undone",
        stem=f"{free.how()} Note how far kynurenine falls when nine tenths of IDO1 are engaged (100 % less "
        f"*{free.label('left')}*). Then set "
        f"{change(lab, tdo)} as well. How many per cent of that fall does TDO undo, in this model?",
        asked=worked_out(lambda a, b: 100 * (b - a) / (100 - a), alone, both),
        unit="%",
        right="Yes. The drug engages IDO1 as before, and less comes of it.",
        otherwise="The fall is 100 % less what is left. Compare the fall with TDO and the fall without it.",
        mistakes=(
            (
                worked_out(lambda a, b: b - a, alone, both),
                "That is how many percentage points are lost. Set it against the fall without TDO.",
            ),
            (both, "That is the kynurenine that is left."),
            (
                worked_out(lambda a, b: 100 * (100 - b) / (100 - a), alone, both),
                "That part of the fall remains; asked for is what is undone.",
            ),
            (worked_out(lambda b: 100 - b, both), "That is the fall that remains."),
        ),
    )


# -------------------------------------------------------------------------------------- which barrier


@practises("limiting")
def enough_together(dice: Dice) -> ChoiceQuestion:
    """With two barriers, or half a hit, one right drug may not do."""
    lab = hidden_barriers()
    patient = dice.one(("Patient B", "Patient C", "Patient D"))
    base = {
        "engagement": dice.one((0.75, 0.8, 0.85, 0.9, 0.95, 1.0)),
        "blockade": dice.one((0.93, 0.95, 0.97, 1.0)),
    }
    pairs = list(itertools.combinations(DRUGS, 2))
    hopeful = dice.one([pair for pair in pairs if "suppressive_depletion" in pair])
    others = [each for each in (*((drug,) for drug in DRUGS), *pairs) if each != hopeful]
    if unseen(seen(lab, patient, base)):
        raise Unclear("no drug is needed")
    changes = [
        (
            dict.fromkeys(drugs, 1.0),
            "That opens enough, here.",
            "A barrier is left that is high enough.",
        )
        for drugs in (hopeful, *dice.some(others, 3))
    ]
    return pick_all(
        dice,
        title="Enough together",
        stem=f"{to_do(lab, patient, base)} Without a drug against the tissue the tumour grows. Which of these take it "
        f"{BELOW_A_SCAN} by day 600, in this model?",
        choices=by_change(lab, patient, base, changes),
        explanation="What helps depends on the barrier that limits and on how much of it the drug removes. Effects "
        "multiply in this model, so a gate that is merely not quite open counts too.",
    )


@practises("limiting")
def how_hard_it_must_hit(dice: Dice) -> NumberQuestion:
    """The right drug fails where it engages too little of its target."""
    lab = hidden_barriers()
    patient, drugs = dice.one(
        (
            ("Patient A", ("suppressive_depletion",)),
            ("Patient B", ("suppressive_depletion", "matrix_softening")),
            ("Patient B", ("suppressive_depletion",)),
            ("Patient C", ("matrix_softening",)),
            ("Patient C", ("suppressive_depletion", "matrix_softening")),
            ("Patient D", ("suppressive_depletion", "vessel_normalisation")),
            ("Patient D", ("matrix_softening", "vessel_normalisation")),
        )
    )
    given = dict.fromkeys(drugs, 1.0) | {"blockade": dice.one((0.92, 0.94, 0.96, 0.98, 1.0))}
    weakest = _weakest_engagement(lab, patient, given)
    return number(
        dice,
        title="How hard it must hit",
        stem=f"{to_do(lab, patient, given)} Now move *{meaning(lab, 'engagement')}*. What is the smallest value, to two "
        f"decimals, at which the tumour is {BELOW_A_SCAN} on day 600, in this model?",
        asked=Read(weakest, STEP),
        right="Yes. Below it the right drug is given and the tumour grows all the same.",
        otherwise="Move the slider step by step, and look at *Tumour on day 600*.",
        mistakes=(
            (
                Read(1 - weakest, STEP),
                "That is what may be left of the barrier. Asked for is what the drug engages.",
            ),
        ),
    )


STEP = 0.01  # of the slider for engagement


def _weakest_engagement(lab: Explorable, patient: str, given: dict[str, float]) -> float:
    """Return the first step of the slider at which the tumour falls below the limit of a scan."""

    def is_enough(steps: int) -> bool:
        run = seen(lab, patient, {**given, "engagement": steps * STEP})
        return run.value("end") < DETECTABLE

    return first_that(range(round(1 / STEP) + 1), is_enough) * STEP


# ---------------------------------------------------------------------------------- what a trial shows


@practises("evidence", "limiting")
def what_the_drug_adds(dice: Dice) -> NumberQuestion:
    """In a trial of unlike patients a drug adds what it does for those whom it can help."""
    lab = hidden_barriers()
    drug, engagement = dice.one(
        (
            *(("suppressive_depletion", share) for share in (0.5, 0.6, 0.7, 0.9, 1.0)),
            *(("matrix_softening", share) for share in (0.95, 0.98, 1.0)),
        )
    )
    given = {drug: 1.0, "engagement": engagement}
    sizes = dict(
        zip(
            ("No extra barrier", "Patient A", "Patient B", "Patient C", "Patient D"),
            dice.some((4, 6, 9, 12, 15, 18, 21, 24, 30), 5),
            strict=True,
        )
    )
    everybody = sum(sizes.values())
    held = {who for who in sizes if unseen(seen(lab, who, given))}
    with_drug = sum(sizes[who] for who in held)
    without = sum(n for who, n in sizes.items() if unseen(seen(lab, who)))
    if with_drug == without:
        raise Unclear("the drug adds nothing")
    added = 100 * (with_drug - without) / everybody
    listed = ", ".join(f"{n} like *{who}*" for who, n in sizes.items())
    plain = sizes["No extra barrier"]
    return number(
        dice,
        title="What the drug adds",
        stem=f"A trial has two equal arms. In each are {everybody} patients as in the lab *{lab.title}*: {listed}. "
        f"One arm has the ready-made settings as they are; in the other set {change(lab, given)}."
        f"{more_settings(lab, given)} By how many percentage points is the share of tumours {BELOW_A_SCAN} on day 600 "
        "larger with the drug, in this model?",
        asked=Read(added),
        unit="percentage points",
        right="Yes. The drug adds those whom it can help, and they are diluted by all others.",
        otherwise="Run each kind of patient with the drug and without it, and add up.",
        mistakes=(
            (
                Read(100 * with_drug / everybody),
                "Some of these do well without the drug. Only the other arm shows how many.",
            ),
            (
                Read(100 * (with_drug - plain) / (everybody - plain)),
                "All patients of an arm count, those without an extra barrier too.",
            ),
            (
                Read(with_drug - without),
                "That is how many patients they are. Asked for is their part of an arm.",
            ),
        ),
    )


TEMPLATES = (
    where_they_stand,
    narrowest_gate,
    one_flow,
    four_barriers,
    where_it_jumps,
    memory_or_not,
    undone,
    enough_together,
    how_hard_it_must_hit,
    what_the_drug_adds,
)
