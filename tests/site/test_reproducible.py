"""Two builds of the same sources give the same bytes."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from built import ROOT

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", "node_modules", ".*_cache", ".hypothesis", "tests"
)
# Sphinx's note to itself of the configuration, absolute paths included: no reader is sent it, and
# two builds in two folders cannot agree on it.
NOT_COMPARED = {".buildinfo"}
BUILD = "from jupyter_book.cli.main import main; main()"  # the package has no __main__


def clean_build(folder, source):
    """Copy the sources to a folder and build there; return the folder of the HTML."""
    shutil.copytree(source, folder, ignore=NOT_COPIED)
    run = subprocess.run(
        [sys.executable, "-c", BUILD, "build", "-W", "--keep-going", "-n", str(folder)],
        cwd=folder,
        # The order of sets differs from build to build, and must not reach the page.
        env={**os.environ, "NO_COLOR": "1", "PYTHONHASHSEED": "random"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, (run.stdout + run.stderr)[-3000:]
    return folder / "_build" / "html"


def first_difference(one, other):
    """The first text in which two files differ, for a message; both sides of it."""
    pair = [
        path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (one, other)
    ]
    for number, (a, b) in enumerate(zip(*pair, strict=False), start=1):
        if a != b:
            at = next(
                (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y),
                min(len(a), len(b)),
            )
            start = max(0, at - 40)
            return f"line {number}: “{a[start : at + 60]}” against “{b[start : at + 60]}”"
    return f"{len(pair[0])} lines against {len(pair[1])}"


def differing_files(one, other):
    """Problems: files that only one build has, or whose bytes differ."""
    names = [
        {p.relative_to(root) for p in root.rglob("*") if p.is_file() and p.name not in NOT_COMPARED}
        for root in (one, other)
    ]
    problems = [f"{name}: only in one of two builds" for name in sorted(names[0] ^ names[1])]
    for name in sorted(names[0] & names[1]):
        if not filecmp.cmp(one / name, other / name, shallow=False):
            problems.append(
                f"{name}: differs between two builds, {first_difference(one / name, other / name)}"
            )
    return problems


@pytest.mark.slow
def test_another_build_elsewhere_is_identical(book, tmp_path):
    """The book under test against another, in another folder."""
    again = clean_build(tmp_path / "again", Path(os.environ.get("BOOK_SOURCE", ROOT)))
    problems = differing_files(book, again)
    assert not problems, "\n" + "\n".join(problems)


def test_a_difference_is_found_and_shown(tmp_path):
    for folder, text in (("1", "built on Monday\n"), ("2", "built on Tuesday\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.html").write_text(text)
        (tmp_path / folder / ".buildinfo").write_text(text)
    (tmp_path / "2" / "extra.js").write_text("")
    problems = differing_files(tmp_path / "1", tmp_path / "2")
    assert len(problems) == 2, problems
    assert problems[0] == "extra.js: only in one of two builds"
    assert "page.html: differs" in problems[1]
    assert "“built on Monday” against “built on Tuesday”" in problems[1]
