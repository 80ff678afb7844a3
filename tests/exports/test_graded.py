"""Graded questions: sound, answerable on the page, right where there is another way to know."""

from __future__ import annotations

import inspect
import pkgutil
import re
from dataclasses import fields
from functools import cache
from importlib import import_module

import numpy as np
import pytest

import immunolab.labs
from immunolab import graded
from immunolab.explore import Explorable
from immunolab.graded import (
    Dice,
    GradedError,
    Unclear,
    checkpoints,
    combination,
    draw,
    exhaustion,
    mesothelioma,
    microenvironment,
    practises,
    templates_of,
)
from immunolab.graded.asking import number, order, pick_all, pick_one
from immunolab.graded.lab import Read, as_written, seen, worked_out
from immunolab.labs.combination import independent_action
from immunolab.labs.combination_deeper import synergy_inside
from immunolab.labs.exhaustion_deeper import the_scar
from immunolab.labs.mesothelioma import the_control_arm
from immunolab.labs.mesothelioma_deeper import crossing_curves
from immunolab.labs.microenvironment_deeper import pressure
from immunolab.lms.formats import FORMATS
from immunolab.lms.question import Choice, ChoiceQuestion, NumberQuestion
from immunolab.objectives import chapters, objectives_of
from immunolab.view import Format

#: They run grids, cohorts, or a lab several times: a tenth of a second or more.
LONG = {
    *("what_was_missing", "added_under_attack", "what_tells_them_apart", "half_of_the_help"),
    *("time_courses", "without_interferon"),
    *("where_they_stand", "narrowest_gate", "four_barriers", "where_it_jumps", "memory_or_not"),
    *("enough_together", "how_hard_it_must_hit", "what_the_drug_adds"),
    *("three_that_do_not_attack", "what_keeps_it_up", "paid_with", "who_is_left", "who_collects"),
    *("price_of_escape", "enough_cells"),
    *("who_has_it_first", "time_gained", "what_is_told"),
    *("three_guesses", "what_makes_them_agree", "how_sure_of_the_harm", "chosen_by_a_test"),
}

TEMPLATES = [(chapter, template) for chapter in chapters() for template in templates_of(chapter)]


def name_of(value) -> str:
    return getattr(value, "__name__", value)


def of_a_length(long: bool) -> list:
    return [each for each in TEMPLATES if (each[1].__name__ in LONG) is long]


@cache
def thrown(template):
    """Draw different questions from one template: five, or two if they take long."""
    chapter = template.__module__.rsplit(".", 1)[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graded, "templates_of", lambda _: (template,))
        return draw(chapter, 2 if template.__name__ in LONG else 5, "a test")


# ------------------------------------------------------------------------- every template, thrown


def all_labs() -> list[Explorable]:
    modules = [
        import_module(f"immunolab.labs.{found.name}")
        for found in pkgutil.iter_modules(immunolab.labs.__path__)
    ]
    return [
        function()
        for module in modules
        for function in vars(module).values()
        if getattr(function, "__annotations__", {}).get("return") == "Explorable"
        and function.__module__ == module.__name__
        and len(function.__defaults__ or ()) == function.__code__.co_argcount
    ]


def words_on(lab: Explorable) -> set[str]:
    """Return everything on a lab's page that a question may call by its name."""
    return {
        lab.title,
        "More settings",
        *(preset.label for preset in lab.presets),
        *(lab.model.parameter(control).meaning for control in lab.controls),
        *(readout.label for readout in lab.readouts if readout.shown),
        *(panel.title for panel in lab.panels),
    }


WORDS = {lab.title: words_on(lab) for lab in all_labs()}


def texts_of(part) -> list[str]:
    """Return all texts of a question that a student may see."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, tuple):
        return [text for each in part for text in texts_of(each)]
    if hasattr(part, "__dataclass_fields__"):
        shown = [field.name for field in fields(part) if field.name not in ("id", "where")]
        return [text for name in shown for text in texts_of(getattr(part, name))]
    return []


def assert_answerable(question, chapter):
    called = set(re.findall(r"\*([^*]+)\*", " ".join(texts_of(question))))
    labs = [title for title in WORDS if title in called]
    assert labs or not called, f"{called} of no lab"
    known = set().union(*(WORDS[title] for title in labs)) if labs else set()
    assert called <= known, f"{called - known} cannot be found in {labs}"
    for text in texts_of(question):
        assert not re.search(r"\bseeds?\b", text, re.IGNORECASE)
        assert text == " ".join(text.split()), "spaces at an end, or two together"
    assert question.where.startswith(f"immunolab/graded/{chapter}.py, line ")


def check_questions_of(chapter, template):
    questions = thrown(template)
    assert len({question.stem for question in questions}) == len(questions)
    for question in questions:
        assert_answerable(question, chapter)
    for form in FORMATS.values():
        assert form.without_what_it_cannot_carry(questions) == (questions, ())


@pytest.mark.parametrize(("chapter", "template"), of_a_length(long=False), ids=name_of)
def test_a_template_gives_different_questions_that_can_be_answered(chapter, template):
    check_questions_of(chapter, template)


@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "template"), of_a_length(long=True), ids=name_of)
def test_a_long_template_gives_different_questions_that_can_be_answered(chapter, template):
    check_questions_of(chapter, template)


@pytest.mark.parametrize(("chapter", "template"), of_a_length(long=False)[::4], ids=name_of)
def test_the_same_dice_give_the_same_question(chapter, template):
    once, again, other = (template(Dice(words, template, 0)) for words in ("one", "one", "other"))
    assert once == again != other


@pytest.mark.parametrize("chapter", chapters())
def test_every_objective_is_examined_and_four_types_are_used(chapter):
    practised = {objective for each in templates_of(chapter) for objective in each.objectives}
    assert practised == {objective.id for objective in objectives_of(chapter)}
    types = {each.__wrapped__.__annotations__["return"] for each in templates_of(chapter)}
    several = any("pick_all(" in _source(each) for each in templates_of(chapter))
    one = any("pick_one(" in _source(each) for each in templates_of(chapter))
    assert len(types - {"ChoiceQuestion"}) + several + one >= 4


def _source(template) -> str:
    return inspect.getsource(inspect.unwrap(template))


@pytest.mark.slow
def test_the_longest_choice_is_seldom_the_right_one():
    single = [
        question
        for _, template in TEMPLATES
        if "pick_one(" in _source(template)
        for question in thrown(template)
    ]
    assert len(single) >= 15
    assert sum(map(right_is_longest, single)) <= 0.4 * len(single)


def right_is_longest(question: ChoiceQuestion) -> bool:
    (right,) = (len(choice.text) for choice in question.choices if choice.right)
    return all(len(choice.text) < right for choice in question.choices if not choice.right)


# ------------------------------------------------------- answers that can be had in another way


def settings_in(text: str) -> list[float]:
    """Return the numbers to which a stem sets sliders, in order."""
    return [float(n) for n in re.findall(r"\* (?:to|at) (\d+(?:\.\d+)?(?:e-?\d+)?)", text)]


def numbers_of(template):
    for question in thrown(template):
        assert isinstance(question, NumberQuestion)
        yield question, settings_in(question.stem)


def holds(question: NumberQuestion, value: float) -> bool:
    return abs(value - question.value) <= question.allowance


def test_occupied_receptors_follow_the_law_of_mass_action():
    for question, _ in numbers_of(checkpoints.occupied_at):
        litre = float(re.search(r"infusion ([\d.]+) mg", question.stem)[1])
        constant = float(re.search(r"constant is ([\d.]+) nM", question.stem)[1])
        assert holds(question, 100 / (1 + constant * 146 / (1000 * litre)))


def test_both_tumours_have_the_flow_that_the_question_asks_for():
    lab = pressure()
    for question, (radius, leaky) in numbers_of(microenvironment.one_flow):
        other = float(re.search(r"is ([\d.]+)\. At which radius", question.stem)[1])
        first = lab.compute({"radius": radius, "leakiness": leaky})
        second = lab.compute({"radius": question.value, "leakiness": other})
        assert first.readouts["middle"][1] == second.readouts["middle"][1]


def test_what_is_wanted_comes_back_if_antigen_goes_on_that_day():
    lab = the_scar()
    for question, (antigen, scarring) in numbers_of(exhaustion.before_the_scar):
        wanted = float(re.search(r"which (\d+) % of full", question.stem)[1])
        settings = {"antigen": antigen, "scarring": scarring, "antigen_stops": question.value}
        assert seen(lab, "Antigen for 60 days", settings).text("give") == f"{wanted:.0f} %"


def test_the_curves_cross_in_that_month():
    lab = crossing_curves()
    for question, settings in numbers_of(mesothelioma.when_they_cross):
        names = ("early_ratio", "late_ratio", "change", "hazard")
        run = lab.compute(dict(zip(names, settings, strict=True)))
        months, difference = run.series["month"], run.series["difference"]
        after = months > settings[2]
        crossing = np.interp(0.0, difference[after], months[after])
        assert holds(question, crossing)


def test_the_two_ratios_are_one_at_that_median():
    lab = the_control_arm()
    for question, settings in numbers_of(mesothelioma.one_ratio_two_ways):
        names = ("other_control", "other_treated", "epithelioid_treated")
        medians = dict(zip(names, settings, strict=True)) | {"epithelioid_control": question.value}
        run = seen(lab, "As in CheckMate 743", medians)
        assert run.value("ratio_e") == pytest.approx(run.value("ratio_n"))


def test_gain_and_price_follow_from_independent_action():
    def either(a: float, b: float, correlation: float = 0.0) -> float:
        return a + b - a * b - correlation * (a * (1 - a) * b * (1 - b)) ** 0.5

    for question, (a, b, correlation) in numbers_of(combination.of_those_left):
        assert holds(question, 100 * (either(a, b, correlation) - a) / (1 - a))
    defaults = independent_action().model.defaults()
    for question, (b, correlation, harm, before) in numbers_of(combination.harmed_for_one):
        gained = either(defaults["response_a"], b, correlation) - defaults["response_a"]
        assert holds(question, harm * (1 - before) / gained)


def test_a_drug_of_its_own_would_explain_the_responses():
    lab = synergy_inside()
    for question, (response, push, synergy) in numbers_of(combination.explained_without_synergy):
        settings = {"response": response, "push": push, "synergy": synergy}
        run = seen(lab, "Twice as much again", settings | {"second": question.value / 100})
        assert run.value("apart") == pytest.approx(run.value("both_far"))


def test_a_marker_gains_nothing_and_so_stands_first():
    found = 0
    for question in thrown(checkpoints.second_antibody):
        markers = [n for n, step in enumerate(question.steps) if "A marker only" in step]
        assert markers in ([], [0])
        found += len(markers)
    assert found


# ---------------------------------------------------------- reading, and what is thrown again


@pytest.mark.parametrize(
    "written",
    [Format(), Format(digits=3, scale=100.0), Format("percent"), Format("cells")],
    ids=str,
)
def test_a_reading_is_as_sure_as_the_page_writes_it(written):
    sizes = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
    lost = []
    for value in np.random.default_rng(5).lognormal(3.0, 4.0, 400):
        if written.style == "cells" and value < 1:
            continue  # written as a word
        text, read = written.write(value), as_written(written, value)
        size = next((sizes[word] for word in text.split() if word in sizes), 1.0)
        lost.append(abs(float(text.split()[0]) * size - read.value) / read.error)
    assert 0.95 < max(lost) <= 1 + 1e-9


def test_errors_are_carried_at_their_worst():
    ratio = worked_out(lambda a, b: a / b, Read(10.0, 1.0), Read(5.0, 0.5))
    assert ratio.value == 2.0
    assert ratio.error == pytest.approx(11 / 4.5 - 2)


def test_a_word_on_the_page_is_no_number():
    with pytest.raises(Unclear, match="none"):
        seen(independent_action(), "Equal, and alike").read("gained")


def ask_for(asked: Read, *mistakes: Read) -> NumberQuestion:
    dice = Dice("x", test_a_word_on_the_page_is_no_number, 0)
    listed = [(each, f"slip {n}") for n, each in enumerate(mistakes)]
    return number(dice, title="T", stem="S", asked=asked, right="R", otherwise="O", mistakes=listed)


def test_a_number_is_asked_only_if_it_can_be_told_from_mistakes():
    with pytest.raises(Unclear, match="as good as right"):
        ask_for(Read(10.0, 0.5), Read(10.6, 0.2))
    with pytest.raises(Unclear, match="only be read"):
        ask_for(Read(1.0, 0.2))
    question = ask_for(Read(10.0, 0.5), Read(12.0), Read(12.01), Read(5.0))
    assert question.allowance == pytest.approx(0.55)
    assert [slip.feedback for slip in question.slips] == ["slip 0", "slip 2"]
    assert question.stem == "S"
    assert ask_for(Read(10.0)).stem == "S (Three digits.)"


def test_choices_and_ranks_are_asked_only_if_they_are_plain():
    dice = Dice("x", test_a_word_on_the_page_is_no_number, 0)
    choices = [Choice(text, text == "b", "") for text in "abc"]
    asked = {"title": "T", "stem": "S"}
    assert pick_one(dice, **asked, choices=choices).answer == "b"
    assert isinstance(pick_all(dice, **asked, choices=choices), ChoiceQuestion)
    with pytest.raises(Unclear, match="2 of the choices"):
        pick_one(dice, **asked, choices=[*choices, Choice("d", True, "")])
    with pytest.raises(Unclear, match="0 of the choices"):
        pick_all(dice, **asked, choices=[choices[0], choices[2]])
    told = asked | {"right": "R", "otherwise": "O"}
    assert order(dice, **told, found={"x": 3.0, "y": 1.0, "z": 2.0}).steps == ("y", "z", "x")
    with pytest.raises(Unclear, match="ranked"):
        order(dice, **told, found={"x": 1.0, "y": 1.05}, gap=0.1)


def test_what_is_unclear_is_thrown_again_and_not_for_ever():
    @practises("ligand")
    def at_last(dice):
        if dice.one(range(6)) < 5:
            raise Unclear("not a six")
        return "a question"

    @practises("ligand")
    def never(dice):
        raise Unclear("there is no such thing")

    assert at_last(Dice("x", at_last, 0)) == "a question"
    assert at_last.objectives == ("ligand",)
    with pytest.raises(GradedError, match=r"test_graded\.py, line \d+: .*there is no such thing"):
        never(Dice("x", never, 0))


def test_a_setting_that_is_not_on_the_page_is_refused():
    lab = independent_action()
    with pytest.raises(GradedError, match="cannot be set to 2"):
        seen(lab, "Unrelated responses", {"correlation": 2.0})
    with pytest.raises(GradedError, match="no ready-made setting"):
        seen(lab, "Related responses")
    with pytest.raises(GradedError, match="not on the page"):
        seen(lab, "Unrelated responses").read("alone_a")
