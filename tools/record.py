"""What a release consists of, for whoever teaches with it, and what changed since the one before.

A record is kept for each release, ``releases/<version>.json``: its addresses, questions, exercises,
objectives and labs.  The book itself is not needed to compare two of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from bs4 import BeautifulSoup

from immunolab.bank import bank_of, chapters_with_questions
from immunolab.exercises import exercise, names
from immunolab.objectives import chapters, objectives_of
from immunolab.places import BOOK, sections
from immunolab.student import student_text

FOLDER = BOOK / "releases"

Record = dict[str, dict[str, str]]

#: What each part of a record is called, and what it means to a class that something of it changed.
PARTS = {
    "addresses": ("Addresses", ""),
    "questions": (
        "Questions",
        "An answer that a student kept in a browser is no longer shown for a changed question; "
        "nothing is deleted.",
    ),
    "exercises": (
        "Exercises",
        "Hand out the new notebook; answers in an old one stay as they are.",
    ),
    "objectives": ("Objectives", "Compare with your syllabus."),
    "labs": ("Labs", "Instructions of your own that name a slider may have to follow."),
}


def record(html: Path) -> Record:
    """Return what the book consists of; the labs are read from its pages, built in ``html``."""
    return {
        "addresses": dict(_addresses()),
        "questions": {
            item.id: item.revision
            for chapter in chapters_with_questions()
            for item in bank_of(chapter)
        },
        "exercises": {
            f"{name}: {exercise(name).title}": _digest(student_text(name)) for name in names()
        },
        "objectives": {
            f"{each.chapter}: {each.id}": f"{each.verb} {each.text}"
            for chapter in chapters()
            for each in objectives_of(chapter)
        },
        "labs": dict(_labs(html)),
    }


def earlier(folder: Path = FOLDER) -> tuple[str, Record] | None:
    """Return version and record of the newest release, or None before the first."""
    found = sorted(folder.glob("*.json"), key=lambda path: number_of(path.stem))
    if not found:
        return None
    return found[-1].stem, json.loads(found[-1].read_text(encoding="utf-8"))


def number_of(version: str) -> tuple[int, ...]:
    """Return a version as numbers, to compare with another."""
    return tuple(map(int, version.split(".")))


def changes(old: Record, new: Record) -> str:
    """Return in words what is new, changed or gone between two records, as Markdown."""
    parts = [_part(name, old.get(name, {}), new[name]) for name in PARTS]
    return "\n\n".join(filter(None, parts)) or "Nothing of this changed."


def _part(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    title, meaning = PARTS[name]
    changed = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    found = {
        "New": sorted(new.keys() - old.keys()),
        "Changed": [] if name == "addresses" else changed,
        "Gone": sorted(old.keys() - new.keys()),
    }
    lines = [f"- **{how}:** {', '.join(keys)}" for how, keys in found.items() if keys]
    if not lines:
        return ""
    said = [meaning] if meaning and found["Changed"] else []
    return "\n\n".join([f"### {title}", "\n".join(lines), *said])


def _addresses() -> Iterator[tuple[str, str]]:
    """Yield the address and the heading of every page and section, as links name them."""
    for page in _pages():
        for number, section in enumerate(sections(page)):
            anchor = "" if number == 0 else f"#{section.anchor}"
            yield f"{page}.html{anchor}", section.heading


def _pages() -> Iterator[str]:
    """Yield all pages that the table of contents names, nested ones too."""
    contents = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    yield contents["root"]
    for part in contents["parts"]:
        for page in part["chapters"]:
            yield page["file"]
            yield from (nested["file"] for nested in page.get("sections", ()))


def _labs(html: Path) -> Iterator[tuple[str, str]]:
    """Yield each lab with its page, and what its sliders are called."""
    for path in sorted(html.rglob("*.html")):
        page = path.relative_to(html).as_posix()
        if page.startswith(("_", "slides/")):
            continue
        for lab in BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select(
            ".explorable[data-live]"
        ):
            labels = [re.sub(r"\s+", " ", each.get_text()).strip() for each in lab.select("label")]
            yield f"{page}#{lab['id']}", "; ".join(labels)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
