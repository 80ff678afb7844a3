"""The two core labs of the chapter on T cell exhaustion; the others are in exhaustion_deeper."""

from __future__ import annotations

import numpy as np

from immunolab.explore import Explorable, explore
from immunolab.kinds import ODE
from immunolab.labs.common import CELLS, DAYS, DETECTABLE, cells, starting_at
from immunolab.models.exhaustion import exhaustion
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.view import (
    Axis,
    Format,
    Level,
    Line,
    Panel,
    Preset,
    Readout,
    Sentence,
)

STRENGTH = Format("percent", words=((0.005, "next to nothing"),))
NEXT_TO_NONE = 0.05  # attack, in the model's units
USED_UP = 0.02  # progenitors, of the most there can be


def progenitor_to_terminal(model: ODE = exhaustion) -> Explorable:
    """Return the core lab: blockade draws on progenitors, and terminal cells do not come back."""
    return explore(
        # Antigen is there for as long as this lab looks; what happens when it goes is another lab.
        model.replace(span=(0.0, 200.0), points=401),
        name="progenitors",
        title="Progenitor to terminal",
        panels=[
            Panel(
                "Three kinds of T cell",
                x=_DAYS,
                y=Axis("arbitrary units", 0.0, 2.0),
                artists=(
                    Line("t", "progenitor", "progenitors", colour=2),
                    Line("t", "effector", "effectors", colour=0),
                    Line("t", "terminal", "terminal", colour=1),
                ),
                alt="Three curves over 200 days of lasting antigen: progenitors, the effectors that "
                "they send out, and the terminally exhausted cells that effectors become.",
            ),
            Panel(
                "What one progenitor can give",
                x=_DAYS,
                y=Axis("share of full strength", 0.0, 1.05),
                artists=(
                    Line("t", "function", "can give", colour=2),
                    Line("t", "scar", "scar", colour=3),
                ),
                alt="Two curves over the same 200 days: what one progenitor can still give, as a "
                "share of full strength, and the scar, which only grows.",
            ),
        ],
        controls=[
            "antigen",
            "blockade",
            "start",
            "renewal",
            "haste",
            "terminal_killing",
            "scarring",
        ],
        presets=[
            Preset("No treatment", {}),
            Preset("Blocked from day 60", {"blockade": 0.95}),
            Preset("Blocked from day 10", {"blockade": 0.95, "start": 10.0}),
            Preset("Blocked from day 120", {"blockade": 0.95, "start": 120.0}),
            Preset("Progenitors gone", {"blockade": 0.95, "renewal": 0.0, "leaving": 0.08}),
        ],
        readouts=[
            Readout("peak", "Attack at its peak", "attack", "max", format=Format()),
            Readout(
                "late",
                "Attack on day 200",
                "attack",
                format=Format(words=((NEXT_TO_NONE, "next to none"),)),
            ),
            Readout(
                "left",
                "Progenitors on day 200",
                "progenitor",
                format=Format("percent", words=((0.005, "hardly any"),)),
            ),
            Readout(
                "worn",
                "Terminal cells on day 200",
                "terminal",
                format=Format(words=((0.01, "next to none"),)),
            ),
            Readout("give", "One progenitor can give, day 200", "function", format=STRENGTH),
        ],
        outcome=[
            Sentence("Without antigen nobody attacks.", lambda r: r.peak < NEXT_TO_NONE),
            Sentence(
                "The progenitors are used up (left on day 200: {left}), and so is the attack. "
                "Nothing else can be released.",
                lambda r: r.left < USED_UP,
            ),
            Sentence(
                "The attack flares, wears out and is over. On day 200 progenitors are there ({left} of "
                "the most), and each gives next to nothing.",
                lambda r: np.logical_and(r.late < NEXT_TO_NONE, r.give < 0.1),
            ),
            Sentence(
                "The attack reaches {peak}, and is paid for with progenitors: {left} of the most are "
                "left on day 200, and the attack has come down to {late}.",
                lambda r: r.left < 0.3,
            ),
            Sentence(
                "The attack lasts: {late} on day 200, after {peak} at its peak. Of the most "
                "progenitors, {left} are left, and each can give {give} of its full strength.",
                lambda r: r.late > 0.5 * r.peak,
            ),
            Sentence(
                "The attack reaches {peak}, and stands at {late} on day 200. Of the most progenitors, "
                "{left} are left."
            ),
        ],
        table=["t", "progenitor", "effector", "terminal", "attack", "function", "scar"],
    )


_DAYS = Axis("days with antigen", 0.0, 200.0)


def missing_self(model: ODE = virtual_tumour) -> Explorable:
    """Return the second core lab: to hide from T cells without MHC-I is to be seen by NK cells."""
    return explore(
        # A tumour that answers anti-PD-1 and relapses without its antigen; some NK cells are about.
        starting_at(model, {"blockade": 0.95, "antigen_loss": 3e-7, "nk_killing": 0.002}),
        name="missing_self",
        title="Missing self",
        panels=[
            Panel(
                "The tumour",
                x=DAYS,
                y=CELLS,
                artists=(
                    Level(DETECTABLE, "limit of a scan (Bozic 2013)"),
                    Line("t", "tumour_cells", "tumour", colour=1),
                    Line("t", "negative_cells", "escaped", colour=3),
                ),
                alt="Two curves on a logarithmic scale over 600 days: all tumour cells, and those "
                "that have lost the antigen; a dotted line marks the smallest tumour that a scan finds.",
            ),
            Panel(
                "T cells",
                x=DAYS,
                y=Axis("of a strong response", 0.0, 1.2),
                artists=(Line("t", "effector", "effectors", colour=2),),
                alt="Curve of effector T cells over the same 600 days, as a share of a strong "
                "response.",
            ),
        ],
        controls=[
            "mhc_loss",
            "nk_killing",
            "nk_support",
            "blockade",
            "antigen_loss",
            "matrix",
            "wnt",
            "tumour_at_start",
        ],
        presets=[
            Preset("Antigen lost, MHC kept", {}),
            Preset("MHC class I lost", {"mhc_loss": 1.0}),
            Preset("MHC lost, NK cells disarmed", {"mhc_loss": 1.0, "nk_killing": 0.0}),
            Preset("NK cells, no blockade", {"mhc_loss": 1.0, "blockade": 0.0}),
        ],
        readouts=[
            Readout("end", "Tumour on day 600", "tumour_cells", format=cells()),
            Readout("smallest", "Smallest size", "tumour_cells", "min", format=cells()),
            Readout("escaped", "Escaped cells on day 600", "negative_cells", format=cells()),
            Readout("begin", "At diagnosis", "tumour_cells", "first", format=cells(), shown=False),
            Readout(
                "hidden", "Escaped at first", "negative_cells", "first", format=cells(), shown=False
            ),
        ],
        outcome=[
            Sentence(
                "T cells do not control this tumour: {end} on day 600. It is not the escaped cells "
                "({escaped}) that grow, but the others.",
                lambda r: np.logical_and(
                    r.end > np.maximum(r.begin, DETECTABLE), r.escaped < 0.01 * r.end
                ),
            ),
            Sentence(
                "T cells do not control this tumour: {end} on day 600.",
                lambda r: r.end > np.maximum(r.begin, DETECTABLE),
            ),
            Sentence(
                "The tumour disappears from view and returns as cells that nobody attacks: {end} on "
                "day 600.",
                lambda r: np.logical_and(r.smallest < DETECTABLE, r.end > DETECTABLE),
            ),
            Sentence(
                "The tumour shrinks, but stays in sight: {end} on day 600.",
                lambda r: r.end > DETECTABLE,
            ),
            Sentence(
                "No cell escapes in this run, and the tumour stays below the limit of a scan: {end}.",
                lambda r: r.hidden <= 0.0,
            ),
            Sentence(
                "The tumour stays below the limit of a scan. Its escaped cells, {hidden} at first, "
                "have been cut down to {escaped}.",
                lambda r: r.escaped < r.hidden,
            ),
            Sentence(
                "On day 600 the tumour is still below the limit of a scan, at {end}; its escaped cells, "
                "{hidden} at first, are {escaped} now."
            ),
        ],
        table=["t", "tumour_cells", "negative_cells", "effector"],
    )
