"""Which edition of the book this is, for title pages and for the names of files.

What can be cited stands in CITATION.cff, the addresses in _config.yml; nothing is said twice.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Edition:
    """What is said of an edition; ``address`` is empty as long as the book has none."""

    title: str
    subtitle: str
    authors: str
    version: str
    released: datetime.date
    address: str

    @property
    def name(self) -> str:
        """Name of a file that holds this edition, without its ending."""
        return f"escape-routes-{self.version}"

    @property
    def day(self) -> str:
        """Day of release in words: 7 November 2026."""
        return f"{self.released.day} {self.released:%B %Y}"


def edition() -> Edition:
    """Read which edition the sources are; a missing field is a KeyError that names it."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    title, _, subtitle = citation["title"].partition(": ")
    hosted = settings["sphinx"]["config"].get("html_baseurl")
    return Edition(
        title=title,
        subtitle=subtitle[:1].upper() + subtitle[1:],
        authors=", ".join(map(_name, citation["authors"])),
        version=citation["version"],
        released=citation["date-released"],
        address=hosted or settings["repository"]["url"],
    )


def _name(author: dict[str, str]) -> str:
    """Return the name of a group, or of a person."""
    return author.get("name") or f"{author['given-names']} {author['family-names']}"
