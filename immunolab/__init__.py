"""The package behind the book: models, their solvers, and what makes them explorable.

What a chapter or a class needs is here: the kinds of model with their parts, and
:func:`explore`; and what it asks its readers, :func:`quiz`, :func:`predicted` and
:func:`progress`.  ``ARCHITECTURE.md`` shows the rooms and which way the imports run.
"""

from immunolab.catalogue import cards
from immunolab.chance import Arm, Cohort, Population, Simulation
from immunolab.check import checks
from immunolab.coverage import promises
from immunolab.explore import Explorable, explore
from immunolab.kinds import (
    ILLUSTRATIVE,
    ODE,
    Check,
    Equilibrium,
    Extinction,
    Formula,
    Jump,
    ModelError,
    Parameter,
    Quantity,
    SolveFailure,
    Source,
    Sweep,
)
from immunolab.objectives import objectives
from immunolab.practice import practice
from immunolab.quiz import predicted, progress, quiz
from immunolab.solve import solve
from immunolab.trace import UntraceableModelError

__all__ = [
    "ILLUSTRATIVE",
    "ODE",
    "Arm",
    "Check",
    "Cohort",
    "Equilibrium",
    "Explorable",
    "Extinction",
    "Formula",
    "Jump",
    "ModelError",
    "Parameter",
    "Population",
    "Quantity",
    "Simulation",
    "SolveFailure",
    "Source",
    "Sweep",
    "UntraceableModelError",
    "cards",
    "checks",
    "explore",
    "objectives",
    "practice",
    "predicted",
    "progress",
    "promises",
    "quiz",
    "solve",
]
