"""Every objective has its section, its labs and its questions; a gap is named."""

from __future__ import annotations

import ast
import importlib
import re

import pytest

from immunolab import bank, coverage, exercises, places
from immunolab.bank import chapters_with_questions
from immunolab.objectives import BOOK, ObjectivesError, chapters, objectives_of, title_of


def test_there_are_chapters_that_promise_something():
    """A chapter that _toc.yml forgets would lose its objectives and its progress without a word."""
    written = {path.stem for path in (BOOK / "chapters").glob("*.md")}
    assert set(chapters()) == written
    assert set(chapters_with_questions()) <= written


@pytest.mark.parametrize("chapter", chapters())
def test_a_chapter_keeps_its_promises(chapter):
    assert coverage.gaps(chapter) == []


@pytest.mark.parametrize("chapter", chapters())
def test_the_labs_of_its_objectives_are_in_the_chapter(chapter):
    from sources import explorables_in

    shown = explorables_in(BOOK / "chapters" / f"{chapter}.md")
    for objective in objectives_of(chapter):
        for name, title in objective.labs.items():
            assert name in shown, f"{objective.id}: the chapter shows no lab called {name}"
            assert shown[name].title == title


CHAPTER = """---
objectives:
  - id: one
    verb: explain
    text: this
    section: {section}
    labs: {{brake: The brake}}
  - id: two
    verb: {verb}
    text: that
    section: a-section
    labs: {{brake: The brake}}
---

# A chapter

## A section
"""
QUESTION = """
  - id: toy-q0{number}
    section: here
    type: numeric
    objectives: [{objective}]
    level: {level}
    stem: How many legs has a T cell, would you say, if it has any?
    references: []
    answer: {{value: {number}, tolerance: {{absolute: 0.1}}, unit: ""}}
    right: It has none, and that is what was asked.
    otherwise: Count them again, with your eyes open.
"""

EXERCISE = """---
exercise:
  chapter: toy
  kind: independent
  minutes: 30
  objectives: [{objectives}]
  checks:
    legs:
      number: 0
      tolerance: {{absolute: 0.5}}
      unit: legs
      right: It has none, and that is what was asked.
      otherwise: Count them again, with your eyes open.
      mistakes: [{{typed: legs = 4, from: 4, to: 4, feedback: That is a mouse that carries them.}}]
---

# Legs
"""


@pytest.fixture
def toy_book(tmp_path, monkeypatch):
    """A book of one chapter; write(...) fills it."""
    # Imported by name: `immunolab.objectives` itself is the function that chapters call.
    for module in (importlib.import_module("immunolab.objectives"), bank, exercises, places):
        monkeypatch.setattr(module, "BOOK", tmp_path)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "exercises" / "quizzes").mkdir(parents=True)
    (tmp_path / "references.bib").write_text("")
    (tmp_path / "_toc.yml").write_text(
        "root: intro\nparts:\n  - chapters:\n      - file: chapters/toy\n"
    )

    def write(section="a-section", verb="predict", questions=(), practised="one, two"):
        chapter = CHAPTER.format(section=section, verb=verb)
        (tmp_path / "chapters" / "toy.md").write_text(chapter)
        items = "".join(
            QUESTION.format(number=number, objective=objective, level=level)
            for number, (objective, level) in enumerate(questions, 1)
        )
        text = f"schema: 1\nchapter: toy\nitems:{items or ' []'}\n"
        (tmp_path / "exercises" / "quizzes" / "toy.yml").write_text(text)
        (tmp_path / "exercises" / "toy-1.md").write_text(EXERCISE.format(objectives=practised))

    read_once = (
        places.pages,
        objectives_of,
        bank.bank_of,
        exercises.names,
        exercises.exercise,
    )
    for reader in read_once:
        reader.cache_clear()
    yield write
    for reader in read_once:
        reader.cache_clear()


ENOUGH = [("one", "understand"), ("one", "apply"), ("two", "apply"), ("two", "remember")]


def test_a_full_toy_has_no_gap(toy_book):
    toy_book(questions=ENOUGH)
    assert coverage.gaps("toy") == []


def test_a_missing_section_is_named(toy_book):
    toy_book(section="nowhere", questions=ENOUGH)
    (gap,) = coverage.gaps("toy")
    assert gap.startswith("chapters/toy.md, objective one: there is no section #nowhere")


def test_a_missing_question_is_named(toy_book):
    toy_book(questions=ENOUGH[:3])
    (gap,) = coverage.gaps("toy")
    assert gap.startswith("chapters/toy.md, objective two: 1 of 2 questions ask about it")


def test_an_objective_that_nothing_practises_is_named(toy_book):
    toy_book(questions=ENOUGH, practised="one")
    (gap,) = coverage.gaps("toy")
    assert gap.startswith("chapters/toy.md, objective two: no exercise practises it")


def test_questions_that_ask_less_than_was_promised_are_named(toy_book):
    toy_book(questions=[*ENOUGH[:2], ("two", "remember"), ("two", "understand")])
    (gap,) = coverage.gaps("toy")
    assert "promises that the reader can predict (apply)" in gap


def test_a_verb_that_nobody_can_examine_is_refused_with_its_line(toy_book):
    toy_book(verb="understand", questions=ENOUGH)
    with pytest.raises(ObjectivesError, match=r"^chapters/toy\.md, line 8: 'understand' cannot"):
        objectives_of("toy")


def test_the_chapter_shows_the_list_it_promises():
    for chapter in chapters():
        text = (BOOK / "chapters" / f"{chapter}.md").read_text(encoding="utf-8")
        cells = re.findall(r"```{code-cell} python\n(?::[^\n]*\n)*(.*?)```", text, re.S)
        calls = [
            node
            for cell in cells
            for node in ast.walk(ast.parse(cell))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "objectives"
        ]
        assert len(calls) == 1, f"{chapter}: the head of the chapter shows its objectives once"


def test_a_page_without_a_heading_is_named(toy_book, tmp_path):
    (tmp_path / "chapters" / "bare.md").write_text("Words alone.\n")
    with pytest.raises(ValueError, match=r"chapters/bare\.md has no heading"):
        title_of("bare")


def test_a_stray_character_is_named_with_its_line(toy_book, tmp_path):
    page = tmp_path / "chapters" / "stray.md"
    page.write_text("---\nname: é\nother: x\x07y\n---\n\n# Stray\n", encoding="utf-8")
    with pytest.raises(ObjectivesError, match=r"stray\.md, line 3: .*the character '\\x07'"):
        objectives_of("stray")
