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
from dataclasses import dataclass

import numpy as np

from immunolab import cohort, lattice
from immunolab.chance import Cohort, Population, Simulation
from immunolab.compiled import compiled, compiled_slopes
from immunolab.kinds import ODE, Equilibrium, Formula, Model, ModelError, SolveFailure
from immunolab.space import Grid
from immunolab.view import rounded

RELATIVE_TOLERANCE = 1e-8
ABSOLUTE_TOLERANCE = 1e-12
MAX_STEPS = 20_000


@dataclass(frozen=True)
class Run:
    """A solved model: one array a quantity, and how much work it was."""

    series: dict[str, np.ndarray]
    steps: int = 0
    evaluations: int = 0


def solve(model: Model, values: Mapping[str, float] | None = None, **options) -> Run:
    """Solve any kind of model at checked settings.

    Raises ModelError for a setting that is not allowed, UntraceableModelError for a function that
    cannot be read (it names the line), and SolveFailure if there is no solution;
    a note on the failure says at which settings, and what each of them may be.
    """
    settings = model.settings(values)
    try:
        if isinstance(model, ODE):
            return _solve_ode(model, settings, **options)
        if isinstance(model, Formula):
            return _evaluate_formula(model, settings)
        if isinstance(model, Equilibrium):
            return _solve_equilibrium(model, settings)
        if isinstance(model, Cohort):
            return Run(_finite(cohort.simulate(model, settings), model))
        if isinstance(model, Grid):
            return Run(_finite(lattice.run(model, settings), model), model.steps)
        if isinstance(model, Simulation):
            return _simulate(model, settings)
    except SolveFailure as failure:
        # The message itself is for readers of the page, which has the same one.
        failure.add_note(_settings_in_words(model, settings))
        raise
    if isinstance(model, Population):
        raise ModelError(
            f"{model.name} is thousands of patients under a therapy: call "
            f"population.follow({model.name}, {{...}}) with what the therapy sets."
        )
    raise TypeError(f"No solver is known for a {type(model).__name__}.")


def _settings_in_words(model: Model, p) -> str:
    """Return which settings were not the defaults, each with what is allowed."""
    moved = [q for q in model.parameters if getattr(p, q.name) != q.default]
    if not moved:
        return f"Model {model.name}, at its default settings."
    told = [
        f"{q.name} = {getattr(p, q.name):g} (default {q.default:g}, "
        f"allowed {q.range[0]:g} to {q.range[1]:g})"
        for q in moved
    ]
    return f"Model {model.name}, at {'; '.join(told)}."


def _simulate(model: Simulation, p) -> Run:
    found = model.simulate(p, np.random.default_rng(int(p.seed)))
    if not isinstance(found, dict):
        raise ModelError(
            f"{model.name}: simulate must return a dict, not a {type(found).__name__}."
        )
    missing = {q.name for q in model.computes} ^ set(found)
    if missing:
        raise ModelError(
            f"{model.name}: simulate must return exactly its quantities; "
            f"these differ: {', '.join(sorted(missing))}."
        )
    return Run(_finite({name: np.atleast_1d(value) for name, value in found.items()}, model))


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
    with np.errstate(all="ignore"):
        y = np.array(model.initial(p), dtype=float)
    t, steps = start, 0
    for stop in (*_boundaries(model, p), end):
        y = _jump(model, p, t, y)
        rhs.last = cohort.just_before(stop)
        while t < stop:
            y = _bury(model, p, rhs, t, y)
            if not np.all(np.isfinite(rhs(t, y))):
                raise SolveFailure(_lost(t, model))
            piece = _piece(model, p, rhs, t, y, stop, options)
            # The next piece overwrites the shared point, so a jump shows its new value.
            inside = (grid >= t) & (grid <= piece.t[-1])
            if inside.any():
                states[:, inside] = piece.sol(grid[inside])
            if steps + len(piece.t) - 1 > MAX_STEPS:
                raise SolveFailure(_lost(piece.t[MAX_STEPS - steps], model))
            steps += len(piece.t) - 1
            t, y = piece.t[-1], piece.y[:, -1]
            if piece.status == 1:
                y = _kill(model, piece, y)
    series = {"t": grid} | dict(zip((q.name for q in model.states), states, strict=True))
    if model.observe:
        series |= _observed(model, grid, states, p)
    return Run(_finite(series, model), steps, rhs.count)


def _observed(model, x, states, p) -> dict[str, np.ndarray]:
    with np.errstate(all="ignore"):
        seen = model.observe(x, states, p)
    return {q.name: np.broadcast_to(seen[q.name], x.shape) + 0.0 for q in model.observables}


class _Counted:
    """The right-hand side as SciPy wants it.

    A piece ends where the next one's equations begin, so no stage may look at or past its end.
    """

    def __init__(self, model, p):
        self.model, self.count, self.last = model, 0, np.inf
        self.rates = compiled(*_read_as(model.rhs, model.states, model), named=True)(p)

    def __call__(self, t, y):
        self.count += 1
        if self.count > 40 * MAX_STEPS:  # stops what would never come to an end
            raise SolveFailure(_lost(t, self.model))
        with np.errstate(all="ignore"):
            return np.array(self.rates(min(float(t), self.last), y.tolist()))


def _read_as(function, unknowns, model):
    """Return the function with the names of its unknowns and of the model's parameters."""
    names = (tuple(q.name for q in unknowns), tuple(q.name for q in model.parameters))
    return function, *names


def _piece(model, p, rhs, t, y, stop, options):
    from scipy.integrate import solve_ivp  # here: it takes a second that not every notebook needs

    living = [rule for rule in model.extinctions if y[model.state_index(rule.state)] > 0]
    events = [_extinction_event(model, p, rhs, rule) for rule in living]
    try:
        piece = solve_ivp(rhs, (t, stop), y, dense_output=True, events=events or None, **options)
    except ValueError:  # the implicit methods refuse numbers that are not finite
        raise SolveFailure(_lost(t, model)) from None
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
    """Set to zero what is already dying out at the start of a piece."""
    y = y.copy()
    for rule in model.extinctions:
        index = model.state_index(rule.state)
        if y[index] > 0 and _survival(rhs, index, float(rule.below(p)), t, y) < 0:
            y[index] = 0.0
    return y


def _survival(rhs, index: int, below: float, t, y) -> float:
    """Return a number that is negative once a population dies out.

    It must be below its threshold, shrinking, and not fed: a clone that another population keeps
    shedding into would die and come back without end.
    """
    empty = y.copy()
    empty[index] = 0.0
    fed = rhs(t, empty)[index]
    return max(y[index] - below, rhs(t, y)[index], fed if fed > 0 else -np.inf)


def _kill(model: ODE, piece, y) -> np.ndarray:
    """Set to zero the states whose extinction ended the piece."""
    y = y.copy()
    for rule, times in zip(piece.living, piece.t_events, strict=True):
        if len(times):
            y[model.state_index(rule.state)] = 0.0
    return y


def _extinction_event(model, p, rhs, rule):
    """Return the function whose fall through zero is the death of the last cell."""
    index, below = model.state_index(rule.state), float(rule.below(p))

    def event(t, y):
        return _survival(rhs, index, below, t, y)

    event.terminal, event.direction = True, -1
    return event


def _jacobian(model: ODE, p):
    """Return the function (t, y) -> matrix of slopes of the rates by the states."""
    return _matrix(compiled_slopes(*_read_as(model.rhs, model.states, model), named=True)(p))


def _matrix(slopes):
    """Return the function that makes a square matrix of slopes that were computed row by row."""

    def at(x, values):
        with np.errstate(all="ignore"):
            flat = slopes(float(x), values.tolist())
        return np.array(flat).reshape(values.size, values.size)

    return at


def _lost(t: float, model: ODE) -> str:
    return (
        f"The model could not be followed past {rounded(t, 3)} {model.time_unit} "
        "at these settings. Move a slider back, or press Reset."
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
    """Solve at each point of the sweep, in logarithms, so that unknowns stay positive.

    Least squares finds the neighbourhood (plain root finding fails where one unknown is nearly used
    up); Newton's method finishes, and its last step says whether a balance was found.
    """
    grid, function = model.sweep.grid(), _read_as(model.balance, model.unknowns, model)
    balance = compiled(*function, named=False)(p)
    slopes = _matrix(compiled_slopes(*function, named=False)(p))
    with np.errstate(all="ignore"):
        z = np.array(model.guess(grid[0], p), dtype=float)
        found, evaluations = np.empty((z.size, grid.size)), 0
        for i, x in enumerate(grid):
            z, used = _balanced(model, balance, slopes, x, z)
            found[:, i], evaluations = z, evaluations + used
    series = {model.sweep.name: grid}
    series |= dict(zip((q.name for q in model.unknowns), found, strict=True))
    if model.observe:
        series |= _observed(model, grid, found, p)
    return Run(_finite(series, model), evaluations=evaluations)


def _balanced(
    model: Equilibrium, balance, slopes, x: float, z: np.ndarray
) -> tuple[np.ndarray, int]:
    from scipy.optimize import least_squares

    def residuals(u):
        return np.array(balance(float(x), np.exp(u).tolist()))

    try:
        near = least_squares(residuals, np.log(z), xtol=1e-15, ftol=1e-15, gtol=None, max_nfev=400)
        u = near.x
        for _ in range(5):
            step = np.linalg.solve(slopes(x, np.exp(u)) * np.exp(u), -residuals(u))
            u = u + step
    except (ValueError, np.linalg.LinAlgError):  # a residual or a slope that is not finite
        raise SolveFailure(_no_balance(model, x)) from None
    if not np.max(np.abs(step)) < 1e-9:
        raise SolveFailure(_no_balance(model, x))
    return np.exp(u), near.nfev


def _no_balance(model: Equilibrium, x: float) -> str:
    return (
        f"No balance was found at {model.sweep.meaning} = {rounded(x, 3)} {model.sweep.unit}. "
        "Move a slider back, or press Reset."
    )
