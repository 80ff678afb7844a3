"""The page's engine on models made to strain it: jumps, windows, stiffness, every operation.

The labs of the book use only part of what the engine can do. Each model here gets a page of its
own, made by the book's own renderer and scripts, and is compared with Python like a lab.
"""

import json
from importlib.resources import files

import models_for_tests as models
import pytest
from checks import Visit, console_errors, settle
from parity import compute_in_page, differences, settings_of

from immunolab import explore
from immunolab.book.explorable import to_html
from immunolab.book.mime import LIVE_SCRIPTS
from immunolab.view import Format, Readout

# The labs are compared at fifty; these models strain the engine at each of theirs.
RANDOM_SETTINGS = 15
# Unhindered, these cells grow to 1e17. Written out in full, such a number would be compared to its
# seventeenth digit; the curves are held to 1e-6 of each value, here as elsewhere.
READOUTS = {"window": [Readout("end", "cells at the end", "cells", format=Format("cells"))]}
LIVE = files("immunolab.book") / "static" / "live"


@pytest.fixture
def open_alone(new_page, serve, tmp_path):
    """open_alone(explorable) -> a Visit of a page that holds it and nothing else."""

    def open_page(explorable):
        for script in LIVE_SCRIPTS:
            source = (LIVE / f"{script}.js").read_text(encoding="utf-8")
            (tmp_path / f"{script}.js").write_text(source, encoding="utf-8")
        scripts = "".join(f'<script defer src="{script}.js"></script>' for script in LIVE_SCRIPTS)
        # Without an icon the browser would ask for one, and be answered 404.
        head = f'<meta charset="utf-8"><title>x</title><link rel="icon" href="data:,">{scripts}'
        body = to_html(explorable.spec())
        html = f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>'
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        return Visit(new_page()).open(serve(tmp_path) + "page.html")

    return open_page


@pytest.mark.parametrize("name", ["dosing", "window", "operations", "stiff"])
def test_page_equals_python(open_alone, name):
    explorable = explore(getattr(models, name), readouts=READOUTS.get(name))
    settings = [{}, *settings_of(explorable, RANDOM_SETTINGS)]
    visit = open_alone(explorable)
    from_page = compute_in_page(visit.page, name, settings)
    # Two methods for stiff models, one in SciPy and one in the page: same curves, other steps.
    other_steps = [] if name == "stiff" else None
    problems = differences(name, explorable, settings, from_page, other_steps)
    problems += console_errors(visit)
    assert not problems, "\n" + "\n".join(problems)


def test_a_failure_is_said_and_shows_no_old_curve(open_alone):
    explorable = explore(models.explosion)
    message = explorable.compute({"rate": 1.0}).message
    assert message
    visit = open_alone(explorable)
    page, before = visit.page, _shown(visit.page)
    assert before["failure"] is None
    assert all(before["paths"])

    slider = page.locator("input[type=range]")
    slider.focus()
    page.keyboard.press("End")
    failed = _shown(page)
    assert failed["failure"] == message
    assert not any(failed["paths"]), "an old curve stands beside a moved slider"
    assert set(failed["readouts"]) == {"–"}
    assert failed["outcome"] == ""
    page.wait_for_function("() => !document.querySelector('.live-data tbody tr')")
    for action in ("keep", "csv"):
        button = page.locator(f"button[data-action={action}]")
        assert button.is_disabled(), f"a failure has nothing for {action}"

    slider.focus()
    page.keyboard.press("Home")
    assert _shown(page) == before
    page.wait_for_function("() => document.querySelectorAll('.live-data tbody tr').length === 13")
    assert console_errors(visit) == []


def _shown(page):
    page.evaluate("() => window.immunolab.get('explosion').flush()")
    settle(page)
    return json.loads(
        page.evaluate(
            """() => {
              const all = selector => [...document.querySelectorAll(selector)];
              const failure = document.querySelector('.live-failure');
              return JSON.stringify({
                failure: failure.checkVisibility() ? failure.textContent : null,
                paths: all('[data-artist] path').map(path => path.getAttribute('d')),
                readouts: all('[data-readout] .live-now').map(cell => cell.textContent),
                outcome: document.querySelector('.live-outcome').textContent,
                labels: all('[data-artist] text').map(text => text.checkVisibility()
                  && text.textContent),
              });
            }"""
        )
    )
