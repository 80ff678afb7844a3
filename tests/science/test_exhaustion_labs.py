"""What the chapter on exhaustion says its labs show: each number is computed again here."""

from __future__ import annotations

import numpy as np
import pytest

from immunolab import solve
from immunolab.labs.common import DETECTABLE
from immunolab.labs.exhaustion import missing_self, progenitor_to_terminal
from immunolab.labs.exhaustion_deeper import cells_and_il2, old_clones_or_new, the_scar

HALF_A_DIGIT = 0.05  # of numbers that the text gives with one digit after the point
PERCENT = 0.005
BLOCKED = {"blockade": 0.95}


def read(lab, **values):
    """Return the read-outs of one run."""
    result = lab.compute(values)
    assert result.ok
    return {name: float(value[0]) for name, value in result.readouts.items()}


def effectors_after(start: float) -> float:
    run = solve(progenitor_to_terminal().model, BLOCKED | {"start": start}).series
    return float(run["effector"][run["t"] >= start].max())


def test_blockade_adds_attack_and_takes_it_from_progenitors():
    lab = progenitor_to_terminal()
    none, blocked = read(lab), read(lab, **BLOCKED)
    assert none["late"] < 0.05
    assert blocked["late"] == pytest.approx(0.13, abs=PERCENT)
    assert none["left"] == pytest.approx(0.60, abs=PERCENT)
    assert blocked["left"] == pytest.approx(0.13, abs=PERCENT)
    assert blocked["worn"] > 100 * none["worn"]
    assert [effectors_after(day) for day in (10.0, 60.0, 120.0)] == pytest.approx(
        [1.4, 0.9, 0.5], abs=HALF_A_DIGIT
    )


def test_where_progenitors_are_gone_blockade_does_nothing():
    gone = {"renewal": 0.0, "leaving": 0.08}
    none, blocked = (
        solve(progenitor_to_terminal().model, gone | treated).series["attack"]
        for treated in ({}, BLOCKED)
    )
    assert np.max(np.abs(none - blocked)) < 0.01


def test_less_antigen_makes_the_attack_last():
    lab = progenitor_to_terminal()
    assert read(lab, antigen=0.3)["late"] > 0.7 * read(lab, antigen=0.3)["peak"]
    assert read(lab)["late"] < 0.05


def test_three_settings_make_blockade_last_and_no_other_control_does():
    """The task asks for an attack above 0.5 and half of the progenitors on day 200."""
    lab = progenitor_to_terminal()

    def found(**values):
        run = read(lab, **(BLOCKED | values))
        return run["late"] > 0.5 and run["left"] >= 0.5

    assert not found()
    assert found(antigen=0.5)
    assert found(renewal=0.12)
    assert found(haste=0.0)
    for other in ("terminal_killing", "scarring", "start"):
        low, high = lab.model.parameter(other).range
        assert not any(found(**{other: value}) for value in np.linspace(low, high, 11)), other


def test_the_exit_without_mhc_has_its_price():
    lab = missing_self()
    kept, lost = read(lab), read(lab, mhc_loss=1.0)
    disarmed = read(lab, mhc_loss=1.0, nk_killing=0.0)
    assert kept["hidden"] == pytest.approx(622e3, rel=1e-3)
    assert kept["escaped"] == pytest.approx(193e6, rel=3e-3)
    assert lost["escaped"] == pytest.approx(450, rel=0.05)
    assert disarmed["end"] == pytest.approx(kept["end"], rel=1e-6)
    assert read(lab, nk_killing=0.01, nk_support=3.0)["end"] == pytest.approx(kept["end"], rel=1e-6)
    assert read(lab, mhc_loss=1.0, nk_killing=0.0001)["end"] > DETECTABLE
    assert read(lab, mhc_loss=1.0, nk_killing=0.0002)["end"] < DETECTABLE
    for values in ({"blockade": 0.0, "nk_killing": 0.01}, {"wnt": 3.0}):
        assert read(lab, mhc_loss=1.0, **values)["end"] > 9e9


def test_rest_gives_back_what_the_scar_leaves():
    lab = the_scar()
    for days, share in ((10.0, 0.90), (60.0, 0.55), (150.0, 0.22)):
        assert read(lab, antigen_stops=days)["give"] == pytest.approx(share, abs=PERCENT)
    blocked = read(lab, blockade=0.95, start=0.0)
    assert blocked["give"] == pytest.approx(read(lab)["give"], abs=PERCENT)


def test_credit_depends_on_the_day_of_the_biopsy():
    lab = old_clones_or_new()
    both = read(lab, **BLOCKED)
    assert both["soon"] == pytest.approx(0.30, abs=PERCENT)
    assert both["share"] == pytest.approx(0.80, abs=PERCENT)
    assert both["late"] == pytest.approx(0.58, abs=0.01)
    assert read(lab, recruitment=0.0, **BLOCKED)["late"] == pytest.approx(0.13, abs=PERCENT)
    assert read(lab, scarring=0.05, **BLOCKED)["soon"] > 0.85


def test_cells_need_support_and_support_runs_away():
    lab = cells_and_il2()
    for alone in ({"transfer": 300.0}, {"infusion": 3e7}):
        assert read(lab, **alone)["largest"] > 9e8
    assert read(lab, transfer=300.0, infusion=3e7)["largest"] < 1e4
    assert read(lab, transfer=290.0, infusion=3e7)["largest"] > 9e8
    assert read(lab, transfer=530.0)["largest"] > 9e8
    assert read(lab, transfer=550.0)["largest"] < 1e4
    # Effectors outgrow their death where p1 I/(g1 + I) > mu2, with I = s2/mu3.
    p = lab.model.settings()
    runaway = p.clearance * p.half_stimulation * p.death / (p.stimulation - p.death)
    assert runaway == pytest.approx(63.5e6, rel=1e-3)
    below, above = (read(lab, transfer=300.0, infusion=runaway * factor) for factor in (0.8, 1.25))
    assert below["effectors"] < 2 * below["middle"]
    assert above["effectors"] > 10 * above["middle"]
