"""Where the book's sources stand: the package is installed from them in place, so around it."""

from pathlib import Path

BOOK = Path(__file__).resolve().parents[1]


def shown(path: Path) -> str:
    """Return a path as a message names it: from the book's folder on."""
    if path.is_relative_to(BOOK):
        return path.relative_to(BOOK).as_posix()
    return f"{path.parent.name}/{path.name}"
