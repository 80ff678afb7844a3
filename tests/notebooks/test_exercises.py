"""Exercises keep their promise: solutions pass, blanks do not, mistakes meet their hint."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from functools import cache

import matplotlib.pyplot as plt
import pytest
from nbformat import validate

from immunolab.check import STRICT, NotRightYet, checks
from immunolab.exercises import KINDS, ExerciseError, allowance, exercise, exercises_of, names
from immunolab.objectives import chapters, objectives_of
from immunolab.student import Cell, source_of, student_text, student_version
from tools.exercises import FOLDER

MISTAKES = [
    pytest.param(name, label, number, marks=pytest.mark.xdist_group(name))
    for name in names()
    for label, check in exercise(name).checks.items()
    for number in range(len(check.get("mistakes", ())))
]


def together(values, name=lambda value: value):
    """All that is asked of one exercise in one worker, which walks through it once."""
    return [pytest.param(value, marks=pytest.mark.xdist_group(name(value))) for value in values]


NAMES = together(names())


@pytest.fixture(autouse=True)
def _no_windows(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.delenv(STRICT, raising=False)


def code_of(notebook):
    return [Cell(cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def said_by(cell, namespace):
    """Run a cell as a kernel would; return what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(cell, namespace)
    plt.close("all")
    return printed.getvalue()


@dataclass
class Walk:
    """An exercise from top to bottom with its solution, and what each mistake would have met."""

    said: str = ""
    values: dict = field(default_factory=dict)
    met: dict = field(default_factory=dict)


@cache
def walked(name):
    """Walk through an exercise once; where an answer is asked for, try each mistake beside it.

    A mistake works on a copy of the names, so that the walk goes on as if nobody had made it.
    """
    cells, walk = code_of(source_of(name)), Walk()
    namespace = {"__name__": "__main__"}
    before = {}
    for cell in cells:
        if cell.has_solution:
            answer, before = cell, dict(namespace)
        for label in re.findall(r'^check\("(\w+)"', cell.source, re.MULTILINE):
            for number, mistake in enumerate(exercise(name).checks[label].get("mistakes", ())):
                aside = dict(before)
                said_by(answer.typed(mistake["typed"]), aside)
                walk.met[label, number] = said_by(cell.solved, aside)
        walk.said += said_by(cell.solved, namespace)
    for label in exercise(name).checks:
        walk.values[label] = namespace[label]
    return walk


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_right(name):
    for label, check in exercise(name).checks.items():
        assert f"✓ {label}: {check['right'].strip()}" in walked(name).said


@pytest.mark.parametrize("name", NAMES)
def test_the_student_version_runs_and_every_check_fails(name, monkeypatch):
    """As the class runs it, then strictly, check by check: none hides behind an earlier one."""
    namespace, said, failed = {"__name__": "__main__"}, "", set()
    for cell in code_of(student_version(name)):
        said += said_by(cell.source, namespace)
        with monkeypatch.context() as strictly:
            strictly.setenv(STRICT, "1")
            for line in re.findall(r"^check\(.*", cell.source, re.MULTILINE):
                with pytest.raises(NotRightYet) as caught:
                    exec(line, namespace)
                failed.add(str(caught.value).split(":")[0])
    assert "✓" not in said
    assert failed == set(exercise(name).checks)
    for label in exercise(name).checks:
        assert re.search(rf"✗ {label}: .*(nothing to check yet|returns nothing yet)", said)


@pytest.mark.parametrize(("name", "label", "number"), MISTAKES)
def test_a_mistake_meets_its_hint(name, label, number):
    met = walked(name).met[label, number]
    (said,) = re.findall(rf"^✗ {label}: (.*)$", met, re.MULTILINE)
    assert said == exercise(name).checks[label]["mistakes"][number]["feedback"].strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_number_wanted_is_the_number_computed(name):
    """Well within the tolerance: a model that changes must not move an answer to its edge."""
    for label, check in exercise(name).checks.items():
        if "number" in check and exercise(name).kind != "project":
            wanted = check["number"]
            found = abs(float(walked(name).values[label]) - wanted)
            assert found <= allowance(check, wanted) / 2


@pytest.mark.parametrize("name", names())
def test_the_committed_student_version_is_what_the_source_makes(name):
    committed = FOLDER / f"{name}.ipynb"
    assert committed.is_file(), f"{committed.name} is missing. Run: make exercises"
    assert committed.read_text(encoding="utf-8") == student_text(name), "Run: make exercises"
    validate(student_version(name))


def test_no_student_version_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(names())


@pytest.mark.parametrize("name", names())
def test_answers_and_checks_have_cells_of_their_own(name):
    """As nbgrader wants it, and so that a check never runs on a half-written cell."""
    cells, asked = code_of(source_of(name)), []
    for cell in cells:
        calls = re.findall(r'^check\("(\w+)"', cell.source, re.MULTILINE)
        assert not (calls and cell.has_solution)
        asked += calls
    assert asked == [*exercise(name).checks]
    assert all("SOLUTION" not in cell.source for cell in student_version(name).cells)


@pytest.mark.parametrize("chapter", chapters())
def test_a_chapter_has_all_kinds_and_practises_every_objective(chapter):
    found = exercises_of(chapter)
    assert {each.kind for each in found} == set(KINDS)
    practised = {objective for each in found for objective in each.objectives}
    assert practised == {objective.id for objective in objectives_of(chapter)}


@pytest.mark.parametrize("name", names())
def test_prose_reads_everywhere(name):
    """Roles are words of the book alone; a notebook elsewhere would show them raw."""
    prose = "\n".join(c.source for c in source_of(name).cells if c.cell_type == "markdown")
    assert not re.search(r"\{[a-z:]+\}`", prose)


# --- what check() says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "answer", "said"),
    [
        ("weeks_to_half", ..., "nothing to check yet"),
        ("weeks_to_half", None, "nothing to check yet"),
        ("weeks_to_half", "42.5", "this is text, '42.5'. A number is asked for, in weeks."),
        ("weeks_to_half", [1, 2], "this is 2 values, not one"),
        ("weeks_to_half", float("nan"), "this is nan"),
        ("weeks_to_half", len, "did you forget the brackets"),
        ("weeks_to_half", True, "this is True"),
        ("weeks_to_half", {"a": 1}, "this is of the type dict"),
        ("tenfold", "twice", "write one of these words"),
        ("tenfold", 3, "write one of these words"),
        ("weeks_to_haf", 3, "did you mean weeks_to_half?"),
        ([], 3, "no check of that name"),
    ],
)
def test_whatever_is_handed_over_the_reply_is_a_sentence(label, answer, said, capsys):
    checks("checkpoints-1")(label, answer)
    assert said in capsys.readouterr().out


def test_hints_come_one_after_the_other(capsys):
    check = checks("checkpoints-1")
    head = exercise("checkpoints-1").checks["weeks_to_half"]
    wanted = [*head["hints"], head["otherwise"], head["otherwise"]]
    for hint in wanted:
        check("weeks_to_half", 1.0)
        assert hint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda *given: 1 / 0, "stops with ZeroDivisionError"),
        (lambda: 1, "stops with TypeError"),
        (lambda *given: "a", "returns something else"),
        (3, "A function is asked for"),
        (lambda free, *rest: 0.105145, "not yet"),
    ],
)
def test_a_function_that_stops_is_told_so(function, said, capsys):
    checks("checkpoints-2")("engaged", function)
    assert said in capsys.readouterr().out


def test_names_are_a_set_whatever_their_case(capsys):
    checks("checkpoints-3")("smaller", ("d", "C", "c"))
    assert "✓" in capsys.readouterr().out


# --- bad sources ------------------------------------------------------------------------------


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """toy(old, new) -> the name of an exercise like checkpoints-1 but for that change."""
    from immunolab import exercises, places, student, written

    original = (FOLDER.parent / "checkpoints-1.md").read_text(encoding="utf-8")
    path = tmp_path / "checkpoints-9.md"
    for module in (exercises, student):
        monkeypatch.setattr(module, "path_of", lambda name: path)
    for module in (exercises, written, student):
        monkeypatch.setattr(module, "shown", lambda path: path.name)
    monkeypatch.setattr(places, "BOOK", tmp_path)

    def changed(old, new):
        assert original.count(old) >= 1
        path.write_text(original.replace(old, new, 1), encoding="utf-8")
        return path.stem

    exercise.cache_clear()
    yield changed
    exercise.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("### END SOLUTION", "", "not closed before its cell ends, on line"),
        ("### END SOLUTION", "### END SOLUTIONS", "is no mark"),
        ("### BEGIN SOLUTION", "", "a solution ends that never began"),
        ("### END SOLUTION", "### BEGIN SOLUTION", "a solution begins inside that of line"),
        ("\n:::\n", "\n", "this solution is not closed. Write “:::”"),
    ],
)
def test_a_loose_mark_is_named_with_its_line(toy, old, new, said):
    with pytest.raises(ExerciseError, match=r"checkpoints-9\.md, line \d+: ") as caught:
        student_text(toy(old, new))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: worked", "kind: easy", "kind is 'easy'; use one of worked"),
        ("minutes: 15", "minutes: soon", "minutes must be of type integer"),
        ("objectives: [evidence]", "objectives: [wisdom]", "states no objective 'wisdom'"),
        ("          from: 22\n", "          from: 40\n", "`from` is above `to`"),
        ("          to: 23\n", "          to: 43\n", "holds answers that are right"),
        ("          from: 22\n          to: 23\n", "          is: few\n", "a number is known by"),
        ("      choice: longer", "      chosen: longer", "needs one of these, and only one"),
        ("      unit: weeks\n", "", "'unit' missing"),
        ("choice: longer", "choice: even longer", "is not among the choices"),
        ("chapter: checkpoints", "chapter: mesothelioma", "Make the two the same"),
        ("  kind: worked\n", "  kind: worked\n  kind: worked\n", "a second time"),
        ("exercise:\n", "exercise: [\n", "this is not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_head_is_named_with_its_line(toy, old, new, said):
    with pytest.raises(ExerciseError, match=r"checkpoints-9\.md, line \d+: ") as caught:
        exercise(toy(old, new))
    assert said in str(caught.value)


def test_an_unknown_exercise_names_those_there_are():
    with pytest.raises(
        ExerciseError, match=r"There is no exercise called 'checkpoint-1'.*Exercises: "
    ):
        checks("checkpoint-1")
