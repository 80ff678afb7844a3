"""The command: what it writes, what it says, and that it writes all or nothing."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
import tomllib
import zipfile

import pytest

from immunolab import command, graded
from immunolab.bank import BankError, bank_of
from immunolab.command import main
from immunolab.lms.formats import FORMATS
from immunolab.lms.question import Choice, ChoiceQuestion, MatchQuestion, NumberQuestion
from immunolab.places import BOOK

SEED = "Zwölf zornige Zebras"
every_format = pytest.mark.parametrize("form", FORMATS)


def a_sum(dice):
    """A template that needs no model."""
    first, second = dice.one(range(10, 99)), dice.one(range(10, 99))
    return NumberQuestion(
        id=dice.id,
        where=dice.where,
        title="A sum",
        stem=f"What is ${first} + {second}$?",
        value=first + second,
        allowance=0.5,
        right="Yes.",
        otherwise="Add them up.",
    )


def a_choice(dice):
    """Another one."""
    wrong = dice.one(range(100, 999))
    return ChoiceQuestion(
        id=dice.id,
        where=dice.where,
        title="A choice",
        stem=f"Which is the smaller number, {wrong} or 1?",
        choices=dice.mixed(
            [Choice("One", True, "Yes."), Choice(str(wrong), False, "Count again.")]
        ),
    )


def a_formula_in_a_menu(dice):
    """A template that only QTI 2.1 can carry."""
    share = dice.one(range(2, 99))
    return MatchQuestion(
        id=dice.id,
        where=dice.where,
        title="A menu",
        stem=f"What is one, and what is one part of {share}?",
        pairs=(("A share", f"$1/{share}$"), ("The whole", "one")),
        right="Yes.",
        otherwise="No.",
    )


@pytest.fixture
def templates(monkeypatch):
    """templates(...) -> these are the chapters' templates from now on: no model has to run."""

    def use(*made):
        monkeypatch.setattr(graded, "templates_of", lambda chapter: made)

    use(a_sum, a_choice)
    return use


@pytest.fixture
def run(tmp_path, capsys):
    """run("lms --format moodle", ...) -> status, what it said, and what it complained of."""

    def call(words, *more):
        status = main([*shlex.split(words), *more, "--out", str(tmp_path)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def draw(run, form="moodle", seed=SEED, more=""):
    return run(f"lms --chapter checkpoints --n 4 --format {form} {more}", "--seed", seed)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def for_students(folder):
    return {name: content for name, content in files(folder).items() if "KEY" not in name}


# ------------------------------------------------------------------------------- graded


@every_format
def test_the_seed_stands_in_the_key_and_nowhere_else(form, run, templates, tmp_path):
    status, said, _ = draw(run, form)
    assert status == 0
    [name] = for_students(tmp_path)
    [key] = set(files(tmp_path)) - {name}
    assert "KEY-FOR-TEACHERS" in key
    assert SEED in (tmp_path / key).read_text(encoding="utf-8")
    contents = [name.encode(), key.encode(), said.encode(), files(tmp_path)[name]]
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name) as opened:
            contents += [opened.read(path) + path.encode() for path in opened.namelist()]
    for content in contents:
        for word in SEED.split():
            assert word.encode() not in content
            assert word.lower().encode() not in content.lower()


@every_format
def test_the_same_seed_gives_the_same_files_and_another_gives_others(
    form, run, templates, tmp_path
):
    draw(run, form)
    first = files(tmp_path)
    status, _, _ = draw(run, form)
    assert status == 0
    assert files(tmp_path) == first
    draw(run, form, seed="another")
    others = {name: content for name, content in files(tmp_path).items() if name not in first}
    assert len(others) == len(first)
    assert not set(others.values()) & set(first.values())


def test_the_key_has_every_answer_and_the_command_that_makes_it_again(run, templates, tmp_path):
    draw(run)
    drawn = graded.draw("checkpoints", 4, SEED)
    [name] = [name for name in files(tmp_path) if "KEY" in name]
    key = (tmp_path / name).read_text(encoding="utf-8")
    for number, question in enumerate(drawn, 1):
        assert f"## {number}. {question.title}\n\n`{question.id}`, from {question.where}" in key
        assert f"**Answer: {question.answer}**" in key
        assert re.search(r"test_command\.py, line \d+$", question.where)
    [again] = re.findall(r"^    (immunolab lms .*)$", key, re.MULTILINE)
    before = files(tmp_path)
    assert run(again.removeprefix("immunolab "))[0] == 0
    assert files(tmp_path) == before


# ------------------------------------------------------------------------------- practice


@every_format
def test_practice_questions_are_written_and_predictions_counted(form, run, tmp_path):
    status, said, _ = run(f"lms --chapter checkpoints --practice --format {form}")
    assert status == 0
    items = bank_of("checkpoints")
    predictions = sum(not item.graded for item in items)
    assert f"{len(items) - predictions} questions, one point each" in said
    assert f"Not in the file: {predictions} predictions." in said
    assert len(files(tmp_path)) == 2


def test_what_is_left_out_is_listed_with_file_and_line(run):
    _, said, _ = run("lms --chapter checkpoints --practice --format moodle --leave-out")
    listed = re.findall(
        r"^Left out: exercises/quizzes/checkpoints\.yml, line \d+, item (\S+): ", said, re.MULTILINE
    )
    assert listed == [item.id for item in bank_of("checkpoints") if not item.graded]


def test_cards_are_written(run, tmp_path):
    status, said, _ = run("anki --chapter checkpoints")
    assert status == 0
    assert list(files(tmp_path)) == ["escape-routes-checkpoints.apkg"]
    assert "cards in 1 decks" in said


# ------------------------------------------------------------------------------- all or nothing


def test_what_a_format_cannot_carry_stops_all_of_it(run, templates, tmp_path):
    templates(a_sum, a_formula_in_a_menu)
    status, said, error = draw(run)
    assert (status, said, files(tmp_path)) == (1, "", {})
    complaints = re.findall(
        r"^\S+test_command\.py, line \d+: Moodle XML cannot carry it: ", error, re.MULTILINE
    )
    assert len(complaints) == 2
    assert "--leave-out" in error
    assert error.endswith("Nothing was written.\n")


def test_the_rest_is_written_if_asked(run, templates, tmp_path):
    templates(a_sum, a_formula_in_a_menu)
    status, said, _ = draw(run, more="--leave-out")
    assert status == 0
    assert "2 questions, one point each" in said
    assert len(re.findall(r"^Left out: .*line \d+: ", said, re.MULTILINE)) == 2
    [content] = for_students(tmp_path).values()
    assert content.count(b'<question type="numerical"') == 2


WRONG = {
    "unknown chapter": ("lms --chapter nowhere --seed s --format moodle", "no chapter called"),
    "unknown bank": ("lms --chapter nowhere --practice --format moodle", "There are no questions"),
    "unknown deck": ("anki --chapter nowhere", "There are no questions for 'nowhere'"),
    "too many": ("lms --chapter checkpoints --n 500 --seed s --format moodle", "Ask for fewer"),
    "none": ("lms --chapter checkpoints --n 0 --seed s --format moodle", "one or more"),
    "an empty seed": ("lms --chapter checkpoints --seed ' ' --format moodle", "A seed is needed"),
}


@pytest.mark.parametrize(("words", "complaint"), WRONG.values(), ids=WRONG)
def test_a_wrong_wish_is_answered_in_words(words, complaint, run, monkeypatch, tmp_path):
    def of_few(chapter, templates_of=graded.templates_of):
        return templates_of(chapter) and (one_of_nine,)

    monkeypatch.setattr(graded, "templates_of", of_few)
    status, said, error = run(words)
    assert (status, said, files(tmp_path)) == (1, "", {})
    assert complaint in error
    assert error.endswith("Nothing was written.\n")


def one_of_nine(dice):
    """A template that runs out."""
    number = dice.one(range(9))
    return ChoiceQuestion(
        id=dice.id,
        where=dice.where,
        title="A number",
        stem=f"Which number is {number}?",
        choices=(Choice(str(number), True, "Yes."), Choice("none", False, "No.")),
    )


def test_a_chapter_without_templates_is_named(run, monkeypatch):
    monkeypatch.setattr(graded, "chapters", lambda: ("unwritten",))
    status, _, error = run("lms --chapter unwritten --seed s --format moodle")
    assert status == 1
    assert "immunolab/graded/unwritten.py is missing" in error


def test_a_broken_bank_says_what_is_broken(run, monkeypatch, tmp_path):
    def broken(chapter):
        raise BankError("exercises/quizzes/x.yml, line 3, item x-q01: two keys.")

    monkeypatch.setattr(command, "bank_of", broken)
    for words in ("lms --chapter checkpoints --practice --format moodle", "anki"):
        status, _, error = run(words)
        assert status == 1
        assert error == (
            "exercises/quizzes/x.yml, line 3, item x-q01: two keys.\nNothing was written.\n"
        )
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    "words",
    [
        "lms --chapter checkpoints --format moodle",
        "lms --chapter checkpoints --practice --seed s --format moodle",
        "lms --chapter checkpoints --practice --n 3 --format moodle",
        "lms --chapter checkpoints --seed s --format gift",
    ],
)
def test_a_command_that_makes_no_sense_shows_how_it_is_used(words, run, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(words)
    assert stopped.value.code == 2
    assert "usage: immunolab lms" in capsys.readouterr().err


# ------------------------------------------------------------------------------- other files


def test_a_file_of_other_content_is_not_written_over(run, templates, tmp_path):
    draw(run)
    [name] = for_students(tmp_path)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    before = files(tmp_path)
    status, _, error = draw(run)
    assert status == 1
    assert f"{name} is there already, with other content" in error
    assert "--replace" in error
    assert files(tmp_path) == before
    assert draw(run, more="--replace")[0] == 0
    assert files(tmp_path)[name].startswith(b"<?xml")
    assert len(files(tmp_path)) == 2


def test_a_folder_that_cannot_be_written_is_named(templates, tmp_path, capsys):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    words = f"lms --chapter checkpoints --seed s --format moodle --out {tmp_path / 'taken'}"
    assert main(shlex.split(words)) == 1
    assert f"{tmp_path / 'taken'} cannot be written: " in capsys.readouterr().err
    assert list(files(tmp_path)) == ["taken"]


def test_a_folder_in_the_place_of_the_key_leaves_nothing_half_done(run, templates, tmp_path):
    draw(run)
    key = next(path for path in tmp_path.iterdir() if "KEY" in path.name)
    [student] = [path for path in tmp_path.iterdir() if path != key]
    key.unlink()
    student.unlink()
    key.mkdir()
    status, _, error = draw(run, more="--replace")
    assert status == 1
    assert key.name in error
    assert files(tmp_path) == {}


def test_the_command_has_its_name_and_explains_itself(monkeypatch, capsys):
    installed = tomllib.loads((BOOK / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert installed["scripts"] == {"immunolab": "immunolab.command:main"}
    monkeypatch.setattr(sys, "argv", ["immunolab", "lms", "--help"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("immunolab", run_name="__main__")
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    for word in ("usage: immunolab lms", "examples:", "--seed WORDS", *FORMATS):
        assert word in said
