"""Kirschner and Panetta 1998: interleukin-2, transferred effector cells, and a tumour.

Kirschner D, Panetta JC. Modeling immunotherapy of the tumor-immune interaction. J Math Biol
37:235-252, doi:10.1007/s002850050127.

    effectors      E' = c T - mu2 E + p1 E I / (g1 + I) + s1
    tumour         T' = r2 T (1 - b T) - a E T / (g2 + T)
    interleukin-2  I' = p2 E T / (g3 + T) - mu3 I + s2

``c`` is the antigenicity of the tumour; s1 is adoptive transfer, s2 is interleukin-2 that is given.
Days, and the paper's own units of volume.

One public archive (BIOMD0000000732) writes the stimulation by interleukin-2 as p1 E I / g1, which
never saturates. The equation here is the one that later papers quote (Caravagna 2010,
doi:10.1016/j.jtbi.2010.05.013), and the two differ: with saturation a large tumour can exist until
c = 8.55e-5, without it that range ends before 8e-5.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source(
    "Kirschner and Panetta 1998, values as in BIOMD0000000732 and Caravagna 2010",
    doi="10.1007/s002850050127",
    grade="curated",
)


def rhs(t, y, p):
    """Antigen calls effectors, effectors make interleukin-2, interleukin-2 multiplies effectors."""
    effectors, tumour, interleukin = y
    stimulated = p.stimulation * effectors * interleukin / (p.half_stimulation + interleukin)
    killed = p.killing * effectors * tumour / (p.half_killing + tumour)
    secreted = p.secretion * effectors * tumour / (p.half_secretion + tumour)
    d_effectors = p.antigenicity * tumour - p.death * effectors + stimulated + p.transfer
    d_tumour = p.growth * tumour * (1 - p.crowding * tumour) - killed
    d_interleukin = secreted - p.clearance * interleukin + p.infusion
    return d_effectors, d_tumour, d_interleukin


def initial(p):
    """One unit of each, from which the tumour grows."""
    return 1.0, 1.0, 1.0


# fmt: off
PARAMETERS = (
    Parameter("antigenicity", "c", "Antigenicity of the tumour", "per day", 0.02, (1e-5, 0.05), "log"),
    Parameter("transfer", "s_1", "Effector cells given", "per unit of volume, per day", 0.0, (0.0, 1000.0)),
    Parameter("infusion", "s_2", "Interleukin-2 given", "units per unit of volume, per day", 0.0, (0.0, 1e9)),
    Parameter("death", r"\mu_2", "Death of effectors", "per day", 0.03, (0.01, 0.1), source=PAPER),
    Parameter("stimulation", "p_1", "Most stimulation by interleukin-2", "per day", 0.1245, (0.0, 0.5), source=PAPER),
    Parameter("half_stimulation", "g_1", "Interleukin-2 at half stimulation", "volume", 2e7, (1e6, 1e8), "log", PAPER),
    Parameter("growth", "r_2", "Growth of the tumour", "per day", 0.18, (0.05, 0.4), source=PAPER),
    Parameter("crowding", "b", "Crowding of the tumour", "per volume", 1e-9, (1e-10, 1e-8), "log", PAPER),
    Parameter("killing", "a", "Most killing by one effector", "per day", 1.0, (0.1, 5.0), "log", PAPER),
    Parameter("half_killing", "g_2", "Tumour at half killing", "volume", 1e5, (1e4, 1e6), "log", PAPER),
    Parameter("secretion", "p_2", "Most interleukin-2 made", "per day", 5.0, (0.5, 20.0), "log", PAPER),
    Parameter("half_secretion", "g_3", "Tumour at half secretion", "volume", 1e3, (1e2, 1e4), "log", PAPER),
    Parameter("clearance", r"\mu_3", "Loss of interleukin-2", "per day", 10.0, (1.0, 30.0), "log", PAPER),
)
# fmt: on

kirschner_panetta = ODE(
    name="kirschner_panetta",
    title="Transferred cells and interleukin-2",
    rhs=rhs,
    initial=initial,
    states=(
        Quantity("effectors", "E", "effector cells", "volume", floor=1e-3),
        Quantity("tumour", "T", "tumour cells", "volume", floor=1e-3),
        Quantity("interleukin", "I", "interleukin-2", "volume", floor=1e-3),
    ),
    parameters=PARAMETERS,
    span=(0.0, 1000.0),
    points=1001,
    source=PAPER,
    summary=(
        "A tumour that is seen calls effectors; they secrete interleukin-2, which multiplies them. "
        "Where antigenicity is low the tumour grows large; where it is high a small one is held; between them "
        "tumour and effectors chase each other."
    ),
    leaves_out=(
        "Harm from interleukin-2, which limits its dose in patients.",
        "Regulatory T cells, which interleukin-2 multiplies too; exhaustion; antigen loss.",
        "Chance: from c = 1e-4 to 0.01 the tumour falls far below any cell, and the run ends before it would return.",
        "The archive’s equation: BIOMD0000000732 lets interleukin-2 stimulate without limit, which is not the paper’s.",
    ),
    checks=(
        Check(
            "More than 540 units of effector cells a day make the state without tumour stable: the paper’s threshold, as Caravagna 2010 quotes it.",
            "paper",
            "test_transfer_above_540_protects",
        ),
        Check(
            "Cycles end between c = 0.032 and 0.033, in line with the simulations of Caravagna 2010.",
            "derived",
            "test_cycles_end_in_a_hopf_point",
        ),
        Check(
            "The large tumour ceases to exist at c = 8.552e-5; with a stimulation that never saturates, before 8e-5.",
            "derived",
            "test_large_tumour_ends_in_a_fold",
        ),
        Check(
            "At c = 0.02 tumour and effectors chase each other over six orders of magnitude.",
            "derived",
            "test_between_them_tumour_and_effectors_cycle",
        ),
        Check(
            "Without cells or interleukin-2 given, the state without tumour is never stable.",
            "derived",
            "test_without_treatment_no_tumour_is_never_stable",
        ),
    ),
    # The tumour falls by many orders of magnitude and returns: see ODE.in_logarithms.
).in_logarithms("effectors", "tumour", "interleukin")
