"""All models of the book by name, found where they stand: ``immunolab/models``."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import immunolab.models
from immunolab.kinds import Model


@functools.cache
def library() -> dict[str, Model]:
    """Return every model of the package by its name, in the order of files and of lines in them."""
    found: dict[str, Model] = {}
    for module in pkgutil.iter_modules(immunolab.models.__path__):
        loaded = importlib.import_module(f"immunolab.models.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, Model):
                found.setdefault(value.name, value)
    return found
