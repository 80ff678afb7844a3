"""No number without a source or the word illustrative."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import immunolab.models
from immunolab.kinds import Model


def all_models() -> list[Model]:
    found = []
    for module in pkgutil.iter_modules(immunolab.models.__path__):
        loaded = importlib.import_module(f"immunolab.models.{module.name}")
        found += [value for value in vars(loaded).values() if isinstance(value, Model)]
    return found


@pytest.mark.parametrize("model", all_models(), ids=lambda m: m.name)
def test_a_model_says_what_it_is_and_what_it_leaves_out(model):
    assert model.title
    for parameter in model.parameters:
        assert parameter.meaning
        source = parameter.source
        assert source.grade == "illustrative" or source.doi or source.ledger
    if model.name not in ("lesion", "kuznetsov_nullclines"):  # parts of another model
        assert model.summary
        assert model.leaves_out
