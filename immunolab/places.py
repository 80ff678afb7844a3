"""Where the book's sources stand: the package is installed from them in place, so around it."""

from pathlib import Path

BOOK = Path(__file__).resolve().parents[1]
