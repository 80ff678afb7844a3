"""Bad input: every message says which, where and what is allowed."""

from __future__ import annotations

import math

import pytest
from models_for_tests import explosion, parameter, stiff, window

from immunolab import ModelError, Parameter, Source, explore, solve
from immunolab.models.two_arm_trial import two_arm_trial
from immunolab.view import Axis, Format, Line, Panel, Preset, Readout, Sentence

WRONG = [
    (lambda: solve(explosion, {"rate": 2.0}), r"rate = 2 is not allowed.* 0 to 1"),
    (lambda: solve(explosion, {"rate": -1.0}), r"rate = -1 is not allowed"),
    (lambda: solve(explosion, {"rate": math.nan}), r"rate = nan is not allowed"),
    (lambda: solve(explosion, {"rate": "much"}), r"rate must be a number, not 'much'"),
    (lambda: solve(explosion, {"speed": 1.0}), r"no parameter 'speed'. It has: rate"),
    (lambda: explosion.replace(speed=1), r"no part called speed"),
    (lambda: parameter("a b", 1, 0, 2), r"not a Python name"),
    (lambda: parameter("a", 3, 0, 2), r"default 3 lies outside 0 to 2"),
    (lambda: parameter("a", 1, 2, 0), r"not low < high"),
    (lambda: parameter("a", 1, 0, 2, "log"), r"needs a range above zero"),
    (lambda: Source("Someone 2020"), r"neither a DOI nor a ledger id"),
    (lambda: Source("Someone 2020", doi="10.1/x", grade="sure"), r"grade 'sure'"),
    (lambda: explosion.replace(parameters=(parameter("size", 1, 0, 2),)), r"'size' is used twice"),
    (lambda: two_arm_trial.replace(arms=two_arm_trial.arms[:1]), r"compares two arms, not 1"),
    (lambda: two_arm_trial.replace(parameters=two_arm_trial.parameters[:2]), r"dropout and seed"),
    (lambda: window.replace(method="stiff"), r"extinctions .* explicit"),
    (lambda: explore(explosion, name="A name"), r"becomes part of links"),
    (lambda: explore(explosion, outcome=[Sentence("{edn}")]), r"'edn' is none of its read-outs"),
    (lambda: two_arm_trial.replace(patient=stiff), r"neither jumps nor the stiff method"),
    (lambda: stiff.replace(method="magic"), r"'explicit' or 'stiff'"),
    (lambda: explore(explosion, controls=["speed"]), r"no parameter 'speed'"),
    (lambda: explore(explosion, presets=[Preset("x", {"rate": 9.0})]), r"rate = 9 is not allowed"),
    (
        lambda: explore(explosion, readouts=[Readout("a", "a", "mass")]),
        r"asks for 'mass'.*computes",
    ),
    (lambda: Readout("a", "a", "size", "average"), r"reduce='average' is none of"),
    (
        lambda: explore(explosion, panels=[panel(Line("t", "mass"))]),
        r"panel 'A panel' asks for 'mass'",
    ),
    (lambda: panel(Line("t", "size"), alt="fig1.png"), r"alternative text must say"),
]


def panel(*artists, alt="A curve that is drawn only for this test."):
    return Panel("A panel", Axis("t", 0, 1), Axis("y", 0, 1), artists, alt)


@pytest.mark.parametrize(("act", "message"), WRONG)
def test_bad_input_gets_a_clear_error(act, message):
    with pytest.raises(ModelError, match=message):
        act()


def test_a_parameter_keeps_unit_and_source():
    p = Parameter("a", "a", "meaning", "per day", 1.0, (0.0, 2.0))
    assert p.source.grade == "illustrative"
    assert p.checked(0.5) == 0.5


FORMATS = [
    (Format(), 0.0, "0"),
    (Format(unit="days"), 123.456, "123 days"),
    (Format(digits=3), 0.00012345, "0.000123"),
    (Format("percent"), 0.5, "50 %"),
    (Format("cells"), 8.19e6, "8.2 million cells"),
    (Format("cells"), 0.2, "no cell"),
    (Format(words=((1.0, "undetectable"),)), 7e-12, "undetectable"),
    (Format(never="never"), math.nan, "never"),
    (Format("percent"), 0.125, "13 %"),
    (Format("cells"), 999_600.0, "1.00 million cells"),
    (Format(unit="days", digits=3), 112.5, "113 days"),
]


@pytest.mark.parametrize(("form", "value", "text"), FORMATS)
def test_numbers_are_written_for_readers(form, value, text):
    assert form.write(value) == text
