"""Questions of the bank become questions that travel, with all that the bank says of them."""

from __future__ import annotations

import pytest
from samples import texts

from immunolab.bank import bank_of, chapters_with_questions
from immunolab.lms.practice import question_of
from immunolab.lms.question import ChoiceQuestion, ExportError
from immunolab.objectives import title_of


def said(content) -> set[str]:
    """Return every text that a reader of the book is shown for an item."""
    if isinstance(content, str):
        return {" ".join(content.split())}
    if isinstance(content, dict):
        hidden = {"id", "section", "type", "level", "objectives", "references", "model"}
        hidden |= {"misconception", "choose"}
        return set().union(*(said(v) for k, v in content.items() if k not in hidden))
    return set().union(*map(said, content)) if isinstance(content, list) else set()


@pytest.mark.parametrize("chapter", chapters_with_questions())
def test_nothing_that_an_item_says_is_lost(chapter):
    for item in bank_of(chapter):
        if item.graded:
            question = question_of(item)
            assert said(dict(item.content)) - {""} <= set(texts(question))
            assert question.where == item.where


@pytest.mark.parametrize("chapter", chapters_with_questions())
def test_each_question_says_where_in_the_book_it_belongs(chapter):
    # Some stems speak of "the lab above", which means nothing elsewhere.
    for item in bank_of(chapter):
        if item.graded:
            place = question_of(item).place
            assert place.startswith(f"Escape Routes › {title_of(chapter)} › "), item.where


def test_the_right_choice_stays_the_right_choice():
    for item in bank_of("checkpoints"):
        if item.type in {"single", "multiple"}:
            question = question_of(item)
            assert isinstance(question, ChoiceQuestion)
            marked = [each.get("correct", False) for each in item.choices]
            assert [choice.right for choice in question.choices] == marked


def test_a_prediction_stays_in_the_book():
    prediction = next(item for item in bank_of("checkpoints") if not item.graded)
    with pytest.raises(ExportError) as caught:
        question_of(prediction)
    assert str(caught.value).startswith(f"{prediction.where}: a prediction has no right answer")
    assert "exercises/quizzes/checkpoints.yml, line " in str(caught.value)
