r"""Inline Markdown with LaTeX, as other platforms show it.

``html`` leaves formulas as LaTeX between ``\(`` and ``\)``, which Moodle, Canvas and Anki set with
MathJax; ``xhtml`` sets them as MathML, for QTI 2.1; ``plain`` is for menus and titles, which show
no markup.  Both kinds of markup are well-formed XML.

What cannot be shown raises an ExportError that says what; who knows the question says where.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from html import escape, unescape
from math import floor, log10

from immunolab.formula import InlineMarkdown, LatexError, mathml
from immunolab.lms.question import (
    ExportError,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
)

#: Writes one paragraph of inline Markdown: ``html`` or ``xhtml``.
Inline = Callable[[str], str]

# What XML 1.0 has no way of writing.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTO_THE_BOOK = re.compile(r'<img |<a href="(?!https?:)')


def html(text: str) -> str:
    r"""Return a text as HTML, with formulas as LaTeX between ``\(`` and ``\)``."""
    return _checked(text, _html)


def xhtml(text: str) -> str:
    """Return a text as XHTML, with formulas as MathML."""
    return _checked(text, _xhtml)


def plain(text: str) -> str:
    """Return a text without markup, for a menu or a title. Raises an ExportError for a formula."""
    written = html(text)
    if r"\(" in written:
        raise ExportError(f"“{text}” is shown in a menu, which shows no formulas. Use words.")
    return unescape(re.sub(r"<[^>]+>", "", written))


def menu(question: MatchQuestion) -> tuple[str, ...]:
    """Return the right sides of a match as plain text, in the order of its ``rights``."""
    words = tuple(map(plain, question.rights))
    if len(set(words)) < len(words):
        raise ExportError("two right sides read alike without their markup. Reword one.")
    return words


def _latex(latex: str, display: bool) -> str:
    mathml(latex, display)  # a formula that KaTeX refuses is refused in every format alike
    return rf"\({escape(latex, quote=False)}\)"


_html = InlineMarkdown(_latex)
_xhtml = InlineMarkdown(mathml)


def _checked(text: str, write: Inline) -> str:
    if found := _NOT_IN_XML.search(text):
        raise ExportError(f"“{text}” holds the character {found[0]!r}, which XML cannot hold.")
    try:
        written = write(text)
    except LatexError as error:
        raise ExportError(f"a formula of “{text}” cannot be read: {error}") from None
    if _INTO_THE_BOOK.search(written):
        raise ExportError(f"“{text}” has a picture, or a link into the book. Say it in words.")
    return written


# ------------------------------------------------------------------------------------ paragraphs


def paragraphs(write: Inline, *texts: str) -> str:
    """Return texts as paragraphs, without those that are empty."""
    return "".join(f"<p>{write(text)}</p>" for text in texts if text)


def asked(question: Question, write: Inline) -> str:
    """Return what is asked, with its place in the book and the unit of a number."""
    place = f"<p><em>{write(question.place)}</em></p>" if question.place else ""
    unit = ""
    if isinstance(question, NumberQuestion) and question.unit:
        unit = f"<p>Unit: {escape(question.unit, quote=False)}</p>"
    return place + paragraphs(write, question.stem) + unit


def afterwards(question: Question, write: Inline) -> str:
    """Return what is said after any answer: the reasons of each row, and the explanation."""
    return reasons(question, write) + paragraphs(write, question.explanation)


def reasons(question: Question, write: Inline) -> str:
    """Return, for an order or a match, the rows as they belong, each with its reason."""
    if isinstance(question, OrderQuestion):
        rows, tag = list(question.steps), "ol"
    elif isinstance(question, MatchQuestion):
        rows, tag = [f"{left} → {right}" for left, right in question.pairs], "ul"
    else:
        return ""
    if not question.reasons:
        return ""
    lines = (
        f"<li><strong>{write(row)}</strong> {write(reason)}</li>"
        for row, reason in zip(rows, question.reasons, strict=True)
    )
    return f"<{tag}>{''.join(lines)}</{tag}>"


# ------------------------------------------------------------------------------------ numbers


@dataclass(frozen=True)
class Rounded:
    """The numbers of a question to a thousandth of its allowance: a model gives sixteen digits.

    ``slips`` are known mistakes: from, to, and what is said of them.
    """

    value: Decimal
    allowance: Decimal
    slips: tuple[tuple[Decimal, Decimal, str], ...]

    @property
    def low(self) -> Decimal:
        """The least number that is right."""
        return self.value - self.allowance

    @property
    def high(self) -> Decimal:
        """The greatest number that is right."""
        return self.value + self.allowance


def rounded(question: NumberQuestion) -> Rounded:
    """Return the numbers of a question as they are written."""
    step = Decimal(10) ** (floor(log10(question.allowance)) - 3)

    def write(number: float) -> Decimal:
        return Decimal(repr(float(number))).quantize(step) + 0  # no minus before a nought

    slips = ((write(slip.low), write(slip.high), slip.feedback) for slip in question.slips)
    return Rounded(write(question.value), write(question.allowance), tuple(slips))


def digits(number: Decimal) -> str:
    """Return a number without an exponent, and without noughts that say nothing."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def known_mistakes(question: NumberQuestion, write: Inline) -> str:
    """Return as a list what known mistakes give, and what is said of each."""
    rows = "".join(
        f"<li>{digits(low)} to {digits(high)}: {write(said)}</li>"
        for low, high, said in rounded(question).slips
    )
    return f"<ul>{rows}</ul>" if rows else ""
