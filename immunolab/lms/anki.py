"""The practice questions as a deck of cards for Anki, a program that asks again before one forgets.

A card asks; its back gives the answer and the reasons.  Nothing is marked, so each kind of question
can be carried: of a number, what known mistakes give is told on the back.  Steps and right sides
are mixed as in the book, choices stand as in the book.  Hints are behind a word to press.

A note is known by the id of its question, the note type and the decks by numbers that never change:
whoever imports a newer deck keeps what Anki knows of their memory, and gets mended texts.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import ascii_uppercase

from immunolab.lms.question import (
    ChoiceQuestion,
    ExportError,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
    QuestionSet,
)
from immunolab.lms.text import asked, digits, html, known_mistakes, paragraphs, reasons, rounded
from immunolab.places import BOOK

#: Anki knows our note type by this number, drawn once. With another, every card would start anew.
MODEL_ID = 1_731_905_246

_BOOK = "Escape Routes"
_FIELDS = ("Asked", "Choices", "Hints", "Answer", "Reasons")
_FRONT = "{{Asked}}{{Choices}}{{#Hints}}<p>{{hint:Hints}}</p>{{/Hints}}"
_BACK = '{{FrontSide}}<hr id="answer">{{Answer}}{{Reasons}}'
_STYLE = """
.card { font-family: sans-serif; font-size: 18px; line-height: 1.45; text-align: left; }
.card > * { max-width: 40em; margin-inline: auto; }
"""


def deck_id(name: str) -> int:
    """Return the number of a deck: the same for the same name, for ever."""
    return 1 << 30 | int(hashlib.sha256(f"{_BOOK}/{name}".encode()).hexdigest()[:7], 16)


def write(sets: Iterable[QuestionSet]) -> bytes:
    """Return a file of decks, one for each set, that Anki imports.

    Two runs give files that mean the same, but not the same bytes: there is a time in them.  Raises
    an ExportError where genanki, which writes them, is missing.
    """
    genanki = _genanki()
    kind = genanki.Model(
        MODEL_ID,
        f"{_BOOK}: question",
        fields=[{"name": name} for name in _FIELDS],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )
    decks = []
    for each in sets:
        decks.append(genanki.Deck(deck_id(each.id), f"{_BOOK}::{each.title}"))
        for question in each.questions:
            note = genanki.Note(kind, fields(question), guid=question.id, tags=[each.id])
            decks[-1].add_note(note)
    # genanki writes to a path only.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        genanki.Package(decks).write_to_file(str(path))
        return path.read_bytes()


def fields(question: Question) -> list[str]:
    """Return the fields of a note. Raises an ExportError, with file and line, for a bad text."""
    try:
        choices, answer, why = _sides(question)
        why += paragraphs(html, question.explanation)
        hints = "<br>".join(map(html, question.hints))
        return [asked(question, html), choices, hints, answer, why]
    except ExportError as error:
        raise ExportError(f"{question.where}: a card cannot carry it: {error}") from None


def _sides(question: Question) -> tuple[str, str, str]:
    """Return what to choose from, the answer, and the reasons."""
    match question:
        case ChoiceQuestion():
            return _choices(question)
        case NumberQuestion():
            return "", *_number(question)
        case OrderQuestion():
            shown = [question.steps[place] for place in question.mixed]
            right = f"<ol>{''.join(f'<li>{html(step)}</li>' for step in question.steps)}</ol>"
            why = reasons(question, html)
            return _list(shown), "" if why else right, why
        case MatchQuestion():
            return _match(question)


def _choices(question: ChoiceQuestion) -> tuple[str, str, str]:
    how = "Choose all that apply." if question.several else "Choose one."
    asks = _list(choice.text for choice in question.choices) + f"<p>{how}</p>"
    right = [choice for choice in question.choices if choice.right]
    answer = "".join(f"<p>✓ <strong>{html(choice.text)}</strong></p>" for choice in right)
    why = "".join(
        f"<li>{'✓' if choice.right else '✗'} <strong>{html(choice.text)}</strong> "
        f"{html(choice.feedback)}</li>"
        for choice in question.choices
    )
    return asks, answer, f"<ul>{why}</ul>"


def _number(question: NumberQuestion) -> tuple[str, str]:
    numbers = rounded(question)
    unit = f" {escape(question.unit, quote=False)}" if question.unit else ""
    answer = f"{digits(numbers.value)}{unit} (± {digits(numbers.allowance)})"
    why = paragraphs(html, question.right, question.otherwise)
    return f"<p><strong>{answer}</strong></p>", why + known_mistakes(question, html)


def _match(question: MatchQuestion) -> tuple[str, str, str]:
    letters = dict(zip(question.mixed, ascii_uppercase[: len(question.rights)], strict=True))
    menu = "".join(
        f"<p>{letter}. {html(question.rights[place])}</p>" for place, letter in letters.items()
    )
    right = "".join(
        f"<li>{html(left)} → {letters[place]}. {html(right)}</li>"
        for place, (left, right) in enumerate(question.pairs)
    )
    why = reasons(question, html)
    asks = _list(left for left, _ in question.pairs) + menu
    return asks, f"<ul>{right}</ul>", why


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{html(text)}</li>' for text in texts)}</ul>"


def _genanki():
    try:
        import genanki
    except ImportError:
        # Which file that is, is for whoever sorts the requirements to say.
        named = [
            path.name
            for path in sorted(BOOK.glob("requirements*.txt"))
            if "\ngenanki==" in path.read_text(encoding="utf-8")
        ]
        how = f"python -m pip install -r {named[0]}" if named else "python -m pip install genanki"
        raise ExportError(f"Cards are written by genanki, which is missing. {how}") from None
    return genanki
