"""Cards, imported into Anki's own library as Anki does it."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from samples import HARD, READ, texts, words

from immunolab.lms import anki
from immunolab.lms.question import ExportError, QuestionSet
from immunolab.objectives import chapters


@pytest.fixture
def take(tmp_path):
    """take(sets) -> the collection after the import, how many notes were new, how many mended."""
    collection = Collection(str(tmp_path / "collection.anki2"))
    path = tmp_path / "deck.apkg"

    def import_deck(sets):
        path.write_bytes(anki.write(sets))
        request = ImportAnkiPackageRequest(
            package_path=str(path), options=ImportAnkiPackageOptions()
        )
        log = collection.import_anki_package(request).log
        return collection, len(log.new), len(log.updated)

    yield import_deck
    collection.close()


def notes(collection):
    return {note.guid: note for note in map(collection.get_note, collection.find_notes(""))}


def test_a_second_import_adds_nothing(practice, take):
    expected = [question.id for asked in practice for question in asked.questions]
    collection, new, _ = take(practice)
    assert new == len(expected)
    assert sorted(notes(collection)) == sorted(expected)
    assert take(practice)[1] == 0
    assert collection.card_count() == len(expected)


def test_a_newer_deck_mends_a_card_and_leaves_its_memory(hard, take, monkeypatch):
    collection, _, _ = take([hard])
    before = notes(collection)["hard-one"].cards()[0]
    collection.sched.set_due_date([before.id], "5")
    mended = replace(hard.questions[0], stem="A better stem.")
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 60)
    _, new, updated = take([replace(hard, questions=(mended, *hard.questions[1:]))])
    assert new == 0
    assert updated > 0
    after = notes(collection)["hard-one"]
    assert "A better stem." in words(after["Asked"])
    assert after.cards()[0].id == before.id
    assert after.cards()[0].ivl == 5


def test_every_text_arrives_as_it_was_written(hard, take):
    collection, _, _ = take([hard])
    found = notes(collection)
    for question in hard.questions:
        shown = [words(field) for field in found[question.id].fields]
        for text in texts(question):
            if text not in (question.title, *verdicts(question)):  # a card marks nothing
                assert any(text.replace(HARD, READ) in each for each in shown), text


def verdicts(question):
    """An order and a match say on the back what is right, not whether one was."""
    return (question.right, question.otherwise) if hasattr(question, "reasons") else ()


def test_a_card_asks_first_and_answers_on_its_back(hard, take):
    collection, _, _ = take([hard])
    card = notes(collection)["hard-number"].cards()[0]
    assert "±" not in words(card.question())
    assert "41.6667 % & <more> (± 0.8333)" in words(card.answer())
    order = words(notes(collection)["hard-order"].cards()[0].question())
    steps = [order.index(f"{name} A <") for name in ("first", "second", "third")]
    assert steps != sorted(steps)


def test_numbers_that_anki_knows_us_by_never_change():
    # With another number, everybody's cards would start anew.
    assert anki.MODEL_ID == 1731905246
    known = {
        "checkpoints": 1112303135,
        "exhaustion": 1341351431,
        "combination": 1310403937,
        "microenvironment": 1247955260,
        "mesothelioma": 1097822851,
    }
    assert {name: anki.deck_id(name) for name in known} == known
    assert len({anki.deck_id(name) for name in chapters()}) == len(chapters())


def test_a_broken_text_is_refused_with_file_and_line(hard):
    broken = replace(hard.questions[2], otherwise="![A cell](cell.png)")
    with pytest.raises(ExportError, match=r"^a\.py, line 3: a card cannot carry it: "):
        anki.write([QuestionSet("broken", "Broken", (broken,), graded=False)])


def test_without_genanki_it_says_what_to_install(hard, monkeypatch):
    monkeypatch.setitem(sys.modules, "genanki", None)
    with pytest.raises(ExportError, match=r"genanki, which is missing\. python -m pip install"):
        anki.write([hard])
