"""The formats that questions are written in, by name, and what a platform does with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from immunolab.lms import canvas, moodle, qti21
from immunolab.lms.question import ExportError, Question, QuestionSet


@dataclass(frozen=True)
class Format:
    """How questions become a file, and what to do with it then."""

    title: str
    ending: str
    item: Callable[[Question], Element]
    file: Callable[[QuestionSet, list[Element]], bytes]
    next_step: str

    def write(self, questions: QuestionSet) -> bytes:
        """Return the file: the same bytes for the same questions.

        Raises an ExportError, with file and line, for the first question that cannot be carried.
        """
        return self.file(questions, [self._carried(each) for each in questions.questions])

    def without_what_it_cannot_carry(
        self, questions: Iterable[Question]
    ) -> tuple[tuple[Question, ...], tuple[ExportError, ...]]:
        """Return the questions that can be carried, and for each other one why it cannot."""
        kept, problems = [], []
        for question in questions:
            try:
                self._carried(question)
            except ExportError as error:
                problems.append(error)
            else:
                kept.append(question)
        return tuple(kept), tuple(problems)

    def _carried(self, question: Question) -> Element:
        try:
            return self.item(question)
        except ExportError as error:
            raise ExportError(f"{question.where}: {self.title} cannot carry it: {error}") from None


FORMATS = {
    "moodle": Format(
        "Moodle XML",
        ".xml",
        moodle.item,
        moodle.file,
        "In Moodle, open your course, then More > Question bank > Import. Choose Moodle XML "
        "format and the file; the questions come into a category of their own. Questions of "
        "order need Moodle 4.4 or later.",
    ),
    "canvas": Format(
        "Canvas (QTI 1.2)",
        ".zip",
        canvas.item,
        canvas.file,
        "In Canvas, open your course, then Settings > Import Course Content. Choose QTI .zip file "
        "and the file, without unpacking it. The quiz arrives unpublished.",
    ),
    "qti21": Format(
        "QTI 2.1",
        ".zip",
        qti21.item,
        qti21.file,
        "Import the file into your platform as a QTI 2.1 package, without unpacking it. Read "
        "one question of each kind there before your class does.",
    ),
}
