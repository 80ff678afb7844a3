"""Every notebook of the book runs from top to bottom by itself, in a kernel of its own."""

import re
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from sources import notebooks

ROOT = Path(__file__).resolve().parents[2]
CELL_TIMEOUT = 120  # seconds


def problem_of_running(path):
    """Run a notebook in its own folder; say in which cell it stopped and why, or nothing."""
    notebook = jupytext.read(path)
    notebook.metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3"})
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellTimeoutError:
        why = f"took more than {CELL_TIMEOUT} s"
    except DeadKernelError:
        why = "ended the kernel"
    except CellExecutionError as error:
        why = f"raised {error.ename}: {error.evalue}\n{_plain(error.traceback)}"
    else:
        return ""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # The client counts the cells it has run; the last one it began is the one that stopped.
    number = max(1, client.code_cells_executed)
    return f"{path.name}, code cell {number}:\n{code[number - 1].source}\n{why}"


def _plain(traceback):
    return re.sub(r"\x1b\[[0-9;]*m", "", traceback)[-2000:]


@pytest.fixture(autouse=True)
def _own_jupyter(monkeypatch, tmp_path):
    """No kernel, start-up file or setting of the person who runs the tests."""
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_notebook_runs(path):
    problem = problem_of_running(path)
    assert not problem, "\n" + problem


def test_an_exercise_runs_as_it_is_handed_out():
    """One in a kernel; test_exercises.py runs them all, in this process."""
    problem = problem_of_running(ROOT / "exercises" / "student" / "checkpoints-1.ipynb")
    assert not problem, "\n" + problem


def test_there_are_notebooks():
    assert notebooks(), "no notebook found: intro.md, chapters/*.md and others need a kernelspec"


def test_a_notebook_that_raises_is_named_with_its_cell():
    broken = ROOT / "tests" / "broken" / "raising-cell" / "intro.md"
    problem = problem_of_running(broken)
    assert problem.startswith(
        "intro.md, code cell 2:\nkilling_rate = 1 / 0\nraised ZeroDivisionError"
    )
