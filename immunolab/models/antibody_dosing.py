"""Nivolumab and pembrolizumab in the body: two compartments, repeated doses, occupied PD-1.

Published population models, for their reference patients: nivolumab (Bajaj 2017,
doi:10.1002/psp4.12143; clearance falls during treatment) and pembrolizumab (Ahamadi 2017,
doi:10.1002/psp4.12139; constant clearance). Occupancy is the balance of one binding site,
C / (C + Kd), in the blood.

Elimination through the target is left out, so doses go no lower than where it would count: for
pembrolizumab it shows below 0.3 mg/kg (Elassaiss-Schaap 2017, doi:10.1002/psp4.12132).
"""

from __future__ import annotations

import numpy as np

from immunolab.kinds import ODE, Check, Jump, Parameter, Quantity, Source

BAJAJ = Source("Bajaj 2017", doi="10.1002/psp4.12143")
WANG = Source(
    "Wang 2014, quoted in a published systems model",
    doi="10.1158/2326-6066.CIR-14-0040",
    ledger="B043",
    grade="secondary",
)

HOURS_A_WEEK = 168.0
MOLAR_MASS = 146.0  # kilodaltons of an IgG antibody: 1 mg/L is 1000 / 146 nM
MOST_DOSES = 53  # a dose a week for a year

#: What makes pembrolizumab of it: the reference patient of Ahamadi 2017 (0.22 and 0.795 litres a
#: day), and the rates of binding listed by Lindauer 2017, doi:10.1002/psp4.12130 (0.144 per hour
#: over 2.88 per nanomole and hour).
PEMBROLIZUMAB = {
    "clearance": 0.22 * 1000 / 24,
    "central": 3.48,
    "exchange": 0.795 * 1000 / 24,
    "peripheral": 4.06,
    "clearance_change": 0.0,
    "dissociation": 0.144 / 2.88,
}


def concentration_nm(amount, p):
    """Return nanomoles per litre of blood for milligrams in the central compartment."""
    return amount / p.central * 1000 / MOLAR_MASS


def clearance_at(t, p):
    """Return the clearance in litres a week; for nivolumab it falls as treatment goes on."""
    hours = t * HOURS_A_WEEK
    steep = hours**p.steepness
    change = p.clearance_change * steep / (p.half_change**p.steepness + steep)
    return p.clearance / 1000 * HOURS_A_WEEK * np.exp(change)


def rhs(t, y, p):
    """Antibody moves between blood and tissue and is eliminated from the blood."""
    blood, tissue = y
    exchange = p.exchange / 1000 * HOURS_A_WEEK
    to_tissue = exchange * blood / p.central
    to_blood = exchange * tissue / p.peripheral
    eliminated = clearance_at(t, p) * blood / p.central
    return to_blood - to_tissue - eliminated, to_tissue - to_blood


def initial(p):
    """Nothing is there before the first dose."""
    return 0.0, 0.0


def dose_times(p):
    """Return when doses are given; one that would come after the last week never comes."""
    last = np.floor(p.last_week / p.interval)
    return tuple(
        np.where(number <= last, number * p.interval, np.inf) for number in range(MOST_DOSES)
    )


def give(t, y, p):
    """An infusion, short against the weeks that follow."""
    blood, tissue = y
    return blood + p.dose, tissue


def last_dose(p):
    """Return the week of the last dose."""
    return p.interval * np.floor(p.last_week / p.interval)


def observe(t, y, p):
    """Return what a laboratory could measure, and how long occupancy has outlasted the drug."""
    blood, _ = y
    concentration = blood / p.central
    bound = concentration_nm(blood, p)
    occupancy = bound / (bound + p.dissociation)
    since = np.maximum(t - last_dose(p), 0.0)
    # At the moment of a dose the state is the one after it; the trough is just before.
    intervals = t / p.interval
    dosed = (t > 0) & (t <= last_dose(p)) & (intervals <= np.floor(intervals))
    trough = concentration_nm(blood - np.where(dosed, p.dose, 0.0), p)
    return {
        "concentration": concentration,
        "occupancy": occupancy,
        "between_doses": np.where(
            (t > 0) & (t <= last_dose(p) + p.interval), trough / (trough + p.dissociation), 1.0
        ),
        "half_held": np.where(occupancy >= 0.5, since, 0.0),
    }


# fmt: off
PARAMETERS = (
    Parameter("dose", "D", "Dose", "mg", 240.0, (80.0, 800.0), "log"),
    Parameter("interval", r"\tau", "A dose every", "weeks", 2.0, (1.0, 6.0), steps=5),
    Parameter("last_week", r"t_\mathrm{last}", "No dose after week", "", 52.0, (0.0, 52.0), steps=52),
    Parameter("dissociation", "K_d", "Dissociation constant", "nM", 2.6, (0.01, 10.0), "log", WANG),
    Parameter("clearance", "CL", "Clearance at the start", "mL/h", 9.4, (2.0, 40.0), "log", BAJAJ),
    Parameter("central", "V_1", "Central volume (about the plasma)", "L", 3.63, (1.0, 10.0), source=BAJAJ),
    Parameter("exchange", "Q", "Exchange with tissues", "mL/h", 32.1, (5.0, 100.0), source=BAJAJ),
    Parameter("peripheral", "V_2", "Peripheral volume", "L", 2.78, (1.0, 10.0), source=BAJAJ),
    Parameter("clearance_change", r"E_\mathrm{max}", "Clearance changes under treatment (its logarithm)", "", -0.295, (-1.0, 0.0), source=BAJAJ),
    Parameter("half_change", r"t_{50}", "Half of that change by", "h", 1410.0, (200.0, 4000.0), source=BAJAJ),
    Parameter("steepness", "h", "Steepness of that change", "", 3.15, (1.0, 5.0), source=BAJAJ),
)
# fmt: on

antibody_dosing = ODE(
    name="antibody_dosing",
    title="An antibody against PD-1 in the body",
    rhs=rhs,
    initial=initial,
    observe=observe,
    jumps=(Jump(dose_times, give),),
    states=(
        Quantity("blood", "A_1", "antibody in the blood", "mg", 1e-6),
        Quantity("tissue", "A_2", "antibody in the tissues", "mg", 1e-6),
    ),
    observables=(
        Quantity("concentration", "C", "antibody in the blood", "mg/L", 1e-6),
        Quantity("occupancy", r"\theta", "PD-1 occupied", "share"),
        Quantity("between_doses", r"\theta_\mathrm{t}", "PD-1 occupied, under treatment", "share"),
        Quantity(
            "half_held",
            r"t_\mathrm{held}",
            "weeks since the last dose with PD-1 still half occupied",
            "weeks",
        ),
    ),
    span=(0.0, 130.0),
    points=521,
    time_unit="weeks",
    parameters=PARAMETERS,
    summary="Antibody leaves slowly and binds tightly, so receptors stay occupied long after the last dose.",
    leaves_out=(
        "Elimination through the target itself, which counts at small doses: the dose slider ends above them.",
        "Receptors that are made anew or taken in, and measuring: assays on blood cells give a plateau near 70 %, not 99 %.",
        "The tumour: less antibody arrives there than is in the blood, and occupancy is not effect.",
        "The fall of pembrolizumab’s clearance during treatment, which its label reports: the model used here has it constant.",
        "Differences between patients; these are the reference patients of two published models.",
    ),
    checks=(
        Check(
            "Volume at steady state of nivolumab 6.41 L, and clearance that falls in a run to exp(-0.295) of its start.",
            "derived",
            "test_the_published_volumes_and_the_fall_of_clearance",
        ),
        Check(
            "One dose of pembrolizumab follows the closed form of two compartments.",
            "derived",
            "test_pembrolizumab_after_one_dose_follows_the_closed_form",
        ),
        Check(
            "At steady state each dose is cleared within its interval.",
            "derived",
            "test_at_steady_state_a_dose_is_cleared_in_each_interval",
        ),
    ),
)
