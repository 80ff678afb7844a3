"""The two core labs of the chapter on mesothelioma; the others are in mesothelioma_deeper."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE, Formula
from immunolab.labs.common import CELLS, DAYS, DETECTABLE, PERCENT, cells
from immunolab.models.histology import histology
from immunolab.models.virtual_mesothelioma import virtual_mesothelioma
from immunolab.view import (
    Axis,
    Fill,
    Format,
    Level,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
)

POINTS = Format(unit="points of 100", scale=100.0, digits=2)
ALIKE = 0.1  # two ratios that differ by less are called alike
TWO_YEARS = 24.0
MONTHS = Axis("months since randomisation", 0.0, 48.0)


def the_control_arm(model: Formula = histology) -> Explorable:
    """Return the core lab: the large ratio comes from how badly the control arm does."""
    ratio = Format(digits=2)
    return explore(
        model,
        name="histology",
        title="Histology and the control arm",
        panels=[
            _arms("Non-epithelioid", "other"),
            _arms("Epithelioid", "epithelioid"),
        ],
        controls=[
            "other_control",
            "other_treated",
            "epithelioid_control",
            "epithelioid_treated",
            "other_share",
        ],
        presets=[
            Preset("As in CheckMate 743", {}),
            Preset("One control arm for both", {"other_control": 16.5}),
            Preset("One ratio for both", {"other_treated": 10.0}),
            Preset(
                "The treatment does nothing", {"epithelioid_treated": 16.5, "other_treated": 8.8}
            ),
        ],
        readouts=[
            Readout("ratio_e", "Hazard ratio, epithelioid", "epithelioid_ratio", format=ratio),
            Readout("ratio_n", "Hazard ratio, non-epithelioid", "other_ratio", format=ratio),
            Readout(
                "alive_e",
                "Epithelioid, immunotherapy: alive at two years",
                "epithelioid_treated_alive",
                "at",
                TWO_YEARS,
                PERCENT,
            ),
            Readout(
                "alive_n",
                "Non-epithelioid, immunotherapy: alive at two years",
                "other_treated_alive",
                "at",
                TWO_YEARS,
                PERCENT,
            ),
            Readout(
                "control_e",
                "Epithelioid, chemotherapy: alive at two years",
                "epithelioid_control_alive",
                "at",
                TWO_YEARS,
                PERCENT,
            ),
            Readout(
                "control_n",
                "Non-epithelioid, chemotherapy: alive at two years",
                "other_control_alive",
                "at",
                TWO_YEARS,
                PERCENT,
            ),
            Readout(
                "gain_all",
                "Everybody: gain at two years",
                "all_gain",
                "at",
                TWO_YEARS,
                POINTS,
            ),
        ],
        outcome=[
            Sentence(
                "The hazard ratios are {ratio_e} and {ratio_n}: no treatment effect in either histology.",
                lambda r: np.logical_and(
                    np.abs(r.ratio_e - 1) < 0.03, np.abs(r.ratio_n - 1) < 0.03
                ),
            ),
            Sentence(
                "The hazard ratios, {ratio_e} and {ratio_n}, are alike. On immunotherapy {alive_e} "
                "(epithelioid) and {alive_n} (non-epithelioid) are alive at two years.",
                lambda r: np.abs(r.ratio_e - r.ratio_n) < ALIKE,
            ),
            Sentence(
                "On immunotherapy the two histologies do alike ({alive_e} and {alive_n} alive at two years), yet "
                "the hazard ratios are {ratio_e} and {ratio_n}: the control arms differ ({control_e} and {control_n}).",
                lambda r: np.abs(r.alive_e - r.alive_n) < 0.05,
            ),
            Sentence(
                "The hazard ratios are {ratio_e} and {ratio_n}. On immunotherapy {alive_e} and {alive_n} are alive "
                "at two years, on chemotherapy {control_e} and {control_n}."
            ),
        ],
        table=[
            "month",
            "epithelioid_control_alive",
            "epithelioid_treated_alive",
            "other_control_alive",
            "other_treated_alive",
        ],
    )


def _arms(title: str, who: str) -> Panel:
    return Panel(
        title,
        x=MONTHS,
        y=Axis("share alive", 0.0, 1.0),
        artists=(
            Level(0.5, "half"),
            Line("month", f"{who}_treated_alive", "immunotherapy", colour=0),
            Line("month", f"{who}_control_alive", "chemotherapy", colour=1),
        ),
        alt=f"Two curves of the share of patients alive over 48 months, {title.lower()} tumours: one falls with "
        "immunotherapy, one with chemotherapy. A dotted line marks one half.",
    )


def a_range(model: ODE = virtual_mesothelioma) -> Explorable:
    """Return the second core lab: what is not known about barriers spreads the outcome."""
    shares = Axis("arbitrary units", 0.0, 3.0)
    return explore(
        model,
        name="virtual",
        title="A virtual mesothelioma",
        panels=[
            Panel(
                "Three tumours, one regimen",
                x=DAYS,
                y=CELLS,
                artists=(
                    Fill("t", "most", "least", colour=0),
                    Level(DETECTABLE, "limit of a scan (Bozic 2013)"),
                    Line("t", "stronger", "stronger", colour=1),
                    Line("t", "guessed", "as guessed", colour=0),
                    Line("t", "weaker", "weaker", colour=2),
                ),
                alt="Three curves of tumour cells over 600 days, on a logarithmic scale: barriers as guessed, weaker "
                "and stronger. The area between the least and the most is shaded; a dotted line marks the smallest tumour a scan finds.",
            ),
            Panel(
                "Their T cells",
                x=DAYS,
                y=shares,
                artists=(
                    Line("t", "stronger_effector", "stronger", colour=1),
                    Line("t", "guessed_effector", "as guessed", colour=0),
                    Line("t", "weaker_effector", "weaker", colour=2),
                ),
                alt="Three curves of effector T cells over the same 600 days, for barriers as guessed, weaker and stronger.",
            ),
        ],
        controls=[
            "blockade",
            "ctla4_blockade",
            "barriers",
            "uncertainty",
            "vessel_normalisation",
            "suppressive_depletion",
            "matrix_softening",
            "engagement",
            "start",
        ],
        presets=[
            Preset("PD-1 blocked", {"blockade": 0.95}),
            Preset("PD-1 and CTLA-4", {"blockade": 0.95, "ctla4_blockade": 0.95}),
            Preset(
                "PD-1, CTLA-4 and VEGF",
                {"blockade": 0.95, "ctla4_blockade": 0.95, "vessel_normalisation": 1.0},
            ),
            Preset(
                "PD-1 and CTLA-4, a better guess",
                {
                    "blockade": 0.95,
                    "ctla4_blockade": 0.95,
                    "barriers": 0.5,
                    "uncertainty": 1.2,
                },
            ),
        ],
        readouts=[
            Readout("weaker", "Barriers weaker: on day 600", "weaker", format=cells()),
            Readout("guessed", "Barriers as guessed: on day 600", "guessed", format=cells()),
            Readout("stronger", "Barriers stronger: on day 600", "stronger", format=cells()),
            Readout("begin", "At diagnosis", "guessed", "first", format=cells(), shown=False),
        ],
        outcome=[
            Sentence(
                "All three shrink below what a scan can find: {weaker} to {stronger}. Within this range the guess does "
                "not matter.",
                lambda r: np.maximum(r.weaker, np.maximum(r.guessed, r.stronger)) < DETECTABLE,
            ),
            Sentence(
                "All three are larger on day 600 than at diagnosis: {weaker} to {stronger}. Within this range the guess "
                "does not matter.",
                lambda r: np.minimum(r.weaker, np.minimum(r.guessed, r.stronger)) >= r.begin,
            ),
            Sentence(
                "All three end alike: {guessed} as guessed, {weaker} with weaker barriers, {stronger} with stronger ones.",
                lambda r: np.maximum(r.stronger, r.weaker) < 1.5 * np.minimum(r.stronger, r.weaker),
            ),
            Sentence(
                "Same regimen, different ends: with weaker barriers {weaker}, as guessed {guessed}, with stronger "
                "ones {stronger}. Nothing on this page says which patient it is.",
            ),
        ],
        table=["t", "weaker", "guessed", "stronger"],
    )
