# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""Compare what a browser computed with what Python computed, number by number."""

import json
import random

import numpy as np
from scipy.stats import binom

RELATIVE = 1e-6  # of the larger of the Python value and the floor stated for its series
# Both solvers take the same steps, but where rounding decides whether one more is needed: in one
# setting of a hundred at most. So many of `count` settings may differ that a solver which keeps to
# that would be called wrong once in a thousand explorables.
UNEQUAL_STEPS = 0.01
FALSE_ALARMS = 0.001
MOST_CORNERS = 10  # at random, of all there are
SHOWN = 5  # problems written out for each explorable

# Computes a list of settings in the page; a page that throws says so in the result.
COMPUTE_ALL = """(name, settings) => settings.map(values => {
  const lab = window.immunolab.get(name);
  try {
    const {ok, message, series, readouts, outcome, steps} = lab.compute(values);
    const plain = Object.fromEntries(Object.entries(series).map(([key, numbers]) => [key, Array.from(numbers)]));
    return {ok, message, series: plain, readouts, outcome, steps};
  } catch (error) { return {thrown: String(error)}; }
})"""


def compute_in_page(page, name, settings):
    """What the page computes for each setting, in one call.

    As text: Playwright would wrap and unwrap each of a million numbers. A NaN arrives as None, which
    the comparison reads as NaN again.
    """
    text = page.evaluate(
        f"([name, settings]) => JSON.stringify(({COMPUTE_ALL})(name, settings))", [name, settings]
    )
    return json.loads(text)


def settings_of(explorable, count, most_corners=MOST_CORNERS, seed=20_260_101):
    """Seeded random settings and the corners: all of them, or as many as `most_corners` at random."""
    corners = explorable.corner_settings()
    if len(corners) > most_corners:
        corners = random.Random(seed).sample(corners, most_corners)
    return [*explorable.random_settings(count, seed), *corners]


def differences(name, explorable, settings, from_page, pooled_steps=None):
    """Problems in words: explorable, setting, series, index, and both values.

    Unequal counts of steps are judged here, or added to `pooled_steps` for the caller to judge.
    """
    problems, unequal_steps = [], []
    for values, page in zip(settings, from_page, strict=True):
        where = f"{name} at {json.dumps(values)}"
        if "thrown" in page:
            problems.append(f"{where}: the page throws {page['thrown']}")
            continue
        python = explorable.compute(values)
        if page["ok"] != python.ok:
            problems.append(
                f"{where}: the page is {_verdict(page['ok'], page['message'])}, Python is "
                f"{_verdict(python.ok, python.message)}"
            )
            continue
        if not python.ok:
            if page["message"] != python.message:
                problems.append(
                    f"{where}: the page says “{page['message']}”, Python “{python.message}”"
                )
            continue
        problems += _series_differences(where, explorable.floors, page["series"], python.series)
        problems += _word_differences(where, page, python)
        if page["steps"] != python.steps:
            unequal_steps.append(
                f"{where}: {page['steps']} steps in the page, {python.steps} in Python"
            )
    if pooled_steps is not None:
        pooled_steps += unequal_steps
    elif len(unequal_steps) > most_unequal(len(settings)):
        problems += [
            f"{name}: the solvers took different steps in {len(unequal_steps)} of {len(settings)} "
            "settings",
            *unequal_steps[:SHOWN],
        ]
    if len(problems) > SHOWN:
        problems = [*problems[:SHOWN], f"{name}: and {len(problems) - SHOWN} more"]
    return problems


def most_unequal(count):
    """In how many of `count` settings the solvers may take different steps."""
    return int(binom.ppf(1 - FALSE_ALARMS, count, UNEQUAL_STEPS))


def _verdict(ok, message):
    return "content" if ok else f"not content (“{message}”)"


def _series_differences(where, floors, page, python):
    if set(page) != set(python):
        return [f"{where}: the page has series {sorted(page)}, Python {sorted(python)}"]
    problems = []
    for series, expected in python.items():
        expected = np.asarray(expected, dtype=float).ravel()
        got = np.array(
            [np.nan if number is None else number for number in page[series]], dtype=float
        )
        if series not in floors:
            problems.append(f"{where}, series {series}: no floor stated in Explorable.floors")
        elif got.shape != expected.shape:
            problems.append(
                f"{where}, series {series}: {got.size} numbers in the page, {expected.size} in "
                "Python"
            )
        else:
            allowed = RELATIVE * np.maximum(np.abs(expected), floors[series])
            # `not <=` rather than `>`: a NaN on either side is a difference.
            wrong = np.flatnonzero(~(np.abs(got - expected) <= allowed))
            if wrong.size:
                at = wrong[0]
                problems.append(
                    f"{where}, series {series}, index {at}: page {got[at]!r}, Python "
                    f"{expected[at]!r}, "
                    f"allowed difference {allowed[at]:.3g} ({wrong.size} of {got.size} numbers "
                    "differ)"
                )
    return problems


def _word_differences(where, page, python):
    problems = []
    if set(page["readouts"]) != set(python.readouts):
        problems.append(
            f"{where}: the page has readouts {sorted(page['readouts'])}, Python "
            f"{sorted(python.readouts)}"
        )
    for name, (_, text) in python.readouts.items():
        shown = page["readouts"].get(name, {}).get("text")
        if shown != text:
            problems.append(f"{where}, readout {name}: the page says “{shown}”, Python “{text}”")
    if page["outcome"] != python.outcome:
        problems.append(
            f"{where}, outcome: the page says “{page['outcome']}”, Python “{python.outcome}”"
        )
    return problems
