"""Graded questions on T cell exhaustion."""

from __future__ import annotations

import math

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
    change,
    meaning,
    more_settings,
    seen,
    setting,
    to_do,
    worked_out,
)
from immunolab.graded.tumour import BELOW_A_SCAN, by_change, sliders
from immunolab.labs.exhaustion import NEXT_TO_NONE, missing_self, progenitor_to_terminal
from immunolab.labs.exhaustion_deeper import cells_and_il2, old_clones_or_new, the_scar
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
)
from immunolab.models.kirschner_panetta import kirschner_panetta

# --------------------------------------------------------------------------- an attack that does not last


@practises("state")
def three_that_do_not_attack(dice: Dice) -> MatchQuestion:
    """Never called up, worn out, gone: three reasons for one missing attack."""
    lab = progenitor_to_terminal()
    shared = {
        "scarring": dice.one((0.008, 0.012, 0.015, 0.018, 0.02, 0.025, 0.03)),
        "terminal_killing": dice.one((0.0, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08)),
    }
    settings = (
        ("No treatment", {"antigen": 0.0} | dice.one(({}, {"blockade": 0.95}, {"renewal": 0.08}))),
        ("No treatment", {"antigen": dice.one((0.92, 0.95, 0.98, 1.0))}),
        dice.one(
            (
                ("Progenitors gone", {}),
                ("Progenitors gone", {"blockade": 0.0}),
                ("Blocked from day 10", {"renewal": 0.01}),
                ("Blocked from day 60", {"renewal": 0.01}),
                ("Blocked from day 60", {"haste": 4.0}),
            )
        ),
    )
    pairs = [
        (setting(lab, preset, own), _reason(seen(lab, preset, own | shared)))
        for preset, own in settings
    ]
    names = {name for _, own in settings for name in (*own, *shared)}
    return match(
        dice,
        title="Three that do not attack",
        stem=f"In the lab *{lab.title}* make each of the three settings below, and in each set {change(lab, shared)} "
        f"as well.{more_settings(lab, names)} None of them attacks on day 200. What is the reason in each?",
        pairs=pairs,
        extra=("The progenitors are at full strength, and another cell suppresses them.",),
        right="Yes. One missing attack can have several reasons, and each would need another remedy.",
        otherwise="Look at how many progenitors there are on day 200, and at what one of them can give.",
    )


def _reason(run: Seen) -> str:
    if not plainly_below(run.value("late"), NEXT_TO_NONE, by=1.1):
        raise Unclear("they do attack")
    if run.value("left") < 0.02:
        return "Hardly a progenitor is left that could attack."
    give = run.value("give")
    if give > 0.9:
        return "Many progenitors at full strength have never been shown their antigen, as in ignorance."
    if plainly_below(give, 0.1):
        return "There are progenitors, and antigen has left each next to nothing to give, as in exhaustion."
    raise Unclear("no plain reason")


@practises("state", "subsets")
def what_keeps_it_up(dice: Dice) -> ChoiceQuestion:
    """Blockade lifts a restraint; what keeps an attack up is less antigen, or more renewal."""
    lab = progenitor_to_terminal()
    base = {
        "start": dice.one(range(20, 81, 5)),
        "blockade": dice.one((0.85, 0.9, 0.95)),
    }
    ways = (
        (
            {"antigen": dice.one((0.2, 0.3, 0.4, 0.6, 0.8))},
            "Antigen is what wears the attack out, and what calls it up.",
        ),
        ({"renewal": dice.one((0.07, 0.09, 0.12, 0.15))}, "The pool is refilled more quickly."),
        ({"haste": dice.one((0.0, 0.5, 1.0))}, "Blockade draws less on the pool."),
        (
            {"scarring": dice.one((0.0, 0.003, 0.005))},
            "Each progenitor keeps more of its strength; there are no more of them.",
        ),
        (
            {"start": dice.one((0, 5, 10))},
            "An earlier start wins a larger attack and spends the pool sooner.",
        ),
        (
            {"start": dice.one((110, 120, 130))},
            "Progenitors are spared until then, and scar meanwhile.",
        ),
        ({"blockade": 1.0}, "The restraint was nearly lifted already."),
    )
    offered = dice.some(ways, 4)
    runs = [seen(lab, "Blocked from day 60", {**base, **turned}) for turned, _ in offered]
    late = sorted(run.value("late") for run in runs)
    plainly_below(late[-2], late[-1], by=1.2)
    before = seen(lab, "Blocked from day 60", base)
    return pick_one(
        dice,
        title="What keeps it up",
        stem=f"{before.how(*sliders(offered))} The attack on day 200 is {before.text('late')}. Which single change leaves the "
        "largest *Attack on day 200*?",
        choices=[
            Choice(
                change(lab, turned),
                run.value("late") == late[-1],
                f"Attack on day 200: {run.text('late')}. {why}",
            )
            for (turned, why), run in zip(offered, runs, strict=True)
        ],
        explanation="Antigen that stays drives exhaustion, and blockade spends progenitors. In this model an attack "
        "lasts where there is less of the one, or more of the other.",
    )


# ------------------------------------------------------------------------------ two kinds of exhausted cell


@practises("subsets")
def paid_with(dice: Dice) -> NumberQuestion:
    """Blockade is paid for with progenitors."""
    lab = progenitor_to_terminal()
    shared = {
        "antigen": dice.one((0.5, 0.6, 0.7, 0.8, 0.9)),
        "renewal": dice.one((0.04, 0.06, 0.08)),
    }
    when = {"start": dice.one((20, 40, 80, 100))}
    without = seen(lab, "No treatment", shared)
    blocked = seen(lab, "Blocked from day 60", shared | when)
    ready = seen(lab, "Blocked from day 60")
    left, spared = blocked.read("left"), without.read("left")
    return number(
        dice,
        title="Paid with progenitors",
        stem=f"{without.how()} Note *{without.label('left')}*. Then choose *Blocked from day 60* and set "
        f"{change(lab, shared | when)}. By how many percentage points does blockade lower the progenitors on day 200?",
        asked=worked_out(lambda a, b: a - b, spared, left),
        unit="percentage points",
        right="Yes. What blockade adds to the attack comes out of this pool, in this model.",
        otherwise="Set the sliders again after choosing the second setting: a ready-made setting puts all of them back.",
        mistakes=(
            (left, "That is how many are left under blockade."),
            (spared, "That is how many there are without blockade."),
            (
                worked_out(lambda a, b: 100 * (a - b) / a, spared, left),
                "That is the loss in per cent of what there was. Percentage points are a plain difference.",
            ),
            (
                worked_out(lambda a, b: a - b, spared, ready.read("left")),
                "For the second run the sliders were not set again.",
            ),
        ),
    )


@practises("subsets")
def who_is_left(dice: Dice) -> OrderQuestion:
    """How many progenitors are left depends on when, how hard, and on how much antigen."""
    lab = progenitor_to_terminal()
    shared = {
        "blockade": dice.one((0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 1.0)),
        "renewal": dice.one((0.04, 0.06, 0.07, 0.08)),
    }
    four = {}
    for _ in range(4):
        own = {"start": dice.one((5, 10, 40, 90, 120, 150))}
        own |= dice.one(
            ({}, {"antigen": dice.one((0.3, 0.5, 0.7))}, {"haste": dice.one((0.5, 1.0, 2.5))})
        )
        run = seen(lab, "Blocked from day 60", own | shared)
        run.read("left")  # Unclear, if the page shows a word
        four[change(lab, own)] = run.value("left")
    if len(four) < 4:
        raise Unclear("one setting was thrown twice")
    return order(
        dice,
        title="Who is left",
        stem=f"In the lab *{lab.title}* choose *Blocked from day 60* and set {change(lab, shared)}. Then make each of "
        f"the changes below, one set at a time.{more_settings(lab, ('start', 'haste'))} Put them in the order of "
        "*Progenitors on day 200*, the fewest first.",
        found=four,
        gap=0.12,
        right="Yes. Early blockade, much antigen and haste all spend progenitors.",
        otherwise="Begin anew from the ready-made setting for each, and set the sliders of the stem too.",
    )


# -------------------------------------------------------------------------------------- what comes back


@practises("limits")
def before_the_scar(dice: Dice) -> NumberQuestion:
    """The scar grows from the first day, so there is a latest day on which antigen may go."""
    lab = the_scar()
    turned = {
        "antigen": dice.one((0.4, 0.5, 0.6, 0.7, 0.8)),
        "scarring": dice.one((0.006, 0.008, 0.012, 0.015, 0.02, 0.03)),
    }
    wanted = dice.one((40, 50, 60, 70, 75, 80))
    rate = turned["antigen"] * turned["scarring"]
    day = -math.log(wanted / 100) / rate
    if not 8 <= day <= 180:
        raise Unclear(
            "that day is not on the slider, or antigen goes too late for the restraint to ease"
        )
    run = seen(lab, "Antigen for 60 days", turned)
    shown = Read(wanted, 0.5)  # the page shows whole per cents
    return number(
        dice,
        title="Before the scar",
        stem=f"{run.how()} Now move *{meaning(lab, 'antigen_stops')}*. What is the latest day from which "
        f"{wanted} % of full strength comes back by day 300, in this model? (The scar is $1 - e^{{-\\sigma a t}}$, "
        "with the rate $\\sigma$ at which antigen puts it on, the antigen $a$, and the time $t$.)",
        asked=worked_out(lambda share: -math.log(share / 100) / rate, shown),
        unit="days",
        right="Yes. Rest lifts the restraint; how long antigen was there decides what is left of the strength.",
        otherwise="Find it with the slider, or put what comes back, $1$ less the scar, equal to the share that is wanted.",
        mistakes=(
            (
                Read(-math.log(wanted / 100) / turned["scarring"]),
                "The antigen is not 1 here; less of it scars more slowly.",
            ),
            (
                Read(-math.log(1 - wanted / 100) / rate),
                "On that day the scar, and not what comes back, is as large as asked.",
            ),
            (
                Read((1 - wanted / 100) / rate),
                "The scar does not grow along a straight line: it is quickest at the start.",
            ),
        ),
    )


@practises("limits")
def due_to_newcomers(dice: Dice) -> NumberQuestion:
    """What looks like revival may be cells that have just arrived."""
    lab = old_clones_or_new()
    shared = {
        "scarring": dice.one((0.004, 0.006, 0.008, 0.012, 0.015)),
        "start": dice.one((20, 30, 40, 80, 100)),
    }
    come = {"recruitment": dice.one((0.005, 0.01, 0.015, 0.03))}
    with_them = seen(lab, "… blocked from day 60", shared | come)
    without = seen(lab, "Blocked, none recruited", shared)
    all_of_it, old = with_them.read("late"), without.read("late")
    return number(
        dice,
        title="Due to newcomers",
        stem=f"{with_them.how()} Compare with *Blocked, none recruited*, where you set {change(lab, shared)}. How many per "
        "cent of the attack on day 200 in the first run are due to new clones?",
        asked=worked_out(lambda a, b: 100 * (a - b) / a, all_of_it, old),
        unit="%",
        right="Yes. The attack is larger, and the old cells have not come back for it.",
        otherwise="Take *Attack on day 200* without newcomers from that with them, and set it against the latter.",
        mistakes=(
            (
                worked_out(lambda a, b: 100 * b / a, all_of_it, old),
                "That is what the old clones do alone.",
            ),
            (
                worked_out(lambda a, b: 100 * (a - b) / b, all_of_it, old),
                "That is the gain in per cent of the old attack. Asked for is a part of the whole attack.",
            ),
            (
                with_them.read("soon"),
                "That is their part of the effectors on day 80. Later it is larger.",
            ),
        ),
    )


# -------------------------------------------------------------------------- when T cells cannot see


@practises("missing-self")
def who_collects(dice: Dice) -> ChoiceQuestion:
    """Escape by way of MHC has a price, if T cells clear the ground and somebody collects it."""
    lab, preset = missing_self(), "MHC lost, NK cells disarmed"
    base = {
        "antigen_loss": dice.one((2e-7, 3e-7, 4e-7, 5e-7, 6e-7, 8e-7)),
        "blockade": dice.one((0.95, 0.96, 0.97, 0.98, 1.0)),
    }
    run = seen(lab, preset, base)
    killing = dice.one((0.001, 0.0015, 0.002, 0.003))
    ways = (
        (
            {"nk_killing": killing},
            "NK cells find what shows no MHC class I.",
            "NK cells are too few, or look for something else.",
        ),
        (
            {"nk_killing": killing, "mhc_loss": 0.0},
            "",
            "The escaped have kept their MHC class I, and NK cells let them pass.",
        ),
        (
            {"nk_killing": killing, "blockade": 0.0},
            "",
            "NK cells spare the cells that show MHC; without blockade T cells do not hold those.",
        ),
        (
            {"nk_killing": killing, "wnt": dice.one((1.0, 2.0, 3.0))},
            "",
            "T cells are hardly primed, and NK cells pass by what shows MHC.",
        ),
        (
            {"nk_support": dice.one((1.0, 2.0, 3.0))},
            "",
            "The drug supports NK cells, and here they do not kill at all.",
        ),
        (
            {"nk_killing": 0.0004, "nk_support": dice.one((2.0, 2.5, 3.0))},
            "Supported, a weak guard is enough.",
            "Even with support the guard is too weak here.",
        ),
        ({"nk_killing": 0.0001}, "A weak guard is enough.", "The guard is too weak here."),
    )
    offered = dice.some(ways, 4)
    return pick_all(
        dice,
        title="Who collects the price?",
        stem=f"{run.how(*sliders(offered))} The tumour falls out of sight and ends with {run.text('end')}. Which of these "
        f"further changes keep it {BELOW_A_SCAN} on day 600, in this model?",
        choices=by_change(lab, preset, base, offered),
        explanation="NK cells take care of cells without MHC class I only, and only where T cells have cleared "
        "the others.",
    )


@practises("missing-self")
def price_of_escape(dice: Dice) -> NumberQuestion:
    """How much dearer one exit is than the other depends on the guard."""
    lab = missing_self()
    shared = {
        "antigen_loss": dice.one((2e-7, 3e-7, 4e-7, 5e-7, 6e-7)),
        "blockade": dice.one((0.95, 0.97, 1.0)),
    }
    guard = {"nk_killing": dice.one((0.0003, 0.0004, 0.0005, 0.0006, 0.0008))}
    guarded = seen(lab, "MHC class I lost", shared | guard)
    free = seen(lab, "MHC lost, NK cells disarmed", shared)
    few, many = guarded.read("escaped"), free.read("escaped")
    return number(
        dice,
        title="The price of an exit",
        stem=f"{guarded.how()} Compare with *MHC lost, NK cells disarmed*, where you set {change(lab, shared)}. How many "
        "times as many escaped cells are there on day 600 where NK cells are disarmed, in this model?",
        asked=worked_out(lambda a, b: b / a, few, many),
        unit="times",
        right="Yes. That is what the exit costs, here, where somebody collects.",
        otherwise="Divide *Escaped cells on day 600* of the second run by that of the first.",
        mistakes=(
            (worked_out(lambda a, b: a / b, few, many), "This is the other way round."),
            (
                worked_out(lambda a, b: b / a, guarded.read("end"), free.read("end")),
                "These are all tumour cells. Asked for are the escaped ones.",
            ),
            (
                worked_out(lambda a, b: (b - a) / 1e6, few, many),
                "This is a difference, in millions. Asked for is a ratio.",
            ),
        ),
    )


# --------------------------------------------------------------------------------- cells, and what feeds them


@practises("support")
def running_away(dice: Dice) -> NumberQuestion:
    """From a certain amount of interleukin-2 on, effectors multiply without a tumour."""
    own = vars(kirschner_panetta.settings())
    death = dice.one((0.02, 0.025, 0.035, 0.04, 0.045, 0.05))
    clearance = dice.one((5, 6, 8, 12, 15, 20))
    most, half = own["stimulation"], own["half_stimulation"]
    amount = clearance * half * death / (most - death) / 1e6
    return number(
        dice,
        title="Where support runs away",
        stem="In the equations of the lab *Cells and IL-2* effectors run away if more interleukin-2 is given each day than "
        "$\\mu_3\\, g_1\\, \\mu_2 / (p_1 - \\mu_2)$. Suppose that effectors die at "
        f"$\\mu_2 = {death:g}$ per day and interleukin-2 is lost at $\\mu_3 = {clearance:g}$ per day, with "
        f"$p_1 = {most:g}$ per day and $g_1 = {half / 1e6:g}$ million units. From how many million units a day on do "
        "they run away, in this model?",
        asked=Read(amount),
        unit="million units a day",
        right="Yes. Beyond it they multiply faster than they die, with no tumour needed.",
        otherwise="Put the four numbers into the formula; mind the difference in the denominator.",
        mistakes=(
            (
                Read(clearance * half * death / most / 1e6),
                "The denominator is $p_1 - \\mu_2$: effectors multiply and die at the same time.",
            ),
            (
                Read(half * death / (most - death) / 1e6),
                "Interleukin-2 is lost as well; that is $\\mu_3$.",
            ),
            (
                Read(clearance * half / 1e6),
                "The rates at which effectors die and multiply are missing.",
            ),
            (Read(amount * 1e6), "This is in units. The answer is asked for in millions of them."),
        ),
    )


@practises("support")
def enough_cells(dice: Dice) -> ChoiceQuestion:
    """Cells need support, and with support fewer of them are enough."""
    lab = cells_and_il2()
    base = {
        "infusion": dice.one((0.0, 5e6, 1e7, 1.5e7, 2e7, 2.5e7, 3e7)),
        "growth": dice.one((0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.2)),
    }
    about = _cells_in_balance(**base)
    first = 10 * round(about / 10) - dice.one((60, 100, 140))
    numbers = [first + 90 * step for step in range(4)]

    def kept_small(given: float) -> bool:
        run = seen(lab, "Nothing given", {**base, "transfer": given})
        return plainly_below(run.value("largest"), 1e6)

    enough = first_that(numbers, kept_small)
    return pick_one(
        dice,
        title="Enough cells",
        stem=f"{to_do(lab, 'Nothing given', base)} Now vary *{meaning(lab, 'transfer')}*. Of the four "
        "values below, which is the smallest with which the tumour has less than a million cells at its largest, in "
        "this model?",
        choices=[Choice(f"{given:g}", given == enough, _given(given, enough)) for given in numbers],
        explanation="Without interleukin-2 many cells have to be given; with it, fewer do. The model leaves out what "
        "interleukin-2 does to a patient.",
    )


def _cells_in_balance(infusion: float, growth: float) -> float:
    """Return how many cells a day balance the growth of a very small tumour: a place to look."""
    own = vars(kirschner_panetta.settings())
    interleukin = infusion / own["clearance"]
    multiply = own["stimulation"] * interleukin / (own["half_stimulation"] + interleukin)
    return growth * own["half_killing"] / own["killing"] * (own["death"] - multiply)


def _given(given: float, enough: float) -> str:
    if given == enough:
        return "Yes. The tumour is held, and the next smaller value lets it grow large."
    return (
        "Too few: the tumour grows large."
        if given < enough
        else "That is enough, and so is a smaller one of the four."
    )


TEMPLATES = (
    three_that_do_not_attack,
    what_keeps_it_up,
    paid_with,
    who_is_left,
    before_the_scar,
    due_to_newcomers,
    who_collects,
    price_of_escape,
    running_away,
    enough_cells,
)
