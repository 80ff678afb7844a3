"""Sources can be followed: each has an address, each citation has a source, none is left over."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_file

from immunolab.places import YamlLoader

BOOK = Path(__file__).resolve().parents[2]
SOURCES = parse_file(BOOK / "references.bib", bib_format="bibtex").entries
# README and its like are no pages of the book: they may speak about citing.
PAGES = sorted(
    path for path in [*BOOK.glob("*.md"), *BOOK.glob("chapters/**/*.md")] if not path.stem.isupper()
)
BANKS = sorted(BOOK.glob("exercises/quizzes/*.yml"))
TABLES = sorted(BOOK.glob("data/*.csv"))

ADDRESSES = {"doi", "url"}
_ROLE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def cited(page: Path) -> set[str]:
    """Return the keys that a page cites in its text."""
    found = _ROLE.findall(page.read_text(encoding="utf-8"))
    return {key.strip() for keys in found for key in keys.split(",")}


@cache
def asked(bank: Path) -> set[str]:
    """Return the keys that the questions of a bank refer to."""
    items = yaml.load(bank.read_text(encoding="utf-8"), YamlLoader)["items"]
    return {key for item in items for key in item.get("references") or ()}


@pytest.mark.parametrize("key", SOURCES)
def test_a_source_says_who_what_where_and_when(key):
    entry = SOURCES[key]
    missing = {"title", "journal", "year"} - set(entry.fields)
    assert not missing, f"references.bib, {key}: {', '.join(sorted(missing))} is missing"
    assert entry.persons.get("author"), f"references.bib, {key}: no author"


@pytest.mark.parametrize("key", SOURCES)
def test_a_source_has_an_address(key):
    fields = SOURCES[key].fields
    assert "doi" in fields or "url" in fields, f"references.bib, {key}: give a doi or a url"
    if "doi" in fields:
        assert re.fullmatch(r"10\.\d{4,9}/\S*[^\s.,;]", fields["doi"]), fields["doi"]
    else:
        assert re.fullmatch(r"https://\S+", fields["url"]), fields["url"]


@pytest.mark.parametrize("key", SOURCES)
def test_a_key_is_the_first_author_and_the_year(key):
    entry = SOURCES[key]
    first = entry.persons["author"][0]
    name = "".join([*first.prelast_names, *first.last_names])
    assert key == re.sub(r"[^a-z]", "", name.lower()) + entry.fields["year"]


def test_no_source_is_there_twice():
    dois = [entry.fields["doi"].lower() for entry in SOURCES.values() if "doi" in entry.fields]
    assert sorted(dois) == sorted(set(dois))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(BOOK).as_posix())
def test_every_citation_has_a_source(page):
    unknown = cited(page) - set(SOURCES)
    assert not unknown, f"{page.name} cites {sorted(unknown)}, not in references.bib"


def test_one_page_lists_all_sources():
    """A source listed twice would have two anchors, and a citation leads to one place."""
    lists = [page.name for page in PAGES if "```{bibliography}" in page.read_text(encoding="utf-8")]
    assert lists == ["references.md"]


def test_every_question_refers_to_known_sources():
    unknown = {bank.name: sorted(asked(bank) - set(SOURCES)) for bank in BANKS}
    assert not any(unknown.values()), unknown


def test_every_source_is_used():
    """By a page, a question, or a table of evidence, which names sources by DOI or address."""
    used = set().union(*map(cited, PAGES), *map(asked, BANKS))
    tables = "".join(table.read_text(encoding="utf-8") for table in TABLES).lower()
    idle = [
        key
        for key, entry in SOURCES.items()
        if key not in used
        and not any(
            entry.fields[field].lower() in tables for field in ADDRESSES & set(entry.fields)
        )
    ]
    assert not idle, f"references.bib: nothing uses {', '.join(idle)}; cite them or take them out"
