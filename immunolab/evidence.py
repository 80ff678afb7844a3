"""The numbers of the book that were measured, each with its source, read from ``data/``.

``table("trials")`` is a copy of a whole table, ``fact("B033")`` one row of the facts.  A number is
there twice: ``hazard_ratio`` to calculate and draw with, and ``hazard_ratio_text`` as the source
prints it, so that 0.60 does not lose its last digit and NR (not reached) is not lost at all.

A table is checked before anyone sees it.  Whatever is wrong with it raises an
:class:`EvidenceError` that names file, line and column; ``data/README.md`` says what is allowed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from immunolab.places import BOOK, shown

DATA = BOOK / "data"

RANDOMISED = "randomised comparison"
#: Words that may stand where a number would: not reached, not estimable.
NO_NUMBER = ("NR", "NE")


class EvidenceError(ValueError):
    """A table of evidence is missing or wrong; the message names file, line and column."""


@dataclass(frozen=True)
class Sheet:
    """What one file must look like.

    ``intervals`` are triples of a value and its two limits, ``ratios`` those of them whose limits
    lie evenly around the value on a logarithmic axis.
    """

    key: str
    pattern: str
    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    allowed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    intervals: tuple[tuple[str, str, str], ...] = ()
    ratios: tuple[tuple[str, str, str], ...] = ()
    identifiers: tuple[str, ...] = ("doi",)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the file must have, in any order."""
        return (self.key, *self.texts, *self.numbers)


_RATIO = ("hazard_ratio", "hazard_ratio_low", "hazard_ratio_high")
_ARMS = tuple((arm, f"{arm}_low", f"{arm}_high") for arm in ("experimental", "control"))

SHEETS = {
    "trials": Sheet(
        key="row_id",
        pattern=r"[TB]\d{3}",
        texts=(
            *("trial", "nct_id", "design", "comparison_type", "disease", "line", "population"),
            *("experimental_arm", "control_arm", "endpoint", "unit", "p_value", "follow_up"),
            *("citation", "doi", "read_at", "note"),
        ),
        numbers=(
            *("experimental_n", "control_n", *_ARMS[0], *_ARMS[1]),
            *(*_RATIO, "interval_level"),
        ),
        required=("trial", "experimental_arm", "control_arm", "endpoint", "citation"),
        allowed=(
            (
                "comparison_type",
                (
                    *(RANDOMISED, "randomised non-comparative", "single-arm", "pooled"),
                    *("single-arm vs historical control", "biomarker split", "observational"),
                ),
            ),
            ("unit", ("", "months", "%")),
        ),
        intervals=(*_ARMS, _RATIO),
        ratios=(_RATIO,),
        identifiers=("doi", "nct_id"),
    ),
    "facts": Sheet(
        key="fact_id",
        pattern=r"B\d{3}",
        texts=(
            *("topic", "fact", "unit", "context", "status", "citation", "doi", "identifier"),
            *("read_at", "note"),
        ),
        numbers=("value", "low", "high"),
        required=("topic", "fact", "citation"),
        allowed=(("status", ("verified", "conflicting")),),
        intervals=(("value", "low", "high"),),
        identifiers=("doi", "identifier"),
    ),
    "misconceptions": Sheet(
        key="misconception_id",
        pattern=r"M\d{2}",
        texts=("topic", "misconception", "correction", "source", "doi"),
        required=("topic", "misconception", "correction", "source"),
        identifiers=("doi", "source"),
    ),
}


def table(name: str) -> pd.DataFrame:
    """Return a copy of a table, indexed by its ids, or raise an EvidenceError."""
    if name not in SHEETS:
        raise EvidenceError(f"There is no table called {name!r}; there are {', '.join(SHEETS)}.")
    return _checked(DATA / f"{name}.csv").copy()


def fact(fact_id: str) -> pd.Series:
    """Return one row of the facts: ``fact("B033").value`` is 0.42."""
    facts = table("facts")
    if fact_id not in facts.index:
        raise EvidenceError(f"data/facts.csv has no row {fact_id!r}; its ids run from B001.")
    return facts.loc[fact_id]


@cache
def _checked(path: Path) -> pd.DataFrame:
    sheet = SHEETS[path.stem]
    frame = _read(path, sheet)
    try:
        _schema(sheet).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise EvidenceError(_first(errors.failure_cases, frame, path)) from None
    return frame.set_index(sheet.key)


# ------------------------------------------------------------------------------------ reading


def _read(path: Path, sheet: Sheet) -> pd.DataFrame:
    """Return the file as text, with each number beside it; the index is the line in the file."""
    where = shown(path)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            heads = reader.fieldnames or []
            _check_heads(heads, sheet, where)
            rows, lines, line = [], [], reader.line_num + 1
            for row in reader:
                if None in row or None in row.values():
                    found = len(heads) - list(row.values()).count(None) + len(row.get(None, ()))
                    raise EvidenceError(
                        f"{where}, line {line}: expected {len(heads)} cells, found {found}; "
                        "put a cell that holds a comma between double quotes."
                    )
                rows.append(row)
                lines.append(line)
                line = reader.line_num + 1
    except OSError as error:
        raise EvidenceError(f"{where} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise EvidenceError(
            f"{where} is not UTF-8: {error.reason} at byte {error.start}."
        ) from None
    except csv.Error as error:
        raise EvidenceError(f"{where}, line {reader.line_num}: not valid CSV: {error}.") from None
    frame = pd.DataFrame(rows, columns=list(heads), index=lines, dtype=str)
    for name in sheet.numbers:
        frame[f"{name}_text"] = frame[name]
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    return frame


def _check_heads(heads, sheet: Sheet, where: str) -> None:
    for name in sheet.columns:
        if name not in heads:
            raise EvidenceError(f"{where}, line 1: the column {name} is missing.")
    for name in heads:
        if name not in sheet.columns or list(heads).count(name) > 1:
            raise EvidenceError(
                f"{where}, line 1, column {name}: a table has each column of "
                "data/README.md once and no other."
            )


# ----------------------------------------------------------------------------------- checking


def _schema(sheet: Sheet) -> pa.DataFrameSchema:
    # Each check brings its own words, which follow the cell's content: pandera's are no sentences.
    columns = {
        sheet.key: pa.Column(
            str,
            [
                _text(sheet.pattern, f"is no id: ids look like {sheet.pattern}"),
                pa.Check(lambda ids: ~ids.duplicated(), error="is used twice"),
            ],
        )
    }
    for name in sheet.texts:
        columns[name] = pa.Column(str, list(_text_checks(name, sheet)))
    for name in sheet.numbers:
        columns[name] = pa.Column(float, list(_range_checks(name)), nullable=True)
        columns[f"{name}_text"] = pa.Column(str, _number_check(name, sheet))
    return pa.DataFrameSchema(columns, checks=list(_row_checks(sheet)))


def _text(pattern: str, error: str) -> pa.Check:
    return pa.Check(lambda texts: texts.str.fullmatch(pattern), error=error)


def _text_checks(name: str, sheet: Sheet):
    yield pa.Check(lambda texts: texts == texts.str.strip(), error="begins or ends with a space")
    if name in sheet.required:
        yield pa.Check(lambda texts: texts != "", error="must not be empty")
    if name == "doi":
        yield _text(
            r"|10\.\d{4,9}/\S*[^\s.,;]", "is no DOI: write it as 10.1038/nrc3239, without https"
        )
    if name == "nct_id":
        yield _text(r"|NCT\d{8}(; NCT\d{8})*", "is no trial number: they look like NCT01844505")
    if name == "read_at":
        yield _text(r"|https?://\S+", "is no address: name the page that was read, with https")
    for words in (allowed for column, allowed in sheet.allowed if column == name):
        yield pa.Check.isin(words, error=f"must be one of {', '.join(map(repr, words))}")


def _number_check(name: str, sheet: Sheet) -> pa.Check:
    arms = [part for arm in _ARMS for part in arm]
    words = "|".join(NO_NUMBER) if name in arms else ""
    hint = f" or {' or '.join(NO_NUMBER)}" if words else ""
    return _text(rf"|-?\d+(\.\d+)?|{words}", f"must be empty or a plain number{hint}")


def _range_checks(name: str):
    if name.endswith("_n"):
        yield _holds(lambda n: (n > 0) & (n == n.round()), "must be a whole number above 0")
    elif name == "interval_level":
        yield _holds(lambda n: (n >= 50) & (n < 100), "is no level: write 95 for 95 %")
    elif name.startswith("hazard_ratio"):
        yield _holds(lambda n: n > 0, "must be above 0")
    else:
        yield _holds(lambda n: n >= 0, "must not be negative")


def _holds(test, error: str) -> pa.Check:
    """Return a check of the numbers that are there."""
    return pa.Check(lambda numbers: test(numbers) | numbers.isna(), error=error)


def _row_checks(sheet: Sheet):
    """Yield the checks that look at several columns; each names the column to look at first."""
    yield _row(
        sheet.identifiers[0],
        _has_any(sheet.identifiers),
        f"leaves the row without a source: fill {' or '.join(sheet.identifiers)}",
    )
    if "unit" in sheet.columns:
        percentages = [name for triple in sheet.intervals for name in triple]
        percentages = [name for name in percentages if not name.startswith("hazard_ratio")]
        for name in percentages:
            yield _row(name, _at_most_100(name), "must not be above 100 %")
    for value, low, high in sheet.intervals:
        yield _row(value, _inside(value, low, high), "does not lie inside its interval")
    for value, low, high in sheet.ratios:
        yield _row(
            value,
            _in_the_middle(value, low, high),
            "is not the geometric mean of its limits, not even before rounding: a typing error?",
        )
        yield _row(
            value,
            _all_or_none(value, low, high),
            "must come with both its limits, or all three be empty",
        )
        yield _row(value, _only_randomised(value), f"needs a {RANDOMISED} behind it")
    if "interval_level" in sheet.numbers:
        yield _row(
            "interval_level",
            _with_level(sheet),
            "is missing: an interval needs its level, such as 95",
        )


def _row(column: str, test, error: str) -> pa.Check:
    return pa.Check(test, error=f"{column}: {error}")


def _has_any(names):
    return lambda frame: (frame[list(names)] != "").any(axis=1)


def _at_most_100(name: str):
    return lambda frame: ~(frame["unit"].str.startswith("%") & (frame[name] > 100))


def _inside(value: str, low: str, high: str):
    return lambda frame: (
        ~((frame[value] < frame[low]) | (frame[value] > frame[high]) | (frame[low] > frame[high]))
    )


def _in_the_middle(value: str, low: str, high: str):
    """Hold a ratio against the square root of its limits, within what rounding can do.

    Limits are computed at equal distances from the logarithm of the ratio. Each printed number
    stands for every number that rounds to it, so the two ranges must meet.
    """

    def test(frame):
        half = {name: 0.5 * 10.0 ** -_digits(frame[f"{name}_text"]) for name in (value, low, high)}
        least = np.sqrt((frame[low] - half[low]).clip(lower=0) * (frame[high] - half[high]))
        most = np.sqrt((frame[low] + half[low]) * (frame[high] + half[high]))
        apart = (least > frame[value] + half[value]) | (most < frame[value] - half[value])
        return ~apart

    return test


def _digits(texts: pd.Series) -> pd.Series:
    """Return how many digits each text has after the point."""
    return texts.str.partition(".")[2].str.len()


def _all_or_none(*names: str):
    return lambda frame: frame[list(names)].notna().sum(axis=1).isin([0, len(names)])


def _only_randomised(value: str):
    return lambda frame: frame[value].isna() | (frame["comparison_type"] == RANDOMISED)


def _with_level(sheet: Sheet):
    limits = [f"{name}_text" for _, low, high in sheet.intervals for name in (low, high)]
    return lambda frame: (frame[limits] == "").all(axis=1) | frame["interval_level"].notna()


def _first(failures: pd.DataFrame, frame: pd.DataFrame, path: Path) -> str:
    """Say in one sentence what is wrong first, and how much more there is."""
    # On one line, a cell that is wrong by itself comes before cells that do not fit each other.
    # The latter are listed once for each column of the row: a dict counts them once.
    failures = failures.assign(several=failures["schema_context"] == "DataFrameSchema")
    found = {}
    for failure in failures.sort_values(["index", "several"], kind="stable").itertuples():
        column, problem = str(failure.column).removesuffix("_text"), failure.check
        if failure.several:
            column, _, problem = problem.partition(": ")
        found.setdefault((failure.index, column, problem))
    line, column, problem = next(iter(found))
    cell = frame.at[line, f"{column}_text" if f"{column}_text" in frame else column]
    more = f" ({len(found) - 1} more after this one.)" if len(found) > 1 else ""
    return f"{shown(path)}, line {line}, column {column}: {cell!r} {problem}.{more}"
