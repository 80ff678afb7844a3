"""Write the student version of every exercise, exercises/student/<name>.ipynb.

python -m tools.exercises            write what has changed
python -m tools.exercises --check    write nothing; say what is not up to date, and fail
python -m tools.exercises --nbgrader FOLDER
                                     write each as nbgrader's source, FOLDER/<name>/<name>.ipynb
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from immunolab.exercises import ExerciseError, names
from immunolab.places import BOOK, shown
from immunolab.student import nbgrader_version, student_text, written

FOLDER = BOOK / "exercises" / "student"


def main(arguments: list[str] | None = None) -> int:
    """Write or check all student versions; return 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.exercises", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--nbgrader", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    if options.nbgrader:
        return for_nbgrader(options.nbgrader)
    try:
        wanted = {FOLDER / f"{name}.ipynb": student_text(name) for name in names()}
    except ExerciseError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [path for path, text in wanted.items() if _text(path) != text]
    left_over = [path for path in sorted(FOLDER.glob("*.ipynb")) if path not in wanted]
    if options.check:
        for path in stale + left_over:
            print(f"{shown(path)} is not what its source makes. Run: make exercises")
        return 1 if stale or left_over else 0
    FOLDER.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
        print(f"written: {shown(path)}")
    for path in left_over:
        print(f"no source any more: {shown(path)}; delete it if it is not yours")
    print(f"{len(wanted)} exercises, {len(stale)} changed")
    return 0


def for_nbgrader(folder: Path) -> int:
    """Write all exercises as nbgrader's sources; return 1 if something is wrong."""
    try:
        made = {
            folder / name / f"{name}.ipynb": written(nbgrader_version(name)) for name in names()
        }
    except ExerciseError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(made)} exercises in {folder}; next: nbgrader generate_assignment <name>")
    return 0


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
