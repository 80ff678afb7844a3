"""Imports run one way, as ARCHITECTURE.md draws it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "immunolab"

# A module may import from rooms with a smaller number only; equal numbers do not know each other.
FLOOR = {
    "kinds": 0,
    "chance": 1,
    "space": 1,
    "draws": 1,
    "lattice": 2,
    "fragment": 0,
    "formula": 0,
    "places": 0,
    "written": 1,
    "evidence": 1,
    "models": 2,
    "trace": 1,
    "view": 1,
    "objectives": 2,
    "exercises": 3,
    "check": 4,
    "practice": 4,
    "addresses": 1,
    "misconceptions": 4,
    "student": 4,
    "javascript": 2,
    "equations": 2,
    "describe": 2,
    "cohort": 2,
    "vectorised": 2,
    "compiled": 2,
    "population": 3,
    "library": 3,
    "strokes": 2,
    "bank": 3,
    "drawing": 3,
    "quiz": 4,
    "coverage": 4,
    "drawings": 1,
    "svg": 4,
    "solve": 3,
    "sbml": 4,
    "automatic": 4,
    "plots": 5,
    "trial_words": 0,
    "ledger": 2,
    "cycle": 1,
    "widgets": 5,
    "explore": 6,
    "labs": 7,
    "lms": 4,
    "graded": 8,
    "guide": 8,
    "command": 9,
    "__main__": 10,
    "catalogue": 8,
    "book": 9,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    """Return the room of a dotted module name within the package."""
    return module.split(".")[1] if "." in module else ""


def imported(path: Path) -> set[str]:
    """Return the rooms that a module imports at its top level."""
    rooms = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("immunolab"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            rooms |= {room(name) for name in names if room(name) in FLOOR}
    return rooms


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path):
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if own == "__init__":
        assert "book" not in imported(path)
        return
    assert own in FLOOR, f"{own} has no place yet: add it to FLOOR and to ARCHITECTURE.md"
    too_high = {r for r in imported(path) if r != own and FLOOR[r] >= FLOOR[own]}
    assert not too_high, f"{path.name} imports {too_high}, which stand above or beside it"


@pytest.mark.parametrize("path", sorted((PACKAGE / "models").glob("*.py")), ids=lambda p: p.name)
def test_models_know_kinds_and_numpy_only(path):
    allowed = {
        "__future__",
        "numpy",
        "immunolab.kinds",
        "immunolab.chance",
        "immunolab.space",
        "immunolab.models",
    }
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert any(name == a or name.startswith(a + ".") for a in allowed), name
