"""Make a release for a semester: stamp a version, build all that a class takes, say what changed.

    python -m tools.release 0.5.0

In ``dist/escape-routes-<version>/`` afterwards: the book, the offline archive, the PDF, the
practice questions for each learning platform, the cards, and what changed for teachers.  The stamp,
the record of the release and its notes are committed and tagged; nothing is published.  If a step
fails, the stamp is taken back.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from immunolab import command
from immunolab.addresses import RELEASE
from immunolab.bank import chapters_with_questions
from immunolab.lms.formats import FORMATS
from tools import book, offline, pdf
from tools.edition import edition
from tools.record import FOLDER, changes, earlier, number_of, record

ROOT = book.ROOT
STAMPED = ("CITATION.cff", "pyproject.toml", "CHANGELOG.md")
UNRELEASED = "## Unreleased\n"


class ReleaseError(RuntimeError):
    """A release cannot be made; the message says why, and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Make a release; return 1, with the reason on stderr, if it cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("version", help="three numbers, such as 0.5.0")
    version = parser.parse_args(arguments).version
    try:
        check(version)
        stamp(version, datetime.date.today())
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    try:
        folder = make(version)
        keep(version)
    except BaseException as error:
        _git("checkout", "--quiet", "--", *STAMPED)
        (FOLDER / f"{version}.json").unlink(missing_ok=True)
        print("release: not made; the version stamp was taken back.", file=sys.stderr)
        if not isinstance(error, ReleaseError):
            raise
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(
        f"\nrelease: {folder.relative_to(ROOT).as_posix()} is ready, and tagged v{version}.\n"
        "  Publish it:   git push --follow-tags\n"
        f"  Hand it out:  the book's address, then /{version}/; later edits do not change it\n"
        f"  Take it back: git tag -d v{version} && git reset --hard HEAD~1"
    )
    return 0


# ------------------------------------------------------------------------------------ before


def check(version: str) -> None:
    """Raise a ReleaseError if this release cannot be made from what is here."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ReleaseError(f"{version!r} is no version. Give three numbers, such as 0.5.0.")
    if number_of(version) <= number_of(edition().version):
        raise ReleaseError(f"{version} is not above {edition().version}, which CITATION.cff names.")
    if changed := _git("status", "--porcelain"):
        raise ReleaseError(
            f"these files are not committed:\n{changed}\nCommit them, or set them aside: a release "
            "is what its tag holds."
        )
    if f"v{version}" in _git("tag", "--list").split():
        raise ReleaseError(f"there is a tag v{version} already. Choose another version.")
    if not _unreleased():
        raise ReleaseError(
            f"CHANGELOG.md says of nothing that it is unreleased. Write what changed for readers "
            f"and teachers under “{UNRELEASED.strip()}”."
        )


def stamp(version: str, day: datetime.date) -> None:
    """Write version and day into the files that state them."""
    _replace("CITATION.cff", r"^version: .*$", f"version: {version}")
    _replace("CITATION.cff", r"^date-released: .*$", f"date-released: {day.isoformat()}")
    _replace("pyproject.toml", r'^version = ".*"$', f'version = "{version}"')
    _replace("CHANGELOG.md", f"^{UNRELEASED.strip()}$", f"## {version}, {day:%B %Y}")


def _replace(name: str, pattern: str, words: str) -> None:
    path = ROOT / name
    text, found = re.subn(pattern, words, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if found != 1:
        raise ReleaseError(f"{name}: {found} lines are of the form {pattern}; there must be one.")
    path.write_text(text, encoding="utf-8", newline="\n")


def _unreleased() -> str:
    """Return what the changelog says of what is not released yet."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    _, found, rest = text.partition(UNRELEASED)
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip() if found else ""


# ------------------------------------------------------------------------------------ making


def make(version: str) -> Path:
    """Build everything of a release; return the folder it is in."""
    os.environ[RELEASE] = f"v{version}"
    folder = ROOT / "dist" / edition().name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _step("the book", lambda: book.build(clean=True))
    _step("the offline archive", offline.main)
    _step("the book on paper", lambda: pdf.main([]))
    for chapter in chapters_with_questions():
        for form in FORMATS:
            words = ["lms", "--practice", "--chapter", chapter, "--format", form]
            _step(
                f"questions of {chapter} for {form}",
                _command(*words, "--out", folder / "questions"),
            )
    _step("cards", _command("anki", "--out", folder))
    shutil.copytree(book.HTML, folder / "book")
    for ending in ("zip", "pdf"):
        shutil.copy2(book.BUILD / f"{edition().name}.{ending}", folder)
    now = record(book.HTML)
    FOLDER.mkdir(exist_ok=True)
    notes = what_changed(version, earlier(), now)
    (folder / "WHAT-CHANGED.md").write_text(notes, encoding="utf-8", newline="\n")
    text = json.dumps(now, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (FOLDER / f"{version}.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "SHA256SUMS").write_text(_sums(folder), encoding="utf-8", newline="\n")
    return folder


def what_changed(version: str, before: tuple[str, dict] | None, now: dict) -> str:
    """Return the notes for teachers: the changelog's words, and each change that can be counted."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    said = re.search(rf"^## {re.escape(version)},.*?\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    counted = (
        changes(before[1], now)
        if before
        else "This is the first release of which a record is kept, so there is nothing to compare."
    )
    since = f"since {before[0]}" if before else ""
    return (
        f"# What changed in {version}\n\n{said[1].strip() if said else ''}\n\n"
        f"## Counted {since}".rstrip()
        + f"\n\n{counted}\n"
    )


def _step(what: str, work: Callable[[], int]) -> None:
    print(f"release: {what}", flush=True)
    if work():
        raise ReleaseError(f"{what} could not be made; the messages above say why.")


def _command(*words: str | Path) -> Callable[[], int]:
    return lambda: command.main([str(word) for word in words])


def _sums(folder: Path) -> str:
    """Return a checksum of each file to download, in the form that `sha256sum --check` reads."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
        if path.relative_to(folder).parts[0] != "book"
    )


# ------------------------------------------------------------------------------------ keeping


def keep(version: str) -> None:
    """Commit what was stamped, with the record, and tag it."""
    _git("add", *STAMPED, f"releases/{version}.json")
    _git("commit", "--quiet", "--message", f"Release {version}")
    _git("tag", "--annotate", f"v{version}", "--message", f"Escape Routes {version}")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
