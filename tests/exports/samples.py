"""Questions that are hard to write down, and what a browser makes of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
    QuestionSet,
    Slip,
)

#: What breaks a careless writer of XML, HTML or CDATA, in words that Markdown leaves alone.
NASTY = 'A < B & "C" > D ]]> <b>no tag</b> Müller’s größte Äpfel 5 %'
#: The same with markup and a formula, ...
HARD = rf"{NASTY} *leans* $x < \beta$"
#: ... and what is to be read where LaTeX is left to MathJax.
READ = rf"{NASTY} leans \(x < \beta\)"


def hard_questions() -> QuestionSet:
    """Return a question of every kind, in which each text ends in what is hard to write."""
    common = {
        "title": f"Title {NASTY}",
        "stem": f"Stem {HARD}",
        "explanation": f"Explanation {HARD}",
        "place": f"Place {HARD}",
        "hints": (f"Hint {HARD}", f"Second hint {HARD}"),
    }
    choices = tuple(
        Choice(f"{name} {HARD}", name.startswith("right"), f"About {name} {HARD}")
        for name in ("right", "wrong", "rightly so", "wronger", "wrongest")
    )
    verdicts = {"right": f"Yes {HARD}", "otherwise": f"No {HARD}"}
    return QuestionSet(
        "hard",
        f"Hard questions {NASTY}",
        (
            ChoiceQuestion(id="hard-one", where="a.py, line 1", choices=choices[:2], **common),
            ChoiceQuestion(
                id="hard-several", where="a.py, line 2", choices=choices, several=True, **common
            ),
            NumberQuestion(
                id="hard-number",
                where="a.py, line 3",
                value=41.66666666666667,
                allowance=0.8333333333333334,
                unit="% & <more>",
                slips=(
                    Slip(58.2, 58.5, f"The others {HARD}"),
                    Slip(-3.0, -1.0, f"Less than nothing {HARD}"),
                ),
                **verdicts,
                **common,
            ),
            OrderQuestion(
                id="hard-order",
                where="a.py, line 4",
                steps=tuple(f"{name} {HARD}" for name in ("first", "second", "third")),
                reasons=tuple(f"Because of {name} {HARD}" for name in ("one", "two", "three")),
                **verdicts,
                **common,
            ),
            MatchQuestion(
                id="hard-match",
                where="a.py, line 5",
                pairs=tuple((f"left {n} {HARD}", f"partner {n} {NASTY}") for n in "abc"),
                extra=(f"to none {NASTY}",),
                reasons=tuple(f"Because of {n} {HARD}" for n in "abc"),
                **verdicts,
                **common,
            ),
        ),
        graded=True,
    )


def texts(of: Question) -> Iterator[str]:
    """Yield every text of a question that somebody is to read."""
    for field in fields(of):
        if field.name not in {"id", "where"}:
            yield from _texts(getattr(of, field.name))


def _texts(value) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        yield from texts(value)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.read = []

    def handle_data(self, data):
        self.read.append(data)


def words(html: str) -> str:
    """Return the text that a browser shows, with single spaces."""
    reader = _Reader()
    reader.feed(re.sub(r"</(p|li)>", r"</\1> ", html))
    reader.close()
    return " ".join("".join(reader.read).split())
