"""Models as SBML: COPASI, a program that shares no line with ours, computes what we compute.

Each exported file is simulated by COPASI (LSODA, steps of its own) and every state and observable
is compared, at every point of the grid, with our SciPy solution.

How far they may differ. Here our solver runs with an error of 1e-9 in each step, a tenth of its
contract, and an absolute one of 1e-14. If all errors of a thousand steps added up, that would make
1e-6 of a value; a value below its quantity's ``floor`` means nothing; and 1e-12 is allowed on top,
for the absolute error of a hundred steps near zero.

* The contract's own 1e-8 adds up to 8e-7 in a model that swings from cure to relapse (1e-10 to
  8e-9, so that is our solver and not the file), which would leave no room.
* COPASI's relative tolerance is 1e-13. LSODA's errors grow with the run; on the model that grows
  them most, followed through years of oscillation, they came to 1e6 tolerances: 1e-7.
* COPASI's absolute tolerance is 1e-14 too. With less, LSODA finds no first step where a treatment
  moves a state from exactly zero.

A quantity that takes both signs passes through zero, where no relative error holds. It is compared
with the largest size it has in the run. An observable may be a small difference of large states
(1 - y, where y is nearly 1). It may differ by what an error of 1e-9, and of 1e-12, in each state
makes of it as well.

At the moment of a jump both show the value after it, so points at jumps are compared like all
others. (The end of a run is the exception, tested on its own.)
"""

from __future__ import annotations

import random

import COPASI
import libsbml
import numpy as np
import pytest
from models_for_tests import (
    dosing,
    everything,
    fed,
    ode,
    operations,
    parameter,
    state,
    stiff,
    window,
)

from immunolab.chance import Simulation
from immunolab.kinds import ODE, Extinction, Jump, ModelError
from immunolab.library import library
from immunolab.models.antibody_dosing import antibody_dosing
from immunolab.models.costimulation import costimulation
from immunolab.models.kuznetsov import kuznetsov, kuznetsov_nullclines
from immunolab.models.trans_endocytosis import trans_endocytosis
from immunolab.models.two_arm_trial import two_arm_trial
from immunolab.models.virtual_tumour import virtual_tumour
from immunolab.sbml import FORMS, complaints, main, to_sbml
from immunolab.solve import solve
from immunolab.trace import OPERATIONS, Graph, evaluate, jacobian, namespace, trace

RELATIVE = 1e-6
OUR_RELATIVE, COPASI_RELATIVE = 1e-9, 1e-13
ABSOLUTE, ABSOLUTE_IN_ALL = 1e-14, 1e-12
RANDOM_SETTINGS = 2


def odes_of_the_book() -> list[ODE]:
    return [model for model in library().values() if isinstance(model, ODE)]


# ------------------------------------------------------------- models made to strain the file


def one_by_one(t, y, p):
    """Return every function that can be traced, each on its own; a new row is here by itself."""
    seen = {}
    for name, row in OPERATIONS.items():
        count = 1 + max(i for i in range(3) if f"{{{i}}}" in row.javascript)
        arguments = (t, p.b)[:count]
        if name.startswith("logical"):
            arguments = (t > p.a, t > p.b)[:count]
        if name == "where":
            arguments = t > p.a, t, p.b
        seen[name] = row.numpy(*arguments)
    return seen


def at_rest(t, y, p):
    return (0.0 * y[0],)


def resting(name, observe, names, **more):
    """Return a model whose state stays; all that matters is what is observed."""
    return ode(
        name,
        at_rest,
        lambda p: (p.a,),
        (state("rest"),),
        operations.parameters,
        observe=observe,
        observables=tuple(state(n) for n in names),
        **more,
    )


each_operation = resting("each_operation", one_by_one, OPERATIONS, span=(0.0625, 2.4), points=60)
# An even number of points: none lies on a step of everything(), where a rounding would decide.
operations_mixed = resting(
    "operations_mixed",
    lambda t, y, p: everything(t, p),
    [quantity.name for quantity in operations.computes],
    span=(-2.5, 2.5),
    points=200,
)


def truths(t, y, p):
    """Truth values as a named value, as a number, as a condition, and numbers as conditions."""
    late = t > p.a
    either = np.where(late, t < p.b, t > 0.25)
    return {
        "late": late,
        "either": np.where(either, 2.0, 3.0),
        "counted": late * 2.0 + np.where(p.b, 1.0, 5.0),
        "negated": np.logical_not(np.floor(t)),
    }


truth_values = resting(
    "truth_values", truths, ["late", "either", "counted", "negated"], span=(0.0, 4.0), points=50
)


def doubling(t, y, p):
    """Each line uses the one before twice: written out in full, it would double thirty times."""
    value = y[0]
    for _ in range(30):
        value = 0.5 * (value + p.a / (1 + value))
    return (value - y[0],)


doubled = ode(
    "doubled", doubling, lambda p: (2.0,), (state("size"),), (parameter("a", 0.5, 0.1, 1.0),)
)


# Names that mean something in SBML's formulas, that clash with one another, or that are no SBML.
def awkward(t, y, p):
    """Name a value as a state is named."""
    first, second = y
    time = -p.e * second
    return p.pi * second - p.delay * first + p.größe * t, time * 2


awkward_names = ode(
    "time",
    awkward,
    lambda p: (p.pi, p.e),
    (state("shared"), state("time")),
    tuple(parameter(name, 0.5, 0.1, 1.0) for name in ("pi", "e", "delay", "größe", "gr__e")),
    observe=lambda t, y, p: {"avogadro": y[0] * p.gr__e, "min": np.minimum(y[0], p.pi)},
    observables=(state("avogadro"), state("min")),
)

# Jumps at the start, before it, at the same moment (where their order matters) and never.
many_jumps = ode(
    "many_jumps",
    lambda t, y, p: (-0.1 * y[0], 0.1 * y[0]),
    lambda p: (1.0, 0.0),
    (state("here"), state("there")),
    (parameter("when", 20.0, 5.0, 40.0), parameter("start", 10.0, 5.0, 15.0)),
    span=(10.0, 30.0),
    points=81,
    jumps=(
        Jump(
            lambda p: (p.start, 7.0, p.start - 3.0, p.when, np.inf),
            lambda t, y, p: (y[0] + t, y[1]),
        ),
        Jump(lambda p: (p.when, p.when), lambda t, y, p: (y[1], 2 * y[0])),
    ),
)

# Both are below the threshold from the start. One is gone at once, brought back later and gone
# again; the other is saved by a jump at the start.
twice_gone = ode(
    "twice_gone",
    lambda t, y, p: (-0.5 * y[0], -0.1 * y[1]),
    lambda p: (0.5, 0.5),
    (state("gone"), state("saved")),
    (parameter("when", 4.05, 1.0, 30.0),),
    span=(0.0, 8.0),
    jumps=(
        Jump(lambda p: (p.when,), lambda t, y, p: (y[0] + 2.0, y[1])),
        Jump(lambda p: (0.0,), lambda t, y, p: (y[0], y[1] + 1.0)),
    ),
    extinctions=(Extinction("gone", lambda p: 1.0), Extinction("saved", lambda p: 1.0)),
)


def pulse(t, y, p):
    """A treatment of a few minutes, without a choice that a simulator could notice."""
    rise = np.minimum(np.maximum((t - p.start) / p.short, 0.0), 1.0)
    fall = np.minimum(np.maximum((t - p.start - p.short) / p.short, 0.0), 1.0)
    return (-1e-3 * y[0] + (rise - fall) / p.short,)


short_pulse = ode(
    "short_pulse",
    pulse,
    lambda p: (1.0,),
    (state("amount"),),
    (parameter("start", 20.3, 0.0, 30.0), parameter("short", 0.002, 0.001, 1.0)),
    breaks=lambda p: (p.start, p.start + p.short, p.start + 2 * p.short),
    points=5,
)


def windowed(t, y, p):
    """The same treatment switched on and off."""
    inside = (t >= p.start) & (t < p.start + p.short)
    return (-1e-3 * y[0] + np.where(inside, 1 / p.short, 0.0),)


# A jump comes at the start of the window.
short_window = short_pulse.replace(
    name="short_window",
    rhs=windowed,
    breaks=lambda p: (p.start, p.start + p.short),
    jumps=(Jump(lambda p: (p.start,), lambda t, y, p: (y[0] + 5.0,)),),
)

STRAINED = [
    *(dosing, window, fed, stiff, each_operation, operations_mixed, truth_values),
    *(doubled, awkward_names, many_jumps, twice_gone, short_pulse, short_window),
]
OFTEN = [antibody_dosing, kuznetsov, trans_endocytosis, virtual_tumour, dosing, window, fed]
OFTEN += [each_operation, operations_mixed]


# ------------------------------------------------------------------------------- comparing


def in_copasi(text: str, model: ODE) -> dict[str, np.ndarray]:
    """Simulate a file on the model's grid and return one array for each SBML id, and ``t``."""
    data = COPASI.CRootContainer.addDatamodel()
    try:
        COPASI.CCopasiMessage.clearDeque()
        imported = data.importSBMLFromString(text)
        assert imported, f"{model.name}: COPASI says {COPASI.CCopasiMessage.getAllMessageText()}"
        task = data.getTask("Time-Course")
        task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        problem, method = task.getProblem(), task.getMethod()
        problem.setAutomaticStepSize(False)
        problem.setOutputEvent(False)
        problem.setTimeSeriesRequested(True)
        problem.setDuration(model.span[1] - model.span[0])
        problem.setStepNumber(model.points - 1)
        assert method.getParameter("Relative Tolerance").setDblValue(COPASI_RELATIVE)
        assert method.getParameter("Absolute Tolerance").setDblValue(ABSOLUTE)
        assert method.getParameter("Max Internal Steps").setUIntValue(1_000_000)
        assert task.process(True), f"{model.name}: COPASI says {task.getProcessError()}"
        found = task.getTimeSeries()
        rows, columns = range(found.getRecordedSteps()), range(1, found.getNumVariables())
        series = {
            found.getSBMLId(j, data): np.array([found.getData(i, j) for i in rows]) for j in columns
        }
        return series | {"t": model.span[0] + np.array([found.getData(i, 0) for i in rows])}
    finally:
        COPASI.CRootContainer.removeDatamodel(data)


def carried_over(model: ODE, values, series) -> dict[str, np.ndarray]:
    """Return how far errors of 1e-9, and of 1e-12, in each state move each observable."""
    if not model.observe:
        return {}
    graph, settings = Graph(), vars(model.settings(values))
    known = {"t": series["t"]} | {f"p.{name}": value for name, value in settings.items()}
    known |= {f"y.{quantity.name}": series[quantity.name] for quantity in model.states}
    y = tuple(graph.symbol(f"y.{quantity.name}") for quantity in model.states)
    arguments = graph.symbol("t"), y, namespace(graph, settings, "p.")
    names = [quantity.name for quantity in model.observables]
    slopes = jacobian(trace(model.observe, graph, *arguments, expect=names).outputs, y)
    moves = {}
    for name, row in zip(names, slopes, strict=True):
        total = 0.0
        for slope, symbol in zip(evaluate(row, known), y, strict=True):
            move = np.abs(slope) * (OUR_RELATIVE * np.abs(known[symbol.value]) + ABSOLUTE_IN_ALL)
            # A slope may be infinite where a root or a logarithm meets zero: allow nothing there.
            total = total + np.where(np.isfinite(move), move, 0.0)
        moves[name] = total
    return moves


def differences(model: ODE, values, text: str) -> list[str]:
    """Return where COPASI's run of a file and our run of a model differ, a line a quantity."""
    expected = solve(model, values, rtol=OUR_RELATIVE, atol=ABSOLUTE).series
    found = in_copasi(text, model)
    # COPASI adds its steps up, which rounds; a point that has moved further is another point.
    if not np.allclose(found["t"], expected["t"], rtol=0, atol=1e-12 * abs(expected["t"]).max()):
        return [f"{model.name}: COPASI reports at other times than the model's grid"]
    problems, moves = [], carried_over(model, values, expected)
    for quantity in model.quantities:
        want, got = expected[quantity.name], found[quantity.name]
        size = np.maximum(np.abs(want), quantity.floor)
        if want.min() < 0 < want.max():
            size = np.abs(want).max()
        allowed = RELATIVE * size + moves.get(quantity.name, ABSOLUTE_IN_ALL)
        excess = np.abs(got - want) / allowed
        # `not <=` rather than `>`: a NaN is a difference.
        wrong = np.flatnonzero(~(excess <= 1))
        if wrong.size:
            at = wrong[np.argmax(np.nan_to_num(excess[wrong], nan=np.inf))]
            problems.append(
                f"{model.name} at {values or 'its defaults'}, {quantity.name}: differs at "
                f"{wrong.size} of {want.size} times, most at {expected['t'][at]:g} "
                f"{model.time_unit}: COPASI {got[at]!r}, SciPy {want[at]!r}, "
                f"{excess[at]:.3g} times what is allowed"
            )
    return problems


def agree(model: ODE, values=None) -> None:
    problems = differences(model, values, to_sbml(model, values))
    assert not problems, "\n" + "\n".join(problems)


def random_settings(model: ODE, seed: int) -> dict[str, float]:
    draw, values = random.Random(f"{model.name} {seed}"), {}
    for p in model.parameters:
        low, high = p.range
        share = draw.random()
        logarithmic = p.scale == "log"
        values[p.name] = low * (high / low) ** share if logarithmic else low + (high - low) * share
    return values


def named(models):
    return pytest.mark.parametrize("model", models, ids=[model.name for model in models])


@pytest.mark.slow
@named([*odes_of_the_book(), *STRAINED])
def test_copasi_computes_what_we_compute(model):
    agree(model)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(RANDOM_SETTINGS))
@named(OFTEN)
def test_copasi_computes_what_we_compute_at_random_settings(model, seed):
    agree(model, random_settings(model, seed))


def test_the_comparison_sees_small_differences():
    """One parameter of 0.18 is 0.180001 in the file, and everything else is equal."""
    problems = differences(kuznetsov, None, to_sbml(kuznetsov, {"growth": 0.180001}))
    assert len(problems) == 2
    assert "kuznetsov at its defaults, tumour: differs at" in problems[1]


# ------------------------------------------------------------------------------- operations


def test_every_operation_that_can_be_traced_can_be_written():
    assert set(FORMS) == set(OPERATIONS), "give each row of trace.OPERATIONS a form in sbml.FORMS"


def letters(tree: libsbml.ASTNode) -> list[str]:
    if tree.isName():
        return [tree.getName()]
    children = (tree.getChild(i) for i in range(tree.getNumChildren()))
    return [letter for child in children for letter in letters(child)]


def test_every_form_uses_each_argument():
    for name, row in OPERATIONS.items():
        tree = libsbml.parseL3Formula(FORMS[name])
        assert tree is not None, f"{name}: {libsbml.getLastParseL3Error()}"
        used = set(letters(tree))
        assert used == {"abc"[i] for i in range(3) if f"{{{i}}}" in row.javascript}, name


def test_values_made_of_one_another_do_not_double_the_file():
    assert len(to_sbml(doubled)) < 100_000


# ----------------------------------------------------------------------------------- events


def test_a_jump_at_the_end_is_in_the_file_for_runs_that_go_on():
    late = {"when": many_jumps.span[1]}
    (here, *_) = differences(many_jumps, late, to_sbml(many_jumps, late))
    assert "here: differs at 1 of 81 times, most at 30 days" in here
    agree(many_jumps.replace(span=(10.0, 50.0)), late)


@pytest.mark.parametrize("short", [0.001, 0.1, 1.0])
def test_breaks_keep_a_simulator_from_stepping_over_a_short_treatment(short):
    agree(short_pulse, {"short": short})
    # Without them it does, else this would show nothing about breaks.
    without = to_sbml(short_pulse.replace(breaks=None), {"short": short})
    assert differences(short_pulse, {"short": short}, without)


def test_no_break_is_lost():
    text = to_sbml(short_window)
    assert in_copasi(text, short_window)["part_of_run"].tolist() == [1, 1, 1, 3, 3]


def test_what_grows_below_the_threshold_lives():
    agree(window.replace(initial=lambda p: (0.5,)), {"kill": 0.0})


def test_the_extinct_are_gone_and_the_fed_are_not():
    """The numbers are those of test_solve.py, from COPASI alone."""
    text = to_sbml(window, {"start": 5.0, "length": 10.0, "kill": 1.5, "growth": 0.3})
    cells = in_copasi(text, window)["cells"]
    assert cells[cells > 0].min() >= 1.0
    assert cells[-1] == 0
    assert in_copasi(to_sbml(fed), fed)["clone"][-1] == pytest.approx(1 / 3, rel=1e-6)


# ------------------------------------------------------------------------- names and words


def test_the_author_s_words_are_in_the_file():
    document = libsbml.readSBMLFromString(to_sbml(kuznetsov))  # its parts live as long as it does
    model = document.getModel()

    def rule(name):
        return libsbml.formulaToL3String(model.getRuleByVariable(name).getMath())

    assert rule("killed") == "killing * effectors * tumour"
    assert rule("effectors") == "inflow + recruited - used_up - death * effectors"
    assert model.getParameter("used_up").getName() == "used up"


def test_a_model_in_logarithms_keeps_its_author_s_words():
    document = libsbml.readSBMLFromString(to_sbml(kuznetsov.in_logarithms("effectors", "tumour")))
    model = document.getModel()
    killed = model.getRuleByVariable("killed").getMath()
    assert libsbml.formulaToL3String(killed) == "killing * effectors * tumour"
    name = model.getParameter("log_tumour").getName()
    assert name == "natural logarithm of tumour cells"


def test_names_that_sbml_has_for_itself_and_names_that_clash():
    text = to_sbml(awkward_names)
    document = libsbml.readSBMLFromString(text)
    ids = [(item.getName(), item.getId()) for item in document.getModel().getListOfParameters()]
    assert ("the größe", "gr__e") in ids
    assert ("the gr__e", "gr__e_2") in ids
    assert ids.count(("time", "time")) == 1, "the state"
    assert ids.count(("time", "time_2")) == 1, "the author's variable"


def test_a_starting_value_follows_a_parameter_that_is_changed_in_the_file():
    document = libsbml.readSBMLFromString(to_sbml(kuznetsov))
    document.getModel().getParameter("tumour_at_start").setValue(2e6)
    changed = libsbml.writeSBMLToString(document)
    assert not differences(kuznetsov, {"tumour_at_start": 2e6}, changed)


def test_titles_sources_units_and_what_is_left_out_are_in_the_file():
    document = libsbml.readSBMLFromString(to_sbml(kuznetsov))
    model = document.getModel()
    assert model.getName() == kuznetsov.title
    for words in (kuznetsov.summary, *kuznetsov.leaves_out, "Time is in days", "from 0 to 600"):
        assert words in model.getNotesString()
    for element in (model, model.getParameter("killing")):
        assert "https://doi.org/10.1007/BF02460644" in element.getNotesString()
        term = element.getCVTerm(0)
        assert term.getModelQualifierType() == libsbml.BQM_IS_DESCRIBED_BY
        assert term.getResourceURI(0) == "https://doi.org/10.1007/BF02460644"
    killing = model.getParameter("killing")
    assert killing.getName() == "Killing by one effector (per day per cell)"
    assert "Unit: per day per cell." in killing.getNotesString()
    # What is illustrative cites nothing.
    assert model.getParameter("tumour_at_start").getNumCVTerms() == 0
    day = model.getUnitDefinition(model.getTimeUnits()).getUnit(0)
    assert (day.getKind(), day.getMultiplier()) == (libsbml.UNIT_KIND_SECOND, 86400)


# --------------------------------------------------------------------------- a valid document


@named([*odes_of_the_book(), *STRAINED])
def test_the_file_is_valid_and_keeps_all_when_read_and_written(model):
    text = to_sbml(model)
    document = libsbml.readSBMLFromString(text)
    assert document.getNumErrors() == 0
    assert complaints(document) == []
    assert libsbml.writeSBMLToString(document) == text
    made = document.getModel()
    assert all(rule.getMath() is not None for rule in made.getListOfRules())
    values = {p.getName(): p.getValue() for p in made.getListOfParameters() if p.getConstant()}
    assert len(values) == len(model.parameters)
    for p in model.parameters:
        words = f"{p.meaning} ({p.unit})" if p.unit else p.meaning
        assert values[words] == pytest.approx(p.default, rel=1e-14), p.name
    rates = [rule.getVariable() for rule in made.getListOfRules() if rule.isRate()]
    assert len(rates) == len(model.states) + bool(model.breaks)


def test_complaints_of_libsbml_are_passed_on(monkeypatch):
    """Nothing known makes a bad file of a good model, so a parameter is broken on the way."""
    document = libsbml.readSBMLFromString(to_sbml(kuznetsov))
    document.getModel().getRule(0).setVariable("nobody")
    found = complaints(document)
    assert any("nobody" in words for words in found)
    monkeypatch.setattr("immunolab.sbml.complaints", lambda document: found)
    with pytest.raises(ModelError, match=r"kuznetsov cannot be written(.|\n)*nobody"):
        to_sbml(kuznetsov)


# ------------------------------------------------------------------------ what is refused

by_chance = Simulation(
    name="by_chance",
    title="By chance",
    parameters=(parameter("seed", 1.0, 1.0, 9.0),),
    simulate=lambda p, draw: {"size": 1.0},
    computes=(state("size"),),
)


@pytest.mark.parametrize(
    ("model", "advice"),
    [
        (kuznetsov_nullclines, "Formula.*immunolab.equations.equations"),
        (costimulation, "Equilibrium.*immunolab.equations.equations"),
        (two_arm_trial, r"Cohort.*to_sbml\(model.patient\)"),
        (by_chance, r"Simulation.*immunolab.solve\(model\)"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_only_what_changes_in_time_is_written(model, advice):
    with pytest.raises(ModelError, match=f"{model.name} .*{advice}"):
        to_sbml(model)


def test_settings_are_checked():
    with pytest.raises(ModelError, match="no parameter 'grwth'"):
        to_sbml(kuznetsov, {"grwth": 0.2})
    with pytest.raises(ModelError, match="growth = 7 is not allowed"):
        to_sbml(kuznetsov, {"growth": 7})


def test_from_a_shell(capfdbinary):
    assert main(["kuznetsov"]) == 0
    assert capfdbinary.readouterr().out.decode("utf-8") == to_sbml(kuznetsov)
    assert main(["kuznetzov"]) == 1
    assert b"no model 'kuznetzov'" in capfdbinary.readouterr().err
    assert main([]) == 2
