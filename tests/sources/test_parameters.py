"""No number without a source or the word illustrative, no model without a check that exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from immunolab.kinds import GRADES, Check, ModelError, Source
from immunolab.library import library

TESTS = Path(__file__).resolve().parents[1]


def names_of_tests() -> set[str]:
    names = set()
    for path in (*TESTS.glob("science/test_*.py"), *TESTS.glob("engine/test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return names


@pytest.mark.parametrize("model", library().values(), ids=lambda m: m.name)
def test_a_model_says_what_it_is_and_what_it_leaves_out(model):
    assert model.title
    for parameter in model.parameters:
        assert parameter.meaning
        source = parameter.source
        assert source.grade in GRADES
        assert source.grade == "illustrative" or source.doi or source.ledger
    if model.name not in ("lesion", "kuznetsov_nullclines"):  # parts of another model
        assert model.summary
        assert model.leaves_out
        assert model.checks


@pytest.mark.parametrize("model", library().values(), ids=lambda m: m.name)
def test_each_check_is_a_test_that_exists(model):
    missing = {check.test for check in model.checks} - names_of_tests()
    assert not missing, f"{model.name} claims checks that no test makes: {missing}"


@pytest.mark.parametrize("model", library().values(), ids=lambda m: m.name)
def test_a_model_that_follows_a_paper_says_what_was_seen_of_it(model):
    """Runs of our own are a reference for our own models only; a paper has its own results."""
    bases = {check.basis for check in model.checks}
    if model.source.grade == "illustrative":
        assert not bases & {"paper", "curated"}
    else:
        assert "reference" not in bases


def test_a_made_up_grade_or_basis_is_refused():
    with pytest.raises(ModelError, match="write one of published, curated"):
        Source("somebody", doi="10.1/x", grade="certain")
    with pytest.raises(ModelError, match="write one of paper, curated"):
        Check("it works", "hearsay", "test_nothing")
    with pytest.raises(ModelError, match="neither a DOI nor a ledger id"):
        Source("somebody")
