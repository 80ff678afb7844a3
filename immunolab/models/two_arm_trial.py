"""A small trial: each virtual patient has one lesion, and progresses when it has grown enough.

Illustrative throughout. It shows how a delay, a spread between patients and plain chance shape
two Kaplan-Meier curves and the hazard ratio between them; it predicts no trial.
"""

from __future__ import annotations

import numpy as np

from immunolab.chance import Arm, Cohort
from immunolab.kinds import ODE, Check, Parameter, Quantity

# A fifth more in diameter, the usual threshold for progression, is 1.2**3 in volume.
PROGRESSION = float(np.log(1.2**3))


def rhs(t, y, p):
    """The logarithm of the lesion's volume grows; treatment acts after its delay, then wanes."""
    (_,) = y
    acting = np.where(t >= p.delay, np.exp(-p.resistance * np.maximum(t - p.delay, 0.0)), 0.0)
    return (p.growth - p.effect * acting,)


# fmt: off
PARAMETERS = (
    Parameter("growth", r"\rho", "Growth of a lesion", "per day", 0.004, (0.001, 0.02), "log"),
    Parameter("effect", r"\varepsilon", "Effect of treatment", "per day", 0.0, (0.0, 0.03)),
    Parameter("delay", r"\tau", "Delay of the effect", "days", 60.0, (0.0, 240.0)),
    Parameter("resistance", r"\lambda", "Waning of the effect", "per day", 0.002, (0.0, 0.02)),
)
# fmt: on

lesion = ODE(
    name="lesion",
    title="One lesion",
    rhs=rhs,
    initial=lambda p: (0.0,),
    states=(Quantity("log_volume", r"\ln V", "logarithm of the volume"),),
    parameters=PARAMETERS,
    span=(0.0, 720.0),
    breaks=lambda p: (p.delay,),
)


def personal(p, z):
    """Lesions differ in how fast they grow and in how well they answer."""
    grows, answers = z
    return {
        "growth": p.growth * np.exp(0.6 * grows),
        "effect": p.strength * np.exp(p.spread * answers - 0.5 * p.spread**2),
    }


def event(t, y, p):
    """Progression: the lesion has grown by a fifth in diameter since the start."""
    return y[0] - PROGRESSION


# fmt: off
PARAMETERS = (
    Parameter("strength", r"\varepsilon", "Average effect of treatment", "per day", 0.002, (0.0, 0.01)),
    Parameter("delay", r"\tau", "Delay before it acts", "days", 60.0, (0.0, 240.0), steps=48),
    Parameter("spread", r"\sigma", "Difference between patients", "", 1.0, (0.0, 2.0)),
    Parameter("seed", "n", "Run the trial again", "run", 1.0, (1.0, 200.0), steps=199),
    Parameter("resistance", r"\lambda", "Waning of the effect", "per day", 0.002, (0.0, 0.01)),
    Parameter("dropout", "c", "Patients lost from view", "per day", 0.0003, (0.0, 0.003)),
)
# fmt: on

two_arm_trial = Cohort(
    name="two_arm_trial",
    title="Five hundred virtual patients",
    patient=lesion,
    personal=personal,
    draws=2,
    event=event,
    arms=(
        Arm("control", "control", lambda p: {"effect": 0.0 * p.effect}),
        Arm("treated", "treated", lambda p: {"effect": p.effect}),
    ),
    step=4.0,
    risk_times=(0.0, 180.0, 360.0, 540.0, 720.0),
    parameters=PARAMETERS,
    summary=(
        "Each lesion grows at its own rate. Treatment slows it by its own amount, after a delay, "
        "and wears off. A patient has an event when the lesion is a fifth wider than at the start."
    ),
    leaves_out=(
        "Death, new lesions, visits at fixed dates and everything that makes a real trial messy.",
        "Trials count progression from the smallest size reached, and ask for 5 mm; here it counts from the start.",
        "Calibration: rates are chosen to show shapes, not to match a drug.",
    ),
    checks=(
        Check(
            "Untreated patients progress when the formula says.",
            "derived",
            "test_an_untreated_patient_progresses_when_the_formula_says",
        ),
        Check(
            "Halving the step moves no event by a tenth of a day.",
            "derived",
            "test_halving_the_step_does_not_move_the_curves",
        ),
        Check(
            "The page’s curves, numbers at risk and hazard ratio are those of lifelines.",
            "derived",
            "test_the_page_solves_it_as_scipy_does",
        ),
    ),
)
