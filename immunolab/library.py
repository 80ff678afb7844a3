"""All models of the book by name, found where they stand: ``immunolab/models``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from pathlib import Path

import immunolab.models
from immunolab.kinds import Model, ModelError


def library() -> dict[str, Model]:
    """Return every model of the package by its name, in the order of files and of lines in them."""
    return {name: model for name, (model, _) in _found().items()}


def file_of(name: str) -> Path:
    """Return the file that defines the model with this name."""
    return _found()[name][1]


@functools.cache
def _found() -> dict[str, tuple[Model, Path]]:
    found: dict[str, tuple[Model, Path]] = {}
    for module in pkgutil.iter_modules(immunolab.models.__path__):
        loaded = importlib.import_module(f"immunolab.models.{module.name}")
        path = Path(loaded.__file__)
        for name, value in vars(loaded).items():
            # A model is called as its file calls it; what a file only borrows has another home.
            if isinstance(value, Model) and f"\n{name} = " in path.read_text(encoding="utf-8"):
                if value.name in found:
                    raise ModelError(
                        f"Two models are called {value.name!r}, in {found[value.name][1].name} and "
                        f"{path.name}. Give one of them another name."
                    )
                found[value.name] = (value, path)
    return found
