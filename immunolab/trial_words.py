"""A row of ``data/`` in words: for tables beside figures, and for the page of all evidence."""

from __future__ import annotations

from html import escape

import pandas as pd


def ratio_in_words(trial: pd.Series) -> str:
    """Return a hazard ratio with interval, patients, and length of follow-up."""
    parts = [ratio(trial), patients(trial), followed(trial)]
    return "; ".join(part for part in parts if part)


def ratio(trial: pd.Series) -> str:
    """Return a hazard ratio as printed, with its interval."""
    limits = f"{trial['hazard_ratio_low_text']} to {trial['hazard_ratio_high_text']}"
    return f"{trial['hazard_ratio_text']} ({limits}{level(trial)})"


def level(trial: pd.Series) -> str:
    """Name the level of an interval where it is not the usual one."""
    percent = trial["interval_level_text"]
    return "" if percent in ("95", "") else f", {percent} % interval"


def patients(trial: pd.Series) -> str:
    """Return how many patients each arm had."""
    numbers = (trial["experimental_n_text"], trial["control_n_text"])
    return f"{numbers[0]} and {numbers[1]} patients" if all(numbers) else ""


def followed(trial: pd.Series) -> str:
    """Return how long patients were followed."""
    return f"follow-up {trial['follow_up']}" if trial["follow_up"] else ""


_NO_NUMBER = {"NR": "not reached", "NE": "not estimable"}


def arm_in_words(trial: pd.Series, arm: str) -> str:
    """Return a value as printed, with its unit and its interval."""
    unit = f" {trial['unit']}" if trial["unit"] else ""
    value, low, high = (trial[f"{arm}{end}_text"] for end in ("", "_low", "_high"))
    said = _NO_NUMBER.get(value, f"{value}{unit}")
    if not low:
        return said
    limits = f"{_NO_NUMBER.get(low, low)} to {_NO_NUMBER.get(high, high)}"
    return f"{said} ({limits}{level(trial)})"


def source(row: pd.Series) -> str:
    """Return where a row was read, as HTML: a link to the paper, else what identifies it."""
    citation = escape(row["citation"])
    if row["doi"]:
        return f'<a href="https://doi.org/{escape(row["doi"])}">{citation}</a>'
    if row["read_at"].startswith("http"):
        return f'<a href="{escape(row["read_at"])}">{citation}</a>'
    named = row.get("nct_id") or row.get("identifier") or ""
    return f"{citation} ({escape(named)})" if named else citation


def trial_in_words(trial: pd.Series) -> str:
    """Return one row of the trials in a sentence, for a hint."""
    said = f"{trial['trial']}: {trial['endpoint']}"
    results = []
    if trial["experimental_text"]:
        results.append(f"{arm_in_words(trial, 'experimental')} with {trial['experimental_arm']}")
    if trial["control_text"]:
        results.append(f"{arm_in_words(trial, 'control')} with {trial['control_arm']}")
    if trial["hazard_ratio_text"]:
        results.append(f"hazard ratio {ratio(trial)}")
    return f"{said}. {'; '.join(results)}. {trial['citation']}"


def fact_in_words(fact: pd.Series) -> str:
    """Return one row of the facts in a sentence, for a hint."""
    return f"{fact['fact']}: {value_in_words(fact)}. {fact['citation']}".replace(": .", ".")


def value_in_words(fact: pd.Series) -> str:
    """Return the value of a fact as printed, with unit and interval; nothing if it has none."""
    if not fact["value_text"]:
        return ""
    said = f"{fact['value_text']} {fact['unit']}".strip()
    low, high = fact["low_text"], fact["high_text"]
    return f"{said} ({low} to {high})" if low and high else said
