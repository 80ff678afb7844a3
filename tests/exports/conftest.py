"""What the tests of every format share."""

from __future__ import annotations

import pytest
from samples import hard_questions

from immunolab.bank import bank_of, chapters_with_questions
from immunolab.lms.practice import question_of
from immunolab.lms.question import QuestionSet


@pytest.fixture(scope="session")
def hard():
    """A question of every kind, full of what is hard to write."""
    return hard_questions()


@pytest.fixture(scope="session")
def practice():
    """All practice questions of the book, a set for each chapter."""
    return tuple(
        QuestionSet(
            f"{chapter}-practice",
            chapter,
            tuple(question_of(item) for item in bank_of(chapter) if item.graded),
            graded=False,
        )
        for chapter in chapters_with_questions()
    )
