"""JupyterLab as a reader has it: a click on a chapter opens a notebook, and its sliders work."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as TimedOut
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

ROOT = Path(os.environ.get("NOTEBOOK_ROOT", Path(__file__).resolve().parents[2]))
TOKEN = "only-for-this-test"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", "node_modules", ".*_cache", ".hypothesis"
)


@pytest.fixture
def jupyterlab(tmp_path):
    """Address of a JupyterLab on a copy of the book, with no settings but our package's."""
    work = tmp_path / "book"
    shutil.copytree(ROOT, work, ignore=NOT_COPIED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fresh = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **{name: str(tmp_path / name.lower()) for name in fresh}}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(tmp_path / "settings")
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(tmp_path / "workspaces")
    quiet = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    # JupyterLab asks for news from the web otherwise, in a box over the page.
    (quiet / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}'
    )
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": work,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": TOKEN,
    }
    log = tmp_path / "jupyterlab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        _wait_for(f"{address}api/status?token={TOKEN}", server, log)
        yield address
    finally:
        # The server and its kernels form a group of their own.
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(15)


def _wait_for(address, server, log, timeout=60):
    end = time.monotonic() + timeout
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(
        f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False
    )


def test_a_click_opens_a_chapter_whose_slider_moves_the_figure(jupyterlab, new_page):
    page = new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(30_000)
    page.goto(f"{jupyterlab}lab?token={TOKEN}")
    for name in ("chapters", "checkpoints.md"):
        page.locator(".jp-DirListing-item").filter(has_text=name).first.dblclick()
    notebook = page.locator(".jp-NotebookPanel:visible")
    try:
        notebook.locator(".jp-Notebook .jp-Cell").first.wait_for()
    except TimedOut:
        pytest.fail(
            "a click on chapters/checkpoints.md opens no notebook: is the package installed, so "
            "that its "
            "overrides.d/*.json names the Jupytext Notebook as the viewer of Markdown?",
            pytrace=False,
        )
    # Run All before the kernel is there would ask which kernel to take; a reader must not be asked.
    expect(notebook.locator(".jp-KernelName")).to_contain_text("Python")
    expect(page.locator(".jp-StatusBar-Widget")).to_contain_text("| Idle", timeout=30_000)
    _run_all(page)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    slider = notebook.locator(
        ".widget-slider [role=slider], .widget-slider input[type=range]"
    ).first
    _scroll_to(page, notebook, slider)
    errors = notebook.locator(
        ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr'] pre, "
        ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'] pre"
    )
    assert errors.all_inner_texts() == [], "running all cells shows errors"

    output = slider.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea')][last()]")
    picture = output.locator("img, svg:has(path)").first
    picture.wait_for()
    before = _picture(picture)
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    end = time.monotonic() + 30
    while _picture(picture) == before and time.monotonic() < end:
        page.wait_for_timeout(100)  # a picture has no event to wait for
    assert _picture(picture) != before, (
        "moving the slider in JupyterLab leaves the picture as it was"
    )


def _run_all(page):
    page.locator(".lm-MenuBar-item").filter(has_text="Run").first.click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()


def _scroll_to(page, notebook, target, timeout=60):
    """Scroll down until the target is there: JupyterLab draws what is in view only."""
    end = time.monotonic() + timeout
    scroller = notebook.locator(".jp-WindowedPanel-outer, .jp-Notebook").first
    while not target.count() and time.monotonic() < end:
        at_end = scroller.evaluate(
            """area => {
              const last = area.scrollTop + area.clientHeight >= area.scrollHeight - 2;
              area.scrollTop = last ? 0 : area.scrollTop + area.clientHeight / 2;
              return last;
            }"""
        )
        page.wait_for_timeout(1000 if at_end else 200)  # cells may still be running
    assert target.count(), "after Run All Cells the notebook shows no ipywidgets slider"
    target.scroll_into_view_if_needed()


def _picture(element):
    return element.evaluate(
        """async element => {
          const image = element.tagName.toLowerCase() === 'img' && element.src;
          if (!image) return element.outerHTML;
          if (!image.startsWith('blob:')) return image;
          // A blob has a new address each time, be the picture another or not: compare its bytes.
          const bytes = new Uint8Array(await (await fetch(image)).arrayBuffer());
          const hash = await crypto.subtle.digest('SHA-256', bytes);
          return new Uint8Array(hash).join();
        }"""
    )


QUESTIONS = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Questions

```{code-cell} python
from pathlib import Path
from immunolab.bank import Known, read
from immunolab.quiz import Shown, _item_spec

known = Known(frozenset({"recognition", "sums"}), frozenset({"pardoll2012"}))
items = [_item_spec(item) for item in read(Path("tests/questions/toy.yml").resolve(), known)]
Shown({"kind": "quiz", "items": items[:3]}, "three questions")
```

```{code-cell} python
Shown({"kind": "quiz", "items": items[3:4]}, "one more")
```
"""


def test_a_question_is_answered_with_enter_in_jupyterlab(jupyterlab, new_page, tmp_path):
    """JupyterLab takes keys for itself, and runs the scripts of every cell, here the same twice."""
    (tmp_path / "book" / "questions.md").write_text(QUESTIONS, encoding="utf-8")
    page = new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(30_000)
    page.goto(f"{jupyterlab}lab/tree/questions.md?token={TOKEN}")
    notebook = page.locator(".jp-NotebookPanel:visible")
    notebook.locator(".jp-Notebook .jp-Cell").first.wait_for()
    expect(notebook.locator(".jp-KernelName")).to_contain_text("Python")
    expect(page.locator(".jp-StatusBar-Widget")).to_contain_text("| Idle", timeout=30_000)
    _run_all(page)
    for name, typed in (("toy-q03", "1/3"), ("toy-q04", "41,7 %")):
        form = notebook.locator(f"#{name}[data-ready=true]")
        form.locator("input").fill(typed)
        form.locator("input").press("Enter")
        expect(form.locator(".quiz-verdict")).to_contain_text("Right")
    single = notebook.locator("#toy-q01")
    single.locator("input").first.check()
    page.keyboard.press("ArrowDown")  # moves the choice, not the notebook
    expect(single.locator("input").nth(1)).to_be_checked()
    expect(single.locator(".quiz-verdict")).to_have_count(0)
    single.locator("[type=submit]").click()
    expect(single.locator(".quiz-verdict")).to_contain_text("Right")
