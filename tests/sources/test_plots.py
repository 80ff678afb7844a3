"""Figures of trials show what the table says, and refuse rows that would mislead."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from immunolab import evidence
from immunolab.evidence import EvidenceError, table
from immunolab.plots import GLYPHS, arm_values, hazard_ratios

ALT = "What is shown, and which way it points."
RATIOS = ["T115", "T127", "T136", "T144", "T244", "B060"]
RATES = ["T117", "T128", "T135", "T168"]
MEDIANS = ["T138", "T141", "T153"]


def drawn(html: str) -> ElementTree.Element:
    """Return the SVG of a figure."""
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", html, re.DOTALL)[0])


def said(html: str) -> str:
    """Return the words of a figure, in one line."""
    svg = drawn(html)
    return " ".join("".join(text.itertext()) for text in svg.iter() if text.tag.endswith("}text"))


@pytest.fixture(
    params=[(hazard_ratios, RATIOS), (arm_values, RATES), (arm_values, MEDIANS)],
    ids=["ratios", "rates", "medians"],
)
def figure(request):
    """Return each kind of figure with the ids of its rows."""
    draw, rows = request.param
    return draw(rows, "A title", ALT), rows


def test_a_figure_is_one_image_with_its_description(figure):
    svg = drawn(figure[0].html)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == ALT
    assert [child.get("aria-hidden") for child in svg] == ["true"]


def test_every_row_is_drawn_and_stands_in_the_table_with_its_source(figure):
    fragment, rows = figure
    trials = table("trials")
    for row_id in rows:
        assert f"<td>{row_id}</td>" in fragment.html
        assert trials.at[row_id, "trial"].split(" (")[0] in said(fragment.html)
        if doi := trials.at[row_id, "doi"]:
            assert f'href="https://doi.org/{doi}"' in fragment.html


def test_figures_are_the_same_bytes_each_time():
    first, second = (hazard_ratios(RATIOS, "A title", ALT) for _ in range(2))
    assert first == second
    assert first.png.startswith(b"\x89PNG")


def test_ids_are_unique_on_a_page():
    html = hazard_ratios(RATIOS, "One", ALT).html + arm_values(RATES, "Two", ALT).html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 2
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)


def test_colours_of_words_follow_the_theme(figure):
    fills = set()
    for text in drawn(figure[0].html).iter():
        if text.tag.endswith("}text"):
            fills |= set(re.findall(r"fill:\s*([^;]+)", text.get("style")))
    assert "currentColor" in fills
    assert all(fill == "currentColor" or fill.startswith("var(--live-ink-") for fill in fills)


def test_numbers_are_written_as_printed():
    words = said(hazard_ratios(["T138"], "A title", ALT).html)
    assert "0.80 (0.64 to 1.01)" in words
    words = said(arm_values(["T138"], "A title", ALT).html)
    assert "not reached (34.2 to not reached)" in words


def test_a_level_other_than_95_is_printed(monkeypatch):
    trials = table("trials")
    trials.loc["T115", ["interval_level", "interval_level_text"]] = [96.6, "96.6"]
    monkeypatch.setattr("immunolab.plots.table", lambda name: trials)
    html = hazard_ratios(["T115"], "A title", ALT).html
    assert "0.53 (0.44 to 0.65, 96.6 % interval)" in said(html)
    assert "<td>96.6 %</td>" in html


def test_marks_stand_at_the_values():
    """On the axis, 0.53 stands between 0.5 and 0.6, and 1.33 between 1.25 and 1.6."""
    svg = drawn(hazard_ratios(["T115", "B060"], "A title", ALT).html)
    places = {}
    for text in svg.iter():
        if text.tag.endswith("}text"):
            moved = re.search(r"translate\(([\d.]+) ", text.get("transform", ""))
            places["".join(text.itertext())] = float(moved[1] if moved else text.get("x"))
    marks = sorted(float(use.get("x")) for use in svg.iter() if use.tag.endswith("}use"))
    between = [("0.5", 0.53, "0.6"), ("1.25", 1.33, "1.6")]
    for low, value, high in between:
        share = math.log(value / float(low)) / math.log(float(high) / float(low))
        expected = places[low] + share * (places[high] - places[low])
        assert min(abs(mark - expected) for mark in marks) < 0.5


def test_rows_say_in_whom_where_they_differ():
    words = said(hazard_ratios(["T171", "T172"], "A title", ALT).html)
    assert "PD-L1 TPS ≥50%" in words
    assert "non-small-cell" not in words  # the same in both rows, so it belongs to the title


def test_long_names_of_the_sides_do_not_touch():
    sides = ("the long name of one treatment better", "the long name of another better")
    svg = drawn(hazard_ratios(["T115"], "A title", ALT, favours=sides).html)
    heights = {
        "".join(text.itertext()): text.get("transform") or text.get("y")
        for text in svg.iter()
        if text.tag.endswith("}text")
    }
    assert heights[f"← {sides[0]}"] != heights[f"{sides[1]} →"]


def test_outcomes_differ_by_mark_too():
    words = said(hazard_ratios(["T136", "T138", "T144"], "A title", ALT).html)
    for glyph, outcome in zip(GLYPHS, ("progression-free", "overall", "recurrence"), strict=False):
        assert f"{glyph} {outcome}" in words


@pytest.mark.parametrize(
    ("draw", "rows", "problem"),
    [
        (hazard_ratios, [], "needs at least one row"),
        (hazard_ratios, ["T999"], "no row 'T999'"),
        (hazard_ratios, ["T115", "T115"], "'T115' is named twice"),
        (hazard_ratios, ["T117"], r"Row T117 \(CheckMate 067 .* has no hazard ratio"),
        (arm_values, ["T144"], r"Row T144 .* has no value for both arms"),
        (arm_values, ["T117", "T115"], "one figure has one unit"),
    ],
)
def test_rows_that_cannot_be_drawn_are_refused(draw, rows, problem):
    with pytest.raises(EvidenceError, match=problem):
        draw(rows, "A title", ALT)


@pytest.mark.parametrize("draw", [hazard_ratios, arm_values])
def test_arms_that_chance_did_not_assign_are_not_compared(draw, monkeypatch):
    trials = table("trials")
    trials.loc["T115", "comparison_type"] = "single-arm"
    monkeypatch.setattr("immunolab.plots.table", lambda name: trials)
    with pytest.raises(EvidenceError, match=r"Row T115 .* is single-arm: arms are drawn"):
        draw(["T115"], "A title", ALT)


def test_a_figure_needs_words():
    with pytest.raises(EvidenceError, match="alternative text must say what is shown"):
        hazard_ratios(["T115"], "A title", "A plot.")


@pytest.mark.slow
def test_every_ratio_and_every_pair_of_arms_can_be_drawn():
    """Whatever a chapter picks, it can be shown."""
    trials = evidence.table("trials")
    hazard_ratios(trials.index[trials["hazard_ratio"].notna()], "All", ALT)
    randomised = trials["comparison_type"] == "randomised comparison"  # others are refused
    both = randomised & (trials["experimental_text"] != "") & (trials["control_text"] != "")
    for unit in ("%", "months"):
        arm_values(trials.index[both & (trials["unit"] == unit)], f"All in {unit}", ALT)
