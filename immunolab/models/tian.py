"""Oncolytic virus: Tian 2011 and, with immune cells, Phan and Tian 2017.

Tian JP. The replicability of oncolytic virus: defining conditions in tumor virotherapy. Math Biosci
Eng 2011;8:841-860, doi:10.3934/mbe.2011.8.841. Phan TA, Tian JP. The role of the innate immune
system in oncolytic virotherapy. Comput Math Methods Med 2017.

    uninfected tumour   x' = r x (1 - x - y) - a x v
    infected tumour     y' = a x v - y - c y z
    virus               v' = b y - a x v - e v - d v z
    immune cells        z' = m y z - n z

``b`` is the burst size: viruses freed by a dying cell. Time in lifetimes of an infected cell, sizes
as shares of the largest tumour. Without immune cells the virus takes hold if b > 1 + e/a, and above
a second threshold tumour and virus swing ever more widely.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source(
    "Phan and Tian 2017, as in BIOMD0000000748", doi="10.1155/2017/6587258", grade="curated"
)


def rhs(t, y, p):
    """Virus infects, infected cells burst, immune cells clear both."""
    uninfected, infected, virus, immune = y
    infection = p.infection * uninfected * virus
    d_uninfected = p.growth * uninfected * (1 - uninfected - infected) - infection
    d_infected = infection - infected - p.clearing_infected * infected * immune
    d_virus = p.burst * infected - infection - p.decay * virus - p.clearing_virus * virus * immune
    d_immune = p.recruitment * infected * immune - p.immune_death * immune
    return d_uninfected, d_infected, d_virus, d_immune


def initial(p):
    """A tumour, an injection of virus, and some immune cells."""
    return p.tumour_at_start, 0.1, p.virus_at_start, p.immune_at_start


# fmt: off
PARAMETERS = (
    Parameter("burst", "b", "Viruses from one cell", "", 9.0, (1.0, 60.0), "log", PAPER),
    Parameter("immune_at_start", "z_0", "Immune cells at the start", "a.u.", 0.1, (0.0, 1.0)),
    Parameter("tumour_at_start", "x_0", "Uninfected tumour at the start", "of the largest", 0.8, (0.1, 0.9)),
    Parameter("virus_at_start", "v_0", "Virus injected", "a.u.", 0.1, (0.0, 5.0)),
    Parameter("growth", "r", "Growth of the tumour", "per lifetime", 0.36, (0.05, 1.0), source=PAPER),
    Parameter("infection", "a", "Infection", "per lifetime", 0.11, (0.01, 0.5), "log", PAPER),
    Parameter("decay", "e", "Loss of virus", "per lifetime", 0.2, (0.01, 1.0), source=PAPER),
    Parameter("clearing_infected", "c", "Killing of infected cells by immune cells", "per lifetime", 0.48, (0.0, 2.0), source=PAPER),
    Parameter("clearing_virus", "d", "Clearing of virus by immune cells", "per lifetime", 0.16, (0.0, 2.0), source=PAPER),
    Parameter("recruitment", "m", "Recruitment of immune cells", "per lifetime", 0.6, (0.0, 2.0), source=PAPER),
    Parameter("immune_death", "n", "Loss of immune cells", "per lifetime", 0.036, (0.005, 0.2), source=PAPER),
)
# fmt: on

tian = ODE(
    name="tian",
    title="A virus that infects the tumour",
    rhs=rhs,
    initial=initial,
    observe=lambda t, y, p: {"tumour": y[0] + y[1]},
    states=(
        Quantity("uninfected", "x", "uninfected tumour", "of the largest"),
        Quantity("infected", "y", "infected tumour", "of the largest"),
        Quantity("virus", "v", "virus", "a.u."),
        Quantity("immune", "z", "immune cells", "a.u."),
    ),
    observables=(Quantity("tumour", "x + y", "tumour", "of the largest"),),
    parameters=PARAMETERS,
    span=(0.0, 200.0),
    points=801,
    source=PAPER,
    summary=(
        "A virus takes hold only if each infected cell frees enough of it; immune cells that clear "
        "infected cells cut the infection short."
    ),
    leaves_out=(
        "What immune cells do to the tumour itself: here they see the virus only, while in patients a virus is hoped to raise an answer against the tumour.",
        "Space: a virus spreads from cell to cell, and stroma stops it.",
        "Patients: adding an oncolytic virus (T-VEC) to PD-1 blockade did not help in its randomised trial (MASTERKEY-265, ledger T152).",
        "Antibodies, which many patients have before the first injection.",
    ),
    checks=(
        Check(
            "Without immune cells the virus takes hold exactly if b > 1 + e/a.",
            "derived",
            "test_virus_takes_hold_above_the_first_threshold",
        ),
        Check(
            "Above a second threshold, without immune cells, tumour and virus swing without end.",
            "derived",
            "test_oscillations_above_the_second_threshold",
        ),
    ),
)
