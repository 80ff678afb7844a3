"""Ten thousand virtual patients: who is among them, how they are followed, how they are judged."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from immunolab import explore, population
from immunolab.kinds import ODE, ModelError, Parameter, Quantity, SolveFailure
from immunolab.models.antibody_dosing import antibody_dosing
from immunolab.models.virtual_patients import DIFFERENCES, virtual_patients
from immunolab.models.virtual_tumour import LARGEST, virtual_tumour
from immunolab.solve import solve
from immunolab.vectorised import prepared

pytestmark = pytest.mark.slow

PD1 = {"blockade": 0.95}
DUAL = PD1 | {"ctla4_blockade": 0.95}


def powers(t, y, p):
    return y**p.two + p.two**y + y**2 + (y + 1) ** 2.0


def choices(t, y, p):
    early = np.where(t < 0.5, p.two, 0.0)
    return np.where((y > 1) & (p.two >= 1) | ~(y < 2), early * y, np.maximum(y, p.two))


def curves(t, y, p):
    return np.exp(-y) + np.log1p(y) + np.sqrt(y) + np.tanh(y) + np.floor(y * p.two) + np.abs(-y)


def idle(t, y, p):
    return p.nought * y + (y + p.nought) - p.nought + y / 1.0 + p.nought / y + 1.0 * y


def timed(t, y, p):
    return np.sin(t) * y + np.cos(t) * p.two + np.minimum(t, y)


ONE_OF_EACH = (powers, choices, curves, idle, timed)


@pytest.fixture(scope="module")
def thousand():
    """A thousand patients under two antibodies."""
    return population.follow(virtual_patients, DUAL, size=1000)


# ------------------------------------------------------------------------- who is among them


def test_no_untreated_patient_responds():
    """Judged by the solver for one patient, not by the one that chose them."""
    untreated = population.follow(virtual_patients, size=2000)
    assert not untreated["response"].any()
    fastest_first = untreated.sort_values("priming", ascending=False)
    one = virtual_tumour.replace(span=(0.0, 728.0), points=14)
    for row in fastest_first.head(30).itertuples():
        own = {name: getattr(row, name) for name in DIFFERENCES}
        across = population.diameter(10 * solve(one, own).series["tumour_cells"] / LARGEST)
        assert across.min() > 0.7 * across[0], f"the tumour of patient {row.patient} shrinks"


def test_who_would_shrink_untreated_is_not_diagnosed():
    """Without brakes most tumours would be held: those are left out, and the numbers have gaps."""

    def unbraked(p, z):
        return virtual_patients.personal(p, z) | {"pd1_brake": 0.0, "ctla4_brake": 0.0}

    patients = population.diagnosed(
        virtual_patients.replace(name="unbraked", personal=unbraked), size=300
    )
    assert patients.size == 300
    assert patients[-1] > 300


def test_a_cohort_in_which_nobody_grows_is_refused():
    gone = virtual_patients.replace(
        name="gone",
        personal=lambda p, z: (
            virtual_patients.personal(p, z)
            | {"antigen": 1.5, "pd1_brake": 0.0, "ctla4_brake": 0.0, "priming": 0.03, "wnt": 0.0}
            | dict.fromkeys(("matrix", "cxcl12", "vessels", "suppressive_by_tumour"), 0.0)
        ),
    )
    with pytest.raises(ModelError, match="virtual patients only 0 have a tumour that grows"):
        population.follow(gone, size=50)


def test_patients_differ_as_stated(thousand):
    for name, (typical, spread) in DIFFERENCES.items():
        low, high = virtual_tumour.parameter(name).range
        values = thousand[name].to_numpy()
        assert values.min() >= low
        assert values.max() <= high
        # Cutting off the ends of a range leaves the median, which for n log-normal draws is off by
        # 1.25 spread/sqrt(n); four of those.
        error = 4 * 1.25 * spread / np.sqrt(values.size)
        assert np.log(np.median(values) / typical) == pytest.approx(0.0, abs=error), name
        assert np.mean((values == low) | (values == high)) < 0.1, f"{name} sits at its limits"


# --------------------------------------------------------------------- how they are computed


def test_outcomes_are_those_of_one_patient_at_a_time(thousand):
    """Response and progression of forty patients, from the adaptive solver for one patient."""
    assert disagreeing(thousand.head(40), DUAL) == []


def test_outcomes_agree_under_treatments_that_come_at_once_or_late():
    for therapy in (
        DUAL | {"start": 100.0},
        PD1 | {"fractions": 3.0, "fraction_dose": 8.0, "start": 30.0},
        DUAL | {"antigen_loss": 1e-8, "chemotherapy": 0.01},
    ):
        some = population.follow(virtual_patients, therapy, size=15)
        assert disagreeing(some, therapy) == [], therapy


def disagreeing(outcomes, therapy) -> list:
    """Return the patients whom the solver for one patient judges otherwise."""
    visits = np.arange(0.0, 728.1, 56.0)
    one = virtual_tumour.replace(span=(0.0, 728.0), points=visits.size)
    wrong = []
    for row in outcomes.itertuples():
        own = {name: getattr(row, name) for name in DIFFERENCES}
        run = solve(one, own | therapy).series["tumour_cells"]
        judged = population.recist(population.diameter(10 * run[:, None] / LARGEST), visits)
        responds, progresses = judged["response_time"][0], judged["progression_time"][0]
        lost = not row.progressed and row.time < 728
        # Who is lost has not progressed yet, and may have responded by then or not.
        same = progresses > row.time if lost else min(progresses, 728.0) == row.time
        if not same or (responds <= row.time) != row.response:
            wrong.append((row.patient, responds, progresses, row.response, row.time))
    return wrong


def test_halving_the_step_hardly_changes_an_outcome(thousand):
    finer = virtual_patients.replace(step=virtual_patients.step / 2)
    fine = population.follow(finer, DUAL, size=1000)
    changed = (fine["response"] != thousand["response"]) | (fine["time"] != thousand["time"])
    # A patient whose diameter is within the step's error of a threshold may fall on its other side.
    assert changed.sum() <= 2


def test_results_do_not_depend_on_how_the_work_is_divided(thousand):
    for at_once in (1000, 333, 77):
        other = population.follow(virtual_patients, DUAL, size=1000, at_once=at_once)
        assert other.equals(thousand)
    fewer = population.follow(virtual_patients, DUAL, size=100)
    assert fewer.equals(thousand.head(100))


def test_the_seed_decides_who_they_are(thousand):
    other = population.follow(virtual_patients, DUAL, {"seed": 2}, size=1000)
    # (Antigen and others are cut off at the ends of their ranges, where two patients may agree.)
    own = "metabolic_stress"
    assert not np.any(other[own].to_numpy() == thousand[own].to_numpy())


@pytest.mark.parametrize("treatment", [{}, DUAL | {"chemotherapy": 0.01, "start": 50.0}])
def test_prepared_rates_are_those_of_the_plain_function(treatment):
    model, patients = virtual_patients.patient, np.arange(64)
    personal = population._personal(virtual_patients, virtual_patients.settings(), patients)
    shared = {name: np.float64(value) for name, value in (model.defaults() | treatment).items()}
    p = SimpleNamespace(**(shared | personal))
    random = np.random.default_rng(1)
    y = np.vstack([random.uniform(-8, -1, (2, 64)), random.uniform(0, 1, (5, 64))])
    rates, out = prepared(model, p, 64), np.empty_like(y)
    for t in (0.0, 49.9, 50.0, 300.0):
        rates(t, y, out)
        for row, value in zip(out, model.rhs(t, tuple(y), p), strict=True):
            assert np.array_equal(row, np.broadcast_to(value, row.shape))


@pytest.mark.parametrize("function", ONE_OF_EACH, ids=lambda f: f.__name__)
def test_every_operation_is_prepared_as_numpy_does_it(function):
    """With parameters that are one number, and with one a patient."""
    model = ODE(
        name="one_of_each",
        title="One of each",
        rhs=lambda t, y, p: (function(t, y[0], p), -y[1]),
        initial=lambda p: (1.0, 1.0),
        states=(Quantity("a", "a", "a"), Quantity("b", "b", "b")),
        parameters=(
            Parameter("two", "x", "x", "", 2.0, (0.0, 5.0)),
            Parameter("nought", "n", "n", "", 0.0, (0.0, 5.0)),
        ),
        span=(0.0, 1.0),
    )
    y = np.vstack([np.linspace(0.1, 3.0, 16), np.ones(16)])
    for two in (np.float64(2.0), np.linspace(0.5, 3.0, 16)):
        p = SimpleNamespace(two=two, nought=np.float64(0.0))
        rates, out = prepared(model, p, 16), np.empty_like(y)
        for t in (0.0, 0.7):
            rates(t, y, out)
            expected = model.rhs(t, tuple(y), p)[0]
            assert np.array_equal(out[0], np.broadcast_to(expected, (16,)))


# ----------------------------------------------------------------------- how they are judged


def judge(*diameters):
    scans = np.array(diameters, dtype=float)[:, None]
    judged = population.recist(scans, 56.0 * np.arange(len(diameters)))
    return judged["response_time"][0], judged["progression_time"][0], judged["best_change"][0]


def test_response_is_thirty_per_cent_narrower():
    assert judge(50, 35.1, 34.9)[0] == 112
    assert judge(50, 36, 36)[0] == np.inf


def test_progression_counts_from_the_smallest_and_needs_five_millimetres():
    assert judge(50, 30, 35.5)[1] == np.inf  # 5.5 mm wider, by less than a fifth
    assert judge(50, 30, 36)[1] == 112  # a fifth wider than 30, though narrower than at first
    assert judge(10, 12.4)[1] == np.inf  # a fifth wider, by 2.4 mm only
    assert judge(10, 15)[1] == 56


def test_what_shrinks_after_progression_is_no_response():
    response, progression, best = judge(50, 62, 20)
    assert progression == 56
    assert response == np.inf
    assert best == pytest.approx(0.24)


def test_a_ball_of_so_many_cubic_centimetres():
    assert population.diameter(np.array([4 / 3 * np.pi])) == pytest.approx([20.0])


def test_better_treatment_is_seen_as_better(thousand):
    one = population.follow(virtual_patients, PD1, size=1000)
    ratio = population.hazard_ratio(one, thousand)
    assert 0 < ratio["hazard_ratio_low"] < ratio["hazard_ratio"] < ratio["hazard_ratio_high"] < 1
    nobody = one.assign(progressed=False)
    assert np.isnan(population.hazard_ratio(nobody, thousand)["hazard_ratio"])
    fit = population.survival(thousand)
    assert fit.event_observed.sum() == thousand["progressed"].sum()


# ------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("therapy", "said"),
    [
        ({"blockade": 1.5}, "blockade = 1.5 is not allowed.*0 to 1"),
        ({"chemotherapy": -0.01}, "chemotherapy = -0.01 is not allowed"),
        ({"blockade": float("nan")}, "blockade = nan is not allowed"),
        ({"blokade": 0.9}, "has no parameter 'blokade'. Did you mean blockade?"),
        ({"antigen": 1.0}, "patients differ in antigen, so a therapy cannot set it"),
    ],
)
def test_a_therapy_that_cannot_be_is_refused(therapy, said):
    with pytest.raises(ModelError, match=said):
        population.follow(virtual_patients, therapy, size=10)


def test_nothing_is_seen_of_a_patient_after_they_are_lost():
    lost = population.follow(virtual_patients, DUAL, {"dropout": 0.003}, size=1000)
    assert ((lost["best_change"] <= -0.3) & ~lost["response"] & ~lost["progressed"]).sum() == 0
    early = lost[lost["time"] < 56]
    assert early["best_change"].isna().all()
    assert len(early) > 50


def test_a_volume_that_is_a_state_itself_is_copied():
    """A view of the state would turn every scan into the last one."""
    plain = virtual_patients.patient.original
    viewed = virtual_patients.replace(
        name="viewed", patient=plain, volume=lambda y: y[0], step=1.0, size=5
    )
    copied = viewed.replace(name="copied", volume=lambda y: 1.0 * y[0])
    first, second = (population.follow(model, size=5) for model in (viewed, copied))
    assert first.equals(second)


def test_a_run_that_does_not_start_on_day_zero():
    later = virtual_patients.patient.replace(span=(1000.0, 1728.0))
    shifted = population.follow(virtual_patients.replace(name="later", patient=later), size=200)
    assert shifted["time"].min() > 1000


def test_a_patient_of_the_population_can_be_solved_alone():
    run = solve(virtual_patients.patient).series
    plain = solve(virtual_tumour.replace(span=(0.0, 728.0))).series
    assert run["positive"] == pytest.approx(plain["positive"], rel=1e-6)
    assert run["negative"].max() < 1e-200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": -4.0}, "step = -4.0 is not allowed"),
        ({"visits": 0.0}, "visits = 0.0 is not allowed"),
        ({"visits": 1000.0}, "not longer than the run, 728"),
    ],
)
def test_a_population_that_cannot_be_is_refused(change, said):
    with pytest.raises(ModelError, match=said):
        virtual_patients.replace(**change)


def test_a_population_is_neither_solved_nor_explored():
    with pytest.raises(ModelError, match=r"call population\.follow\(virtual_patients"):
        solve(virtual_patients)
    with pytest.raises(ModelError, match=r"Call population\.follow\(virtual_patients"):
        explore(virtual_patients)


def test_a_parameter_may_not_be_called_like_an_outcome():
    clock = virtual_patients.replace(
        name="clock",
        patient=virtual_patients.patient.replace(
            parameters=(*virtual_tumour.parameters, Parameter("time", "t", "x", "", 1.0, (0, 2)))
        ),
        personal=lambda p, z: virtual_patients.personal(p, z) | {"time": 1.0},
    )
    with pytest.raises(ModelError, match="differ in time, which is also the name of an outcome"):
        population.follow(clock, size=5)


def test_an_impossible_number_of_patients_is_refused():
    with pytest.raises(ModelError, match="size = 0 is not allowed"):
        population.follow(virtual_patients, size=0)
    with pytest.raises(ModelError, match="at_once = 0 is not allowed"):
        population.follow(virtual_patients, size=10, at_once=0)


def test_a_patient_who_cannot_be_followed_is_said():
    wild = virtual_patients.replace(name="wild", step=56.0)
    wild = wild.replace(patient=wild.patient.replace(rhs=lambda t, y, p: tuple(v**3 for v in y)))
    with pytest.raises(SolveFailure, match=r"wild: .* past 56.* days.*replace\(step"):
        population.follow(wild, size=10)


def test_a_start_of_treatment_that_differs_is_refused():
    apart = virtual_patients.replace(
        name="apart",
        personal=lambda p, z: virtual_patients.personal(p, z) | {"start": 100 * np.exp(z[0])},
    )
    with pytest.raises(ModelError, match="same days for all patients"):
        population.follow(apart, size=10)


def test_extinctions_and_stiff_patients_are_refused():
    with pytest.raises(ModelError, match="neither extinctions nor the stiff method"):
        virtual_patients.replace(patient=virtual_tumour)
    with pytest.raises(ModelError, match="zero has no logarithm"):
        virtual_tumour.in_logarithms("positive")


def test_doses_on_shared_days_are_given():
    """Radiotherapy is a jump: three fractions leave less tumour at the first visit."""
    plain = population.follow(virtual_patients, size=200)
    irradiated = population.follow(
        virtual_patients, {"fractions": 3.0, "fraction_dose": 8.0}, size=200
    )
    both = plain["best_change"].notna() & irradiated["best_change"].notna()
    assert both.sum() > 180
    assert (irradiated["best_change"] < plain["best_change"])[both].all()


def test_a_negative_dose_is_refused():
    with pytest.raises(ModelError, match="dose = -5 is not allowed: Dose goes from 80 to 800 mg"):
        solve(antibody_dosing, {"dose": -5})


def test_a_failed_integration_says_at_which_settings():
    wild = virtual_tumour.replace(
        name="wild", rhs=lambda t, y, p: tuple(1e6 * v * v + 1 for v in y), extinctions=()
    )
    with pytest.raises(SolveFailure, match="could not be followed past") as failure:
        solve(wild, {"antigen": 0.7})
    assert failure.value.__notes__ == [
        "Model wild, at antigen = 0.7 (default 1, allowed 0 to 1.5)."
    ]
