"""Ten thousand virtual patients: who is among them, how they are followed, how they are judged."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from immunolab import population
from immunolab.kinds import ModelError, SolveFailure
from immunolab.models.antibody_dosing import antibody_dosing
from immunolab.models.virtual_patients import DIFFERENCES, virtual_patients
from immunolab.models.virtual_tumour import LARGEST, virtual_tumour
from immunolab.solve import solve
from immunolab.vectorised import prepared

PD1 = {"blockade": 0.95}
DUAL = PD1 | {"ctla4_blockade": 0.95}


@pytest.fixture(scope="module")
def thousand():
    """A thousand patients under two antibodies."""
    return population.follow(virtual_patients, DUAL, size=1000)


# ------------------------------------------------------------------------- who is among them


def test_no_untreated_patient_responds():
    untreated = population.follow(virtual_patients, size=3000)
    assert not untreated["response"].any()
    p = virtual_patients.settings()
    _, diameters, _ = population._measured(virtual_patients, p, {}, untreated["patient"].to_numpy())
    assert (diameters.min(axis=0) > 0.7 * diameters[0]).all(), "a tumour shrinks by itself"


def test_who_would_shrink_untreated_is_not_diagnosed():
    """Without brakes most tumours would be held: those are left out, and the numbers have gaps."""

    def unbraked(p, z):
        return virtual_patients.personal(p, z) | {"pd1_brake": 0.0, "ctla4_brake": 0.0}

    patients = population.diagnosed(
        virtual_patients.replace(name="unbraked", personal=unbraked), (), 300
    )
    assert patients[-1] > 300
    assert np.all(np.diff(patients) >= 1)


def test_a_cohort_in_which_nobody_grows_is_refused():
    gone = virtual_patients.replace(
        name="gone",
        personal=lambda p, z: (
            virtual_patients.personal(p, z)
            | {"antigen": 1.5, "pd1_brake": 0.0, "ctla4_brake": 0.0, "priming": 0.03, "wnt": 0.0}
            | dict.fromkeys(("matrix", "cxcl12", "vessels", "suppressive_by_tumour"), 0.0)
        ),
    )
    with pytest.raises(ModelError, match="Raise its barriers or brakes"):
        population.follow(gone, size=50)


def test_patients_differ_as_stated(thousand):
    for name, (typical, spread) in DIFFERENCES.items():
        low, high = virtual_tumour.parameter(name).range
        values = thousand[name].to_numpy()
        assert values.min() >= low
        assert values.max() <= high
        if np.mean((values == low) | (values == high)) < 0.01:
            # The median of n log-normal draws is off by 1.25 spread/sqrt(n); four of those.
            error = 4 * 1.25 * spread / np.sqrt(values.size)
            assert np.log(np.median(values) / typical) == pytest.approx(0.0, abs=error), name


# --------------------------------------------------------------------- how they are computed


def test_outcomes_are_those_of_one_patient_at_a_time(thousand):
    """Response and progression of sixty patients, from the adaptive solver for one patient."""
    visits = np.arange(0.0, 728.1, 56.0)
    one = virtual_tumour.replace(span=(0.0, 728.0), points=visits.size)
    wrong = []
    for row in thousand.head(60).itertuples():
        own = {name: getattr(row, name) for name in DIFFERENCES}
        run = solve(one, own | DUAL).series["tumour_cells"]
        judged = population.recist(population.diameter(10 * run[:, None] / LARGEST), visits)
        expected = (judged["response_time"][0] <= row.time, judged["progression_time"][0])
        lost_first = not row.progressed and row.time < 728
        if (expected[0] != row.response) or (
            not lost_first and min(expected[1], 728.0) != row.time
        ):
            wrong.append((row.patient, expected, row.response, row.time))
    assert not wrong


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
    assert ratio["hazard_ratio_high"] < 1
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


def test_an_impossible_number_of_patients_is_refused():
    with pytest.raises(ModelError, match="size = 0 is not allowed"):
        population.follow(virtual_patients, size=0)


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
    assert (irradiated["best_change"] < plain["best_change"]).all()


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
