"""A number in the text is a number of its row; the page of evidence has every row."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import pytest

import immunolab.places
from immunolab import ledger
from immunolab.evidence import EvidenceError, table
from immunolab.ledger import MARK, evidence, ids_in, places, rows
from immunolab.places import BOOK, pages

# Not the 1 of PD-1, the 2 of B2M or the 1716 of HSV1716: these are names.
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)*(?![\w])")
# Cells in which a row says something, beside its numbers: no citation, no address.
_WORDS = ("p_value", "follow_up", "endpoint", "fact", "context", "note")
_SMALL = {
    word: str(number)
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}


_SMALL |= {"no": "0", "none": "0"}


def marked() -> list[tuple[str, str, list[str]]]:
    """Every mark of the book: page, the sentence up to the mark, the ids."""
    found = []
    for page in pages():
        text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
        for paragraph in re.split(r"\n\s*\n|\n- ", text):
            for mark in MARK.finditer(paragraph):
                before = re.split(r"(?<=[.!?:;])\s+(?=[A-Z(*])", paragraph[: mark.start()])[-1]
                found.append((page, " ".join(before.split()), ids_in(mark[1])))
    return found


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text, words up to twelve included; sources and marks are no text."""
    text = re.sub(r"\{(?:cite|row)[^`]*`[^`]*`", " ", text)
    said = {_SMALL[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SMALL}
    return said | {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}


@cache
def numbers_of(row_id: str) -> set[str]:
    """Return every number that a row says."""
    row = table("trials" if row_id in table("trials").index else "facts").loc[row_id]
    said = [cell for cell in row.index if cell.endswith("_text") or cell in _WORDS]
    return numbers_in(" ; ".join(str(row[cell]) for cell in said))


@pytest.mark.parametrize(
    ("page", "sentence", "ids"),
    [pytest.param(*mark, id=f"{mark[0]}-{'+'.join(mark[2])}") for mark in marked()],
)
def test_a_marked_sentence_has_a_number_of_its_row(page, sentence, ids):
    for row_id in ids:
        if not numbers_of(row_id) or table_of_words(row_id):
            continue
        assert numbers_in(sentence) & numbers_of(row_id), (
            f"{page}.md: “{sentence}” is marked {row_id}, but none of its numbers is in that row"
        )


def table_of_words(row_id: str) -> bool:
    """Some facts are sentences and have no number to compare."""
    facts = table("facts")
    return row_id in facts.index and not facts.at[row_id, "value_text"]


def test_the_page_of_evidence_has_every_row_once_and_leads_back():
    html = evidence().html
    for row_id in rows():
        assert html.count(f'<li id="{row_id}">') == 1, row_id
    for row_id, known in places().items():
        for place in known:
            assert f'href="{place.page}.html#{place.anchor}"' in html, row_id


def test_the_comparison_of_numbers_can_fail():
    assert numbers_in("It fell from 1,204 to 10.1, in two of 3 {row}`T136`.") == {
        *("1204", "10.1", "2", "3")
    }
    assert not numbers_in("to 4.7 months") & numbers_of("T136")
    assert numbers_in("to 4.6 months") & numbers_of("T136")


def test_a_mark_with_another_row_would_be_found():
    """Rows share numbers such as 95 and 2, so that not each wrong mark can be found, but most."""
    others, dice = [row_id for row_id in rows() if numbers_of(row_id)], random.Random(1)
    wrong = [(sentence, dice.choice(others)) for _, sentence, _ in marked() for _ in range(20)]
    passed = [1 for sentence, row_id in wrong if numbers_in(sentence) & numbers_of(row_id)]
    assert len(passed) < 0.15 * len(wrong)


def test_a_mark_without_a_row_names_page_and_heading(monkeypatch, tmp_path):
    (tmp_path / "page.md").write_text("# A page\n\n## Harm\n\nIt was 3 {row}`T999`.\n")
    monkeypatch.setattr(immunolab.places, "BOOK", Path(tmp_path))
    monkeypatch.setattr(ledger, "pages", lambda: ["page"])
    with pytest.raises(EvidenceError, match=r"page\.md, under “Harm”: T999 is no row"):
        places.__wrapped__()
