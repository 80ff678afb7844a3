"""Graded questions on immune checkpoints."""

from __future__ import annotations

from immunolab.graded import Dice
from immunolab.graded.lab import READING, seen
from immunolab.labs.checkpoints import the_brake
from immunolab.lms.question import NumberQuestion, Slip


def how_much_pdl1(dice: Dice) -> NumberQuestion:
    """PD-L1 answers the attack, so it is read where the attack is strongest."""
    lab = the_brake()
    blocked = dice.one((0.6, 0.7, 0.8, 0.9))
    run = seen(lab, "Hot tumour", {"blockade": blocked})
    untreated = seen(lab, "Hot tumour")
    value, before = run.value("pdl1_peak"), untreated.value("pdl1_peak")
    return NumberQuestion(
        id=dice.id,
        where=dice.where,
        title="PD-L1 under attack",
        stem=f"{run.how} What does the lab give as *{run.label('pdl1_peak')}*?",
        value=value,
        allowance=READING * value,
        right="Yes. PD-L1 follows the attack that the antibody lets loose.",
        otherwise="Press the ready-made setting first, then set the slider.",
        slips=(
            Slip(
                before * (1 - READING / 2),
                before * (1 + READING / 2),
                "This is PD-L1 without the antibody.",
            ),
        )
        if abs(before - value) > 2 * READING * value
        else (),
    )


TEMPLATES = (how_much_pdl1,)
