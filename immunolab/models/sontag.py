"""Sontag 2017: an immune system that reads how fast its enemy grows, not how large it is.

Sontag ED. A dynamical model of immune responses to antigen presentation predicts different regions of
tumor or pathogen elimination. Cell Syst 2017;4:231-241.

    regulatory arm   x' = -delta_x x + beta u
    effector arm     y' = mu u / x - delta_y y

Antigen u drives both arms, and one divides the other (an incoherent feed-forward loop). A step is
answered and forgotten; antigen that grows as exp(lambda t) is answered for as long as it grows, and the
answer rises with lambda.
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Parameter, Quantity, Source

PAPER = Source(
    "Sontag 2017, as in BIOMD0000001030", doi="10.1016/j.cels.2016.12.003", grade="curated"
)


def antigen(t, p):
    """Return antigen that first rests at 1, then steps up once and grows exponentially."""
    since = np.maximum(t - p.start, 0.0)
    return np.where(t >= p.start, p.step * np.exp(p.growth * since), 1.0)


def rhs(t, y, p):
    """Antigen drives both arms; the regulatory arm divides the effector arm."""
    regulatory, effector = y
    seen = antigen(t, p)
    d_regulatory = p.regulation * seen - p.regulatory_loss * regulatory
    return d_regulatory, p.response * seen / regulatory - p.effector_loss * effector


def initial(p):
    """At rest with antigen 1."""
    regulatory = p.regulation / p.regulatory_loss
    return regulatory, p.response / regulatory / p.effector_loss


# fmt: off
PARAMETERS = (
    Parameter("growth", r"\lambda", "Growth of the antigen", "per time", 0.3, (0.0, 1.0)),
    Parameter("step", "u_0", "Step of the antigen at first", "fold", 1.0, (1.0, 10.0)),
    Parameter("start", r"t_\mathrm{on}", "When it begins", "time", 5.0, (0.0, 15.0)),
    Parameter("regulation", r"\beta", "Regulatory arm driven by antigen", "per time", 1.0, (0.2, 3.0), source=PAPER),
    Parameter("regulatory_loss", r"\delta_x", "Loss of the regulatory arm", "per time", 1.0, (0.2, 3.0), source=PAPER),
    Parameter("response", r"\mu", "Effector arm driven by antigen", "per time", 1.0, (0.2, 3.0), source=PAPER),
    Parameter("effector_loss", r"\delta_y", "Loss of the effector arm", "per time", 1.0, (0.2, 3.0), source=PAPER),
)
# fmt: on

sontag = ODE(
    name="sontag",
    title="Reading the rate of growth",
    rhs=rhs,
    initial=initial,
    breaks=lambda p: (p.start,),
    observe=lambda t, y, p: {"antigen": antigen(t, p)},
    states=(
        Quantity("regulatory", "x", "regulatory arm", "a.u."),
        Quantity("effector", "y", "effector arm", "a.u."),
    ),
    observables=(Quantity("antigen", "u", "antigen", "a.u."),),
    parameters=PARAMETERS,
    span=(0.0, 30.0),
    time_unit="units",
    source=PAPER,
    summary="A step of antigen is answered and forgotten. Growth is answered for as long as it lasts, the faster the more.",
    leaves_out=(
        "The tumour that the answer would kill: antigen here is given from outside. The paper’s zones of tolerance and elimination need it.",
        "Which cells the two arms are; the paper offers regulatory and effector T cells as one reading.",
    ),
    checks=(
        Check(
            "Antigen that grows as exp(lambda t) is answered by (mu/beta)(delta_x + lambda)/delta_y in the long run: with all rates 1, by 1 + lambda.",
            "derived",
            "test_answer_reads_the_growth_rate",
        ),
        Check(
            "A step of any size is answered, and forgotten completely.",
            "derived",
            "test_a_step_is_forgotten",
        ),
    ),
)
