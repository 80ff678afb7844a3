"""Graded questions on combination therapy."""

from __future__ import annotations

from statistics import fmean

from scipy.stats import binomtest

from immunolab.graded import Dice, Unclear, practises
from immunolab.graded.asking import number, order, pick_all, pick_one, plainly_below
from immunolab.graded.lab import Read, Seen, at, seen, to_do, worked_out
from immunolab.labs.combination import independent_action, two_arms
from immunolab.labs.combination_deeper import synergy_inside, two_arms_small
from immunolab.lms.question import Choice, ChoiceQuestion, NumberQuestion, OrderQuestion

# -------------------------------------------------------------------------- better together, in two ways


@practises("independent")
def of_those_left(dice: Dice) -> NumberQuestion:
    """The second drug can help only those whom the first has left, and those are not like all."""
    lab = independent_action()
    first = dice.one((0.3, 0.35, 0.45, 0.5, 0.55, 0.6))
    second = dice.one((0.15, 0.2, 0.25, 0.3))
    turned = {
        "response_a": first,
        "response_b": second,
        "correlation": dice.one((0.05, 0.1, 0.15, 0.2, 0.25, 0.3)),
    }
    run = seen(lab, "Unrelated responses", turned)
    gained, both = run.read("gained"), run.read("both")
    return number(
        dice,
        title="Of those who are left",
        stem=f"{run.how()} Of the patients who would not respond to the first drug alone, how many per cent respond when "
        "both are given, in this model?",
        asked=worked_out(lambda gain: gain / (1 - first), gained),
        unit="%",
        right="Yes. Where responses go together, those whom the first drug leaves are harder to help.",
        otherwise="Who is left after the first drug? Set the patients who are gained against these.",
        mistakes=(
            (
                gained,
                "That is the gain in 100 of all patients. Asked for is the gain among those who are left.",
            ),
            (
                Read(100 * second),
                "So many of all patients respond to the second drug; of those who are left, fewer, as responses go together.",
            ),
            (
                worked_out(lambda gain: gain / second, gained),
                "That is which part of the second drug's responders is gained.",
            ),
            (both, "That is how many of all patients respond to at least one drug."),
        ),
    )


@practises("independent")
def best_partner(dice: Dice) -> OrderQuestion:
    """A weaker drug that helps other patients can be the better partner."""
    lab = independent_action()
    shared = {"response_a": dice.one(range(30, 60)) / 100}
    found = {}
    for _ in range(4):
        partner = {
            "response_b": dice.one((0.1, 0.15, 0.2, 0.25, 0.3, 0.35)),
            "correlation": dice.one((0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        }
        run = seen(lab, "Unrelated responses", shared | partner)
        found[at(lab, partner)] = run.value("both")
    if len(found) < 4:
        raise Unclear("one partner was thrown twice")
    return order(
        dice,
        title="Four partners",
        stem=f"{to_do(lab, 'Unrelated responses', shared)} Put these four second drugs in the order of how many "
        "patients respond to at least one drug, the fewest first.",
        found=found,
        gap=0.04,
        right="Yes. What counts is how many respond to the second drug and not to the first.",
        otherwise="Set both sliders for each partner, and look at *Respond to at least one*.",
    )


# ----------------------------------------------------------------------------- more than expected


@practises("interaction")
def more_than_what(dice: Dice) -> ChoiceQuestion:
    """The same result can exceed one expectation and fall short of another."""
    steep = dice.one((1, 2, 3))
    one, other = dice.one((0.3, 0.4, 0.5, 0.6, 0.8)), dice.one((0.4, 0.5, 0.7, 0.9))
    alone, second = _killed(one, steep), _killed(other, steep)
    seen_together = dice.one(range(20, 96)) / 100
    expectations = (
        ("The highest single agent", max(alone, second)),
        ("Bliss", alone + second - alone * second),
        ("Loewe", _killed(one + other, steep)),
        ("The two effects added up", alone + second),
    )
    if not min(alone, second) >= 0.08 or alone + second > 0.95:
        raise Unclear("too little is killed, or the sum means nothing")
    power = f"^{steep}" if steep > 1 else ""
    return pick_all(
        dice,
        title="More than what?",
        stem=f"Two drugs have the same curve in a dish: a dose $d$ kills the share $d{power}/(1 + d{power})$ of the cells, "
        f"with doses in units of the dose that kills half. A dose of {one:g} of the first and {other:g} of the second, "
        f"given together, kill {100 * seen_together:g} %. Which of these expectations does that exceed?",
        choices=[
            Choice(
                name,
                not plainly_below(seen_together, expected, by=1.04),
                f"It expects {100 * expected:.0f} %.",
            )
            for name, expected in expectations
        ],
        explanation="Bliss takes the drugs to act by chance, each by itself, on every cell. Loewe takes the second as "
        "more of the first, so it expects what the doses would do added up.",
    )


def _killed(dose: float, steep: int) -> float:
    return dose**steep / (1 + dose**steep)


@practises("interaction", "independent")
def explained_without_synergy(dice: Dice) -> NumberQuestion:
    """A response rate cannot tell synergy in every patient from two drugs that ignore each other."""
    lab = synergy_inside()
    first = dice.one((0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5))
    turned = {
        "response": first,
        "push": dice.one((1.0, 1.5, 2.0)),
        "synergy": dice.one((0.5, 1.0, 1.5, 2.0, 2.5)),
    }
    run = seen(lab, "Twice as much again", turned)
    both = run.read("both_far")
    return number(
        dice,
        title="Explained without synergy",
        stem=f"{run.how()} Patients differ widely (a spread of 8 doublings), and a trial finds as many responses to both "
        "drugs as the lab says. Which response rate of the second drug alone, in per cent, would let independent "
        "action explain that without any synergy? (Responses unrelated.)",
        asked=worked_out(
            lambda seen_rate: 100 * (seen_rate - 100 * first) / (100 - 100 * first), both
        ),
        unit="%",
        right="Yes. A modest second drug of its own would do the same, and the trial could not tell.",
        otherwise="With the first drug alone so many do not respond. Which part of these would the second have to help? "
        "You can also move *Response to the second drug alone*.",
        mistakes=(
            (
                worked_out(lambda seen_rate: seen_rate - 100 * first, both),
                "That is the gain in 100 of all patients. The second drug works among all, but gains only among those who are left.",
            ),
            (both, "That is how many respond to both drugs together."),
        ),
    )


# -------------------------------------------------------------------------------- reading two curves


@practises("curves")
def who_has_it_first(dice: Dice) -> NumberQuestion:
    """A hazard ratio is neither a risk nor a length of life."""
    lab = two_arms()
    preset = dice.one(("A little for all, at once", "Late, and much for some"))
    run = seen(lab, preset, {"seed": dice.one(range(5, 201))})
    ratio = run.read("ratio")
    return number(
        dice,
        title="Who has it first?",
        stem=f"{run.how()} Read the hazard ratio as if hazards kept this one ratio all the time. Take one patient of each "
        "arm at random: in how many per cent of such pairs does the treated patient progress first?",
        asked=worked_out(lambda r: 100 * r / (1 + r), ratio),
        unit="%",
        right="Yes. The chances stand as the ratio to 1. (Here hazards do not keep one ratio, so it is an average.)",
        otherwise="The chances of the treated and the control patient stand as the ratio to 1. What part of both is the first?",
        mistakes=(
            (
                worked_out(lambda r: 100 * (1 - r), ratio),
                "A hazard ratio is no share of patients who are spared.",
            ),
            (
                worked_out(lambda r: 100 * r, ratio),
                "That is the ratio in per cent: the hazard of the treated against that of the controls.",
            ),
            (
                worked_out(lambda r: 100 / (1 + r), ratio),
                "That is how often the control patient progresses first.",
            ),
        ),
    )


#: Strength, delay and spread of treatments, one of each row to be ranked.  Rows lie far apart, so
#: that four seldom have to be thrown again (a run takes a quarter of a second); the model ranks them.
_TREATMENTS = (
    ((0.001, 240, 0), (0.001, 240, 1), (0.0012, 240, 1.8), (0.0008, 240, 0)),
    ((0.003, 240, 1), (0.0015, 240, 0), (0.0008, 60, 1), (0.0008, 0, 1.8), (0.0015, 120, 1.8)),
    ((0.0015, 0, 1), (0.003, 120, 1), (0.0015, 60, 0), (0.003, 60, 1.8), (0.0015, 60, 1)),
    ((0.003, 60, 0), (0.005, 60, 1), (0.003, 0, 1), (0.005, 120, 0), (0.005, 0, 1)),
)


@practises("curves")
def time_gained(dice: Dice) -> OrderQuestion:
    """Delay, strength and spread between patients: what they make of the time that is gained."""
    lab = two_arms()
    run_again = {"seed": dice.one(range(5, 201))}
    found = {}
    for alike in _TREATMENTS:
        strength, delay, spread = dice.one(alike)
        treatment = {"strength": strength, "delay": delay, "spread": spread}
        run = seen(lab, "Late, and much for some", run_again | treatment)
        run.read("gained")  # Unclear, if the page shows a word
        found[at(lab, treatment)] = run.value("gained")
    return order(
        dice,
        title="Time gained",
        stem=f"{to_do(lab, 'Late, and much for some', run_again)} Put these four treatments in the order of the "
        "time without progression that they gain (*Restricted mean gained*), the least first, in this model.",
        found=found,
        gap=0.15,
        right="Yes. A long delay can take back what a strong effect gives.",
        otherwise="Set all three sliders for each treatment, and leave the run as it is.",
    )


# ----------------------------------------------------------------------- what an early signal is worth


@practises("evidence", "independent")
def what_a_slide_leaves_open(dice: Dice) -> ChoiceQuestion:
    """Without a control arm a good response rate fits several stories."""
    patients = dice.one((20, 24, 30, 36, 40, 50, 60))
    first, second = dice.one((0.25, 0.3, 0.35, 0.4)), dice.one((0.1, 0.15, 0.2, 0.25, 0.3))
    responders = dice.one(range(round(0.3 * patients), round(0.75 * patients)))
    interval = binomtest(responders, patients).proportion_ci(0.95)
    low, high = round(interval.low, 2), round(interval.high, 2)
    independent = first + second - first * second
    stories = (
        ("The second drug does nothing.", first),
        ("Each works by itself, and their responses are unrelated.", independent),
        ("Each works by itself, and nobody would respond to both.", first + second),
        (
            "Of those whom neither drug alone would help, the pair helps half.",
            (1 + independent) / 2,
        ),
    )
    return pick_all(
        dice,
        title="What a slide leaves open",
        stem=f"An invented trial without a control arm: of {patients} patients given two drugs, {responders} respond "
        f"({100 * responders / patients:.0f} %; 95 % interval {100 * low:.0f} to {100 * high:.0f} %). Of such patients "
        f"{100 * first:g} % are known to respond to the first drug alone, and {100 * second:g} % to the second. Which of "
        "these stories expect a response rate within the interval?",
        choices=[
            Choice(text, _within(expected, low, high), f"It expects {100 * expected:.0f} %.")
            for text, expected in stories
        ],
        explanation="A response rate of a pair fits every story whose expectation lies in its interval. Only a control "
        "arm can tell them apart.",
    )


def _within(expected: float, low: float, high: float) -> bool:
    """Return whether an expectation is within an interval; it may not be near either end."""
    if min(abs(expected - low), abs(expected - high)) < 0.015:
        raise Unclear(f"{expected:.3f} is at the end of the interval")
    return low < expected < high


@practises("evidence")
def what_is_told(dice: Dice) -> NumberQuestion:
    """Who tells only of the lucky among small trials tells too much, and nobody has cheated."""
    lab = two_arms_small()
    treatment = {"strength": dice.one((0.0008, 0.0009, 0.001, 0.0011))}
    runs = dice.some(range(1, 201), 4)
    trials = [seen(lab, "A little for all, at once", treatment | {"seed": n}) for n in runs]
    ratios = [run.read("ratio") for run in trials]
    lucky = [
        run.read("ratio") for run in trials if plainly_below(run.value("ratio_high"), 1.0, by=1.005)
    ]
    if not 1 <= len(lucky) <= 3:
        raise Unclear("all are told, or none")
    mean, told = worked_out(_mean, *ratios), worked_out(_mean, *lucky)
    many = len(ratios)
    listed = ", ".join(map(str, sorted(runs)))
    return number(
        dice,
        title="What is told",
        stem=f"{to_do(lab, 'A little for all, at once', treatment)} Four groups test this treatment, as in the runs "
        f"{listed} (*Run the trial again*). Told are only those whose interval excludes 1. How far below the mean hazard "
        "ratio of all four is the mean of those that are told? Give the difference.",
        asked=worked_out(lambda *both: _mean(*both[:many]) - _mean(*both[many:]), *ratios, *lucky),
        right="Yes. Small trials and a filter for success are enough to make an effect look larger.",
        otherwise="Note the four ratios. Which of them has an interval with its upper end below 1?",
        mistakes=(
            (
                told,
                "That is the mean of those that are told. How far does it lie below that of all?",
            ),
            (mean, "That is the mean of all four."),
        ),
    )


def _mean(*values: float) -> float:
    return fmean(values)


# -------------------------------------------------------------------------------------------- the price


@practises("price")
def harmed_for_one(dice: Dice) -> NumberQuestion:
    """Every drug of a pair can harm, also those whom it does not help."""
    lab = independent_action()
    turned = {
        "response_b": dice.one((0.15, 0.2, 0.25, 0.3)),
        "correlation": dice.one((0.1, 0.15, 0.2, 0.25, 0.3)),
        "harm_b": dice.one((0.1, 0.15, 0.2, 0.25, 0.3)),
        "harm_a": dice.one((0.05, 0.1, 0.2)),
    }
    run = seen(lab, "Unrelated responses", turned)
    harmed, gained, before = run.read("harmed"), run.read("gained"), 100 * turned["harm_a"]
    return number(
        dice,
        title="The price of one response",
        stem=f"{run.how()} Compared with the first drug alone, how many more patients are severely harmed for each one more "
        "who responds, in this model?",
        asked=worked_out(lambda harm, gain: (harm - before) / gain, harmed, gained),
        right="Yes. Whether that is worth it depends on the harm, on the response, and on who is asked.",
        otherwise="Harm beyond that of the first drug, against responses beyond those of the better drug.",
        mistakes=(
            (
                worked_out(lambda harm, gain: harm / gain, harmed, gained),
                "Some of these would have been harmed by the first drug as well. Take them off.",
            ),
            (
                worked_out(lambda harm, gain: gain / (harm - before), harmed, gained),
                "This is the other way round: responses for each one harmed.",
            ),
            (
                worked_out(lambda harm, both: (harm - before) / both, harmed, run.read("both")),
                "This counts all who respond. Most of them would to the first drug alone.",
            ),
        ),
    )


@practises("price", "independent")
def fairest_bargain(dice: Dice) -> ChoiceQuestion:
    """The partner that harms least, or helps most, need not be the best bargain."""
    lab = independent_action()
    shared = {
        "response_a": dice.one(range(30, 46)) / 100,
        "harm_a": dice.one((0.05, 0.1, 0.15, 0.2)),
    }
    runs = []
    for _ in range(4):
        partner = {
            "response_b": dice.one((0.15, 0.2, 0.25, 0.3)),
            "correlation": dice.one((0.0, 0.15, 0.3, 0.4)),
            "harm_b": dice.one((0.05, 0.1, 0.15, 0.2, 0.25)),
        }
        run = seen(lab, "Unrelated responses", shared | partner)
        run.read("gained")  # Unclear, if the page shows a word
        runs.append((at(lab, partner), _bargain(run, shared["harm_a"])))
    best, next_best, *_ = sorted(price for _, price in runs)
    plainly_below(best, next_best, by=1.15)
    if len({text for text, _ in runs}) < 4:
        raise Unclear("one partner was thrown twice")
    return pick_one(
        dice,
        title="The fairest bargain",
        stem=f"{to_do(lab, 'Unrelated responses', shared)} With which of these "
        "second drugs are the fewest more patients severely harmed for each one more who responds, compared with the "
        "first drug alone, in this model?",
        choices=[
            Choice(
                text, price == best, f"{price:.2g} more are harmed for each one more who responds."
            )
            for text, price in runs
        ],
        explanation="Gain and harm have to be put on one scale: patients of a hundred, beyond those of the first drug.",
    )


def _bargain(run: Seen, harm_of_first: float) -> float:
    return (run.value("harmed") - harm_of_first) / run.value("gained")


TEMPLATES = (
    of_those_left,
    best_partner,
    more_than_what,
    explained_without_synergy,
    who_has_it_first,
    time_gained,
    what_a_slide_leaves_open,
    what_is_told,
    harmed_for_one,
    fairest_bargain,
)
