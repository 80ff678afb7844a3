"""The kernel half: SciPy solves what the page solves with its own script.

The two are independent programs that follow one contract, so each checks the other:

* explicit ODEs use Dormand-Prince 5(4) with SciPy's step control, relative tolerance 1e-8 and
  absolute tolerance 1e-12.  Looser tolerances were up to 140 % wrong for tumours that shrink to
  almost nothing and grow back;
* the run is cut at every break, jump and extinction, and each piece is solved on its own;
* a run that needs more than :data:`MAX_STEPS` steps is given up, with a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

from immunolab import cohort
from immunolab.kinds import ODE, Cohort, Equilibrium, Formula, Model
from immunolab.trace import Graph, evaluate, jacobian, namespace, trace

RELATIVE_TOLERANCE = 1e-8
ABSOLUTE_TOLERANCE = 1e-12
MAX_STEPS = 20_000


class SolveFailure(ArithmeticError):
    """The model could not be solved at these settings; the message is meant for the reader."""


@dataclass(frozen=True)
class Run:
    """A solved model: one array a quantity, and how much work it was."""

    series: dict[str, np.ndarray]
    steps: int = 0
    evaluations: int = 0
    notes: dict[str, float] = field(default_factory=dict)


def solve(model: Model, values: Mapping[str, float] | None = None, **options) -> Run:
    """Solve any kind of model at checked settings.

    Raises ModelError for a setting that is not allowed and SolveFailure if there is no solution.
    """
    settings = model.settings(values)
    if isinstance(model, ODE):
        return _solve_ode(model, settings, **options)
    if isinstance(model, Formula):
        return _evaluate_formula(model, settings)
    if isinstance(model, Equilibrium):
        return _solve_equilibrium(model, settings)
    if isinstance(model, Cohort):
        return Run(cohort.simulate(model, settings))
    raise TypeError(f"No solver is known for a {type(model).__name__}.")


# ------------------------------------------------------------------------------------- ODE


def _solve_ode(
    model: ODE,
    p,
    method: str | None = None,
    rtol: float = RELATIVE_TOLERANCE,
    atol: float = ABSOLUTE_TOLERANCE,
) -> Run:
    """Solve piece by piece; ``method`` overrides SciPy's method (for checking one by another)."""
    rhs = _Counted(model, p)
    options = {"rtol": rtol, "atol": atol, "method": method or "RK45"}
    if method is None and model.method == "stiff":
        options |= {"method": "Radau", "rtol": 1e-10, "jac": _jacobian(model, p)}
    start, end = model.span
    grid = model.grid()
    states = np.empty((len(model.states), grid.size))
    y = np.array(model.initial(p), dtype=float)
    t, steps = start, 0
    for stop in (*_boundaries(model, p), end):
        y = _jump(model, p, t, y)
        while t < stop:
            y = _bury(model, p, rhs, t, y)
            piece = _piece(model, p, rhs, t, y, stop, options)
            # The next piece overwrites the shared point, so a jump shows its new value.
            inside = (grid >= t) & (grid <= piece.t[-1])
            if inside.any():
                states[:, inside] = piece.sol(grid[inside])
            steps += len(piece.t) - 1
            if steps > MAX_STEPS:
                raise SolveFailure(_lost(t, model))
            t, y = piece.t[-1], piece.y[:, -1]
            if piece.status == 1:
                y = _kill(model, piece, y)
    series = {"t": grid} | dict(zip((q.name for q in model.states), states, strict=True))
    if model.observe:
        seen = model.observe(grid, states, p)
        series |= {name: np.broadcast_to(seen[name], grid.shape) + 0.0 for name in seen}
    return Run(_finite(series, model), steps, rhs.count)


class _Counted:
    """The right-hand side as SciPy wants it, giving up when it is asked too often."""

    def __init__(self, model, p):
        self.model, self.p, self.count = model, p, 0

    def __call__(self, t, y):
        self.count += 1
        if self.count > 7 * MAX_STEPS:
            raise SolveFailure(_lost(t, self.model))
        with np.errstate(all="ignore"):
            return np.array(self.model.rhs(t, y, self.p), dtype=float)


def _piece(model, p, rhs, t, y, stop, options):
    living = [rule for rule in model.extinctions if not _is_extinct(model, rhs, rule, t, y)]
    events = [_extinction_event(model, p, rhs, rule) for rule in living]
    piece = solve_ivp(rhs, (t, stop), y, dense_output=True, events=events or None, **options)
    if piece.status < 0 or not np.all(np.isfinite(piece.y[:, -1])):
        raise SolveFailure(_lost(piece.t[-1], model))
    piece.living = living
    return piece


def _boundaries(model: ODE, p) -> list[float]:
    """Return the times at which the run is cut, in order."""
    start, end = model.span
    times = list(model.breaks(p)) if model.breaks else []
    times += [time for jump in model.jumps for time in jump.times(p)]
    return sorted({float(time) for time in times if start < time < end})


def _jump(model: ODE, p, t: float, y: np.ndarray) -> np.ndarray:
    for jump in model.jumps:
        for time in jump.times(p):
            if time == t:
                y = np.array(jump.change(t, y, p), dtype=float)
    return y


def _bury(model: ODE, p, rhs, t, y) -> np.ndarray:
    """Set to zero what is below its threshold and shrinking at the start of a piece."""
    y = y.copy()
    for rule in model.extinctions:
        index = model.state_index(rule.state)
        if 0 < y[index] < rule.below(p) and rhs(t, y)[index] < 0:
            y[index] = 0.0
    return y


def _kill(model: ODE, piece, y) -> np.ndarray:
    """Set to zero the states whose extinction ended the piece."""
    y = y.copy()
    for rule, times in zip(piece.living, piece.t_events, strict=True):
        if len(times):
            y[model.state_index(rule.state)] = 0.0
    return y


def _is_extinct(model, rhs, rule, t, y) -> bool:
    index = model.state_index(rule.state)
    return y[index] == 0 and rhs(t, y)[index] <= 0


def _extinction_event(model, p, rhs, rule):
    """Return the function whose fall through zero is the death of the last cell.

    It is positive while the state is above its threshold or growing.
    """
    index, below = model.state_index(rule.state), float(rule.below(p))

    def event(t, y):
        return max(y[index] - below, rhs(t, y)[index])

    event.terminal, event.direction = True, -1
    return event


def _jacobian(model: ODE, p):
    graph = Graph()
    t = graph.symbol("t")
    y = tuple(graph.symbol("y." + state.name) for state in model.states)
    symbols = namespace(graph, (q.name for q in model.parameters), "p.")
    rates = trace(model.rhs, graph, t, y, symbols, expect=[s.name for s in model.states]).outputs
    flat = [entry for row in jacobian(rates, y) for entry in row]
    known = {f"p.{name}": value for name, value in vars(p).items()}

    def at(t, y):
        values = known | {"t": t} | {s.value: v for s, v in zip(symbols_y, y, strict=True)}
        return np.array(evaluate(flat, values), dtype=float).reshape(len(y), len(y))

    symbols_y = y
    return at


def _lost(t: float, model: ODE) -> str:
    return (
        f"The model could not be followed past {t:.3g} {model.time_unit} at these settings. "
        "Move a slider back, or press Reset."
    )


def _finite(series: dict[str, np.ndarray], model: Model) -> dict[str, np.ndarray]:
    for name, values in series.items():
        if not np.all(np.isfinite(values)):
            raise SolveFailure(
                f"The model gives no number for {name} at these settings. "
                "Move a slider back, or press Reset."
            )
    return series


# ------------------------------------------------------------------- formula, equilibrium


def _evaluate_formula(model: Formula, p) -> Run:
    x = model.sweep.grid()
    with np.errstate(all="ignore"):
        computed = model.formula(x, p)
    series = {model.sweep.name: x}
    series |= {q.name: np.broadcast_to(computed[q.name], x.shape) + 0.0 for q in model.computes}
    return Run(_finite(series, model), evaluations=x.size)


def _solve_equilibrium(model: Equilibrium, p) -> Run:
    """Solve at each point of the sweep by least squares in logarithms.

    Plain root finding fails where one unknown is nearly used up; logarithms keep it positive.
    """
    grid = model.sweep.grid()
    z = np.array(model.guess(grid[0], p), dtype=float)
    found, evaluations = np.empty((z.size, grid.size)), 0
    for i, x in enumerate(grid):
        answer = least_squares(
            lambda u, x=x: np.array(model.balance(x, np.exp(u), p), dtype=float),
            np.log(z),
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
            max_nfev=400,
        )
        z = np.exp(answer.x)
        if answer.cost > 1e-18 * max(1.0, float(np.sum(z**2))):
            raise SolveFailure(_no_balance(model, x))
        found[:, i], evaluations = z, evaluations + answer.nfev
    series = {model.sweep.name: grid}
    series |= dict(zip((q.name for q in model.unknowns), found, strict=True))
    if model.observe:
        seen = model.observe(grid, found, p)
        series |= {name: np.broadcast_to(seen[name], grid.shape) + 0.0 for name in seen}
    return Run(_finite(series, model), evaluations=evaluations)


def _no_balance(model: Equilibrium, x: float) -> str:
    return (
        f"No balance was found at {model.sweep.meaning} = {x:.3g} {model.sweep.unit}. "
        "Move a slider back, or press Reset."
    )
