# ruff: noqa: E501 -- a table of faults reads better in one line each
"""The question bank: what the reader of banks refuses, and what the book's own banks must keep."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from immunolab.bank import (
    BankError,
    Known,
    allowance,
    bank_of,
    chapters_with_questions,
    path_of,
    read,
)
from immunolab.objectives import BOOK, VERBS, chapters
from immunolab.quiz import QUIZ_MIME, _item_spec, predicted, quiz, to_html

TOY = Path(__file__).resolve().parents[1] / "questions" / "toy.yml"
KNOWN = Known(
    objectives=frozenset({"recognition", "sums"}),
    references=frozenset({"pardoll2012"}),
    misconceptions=frozenset({"M01"}),
)
LEVELS = list(VERBS)
MANY = 5  # from here on, a share of single-choice items means something


def toy(tmp_path, *changes, known=KNOWN):
    """Read the toy bank with some of its words changed."""
    text = TOY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"the toy bank does not say {old!r} any more"
        text = text.replace(old, new, 1)
    path = tmp_path / "quizzes" / "toy.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read(path, known)


# ------------------------------------------------------------------------------- reading


def test_a_sound_bank_is_read(tmp_path):
    items = toy(tmp_path)
    assert [item.id for item in items][:3] == ["toy-q01", "toy-q02", "toy-q03"]
    assert {item.type for item in items} == {
        "single",
        "multiple",
        "numeric",
        "order",
        "match",
        "predict",
    }
    assert items[0].objectives == ("recognition",)
    assert items[0].where == "quizzes/toy.yml, line 5, item toy-q01"


FAULTS = {
    "two keys": (
        ("        feedback: It does not bind", "        correct: true\n        feedback: It does not bind"),
        "item toy-q01: exactly one option",
    ),
    "no key": (("whatever the dose; $k > 0$ kills alone.\n        correct: true", "whatever the dose."), "exactly one option"),
    "no feedback": (("        feedback: It does not bind tumour cells, so there is nothing for complement to burst.\n", ""), "'feedback' missing"),
    "short feedback": (("Then the cell does not hear interferon-gamma any more.", "No, it does."), "at least 15"),
    "repeated feedback": (
        ("Then the cell does not hear interferon-gamma any more.", "It binds PD-1 on T cells and does not make anything."),
        "the feedback repeats that of entry 3",
    ),
    "repeated option": (("text: Loss of JAK1", "text: The antibody that is given"), "the text repeats that of entry 3"),
    "no tolerance": (("tolerance: {absolute: 0.005}, ", ""), "'tolerance' missing"),
    "two tolerances": (("{absolute: 0.005}", "{absolute: 0.005, relative: 0.1}"), "absolute or relative"),
    "negative tolerance": (("{absolute: 0.005}", "{absolute: -1}"), "above 0"),
    "share of nought": (("{value: 41.7, ", "{value: 0, "), "use an absolute tolerance"),
    "value is text": (("{value: 0.3333, ", "{value: 3e-1, "), "must be of type number"),
    "a right answer called a mistake": (("{from: 0.6, to: 0.7", "{from: 0.3, to: 0.4"), "holds answers that are right"),
    "mistake turned round": (("{from: 2.9, to: 3.1", "{from: 3.1, to: 2.9"), "Swap the two"),
    "feedback of a mistake repeats": (("That is the share that is bound, not the free one.", "Divide one by three."), "repeats another"),
    "unknown objective": (("objectives: [recognition, sums]", "objectives: [recognition, hums]"), "it states recognition, sums"),
    "unknown reference": (("[pardoll2012]", "[pardoll2021]"), "references.bib has no entry 'pardoll2021'"),
    "unknown misconception": (("misconception: M01", "misconception: M99"), "misconceptions.csv has no M99"),
    "malformed misconception": (("misconception: M01", "misconception: m1"), "it must have the form"),
    "another chapter": (("chapter: toy", "chapter: ploy"), "the file is toy.yml"),
    "id twice": (("id: toy-q02", "id: toy-q01"), "this id is used before, at quizzes/toy.yml, line 5"),
    "id of a prediction": (("id: toy-q02", "id: toy-p09"), "type multiple is called toy-q01"),
    "key twice": (("    level: analyse\n    stem: Which of these can", "    level: analyse\n    level: apply\n    stem: Which of these can"), "line 33: 'level' stands here a second time (first on line 32)"),
    "evasion": (("text: Loss of JAK1", "text: None of the above"), "Write a real option"),
    "another type's field": (("    type: multiple\n", "    type: multiple\n    result: a long enough result\n"), "does not belong to an item of this type"),
    "unknown level": (("level: understand", "level: know"), "use one of remember"),
    "not text": (("text: Loss of JAK1", "text: yes"), "needs quotes"),
    "a menu with maths": (("right: An answer to an attack", "right: An $x$ to an attack"), "cannot show mathematics"),
    "a broken formula": (("$k > 0$", "$k > {0$"), "a formula cannot be read: "),
    "an extra that fits": (("extra: [A contaminated sample]", "extra: [An answer to an attack]"), "Write one that fits nothing"),
    "two paragraphs": (("text: Loss of JAK1", 'text: "Loss\\n\\nof JAK1"'), "without blank lines"),
    "not YAML": (("chapter: toy", "chapter: [toy"), "this is not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_an_unsound_bank_is_refused_with_file_and_line(tmp_path, fault):
    change, words = FAULTS[fault]
    with pytest.raises(BankError) as error:
        toy(tmp_path, change)
    message = str(error.value)
    assert words in message
    assert re.match(r"quizzes/toy\.yml, line \d+", message), message


def test_the_line_is_that_of_the_fault(tmp_path):
    """The key that is wrong, not only the item it stands in."""
    lines = TOY.read_text(encoding="utf-8").splitlines()
    wanted = 1 + next(n for n, line in enumerate(lines) if "text: Loss of JAK1" in line)
    with pytest.raises(BankError, match=rf"^quizzes/toy\.yml, line {wanted}, item toy-q02: "):
        toy(tmp_path, ("text: Loss of JAK1", "text: None of the above"))


def test_all_faults_are_said_at_once(tmp_path):
    with pytest.raises(BankError) as error:
        toy(tmp_path, ("[pardoll2012]", "[nobody]"), ("misconception: M01", "misconception: M77"))
    assert len(str(error.value).splitlines()) == 2


def test_without_a_list_of_misconceptions_ids_are_not_looked_up(tmp_path):
    known = replace(KNOWN, misconceptions=None)
    assert toy(tmp_path, ("misconception: M01", "misconception: M77"), known=known)


SAME = {
    "feedback": ("Then the cell does not hear", "Then the cell cannot hear"),
    "hint": ("Ask which cell", "Ask yourself which cell"),
    "explain": ("The footprint follows the foot.", "The print follows the foot."),
    "result": (
        "T cells and macrophages, and more of both",
        "T cells and macrophages, more of both",
    ),
    "mistake": ("{from: 2.9, to: 3.1", "{from: 2.8, to: 3.2"),
}
OTHER = {
    "stem": ("Which of these can make", "Which of these may make", "toy-q02"),
    "option": ("text: Loss of JAK1", "text: Loss of JAK2", "toy-q02"),
    "key": ("text: Loss of JAK1\n", "text: Loss of JAK1\n        correct: true\n", "toy-q02"),
    "value": ("value: 0.3333", "value: 0.333", "toy-q03"),
    "unit": ('unit: "%"', 'unit: "per cent"', "toy-q04"),
    "step": ("They release", "T cells release", "toy-q05"),
    "right side": ("right: An answer", "right: The answer", "toy-q06"),
    "extra": ("[A contaminated sample]", "[A spoilt sample]", "toy-q06"),
}


def revisions(items):
    return {item.id: item.revision for item in items}


@pytest.mark.parametrize("part", SAME)
def test_mended_words_around_a_question_forget_no_answer(tmp_path, part):
    assert revisions(toy(tmp_path, SAME[part])) == revisions(toy(tmp_path))


@pytest.mark.parametrize("part", OTHER)
def test_another_question_forgets_its_own_answer_only(tmp_path, part):
    old, new, name = OTHER[part]
    before, after = revisions(toy(tmp_path)), revisions(toy(tmp_path, (old, new)))
    assert {item for item in before if before[item] != after[item]} == {name}


def test_a_question_with_everything_gives_html_without_its_key_in_the_clear(tmp_path):
    items = toy(tmp_path)
    html = to_html(
        {"kind": "quiz", "items": [_item_spec(item) for item in items]}, lambda latex, display: "M"
    )
    assert html.count("<form") == len(items)
    assert "<em>PD-L1</em>" not in html, "feedback can be read in the source"
    assert '<span class="math inline">M</span>' in html
    assert "correct" not in html


# ------------------------------------------------------------------------------- the book's banks


def test_every_chapter_with_objectives_has_questions():
    """A missing bank is a failure here, and the tests below have nothing to say without one."""
    assert chapters(), "no chapter states objectives"
    missing = [name for name in chapters() if not path_of(name).is_file()]
    assert not missing, f"write {', '.join(str(path_of(name)) for name in missing)}"


@pytest.fixture(params=chapters_with_questions() or ["no-bank-yet"])
def bank(request):
    """All items of one chapter of the book."""
    return bank_of(request.param)


def singles(bank):
    return [item for item in bank if item.type == "single"]


def share_of(items, test):
    return sum(map(test, items)) / len(items) if items else 0.0


def test_enough_questions_of_enough_kinds(bank):
    assert len(bank) >= 14
    assert len({item.type for item in bank}) >= 4


def test_a_third_asks_for_more_than_understanding(bank):
    above = LEVELS.index("understand") + 1
    assert share_of(bank, lambda item: LEVELS.index(item.level) >= above) >= 1 / 3


def test_the_right_option_is_not_given_away_by_its_length(bank):
    def longest_is_right(item):
        longest = max(item.choices, key=lambda option: len(option["text"]))
        return longest.get("correct", False)

    given_away = [item.id for item in singles(bank) if longest_is_right(item)]
    assert len(given_away) <= 0.4 * len(singles(bank)), f"the longest option is right: {given_away}"


def test_the_right_option_has_no_favourite_place(bank):
    places = {}
    for item in singles(bank):
        place = next(n for n, option in enumerate(item.choices, 1) if option.get("correct"))
        places.setdefault(place, []).append(item.id)
    if len(singles(bank)) >= MANY:
        crowded = {p: ids for p, ids in places.items() if len(ids) > 0.4 * len(singles(bank))}
        assert not crowded, f"too often right at one place: {crowded}"


def test_distractors_meet_misconceptions(bank):
    def meets_one(item):
        return any("misconception" in option for option in item.choices)

    assert share_of(singles(bank), meets_one) >= 0.6


def calls_in(chapter):
    """Yield (name, arguments, keywords) of the calls of quiz and predicted in a chapter's cells."""
    import jupytext  # here: it takes seconds to load, and only this test needs it

    for cell in jupytext.read(BOOK / "chapters" / f"{chapter}.md").cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"quiz", "predicted"}:
                keywords = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
                yield node.func.id, [ast.literal_eval(one) for one in node.args], keywords


def test_every_question_is_shown_once_in_its_chapter(bank):
    chapter, shown = bank[0].chapter, []
    for name, arguments, keywords in calls_in(chapter):
        if name == "quiz" and arguments[0] == chapter:
            shown += [item["id"] for item in quiz(*arguments, **keywords).spec["items"]]
    assert sorted(shown) == sorted(item.id for item in bank)


def test_every_prediction_is_shown_again_in_its_chapter(bank):
    calls = [arguments for name, arguments, _ in calls_in(bank[0].chapter) if name == "predicted"]
    predictions = [[bank[0].chapter, item.id] for item in bank if item.type == "predict"]
    assert sorted(calls) == sorted(predictions)
    for arguments in calls:
        assert predicted(*arguments).spec["item"]["result"]


def test_the_right_number_is_what_the_model_gives_today(bank):
    """The key lies within a quarter of the tolerance of the model's number: it cannot drift off."""
    computed = [item for item in bank if "model" in item.content]
    assert computed, "no question asks for a number of a model"
    problems = []
    for item in computed:
        model, answer = item.content["model"], item.content["answer"]
        lab = getattr(importlib.import_module(model["module"]), model["lab"])()
        result = lab.compute(model["settings"])
        if not result.ok:
            problems.append(f"{item.where}: the model says {result.message}")
            continue
        value = float(result.readouts[model["readout"]][0]) * model.get("scale", 1.0)
        if not abs(value - answer["value"]) <= allowance(answer) / 4:
            problems.append(
                f"{item.where}: the model gives {value:.6g}, the key says {answer['value']:g} with "
                f"a tolerance of {allowance(answer):g}. Correct the key or the tolerance."
            )
    assert not problems, "\n".join(problems)


# ------------------------------------------------------------------------------- the calls


def test_an_unknown_chapter_section_or_item_says_what_exists(tmp_path, monkeypatch):
    items = toy(tmp_path)
    monkeypatch.setattr("immunolab.bank.BOOK", tmp_path)
    with pytest.raises(BankError, match=r"quizzes/nowhere\.yml is missing"):
        quiz("nowhere", section="brakes")
    monkeypatch.setitem(quiz.__globals__, "bank_of", lambda chapter: items)
    with pytest.raises(BankError, match="It has: brakes, numbers, guess"):
        quiz("toy", section="breaks")
    with pytest.raises(BankError, match=r"no question toy-q99.*toy-q01, toy-q02"):
        quiz("toy", items=["toy-q99"])
    with pytest.raises(BankError, match="takes either section"):
        quiz("toy")
    with pytest.raises(BankError, match="Predictions of toy: toy-p01, toy-p02"):
        predicted("toy", "toy-q01")


def test_what_a_cell_shows_suits_every_front_end(tmp_path, monkeypatch):
    items = toy(tmp_path)
    monkeypatch.setitem(quiz.__globals__, "bank_of", lambda chapter: items)
    shown = quiz("toy", items=["toy-q06", "toy-q01"])
    bundle = shown._repr_mimebundle_()
    assert [item["id"] for item in bundle[QUIZ_MIME]["items"]] == ["toy-q06", "toy-q01"]
    assert "<script>" in bundle["text/html"]
    assert "<style>" in bundle["text/html"]
    assert re.search(r"<math [^>]+>.*<mi>K</mi><mi>d</mi>", bundle["text/html"])
    assert "$" not in re.sub("<script>.*</script>", "", bundle["text/html"], flags=re.DOTALL)
    for words in ("PD-L1 beside T cells", "A contaminated sample", "( ) A tumour that carries"):
        assert words in bundle["text/plain"]
