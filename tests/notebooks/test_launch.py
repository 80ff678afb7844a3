"""What a launch gives: requirements.txt alone in a clean environment, every notebook run by hand.

`make launch` runs this; it takes too long for every change.  Without a container engine Binder's
image cannot be built here; this is what can be tested of it: the same Python packages, JupyterLab
started on the book's folder, every notebook opened in a browser and run to its end, a slider moved,
a question answered, an exercise checked.
"""

import json
import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

import jupytext
import pytest
from lab import TOKEN, Opened, started
from playwright.sync_api import expect
from sources import notebooks

from immunolab.exercises import names

pytestmark = pytest.mark.launch

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path.relative_to(ROOT).as_posix() for path in notebooks()]
EXERCISES = [f"exercises/student/{name}.ipynb" for name in names()]
PATIENCE = 240_000  # milliseconds for one notebook, on a slow machine
MEGABYTE = 1_000_000
IMPORT = "import time; a = time.perf_counter(); import immunolab; print(time.perf_counter() - a)"


@pytest.fixture(scope="session")
def launched_python(tmp_path_factory):
    """The Python of a new environment with requirements.txt and nothing else."""
    folder = Path(
        os.environ.get("LAUNCH_ENVIRONMENT") or tmp_path_factory.mktemp("launch") / "venv"
    )
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        venv.create(folder, with_pip=True)
        command = [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]
        subprocess.run(command, cwd=ROOT, check=True)
    return python


@pytest.fixture(scope="session")
def jupyterlab(launched_python, tmp_path_factory):
    with started(launched_python, ROOT, tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture
def opened(jupyterlab, new_page):
    """Opens a file in a workspace of its own; afterwards its kernel ends, each takes 300 MB."""
    pages = []

    def open_file(path):
        page = new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(PATIENCE)
        # JupyterLab would open again what the last test had open, and ask about it.
        workspace = path.replace("/", "-").replace(".", "-")
        page.goto(f"{jupyterlab}lab/workspaces/{workspace}/tree/{path}?reset&token={TOKEN}")
        pages.append(page)
        return Opened(page, PATIENCE)

    yield open_file
    for page in pages:
        sessions = f"{jupyterlab}api/sessions"
        for session in page.request.get(f"{sessions}?token={TOKEN}").json():
            page.request.delete(f"{sessions}/{session['id']}?token={TOKEN}")


def run_to_its_end(notebook, path):
    """Run all cells and wait until the last has run; JupyterLab counts only what it has run."""
    code = [cell for cell in jupytext.read(ROOT / path).cells if cell.cell_type == "code"]
    notebook.run_all(PATIENCE)
    # Scrolled past, cells leave the page: ask the notebook itself, through its own kernel's count.
    prompts = notebook.panel.locator(".jp-CodeCell .jp-InputPrompt")
    last = prompts.filter(has_text=f"[{len(code)}]:")
    notebook.scroll_to(last, timeout=PATIENCE / 1000)
    assert notebook.errors() == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_in_jupyterlab(opened, path):
    notebook = opened(path)
    run_to_its_end(notebook, path)


@pytest.mark.parametrize("path", EXERCISES)
def test_an_exercise_runs_in_jupyterlab(opened, path):
    notebook = opened(path)
    run_to_its_end(notebook, path)


@pytest.mark.parametrize("path", [page for page in PAGES if page.startswith("chapters/")])
def test_a_slider_moves_and_a_question_is_answered(opened, path):
    notebook = opened(path)
    notebook.run_all(PATIENCE)
    notebook.move_slider(PATIENCE / 1000)
    form = notebook.panel.locator("form.quiz-item[data-type=single][data-ready=true]").first
    notebook.scroll_to(form)
    form.locator("input").first.check()
    form.locator("[type=submit]").click()
    expect(form.locator(".quiz-verdict")).to_contain_text(re.compile("Right|Not yet"))


def test_what_a_launch_costs(launched_python, opened, capsys):
    packages = subprocess.run(
        [launched_python, "-m", "pip", "list", "--format=json"], capture_output=True, check=True
    )
    site = next((launched_python.parents[1] / "lib").glob("python*/site-packages"))
    files = [p for p in site.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    size = sum(p.stat().st_size for p in files) / MEGABYTE
    imports = [
        float(subprocess.run([launched_python, "-c", IMPORT], capture_output=True).stdout)
        for _ in range(3)
    ]
    begun = time.monotonic()
    notebook = opened("intro.md")
    there = time.monotonic()
    notebook.run_all(PATIENCE)
    notebook.scroll_to(notebook.slider)
    with capsys.disabled():
        print(
            f"\n  Python {sys.version.split()[0]}, {len(json.loads(packages.stdout))} packages, "
            f"{size:.0f} MB without compiled files"
            f"\n  import immunolab: {min(imports):.1f} s (best of 3)"
            f"\n  notebook open: {there - begun:.1f} s; first slider {time.monotonic() - there:.1f}"
            " s later, the start of the kernel included"
        )
    assert "jupyter-book" not in {each["name"] for each in json.loads(packages.stdout)}
