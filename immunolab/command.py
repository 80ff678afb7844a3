"""The command ``immunolab``: what a teacher takes from the book into a course.

``immunolab lms`` writes questions for a learning platform, with their key; ``immunolab anki``
writes cards.  Either all files of a run are written or none, and none is written over another of
other content unless it is asked to.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from immunolab.bank import BankError, bank_of, chapters_with_questions
from immunolab.graded import GradedError, draw
from immunolab.lms import anki, key
from immunolab.lms.formats import FORMATS
from immunolab.lms.practice import question_of
from immunolab.lms.question import ExportError, Question, QuestionSet
from immunolab.lms.text import plain
from immunolab.objectives import ObjectivesError, title_of

_NUMBER = 10  # of graded questions, unless told otherwise


class CommandError(ValueError):
    """A command cannot be carried out; the message says why, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command; return 0, or 1 if nothing was written, with the reason on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no letter for a word of the book should not stop the command.
        stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (CommandError, BankError, ExportError, GradedError, ObjectivesError) as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    return 0


# ------------------------------------------------------------------------------------ the words

_ABOUT_LMS = """\
Write questions of a chapter as a file for a learning platform, and the answer key beside it.

Graded questions are drawn from the book's models with a seed, words of your own. The same seed
draws the same questions, another seed draws others, and no answer to them is in the book. Whoever
knows the seed can draw them too: it stands in the key and nowhere else. Keep both from your class.

With --practice you get all practice questions of the chapter instead. Their answers are in the
book, with hints and reasons; they are for learning, not for marks.
"""
_MORE_LMS = """\
formats:
  moodle    Moodle XML (questions of order need Moodle 4.4 or later)
  canvas    a QTI 1.2 package for Canvas
  qti21     a QTI 2.1 package for TAO, OpenOlat, ONYX, Blackboard and others

examples:
  ten graded questions for Moodle, in this folder:
    immunolab lms --chapter checkpoints --seed "my class 2027" --format moodle
  six others of the same chapter for group B, for Canvas, in a folder of their own:
    immunolab lms --chapter checkpoints --n 6 --seed "group B" --format canvas --out group-b
  all practice questions of a chapter:
    immunolab lms --chapter exhaustion --practice --format qti21
"""
_ABOUT_ANKI = """\
Write the practice questions as cards for Anki, a deck for each chapter, in one file.

Importing a newer file later keeps what Anki knows of your memory: cards are updated, not doubled.
"""
_MORE_ANKI = """\
examples:
  immunolab anki
  immunolab anki --chapter checkpoints --out cards
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "immunolab", description="What the book Escape Routes gives to teachers and learners."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lms = _command(commands, "lms", "questions for a learning platform", _ABOUT_LMS, _MORE_LMS)
    lms.add_argument("--chapter", required=True, metavar="NAME", help="such as checkpoints")
    lms.add_argument(
        "--format", required=True, choices=FORMATS, help="for which platform, see below"
    )
    lms.add_argument(
        "--seed", metavar="WORDS", help="words of your own, from which the questions follow"
    )
    lms.add_argument(
        "--n",
        type=int,
        metavar="NUMBER",
        help=f"how many graded questions; {_NUMBER} unless you say",
    )
    lms.add_argument(
        "--practice", action="store_true", help="all practice questions, no graded ones"
    )
    lms.add_argument(
        "--leave-out",
        action="store_true",
        help="write the rest where the format cannot carry a question, and list what is missing",
    )
    lms.set_defaults(run=_lms, wrong=lms.error)
    cards = _command(commands, "anki", "cards for Anki", _ABOUT_ANKI, _MORE_ANKI)
    cards.add_argument("--chapter", metavar="NAME", help="only this chapter")
    cards.set_defaults(run=_anki)
    for each in (lms, cards):
        each.add_argument(
            "--out",
            type=Path,
            default=Path(),
            metavar="FOLDER",
            help="where to write; here unless you say",
        )
        each.add_argument(
            "--replace", action="store_true", help="write over files that are there already"
        )
    return parser


def _command(commands, name: str, short: str, about: str, more: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=short,
        description=about,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


# ------------------------------------------------------------------------------------ the commands


def _lms(options: argparse.Namespace) -> None:
    if options.practice and (options.seed is not None or options.n is not None):
        options.wrong("--practice takes all questions of a chapter, so no --seed and no --n.")
    if not options.practice and options.seed is None:
        options.wrong(
            "graded questions need a --seed: words of your own, unknown to your class. "
            "For the practice questions, say --practice."
        )
    asked, notes = _practice(options) if options.practice else (_graded(options), [])
    form = FORMATS[options.format]
    kept, problems = form.without_what_it_cannot_carry(asked.questions)
    if problems and not options.leave_out:
        raise CommandError(
            "\n".join(map(str, problems))
            + f"\n{len(problems)} of {len(asked.questions)} questions cannot be carried. "
            "Mend them, or leave them out with --leave-out."
        )
    if not kept:
        raise CommandError("\n".join([*map(str, problems), "No question is left to write."]))
    notes += [f"Left out: {problem}" for problem in problems]
    written = replace(asked, questions=kept)
    file = f"{asked.id}-{options.format}{form.ending}"
    answers = f"{asked.id}-{options.format}-KEY-FOR-TEACHERS.md"
    again = _again(options)
    _save(
        {
            options.out / file: form.write(written),
            options.out / answers: key.write(written, file, again, options.seed or ""),
        },
        options.replace,
    )
    print(f"{options.out / file}: {len(kept)} questions, one point each.")
    keep = ". Keep it from your class." if asked.graded else "."
    print(f"{options.out / answers}: the key{keep}")
    print("\n".join([*notes, form.next_step]))


def _practice(options: argparse.Namespace) -> tuple[QuestionSet, list[str]]:
    """Return the practice questions of a chapter, and what to say of its predictions."""
    items = bank_of(options.chapter)
    questions = tuple(question_of(item) for item in items if item.graded)
    predictions = [item for item in items if not item.graded]
    title = f"{plain(title_of(options.chapter))}, practice"
    asked = QuestionSet(f"{options.chapter}-practice", title, questions, graded=False)
    if options.leave_out:
        return asked, [
            f"Left out: {item.where}: a prediction has no right answer." for item in predictions
        ]
    return asked, _about_predictions(len(predictions))


def _about_predictions(number: int) -> list[str]:
    if not number:
        return []
    return [f"Not in the file: {number} predictions. They have no right answer to be marked by."]


def _graded(options: argparse.Namespace) -> QuestionSet:
    number = _NUMBER if options.n is None else options.n
    drawn = _drawn(options.chapter, number, options.seed)
    title = plain(title_of(options.chapter))
    mark = _mark(drawn)
    placed = tuple(replace(each, place=f"Escape Routes › {title}") for each in drawn)
    name = f"{options.chapter}-graded-{mark}"
    return QuestionSet(name, f"{title}, test {mark}", placed, graded=True)


def _drawn(chapter: str, number: int, seed: str) -> tuple[Question, ...]:
    try:
        return draw(chapter, number, seed, _tell if sys.stderr.isatty() else lambda question: None)
    except ModuleNotFoundError as error:
        if error.name != f"immunolab.graded.{chapter}":
            raise
        raise CommandError(
            f"No graded questions have been written for {chapter!r} yet: "
            f"{error.name.replace('.', '/')}.py is missing. Ask for --practice, or write them."
        ) from None


def _tell(question: Question) -> None:
    print(f"drawn: {question.id}, {question.title}", file=sys.stderr, flush=True)


def _mark(questions: Iterable[Question]) -> str:
    """Return six letters that tell one drawing from another, and do not tell its seed."""
    return hashlib.sha256(" ".join(each.id for each in questions).encode()).hexdigest()[:6]


def _anki(options: argparse.Namespace) -> None:
    chapters = [options.chapter] if options.chapter else chapters_with_questions()
    banks = {chapter: bank_of(chapter) for chapter in chapters}
    sets = [
        QuestionSet(
            chapter,
            plain(title_of(chapter)),
            tuple(question_of(item) for item in items if item.graded),
            graded=False,
        )
        for chapter, items in banks.items()
    ]
    name = f"escape-routes-{options.chapter}" if options.chapter else "escape-routes"
    path = options.out / f"{name}.apkg"
    _save({path: anki.write(sets)}, options.replace)
    print(f"{path}: {sum(len(each.questions) for each in sets)} cards in {len(sets)} decks.")
    predictions = sum(not item.graded for items in banks.values() for item in items)
    print("\n".join([*_about_predictions(predictions), "In Anki, choose File > Import."]))


# ------------------------------------------------------------------------------------ files


def _save(files: Mapping[Path, bytes], over_others: bool) -> None:
    """Write all files or none."""
    for path, content in files.items():
        if path.is_dir():
            raise CommandError(f"{path} is a folder. Choose another place with --out.")
        if not over_others and path.exists() and path.read_bytes() != content:
            raise CommandError(
                f"{path} is there already, with other content. Choose another folder with --out, "
                "or write over it with --replace."
            )
    parts = {path: path.with_name(f"{path.name}.part") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_bytes(content)
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        for part in filter(Path.is_file, parts.values()):
            part.unlink()
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from None


def _again(options: argparse.Namespace) -> str:
    """Return the command that makes the same again, as this system's shell reads it."""
    words = ["immunolab", "lms", "--chapter", options.chapter]
    if options.practice:
        words.append("--practice")
    else:
        words += ["--n", str(_NUMBER if options.n is None else options.n), "--seed", options.seed]
    words += ["--format", options.format]
    if options.leave_out:
        words.append("--leave-out")
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
