"""Frank 2021: two transcription factors, several stable states of a macrophage.

Frank AS, Larripa K, Ryu H, Snodgrass RG, Röblitz S. Bifurcation and sensitivity analysis reveal key
drivers of multistability in a model of macrophage polarization. J Theor Biol 2021;509:110511.

    STAT1 (towards M1)   x1' = (a1 H+(x1) + S1) H-(x2) + b1 - q1 x1
    STAT6 (towards M2)   x2' = a2 H+(x2) + S2 H-(x1) + b2 - q2 x2
    H+(x) = x^n / (x^n + k^n),   H-(x) = p^l / (p^l + x^l)

The two are no mirror images, and are not meant to be: STAT6 inhibits both the signal to STAT1 and its
self-stimulation, STAT1 inhibits only the signal to STAT6. Kept here as a hypothesis: in tissue, macrophage states
form a continuum.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source("Frank 2021", doi="10.1016/j.jtbi.2020.110511")
FILE = Source(
    "Frank 2021, as in BIOMD0000001060", doi="10.1016/j.jtbi.2020.110511", grade="curated"
)


def activates(x, half, steep):
    """Return self-stimulation, from 0 to 1."""
    return x**steep / (x**steep + half**steep)


def inhibits(x, half):
    """Return what inhibition leaves, from 1 to 0 (the paper sets the steepness to 1)."""
    return half / (half + x)


def rhs(t, y, p):
    """Each stimulates itself and holds back the other."""
    stat1, stat6 = y
    towards_m1 = (p.self1 * activates(stat1, p.half1, p.steep1) + p.signal1) * inhibits(
        stat6, p.inhibition2
    )
    towards_m2 = p.self2 * activates(stat6, p.half2, p.steep2) + p.signal2 * inhibits(
        stat1, p.inhibition1
    )
    return towards_m1 + p.basal - p.decay * stat1, towards_m2 + p.basal - p.decay * stat6


# fmt: off
PARAMETERS = (
    Parameter("signal1", "S_1", "Signal towards M1 (interferon-gamma)", "", 4.0, (0.0, 10.0), source=PAPER),
    Parameter("signal2", "S_2", "Signal towards M2 (interleukin-4)", "", 4.0, (0.0, 10.0), source=PAPER),
    Parameter("stat1_at_start", "x_1(0)", "STAT1 at the start", "", 1.2, (0.0, 3.0), source=FILE),
    Parameter("stat6_at_start", "x_2(0)", "STAT6 at the start", "", 2.0, (0.0, 3.0), source=FILE),
    Parameter("self1", "a_1", "Self-stimulation of STAT1", "", 5.0, (0.0, 20.0), source=PAPER),
    Parameter("self2", "a_2", "Self-stimulation of STAT6", "", 5.0, (0.0, 20.0), source=PAPER),
    Parameter("half1", "k_1", "STAT1 at half self-stimulation", "", 1.0, (0.2, 3.0), source=PAPER),
    Parameter("half2", "k_2", "STAT6 at half self-stimulation", "", 1.0, (0.2, 3.0), source=PAPER),
    Parameter("steep1", "n_1", "Steepness for STAT1", "", 6.0, (1.0, 30.0), source=PAPER),
    Parameter("steep2", "n_2", "Steepness for STAT6", "", 6.0, (1.0, 30.0), source=PAPER),
    Parameter("inhibition1", "p_1", "STAT1 that halves the signal to STAT6", "", 0.5, (0.1, 3.0), source=PAPER),
    Parameter("inhibition2", "p_2", "STAT6 that halves what drives STAT1", "", 1.0, (0.1, 3.0), source=PAPER),
    Parameter("basal", "b", "Basal activation", "", 0.05, (0.0, 0.5), source=PAPER),
    Parameter("decay", "q", "Decay", "", 5.0, (1.0, 10.0), source=PAPER),
)
# fmt: on

#: The paper's sets of parameters: one state more with each.
TWO_STATES = {"signal1": 3.75, "signal2": 3.75}
FOUR_STATES = {
    "self1": 15.0,
    "self2": 8.0,
    "steep1": 22.0,
    "decay": 5.8,
    "signal1": 5.0,
    "signal2": 5.0,
}

frank = ODE(
    name="frank",
    title="States of a macrophage",
    rhs=rhs,
    initial=lambda p: (p.stat1_at_start, p.stat6_at_start),
    states=(
        Quantity("stat1", "x_1", "STAT1 activity (towards M1)", ""),
        Quantity("stat6", "x_2", "STAT6 activity (towards M2)", ""),
    ),
    parameters=PARAMETERS,
    span=(0.0, 10.0),
    time_unit="units",
    source=PAPER,
    summary="In this model the same signals hold a cell in one of several states; where it comes from decides in which.",
    leaves_out=(
        "All other factors. With many, states that look separate here may join into a continuum.",
        "A hypothesis: in tissue, macrophage states form a continuum. With signals of 3.75 neither of the two states is M2-like.",
        "Cells in tissue, where signals change faster than such states need to settle.",
    ),
    checks=(
        Check(
            "Signals of 3.75: the stable states (0.5952, 0.3545) and (1.3152, 0.2166), as printed in Fig. 2.",
            "paper",
            "test_printed_stable_states",
        ),
        Check(
            "Signals of 4: three stable states; the paper’s third set: four, all as printed.",
            "paper",
            "test_printed_stable_states",
        ),
    ),
)
