"""Write the student version of every exercise, exercises/student/<name>.ipynb.

python -m tools.exercises            write what has changed
python -m tools.exercises --check    write nothing; say what is not up to date, and fail
"""

from __future__ import annotations

import sys
from pathlib import Path

from immunolab.exercises import ExerciseError, names
from immunolab.places import BOOK, shown
from immunolab.student import student_text

FOLDER = BOOK / "exercises" / "student"


def main(arguments: list[str]) -> int:
    """Write or check all student versions; return 1 if something is wrong."""
    try:
        wanted = {FOLDER / f"{name}.ipynb": student_text(name) for name in names()}
    except ExerciseError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [path for path, text in wanted.items() if _text(path) != text]
    left_over = [path for path in sorted(FOLDER.glob("*.ipynb")) if path not in wanted]
    if "--check" in arguments:
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


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
