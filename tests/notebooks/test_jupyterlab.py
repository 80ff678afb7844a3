"""JupyterLab as a reader has it: a click on a chapter opens a notebook, and its sliders work."""

import os
import sys
from pathlib import Path

import pytest
from lab import TOKEN, Opened, started
from playwright.sync_api import TimeoutError as TimedOut
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

ROOT = Path(os.environ.get("NOTEBOOK_ROOT", Path(__file__).resolve().parents[2]))


@pytest.fixture
def jupyterlab(tmp_path):
    with started(sys.executable, ROOT, tmp_path) as address:
        yield address


def test_a_click_opens_a_chapter_whose_slider_moves_the_figure(jupyterlab, new_page):
    page = new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(30_000)
    page.goto(f"{jupyterlab}lab?token={TOKEN}")
    for name in ("chapters", "checkpoints.md"):
        page.locator(".jp-DirListing-item").filter(has_text=name).first.dblclick()
    try:
        notebook = Opened(page)
    except TimedOut:
        pytest.fail(
            "a click on chapters/checkpoints.md opens no notebook: is the package installed, so "
            "that its "
            "overrides.d/*.json names the Jupytext Notebook as the viewer of Markdown?",
            pytrace=False,
        )
    notebook.run_all()
    notebook.scroll_to(notebook.slider)
    assert notebook.errors() == [], "running all cells shows errors"
    notebook.move_slider()


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
    opened = Opened(page)
    opened.run_all()
    notebook = opened.panel
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
