"""Wodarz 2001: a virus can kill its host cells too fast to be of use.

Wodarz D. Viruses as antitumor weapons: defining conditions for tumor remission. Cancer Res
61:3501-3507 (no DOI was seen).

    uninfected   x' = r x (1 - (x + y)/k) - d x - beta x y
    infected     y' = s y (1 - (x + y)/k) + beta x y - a y

``a`` is how fast infected cells die. If infected cells no longer divide (s = 0), the tumour at rest
only grows with a. If they do (s > 0), there is a best, intermediate a.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source("Wodarz 2001, as in BIOMD0000001043", ledger="BIOMD0000001043", grade="curated")


def rhs(t, y, p):
    """Cells divide where there is room; infected ones infect others, and die of it."""
    uninfected, infected = y
    room = 1 - (uninfected + infected) / p.capacity
    infection = p.infection * uninfected * infected
    d_uninfected = p.growth * uninfected * room - p.death * uninfected - infection
    d_infected = p.growth_infected * infected * room + infection - p.killing * infected
    return d_uninfected, d_infected


# fmt: off
PARAMETERS = (
    Parameter("killing", "a", "Death of infected cells", "per day", 0.5, (0.1, 5.0), "log"),
    Parameter("growth_infected", "s", "Division of infected cells", "per day", 0.4, (0.0, 1.0)),
    Parameter("infection", r"\beta", "Infection", "per day", 1.0, (0.05, 5.0), "log"),
    Parameter("growth", "r", "Division of uninfected cells", "per day", 0.5, (0.1, 1.0)),
    Parameter("death", "d", "Death of uninfected cells", "per day", 0.1, (0.0, 0.3)),
    Parameter("capacity", "k", "Room for cells", "a.u.", 1.0, (0.2, 10.0), "log"),
)
# fmt: on

wodarz = ODE(
    name="wodarz",
    title="A virus that kills too fast",
    rhs=rhs,
    initial=lambda p: (0.9 * p.capacity, 0.01 * p.capacity),
    observe=lambda t, y, p: {"tumour": y[0] + y[1]},
    states=(
        Quantity("uninfected", "x", "uninfected cells", "a.u.", floor=1e-3),
        Quantity("infected", "y", "infected cells", "a.u.", floor=1e-3),
    ),
    observables=(Quantity("tumour", "x + y", "tumour", "a.u.", floor=1e-3),),
    parameters=PARAMETERS,
    span=(0.0, 200.0),
    points=801,
    source=PAPER,
    summary="A virus lives on infected cells. One that kills them at once has nowhere to multiply.",
    leaves_out=(
        "Immune cells, antibodies and space.",
        "Measured rates: the settings are illustrative.",
    ),
    checks=(
        Check(
            "If infected cells do not divide, the tumour at rest only grows with how fast they die.",
            "derived",
            "test_without_division_slower_killing_is_better",
        ),
        Check(
            "If they divide, the smallest tumour is reached at one intermediate rate, known in closed form.",
            "derived",
            "test_with_division_there_is_a_best_killing_rate",
        ),
    ),
)
