"""De Pillis and Radunskaya 2003: chemotherapy between a tumour and the cells that hold it.

De Pillis LG, Radunskaya A. The dynamics of an optimally controlled tumor model: a case study. Math
Comput Model 2003;37:1221-1244.

    normal cells   N' = r2 N (1 - b2 N) - c4 T N - a3 (1 - exp(-u)) N
    tumour         T' = r1 T (1 - b1 T) - c2 I T - c3 T N - a2 (1 - exp(-u)) T
    immune cells   I' = s + rho I T / (alpha + T) - c1 I T - d1 I - a1 (1 - exp(-u)) I
    drug           u' = v - d2 u

Two states are stable at once, one without tumour and one with. A drug need not kill every tumour
cell: it has to carry the patient across the border between the two, and it kills immune cells on the way.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source(
    "de Pillis and Radunskaya 2003, as in BIOMD0000000909",
    doi="10.1016/S0895-7177(03)00133-X",
    grade="curated",
)


def rhs(t, y, p):
    """Three kinds of cell compete, and the drug kills a share of each."""
    normal, tumour, immune, drug = y
    effect = -np.expm1(-drug)
    infusion = np.where((t >= p.first_day) & (t < p.first_day + p.days), p.infusion, 0.0)
    d_normal = (
        p.normal_growth * normal * (1 - p.normal_crowding * normal)
        - p.tumour_on_normal * tumour * normal
        - p.normal_kill * effect * normal
    )
    d_tumour = (
        p.tumour_growth * tumour * (1 - p.tumour_crowding * tumour)
        - p.immune_on_tumour * immune * tumour
        - p.normal_on_tumour * normal * tumour
        - p.tumour_kill * effect * tumour
    )
    d_immune = (
        p.immune_source
        + p.response * immune * tumour / (p.half_response + tumour)
        - p.tumour_on_immune * immune * tumour
        - p.immune_death * immune
        - p.immune_kill * effect * immune
    )
    return d_normal, d_tumour, d_immune, infusion - p.clearance * drug


def initial(p):
    """Healthy tissue, a tumour, few immune cells."""
    return 1.0, p.tumour_at_start, p.immune_at_start, 0.0


# fmt: off
PARAMETERS = (
    Parameter("infusion", "v", "Drug given", "per day", 0.0, (0.0, 2.0)),
    Parameter("first_day", r"t_\mathrm{on}", "First day of the drug", "day", 0.0, (0.0, 60.0), steps=60),
    Parameter("days", r"\tau", "Days on the drug", "days", 10.0, (0.0, 60.0), steps=60),
    Parameter("tumour_at_start", "T_0", "Tumour at the start", "of the largest", 0.25, (0.001, 1.0), "log", PAPER),
    Parameter("immune_at_start", "I_0", "Immune cells at the start", "scaled", 0.15, (0.01, 2.0), "log", PAPER),
    Parameter("immune_kill", "a_1", "Kill of immune cells by the drug", "per day", 0.2, (0.0, 1.0), source=PAPER),
    Parameter("tumour_kill", "a_2", "Kill of tumour cells by the drug", "per day", 0.3, (0.0, 1.0), source=PAPER),
    Parameter("normal_kill", "a_3", "Kill of normal cells by the drug", "per day", 0.1, (0.0, 1.0), source=PAPER),
    Parameter("tumour_growth", "r_1", "Growth of the tumour", "per day", 1.5, (0.5, 3.0), source=PAPER),
    Parameter("normal_growth", "r_2", "Growth of normal cells", "per day", 1.0, (0.5, 2.0), source=PAPER),
    Parameter("tumour_crowding", "b_1", "Crowding of the tumour", "scaled", 1.0, (0.5, 2.0), source=PAPER),
    Parameter("normal_crowding", "b_2", "Crowding of normal cells", "scaled", 1.0, (0.5, 2.0), source=PAPER),
    Parameter("tumour_on_immune", "c_1", "Immune cells used up by the tumour", "per day", 1.0, (0.0, 2.0), source=PAPER),
    Parameter("immune_on_tumour", "c_2", "Killing by immune cells", "per day", 0.5, (0.0, 2.0), source=PAPER),
    Parameter("normal_on_tumour", "c_3", "Normal cells crowd the tumour", "per day", 1.0, (0.0, 2.0), source=PAPER),
    Parameter("tumour_on_normal", "c_4", "The tumour crowds normal cells", "per day", 1.0, (0.0, 2.0), source=PAPER),
    Parameter("immune_death", "d_1", "Death of immune cells", "per day", 0.2, (0.05, 1.0), source=PAPER),
    Parameter("clearance", "d_2", "Clearance of the drug", "per day", 1.0, (0.1, 5.0), "log", PAPER),
    Parameter("immune_source", "s", "Immune cells arriving", "per day", 0.33, (0.0, 1.0), source=PAPER),
    Parameter("response", r"\rho", "Immune cells called by the tumour", "per day", 0.01, (0.0, 1.0), source=PAPER),
    Parameter("half_response", r"\alpha", "Tumour at half of that", "scaled", 0.3, (0.05, 2.0), source=PAPER),
)
# fmt: on

de_pillis_radunskaya = ODE(
    name="de_pillis_radunskaya",
    title="Chemotherapy across a border",
    rhs=rhs,
    initial=initial,
    breaks=lambda p: (p.first_day, p.first_day + p.days),
    states=(
        Quantity("normal", "N", "normal cells", "scaled"),
        Quantity("tumour", "T", "tumour", "scaled"),
        Quantity("immune", "I", "immune cells", "scaled"),
        Quantity("drug", "u", "drug", "scaled"),
    ),
    parameters=PARAMETERS,
    span=(0.0, 150.0),
    points=601,
    source=PAPER,
    summary=(
        "The same patient has two futures. Chemotherapy decides between them if it lasts long "
        "enough to cross the border; the immune system does the rest."
    ),
    leaves_out=(
        "Resistance to the drug, and death of tumour cells that wakes the immune system.",
        "Units: cells are scaled, and a day is a day only by name.",
    ),
    checks=(
        Check(
            "The state without tumour is (1, 0, 1.65) and stable; a state with tumour is stable beside it.",
            "derived",
            "test_two_stable_states",
        ),
        Check(
            "From the curated file’s start the tumour wins without drug; forty days of drug carry it across the border, three do not.",
            "derived",
            "test_the_drug_carries_across_the_border",
        ),
    ),
)
