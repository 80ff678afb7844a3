"""Graded questions on immune checkpoints."""

from __future__ import annotations

from immunolab.graded import Dice, Unclear, practises
from immunolab.graded.asking import match, number, order, pick_all, pick_one, plainly_below
from immunolab.graded.lab import (
    Read,
    Seen,
    change,
    meaning,
    more_settings,
    seen,
    setting,
    to_do,
    worked_out,
)
from immunolab.graded.tumour import BELOW_A_SCAN, by_change, sliders, unseen
from immunolab.labs.checkpoints import taking_the_ligand, the_brake
from immunolab.labs.checkpoints_deeper import brakes_in_parallel, pdl1_as_a_test
from immunolab.labs.common import DETECTABLE
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
)
from immunolab.models.antibody_dosing import MOLAR_MASS

# ----------------------------------------------------------------------------- a brake, and a push


@practises("recognition")
def what_was_missing(dice: Dice) -> ChoiceQuestion:
    """PD-1 is blocked in vain, until the one thing that was missing is there."""
    lab = the_brake()
    blocked = {"blockade": dice.one((0.95, 0.96, 0.97, 0.98, 0.99, 1.0))}
    preset, base, key, others = dice.one(
        (
            ("Cold tumour", {"priming": dice.one((0.01, 0.012, 0.015))}, "matrix", ("antigen",)),
            ("Cold tumour", {"matrix": dice.one((0.1, 0.2))}, "priming", ("antigen", "matrix")),
            ("PD-L1, few T cells", {}, "priming", ("antigen", "matrix")),
            ("Hot tumour", {"antigen": dice.one((0.3, 0.35, 0.4, 0.45))}, "antigen", ("matrix",)),
        )
    )
    changes = {
        "priming": (
            {"priming": dice.one((0.02, 0.025))},
            "Priming makes the T cells that the antibody releases.",
            "More T cells are made, and that is not what was missing.",
        ),
        "matrix": (
            {"matrix": 0.0},
            "The T cells that are made can now reach their target.",
            "The way in is open now; too few T cells come, or there is too little for them to see.",
        ),
        "antigen": (
            {"antigen": dice.one((1.2, 1.4))},
            "Now the T cells see what they are to kill.",
            "More can be seen now; too few T cells are there to see it, or they cannot get in.",
        ),
        "pd1_brake": (
            {"pd1_brake": dice.one((0.0, 0.5))},
            "",
            "PD-1 is blocked: the brake was off already.",
        ),
        "constitutive_pdl1": (
            {"constitutive_pdl1": 0.0},
            "",
            "PD-L1 hardly matters where its receptor is blocked.",
        ),
    }
    base |= blocked
    listed = [changes[name] for name in (key, *others, "pd1_brake", "constitutive_pdl1")]
    run = seen(lab, preset, base)
    return pick_one(
        dice,
        title="What was missing",
        stem=f"{run.how(*sliders(listed))} PD-1 is blocked, and the tumour grows all the same. Which single further "
        f"change takes it {BELOW_A_SCAN} by day 600, in this model?",
        choices=by_change(lab, preset, base, listed),
        explanation="Blocking PD-1 releases T cells that recognise the tumour and reach it. Where one "
        "of these is missing, that is what has to change.",
    )


@practises("ligand")
def added_under_attack(dice: Dice) -> NumberQuestion:
    """Part of a stain for PD-L1 is the footprint of an attack, and part of it is not."""
    lab = the_brake()
    preset = dice.one(("Hot tumour", "Cold tumour", "PD-L1, few T cells"))
    turned = {"constitutive_pdl1": dice.one((0.1, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2))}
    turned |= dice.one(
        (
            {"blockade": dice.one((0.8, 0.9, 0.95))},
            {"priming": dice.one((0.004, 0.008, 0.02))},
            {"jak": dice.one((0.3, 0.5, 0.7))},
        )
    )
    run = seen(lab, preset, turned)
    all_of_it, added = run.read("pdl1_peak"), run.read("pdl1_added")
    ready = seen(lab, preset)
    return number(
        dice,
        title="The footprint of an attack",
        stem=f"{run.how()} How many per cent of the PD-L1 at its peak has the attack added, in this model?",
        asked=worked_out(_per_cent_of, added, all_of_it),
        unit="%",
        right="Yes. That part of the stain tells of an attack; the rest was there unprovoked.",
        otherwise="Divide *PD-L1 added under attack* by *PD-L1 at its peak*. Press the ready-made "
        "setting first, then set the sliders.",
        mistakes=(
            (
                worked_out(lambda a, b: 100 - _per_cent_of(a, b), added, all_of_it),
                "That is the part that the tumour shows unprovoked.",
            ),
            (
                worked_out(lambda a, b: 100 * a / (b - a), added, all_of_it),
                "This compares it with the unprovoked part. The question is for a part of the whole.",
            ),
            (
                worked_out(_per_cent_of, ready.read("pdl1_added"), ready.read("pdl1_peak")),
                "That is the ready-made setting as it comes. The sliders have still to be set.",
            ),
        ),
    )


@practises("ligand")
def what_tells_them_apart(dice: Dice) -> ChoiceQuestion:
    """Two stains alike, for two reasons, which some changes show."""
    lab = the_brake()
    attacked = seen(
        lab,
        "Hot tumour",
        {
            "constitutive_pdl1": dice.one((0.05, 0.1, 0.15, 0.2, 0.25, 0.3)),
            "antigen": dice.one((0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2)),
        },
    )
    quiet = "PD-L1, few T cells"
    by_few = seen(lab, quiet, {"constitutive_pdl1": 0.7}).value("pdl1_added")
    level = round(attacked.value("pdl1_peak") - by_few, 2)
    unprovoked = seen(
        lab, quiet, {"constitutive_pdl1": level, "antigen": attacked.turned["antigen"]}
    )
    changes = (
        {"antigen": 0.0},
        {"jak": 0.0},
        {"blockade": dice.one((0.5, 0.8, 0.9, 0.95))},
        {"pd1_brake": dice.one((0.0, 1.0, 5.0, 6.0))},
        {"matrix": dice.one((1.0, 2.0, 4.0))},
        {"presentation_needing_interferon": dice.one((0.0, 0.3, 0.5))},
    )
    return pick_all(
        dice,
        title="Two stains alike",
        stem=f"{attacked.how('jak', 'matrix')} Call this tumour A. For tumour B choose *{quiet}* and set "
        f"{change(lab, unprovoked.turned)}. Both show about the same *PD-L1 at its peak* "
        f"({attacked.text('pdl1_peak')} and {unprovoked.text('pdl1_peak')}), for different reasons. "
        "Which of these further changes, made in both, lowers it to less than half in one tumour only, in this model?",
        choices=[_telling(each, attacked, unprovoked) for each in dice.some(changes, 4)],
        explanation="PD-L1 that answers an attack goes when the attack, or the hearing of it, is taken "
        "away. PD-L1 that is simply on stays.",
    )


def _telling(turned: dict[str, float], attacked: Seen, unprovoked: Seen) -> Choice:
    lab, halved, shown = attacked.lab, [], []
    for run in (attacked, unprovoked):
        after = seen(lab, run.preset, {**run.turned, **turned})
        halved.append(plainly_below(after.value("pdl1_peak"), run.value("pdl1_peak") / 2, by=1.1))
        shown.append(after.text("pdl1_peak"))
    tells = halved[0] != halved[1]
    verdict = "the change tells them apart." if tells else "they still look alike."
    return Choice(
        change(lab, turned),
        tells,
        f"*PD-L1 at its peak* is then {shown[0]} in A and {shown[1]} in B: {verdict}",
    )


# ---------------------------------------------------------------------------------- help or no help


@practises("costimulation")
def help_that_returns(dice: Dice) -> NumberQuestion:
    """What was held comes back at once, what was taken comes back as fast as it is made."""
    lab = taking_the_ligand()
    preset = dice.one(("CTLA-4 only competes", "It also takes B7-1 away"))
    turned = {
        "regulatory": dice.one((0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.2, 1.5, 2.0)),
        "renewal": dice.one((0.04, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2)),
    }
    run = seen(lab, preset, turned)
    during, after = run.read("during"), run.read("after")
    return number(
        dice,
        title="Help that returns",
        stem=f"{run.how()} How much of the help comes back in the first two hours after the visit? Give "
        "the difference in percentage points.",
        asked=worked_out(lambda a, b: b - a, during, after),
        unit="percentage points",
        right="Yes. Help that was only held back returns at once; B7-1 that was taken has to be made anew.",
        otherwise="Take *Help at the end of the visit* from *Help two hours after it*.",
        mistakes=(
            (after, "That much is there two hours later. Some of it had never gone."),
            (
                worked_out(lambda a, b: 100 * (b - a) / a, during, after),
                "This is the rise in per cent of what was left. Percentage points are a plain difference.",
            ),
            (
                worked_out(lambda a, b: b / a, during, after),
                "This is a ratio. Asked for is a difference.",
            ),
            (
                worked_out(lambda a: 100 - a, during),
                "That is what was missing at the end of the visit.",
            ),
        ),
    )


@practises("costimulation")
def half_of_the_help(dice: Dice) -> ChoiceQuestion:
    """Where B7-1 is taken away, a presenting cell and an antibody have different ways out."""
    lab, preset = taking_the_ligand(), "It also takes B7-1 away"
    base = {
        "regulatory": dice.one((0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.0)),
        "swallowing": dice.one((0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.0)),
    }
    visit = seen(lab, preset, base)
    ways = (
        ({"blocked": dice.one((0.3, 0.5, 0.7, 0.95))}, "What is left unblocked goes on taking."),
        ({"renewal": dice.one((0.1, 0.15, 0.3, 0.45))}, "It matters how fast B7-1 is made anew."),
        (
            {"supply": dice.one((1.5, 2.5, 5.0, 9.0))},
            "It matters how long the visit needs to empty the cell.",
        ),
        ({"regulatory": dice.one((0.1, 0.2, 0.5, 0.7))}, "Fewer visitors bring less CTLA-4."),
        (
            {"swallowing": dice.one((0.0, 0.1, 0.4))},
            "What is held returns; what is swallowed does not.",
        ),
    )
    return pick_all(
        dice,
        title="Half of the help",
        stem=f"{visit.how('supply')} Two hours after the visit {visit.text('after')} of the help is there. Which "
        "single further change brings this to 50 % or more?",
        choices=[
            _half_is_back(visit, {**base, **turned}, change(lab, turned), why)
            for turned, why in dice.some(ways, 4)
        ],
        explanation="CTLA-4 takes for as long as it is there, so a little of it left unblocked still does "
        "harm. Speed of making and a large store are the other ways out.",
    )


def _half_is_back(visit: Seen, turned: dict[str, float], text: str, why: str) -> Choice:
    after = seen(visit.lab, visit.preset, turned)
    enough = not plainly_below(after.value("after"), 0.5, by=1.08)
    return Choice(text, enough, f"{after.text('after')} is then there. {why}")


# -------------------------------------------------------------------------------------- how it fails


@practises("resistance")
def time_courses(dice: Dice) -> MatchQuestion:
    """Primary and acquired resistance are time courses, and either has more than one cause."""
    lab = the_brake()
    blocked = {"blockade": dice.one((0.95, 0.96, 0.97, 0.98, 0.99, 1.0))}
    day = {"start": dice.one(range(21))}
    wanted = (
        dice.one(
            (
                ("Cold tumour", {}),
                ("Cold tumour", {"priming": 0.01}),
                ("JAK lost", {}),
                ("JAK lost", {"presentation_needing_interferon": 0.8}),
                ("PD-L1, few T cells", {}),
                ("Hot tumour", {"antigen": 0.5}),
            )
        ),
        (
            "Antigen can be lost",
            dice.one(({}, {"antigen": 1.1}, {"antigen": 1.2}, {"pd1_brake": 2.0})),
        ),
        dice.one(
            (
                ("Hot tumour", {}),
                ("Hot tumour", {"antigen": 1.2}),
                ("Hot tumour", {"pd1_brake": 2.0}),
                ("JAK lost", {"presentation_needing_interferon": 0.2}),
                ("JAK lost", {"presentation_needing_interferon": 0.3}),
                ("PD-L1, few T cells", {"priming": 0.02}),
            )
        ),
    )
    runs = [seen(lab, preset, {**turned, **blocked, **day}) for preset, turned in wanted]
    told = [setting(lab, preset, turned) for preset, turned in wanted]
    names = {name for _, turned in wanted for name in (*turned, "start")}
    return match(
        dice,
        title="Three time courses",
        stem=f"In the lab *{lab.title}* choose each of the tumours listed, and in each set "
        f"{change(lab, blocked | day)}.{more_settings(lab, names)} Go by the curve of the tumour. For this question, call resistance "
        "primary where the tumour is never smaller than at diagnosis, and acquired where it falls "
        f"{BELOW_A_SCAN} and comes back above it by day 600. What does each show, in this model?",
        pairs=[(text, _time_course(run)) for text, run in zip(told, runs, strict=True)],
        extra=("The tumour shrinks and stays in sight.",),
        right="Yes. What differs is the course in time; each course can have more than one reason.",
        otherwise="Press the ready-made setting first, then set the sliders, blockade included.",
    )


def _time_course(run: Seen) -> str:
    smallest, begin = run.value("smallest"), run.value("begin")
    if smallest >= 0.99 * begin:
        return "Primary resistance."
    if plainly_below(smallest, DETECTABLE):
        return "Control that lasts to day 600." if unseen(run) else "Acquired resistance."
    raise Unclear("the tumour shrinks and stays in sight")


@practises("resistance")
def without_interferon(dice: Dice) -> ChoiceQuestion:
    """What losing JAK does depends on how much antigen presentation leans on interferon."""
    lab, name = the_brake(), "presentation_needing_interferon"
    base = {
        "blockade": dice.one((0.8, 0.9, 0.95, 1.0)),
        "antigen": dice.one((0.9, 1.0, 1.1, 1.2, 1.3, 1.4)),
        "priming": dice.one((0.008, 0.01, 0.012, 0.015, 0.02)),
    }
    first = dice.one((1, 2, 3, 4))
    shares = [(first + 2 * step) / 20 for step in range(4)]
    held = [unseen(seen(lab, "JAK lost", {**base, name: share})) for share in shares]
    largest = max((share for share, yes in zip(shares, held, strict=True) if yes), default=None)
    return pick_one(
        dice,
        title="A tumour that cannot hear",
        stem=f"{to_do(lab, 'JAK lost', base, name)} Now vary *{meaning(lab, name)}*. Of the four values below, which "
        f"is the largest at which the tumour is {BELOW_A_SCAN} on day 600, in this model?",
        choices=[
            Choice(f"{share:g}", share == largest, _heard(share, yes, largest))
            for share, yes in zip(shares, held, strict=True)
        ],
        explanation="Without JAK the tumour shows only the antigen that needs no interferon. How large "
        "that part is in a patient's tumour is not known.",
    )


def _heard(share: float, held: bool, largest: float | None) -> str:
    if share == largest:
        return "Yes. Enough antigen is shown without interferon for T cells to see it."
    if held:
        return "The tumour is held here, and a larger value of the four still holds it."
    return "Too little antigen is shown here: T cells come and see nothing to kill."


# ------------------------------------------------------------------------------ tests, drugs and doses


@practises("evidence")
def worth_of_the_test(dice: Dice) -> NumberQuestion:
    """A cut-off trades patients treated in vain for responders who go without."""
    lab = pdl1_as_a_test()
    preset = dice.one(("Low cut-off", "A middling test", "High cut-off"))
    run = seen(
        lab,
        preset,
        {
            "distance": dice.one((8, 10, 15, 18, 20, 25)),
            "response": dice.one((0.1, 0.15, 0.2, 0.3, 0.4)),
        },
    )
    found, vain = run.read("found"), run.read("false_alarm")
    missed, spared = run.read("missed"), run.read("cleared")
    if dice.one((True, False)):
        asks = "Only those who test positive are treated. How many are treated in vain for each one who responds, in this model?"
        asked, upside_down, other = (vain, found), (found, vain), (spared, missed)
        turned = "This is the other way round: responders for each patient treated in vain."
        mixed_up = "These are the patients who test negative. They are not treated."
    else:
        asks = (
            "Instead of all patients, only those who test positive are treated. How many are spared a "
            "treatment in vain for each responder who goes without, in this model?"
        )
        asked, upside_down, other = (spared, missed), (missed, spared), (vain, found)
        turned = "This is the other way round: responders missed for each patient spared."
        mixed_up = "These are the patients who test positive. Who is spared, and who goes without?"
    return number(
        dice,
        title="What the test is worth",
        stem=f"{run.how()} {asks}",
        asked=worked_out(_ratio, *asked),
        right="Yes. The test shifts the odds; it does not part the two groups.",
        otherwise="Of the four groups that the lab counts, two belong to this question. Divide the one by the other.",
        mistakes=(
            (worked_out(_ratio, *upside_down), turned),
            (worked_out(_ratio, *other), mixed_up),
            (
                worked_out(lambda a, b: a / (a + b), *asked),
                "This is a part of both groups together. Asked for is the one for each of the other.",
            ),
        ),
    )


@practises("evidence")
def occupied_at(dice: Dice) -> NumberQuestion:
    """Milligrams per litre, nanomoles, and the share of receptors that carries an antibody."""
    constant = dice.one((0.05, 0.1, 0.5, 1.0, 1.45, 2.6, 3.1, 5.0, 7.2, 10.0))
    # What a few months without a dose leave: from half the constant to a dozen times as much.
    times = dice.one((0.6, 0.8, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 12.0))
    litre = float(f"{times * constant * MOLAR_MASS / 1000:.2g}")
    molar = litre * 1000 / MOLAR_MASS
    occupied = 100 * molar / (molar + constant)
    return number(
        dice,
        title="Occupied receptors",
        stem=f"Long after the last infusion {litre:g} mg of an antibody against PD-1 are left in a litre of blood. Its "
        f"dissociation constant is {constant:g} nM, and it weighs {MOLAR_MASS:g} kDa (so 1 mg per litre is "
        f"$1000/{MOLAR_MASS:g}$ nM). How many per cent of PD-1 in the blood are occupied, by the formula "
        "$C/(C + K_d)$?",
        asked=Read(occupied),
        unit="%",
        right="Yes. What counts is how the concentration compares with the constant, not the dose.",
        otherwise="Turn milligrams per litre into nM first; then both numbers of the formula have one unit.",
        mistakes=(
            (Read(100 - occupied), "That is the part that is free."),
            (
                Read(100 * litre / (litre + constant)),
                "Milligrams per litre were put beside nM. Both need one unit.",
            ),
            (Read(100 * molar / constant), "This is $C/K_d$. It can exceed 100 %, a share cannot."),
        ),
    )


@practises("evidence")
def second_antibody(dice: Dice) -> OrderQuestion:
    """What a second antibody adds depends on what the second receptor does."""
    lab = brakes_in_parallel()
    throws = {
        "They multiply": ("function", "engaged", "pd1_brake"),
        "Either is enough": ("pd1_brake", "engaged", "function"),
        "A marker only": ("engaged", "pd1_brake"),
    }
    values = {
        "function": (0.2, 0.4, 0.6, 0.8),
        "engaged": (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.95),
        "pd1_brake": (0.5, 1.0, 1.5, 2.0, 2.5, 4.0, 5.0, 6.0),
    }
    one_for_all = {
        "engaged": dice.one(values["engaged"]),
        "pd1_brake": dice.one(values["pd1_brake"]),
    }
    presets = ["They multiply", "They multiply", "Either is enough", dice.one(list(throws))]
    found = {}
    for preset in presets:
        free = [name for name in throws[preset] if name == "function"]
        own = {name: dice.one(values[name]) for name in free}
        run = seen(lab, preset, {**one_for_all, **own})
        found[setting(lab, preset, own)] = run.value("gain")
    if len(found) < len(presets):
        raise Unclear("one setting was thrown twice")
    return order(
        dice,
        title="What the second antibody adds",
        stem=f"In the lab *{lab.title}* take each of these settings, and in each set {change(lab, one_for_all)}. "
        "Put them in the order of *Both against PD-1 alone*, the smallest gain first.",
        found=found,
        gap=0.1,
        right="Yes. The receptor is there in equal number in all four; what it does differs.",
        otherwise="Press the ready-made setting first, then set the sliders, those of the stem too.",
    )


def _ratio(a: float, b: float) -> float:
    return a / b


def _per_cent_of(a: float, b: float) -> float:
    return 100 * a / b


TEMPLATES = (
    what_was_missing,
    added_under_attack,
    what_tells_them_apart,
    help_that_returns,
    half_of_the_help,
    time_courses,
    without_interferon,
    worth_of_the_test,
    occupied_at,
    second_antibody,
)
