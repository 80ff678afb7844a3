"""Bliss, Loewe, and the best single agent: three answers to the question whether an effect is more than expected.

Two drugs with Hill curves E(d) = (d/EC50)^n / (1 + (d/EC50)^n) are given together.

    highest single agent   max(E_A, E_B)
    Bliss                  E_A + E_B - E_A E_B           the drugs act independently on each cell
    Loewe                  dA/DA(E) + dB/DB(E) = 1       each is a dilution of the other

The sham test gives a drug together with itself. It cannot be synergistic with itself, and Loewe
says so for every curve. Bliss reports synergy where the curve is steep, and antagonism where it is not.
"""

from __future__ import annotations

from immunolab.kinds import Check, Equilibrium, Parameter, Quantity, Sweep


def hill(dose, half, steepness):
    """Return the effect of one drug, from 0 to 1."""
    return dose**steepness / (half**steepness + dose**steepness)


def balance(x, z, p):
    """Loewe: doses, each as a share of the dose that would do alone, add up to one.

    ``odds`` is E/(1 - E), which a drug alone reaches at dose EC50 odds^(1/n).
    """
    (odds,) = z
    second = p.ratio * x
    return (
        x / (p.half_a * odds ** (1 / p.steepness_a))
        + second / (p.half_b * odds ** (1 / p.steepness_b))
        - 1,
    )


def guess(x, p):
    """Start as if both were the first drug."""
    return (((1 + p.ratio) * x / p.half_a) ** p.steepness_a,)


def observe(x, z, p):
    """Return each drug alone, and what each rule expects of both."""
    (odds,) = z
    first, second = hill(x, p.half_a, p.steepness_a), hill(p.ratio * x, p.half_b, p.steepness_b)
    bliss = first + second - first * second
    loewe = odds / (1 + odds)
    # The sham: the first drug stands in both places.
    again = hill(p.ratio * x, p.half_a, p.steepness_a)
    sham = hill((1 + p.ratio) * x, p.half_a, p.steepness_a)
    bliss_again = first + again - first * again
    return {
        "first": first,
        "second": second,
        "highest": 0.5 * (first + second + abs(first - second)),
        "bliss": bliss,
        "loewe": loewe,
        "sham": sham,
        "bliss_again": bliss_again,
        "called_synergy": sham - bliss_again,
    }


# fmt: off
PARAMETERS = (
    Parameter("steepness_a", "n_A", "Steepness of the first curve", "", 2.0, (0.5, 6.0)),
    Parameter("steepness_b", "n_B", "Steepness of the second curve", "", 2.0, (0.5, 6.0)),
    Parameter("ratio", "r", "Second part of the dose for each unit of the first", "", 1.0, (0.1, 10.0), "log"),
    Parameter("half_a", r"\mathrm{EC}_{50,A}", "Dose of half effect, first drug", "", 1.0, (0.1, 10.0), "log"),
    Parameter("half_b", r"\mathrm{EC}_{50,B}", "Dose of half effect, second drug", "", 1.0, (0.1, 10.0), "log"),
)
# fmt: on

combination_references = Equilibrium(
    name="combination_references",
    title="More than expected?",
    balance=balance,
    guess=guess,
    observe=observe,
    unknowns=(Quantity("odds", "o", "odds of the effect by Loewe", ""),),
    observables=(
        Quantity("first", "E_A", "first drug alone", "share"),
        Quantity("second", "E_B", "second drug alone", "share"),
        Quantity("highest", r"E_\mathrm{HSA}", "highest single agent", "share"),
        Quantity("bliss", r"E_\mathrm{Bliss}", "expected by Bliss", "share"),
        Quantity("loewe", r"E_\mathrm{Loewe}", "expected by Loewe", "share"),
        Quantity("sham", r"E_\mathrm{sham}", "the first drug given in both places", "share"),
        Quantity(
            "bliss_again",
            r"E_\mathrm{B}",
            "expected by Bliss of the first drug with itself",
            "share",
        ),
        Quantity(
            "called_synergy", r"\Delta", "what Bliss calls synergy of a drug with itself", "share"
        ),
    ),
    sweep=Sweep(
        "dose", "d_A", "dose of the first drug", "of its EC50", 0.01, 10.0, "log", points=121
    ),
    parameters=PARAMETERS,
    summary="What counts as synergy depends on what was expected, and there is more than one fair expectation.",
    leaves_out=(
        "Patients. A dose-response curve of cells says nothing about who responds; see independent action.",
        "Effects that end below 100 %, and harm, which combines too.",
    ),
    checks=(
        Check(
            "A drug combined with itself: Loewe expects what is seen at every dose and steepness.",
            "derived",
            "test_sham_combination_is_additive_by_loewe",
        ),
        Check(
            "Half of EC50 twice: Bliss expects 0.36 where 0.50 is seen (n = 2), and 0.556 where 0.500 is seen (n = 1).",
            "derived",
            "test_bliss_invents_synergy",
        ),
    ),
)
