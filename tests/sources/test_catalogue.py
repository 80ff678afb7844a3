"""The page of all models: every model once, and on its card what the model itself says."""

from __future__ import annotations

import ast
import re
from collections import Counter
from html import escape

import pytest

from immunolab import catalogue
from immunolab.catalogue import NOT_SEEN, OURS, card, cards
from immunolab.describe import source_in_words
from immunolab.kinds import BASES, ModelError
from immunolab.library import file_of, library
from immunolab.places import BOOK, pages

WHOLE = {name: model for name, model in library().items() if model.summary}


def names_on_the_page() -> list[str]:
    text = (BOOK / "models.md").read_text(encoding="utf-8")
    names = []
    for code in re.findall(r"```\{code-cell\} python\n(.*?)```", text, re.S):
        tree = ast.parse(re.sub(r"^:.*$", "", code, flags=re.M))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        names += [ast.literal_eval(argument) for call in calls for argument in call.args]
    return names


def test_every_model_has_one_card():
    shown = Counter(names_on_the_page())
    assert set(shown) == set(WHOLE)
    assert [name for name, times in shown.items() if times > 1] == []


@pytest.mark.parametrize("name", WHOLE)
def test_a_card_says_what_the_model_says(name):
    model, made = WHOLE[name], card(WHOLE[name])
    published = model.source.grade != "illustrative"
    seen = any(check.basis == "paper" for check in model.checks)
    assert (NOT_SEEN in made) == (published and not seen)
    assert (OURS in made) == (not published)
    assert f"immunolab/models/{file_of(name).name}" in made
    for check in model.checks:
        assert f"<li>{escape(check.result)} <em>({BASES[check.basis]})</em></li>" in made
    rules = len(getattr(model, "phases", ()))
    assert made.count("<li>") == len(model.checks) + len(model.leaves_out) + rules


@pytest.mark.parametrize("name", WHOLE)
def test_no_parameter_is_without_a_source_or_the_word_illustrative(name):
    """Read off the card: the last cell of each row of its table."""
    shown = re.findall(r"<td>((?:(?!</td>).)*)</td></tr>", card(WHOLE[name]), re.S)
    base = catalogue.extended(WHOLE[name])
    known = set(base.parameters) if base else set()
    own = [p for p in catalogue.parameters_of(WHOLE[name]) if p not in known]
    assert shown == [source_in_words(vars(p.source)) for p in own]
    assert all(text == "illustrative" or "<a href" in text for text in shown)


def test_a_card_names_the_labs_and_links_to_them():
    made = card(library()["virtual_tumour"])
    assert '<a href="chapters/checkpoints.html#brake">The brake</a> (Immune checkpoints)' in made
    assert "README" not in made, "a page that is not in the book"
    assert all((BOOK / f"{use.page}.md").is_file() for use in catalogue.uses())
    assert {use.page for use in catalogue.uses()} <= set(pages())
    assert "In no lab yet" in card(library()["tian"])
    assert "<code>population.follow(virtual_patients)</code>" in card(library()["virtual_patients"])


def test_what_another_model_has_is_not_said_twice():
    made = card(library()["virtual_cart"])
    assert 'href="#model-virtual_tumour"' in made
    assert "Strength of the PD-1 brake" not in made
    assert "CAR-T cells given" in made


def test_the_file_is_a_link_once_the_book_has_a_repository(monkeypatch):
    assert "<a href" not in catalogue._file(library()["tian"])
    monkeypatch.setattr(catalogue, "repository", lambda: "https://example.org/book/blob/main/")
    expected = 'href="https://example.org/book/blob/main/immunolab/models/tian.py"'
    assert expected in catalogue._file(library()["tian"])


def test_an_unknown_model_is_named():
    with pytest.raises(ModelError, match=r"no model called kuznetzov.*kuznetsov"):
        cards("kuznetzov")
