"""The book's own tables are sound, and a wrong one is refused with file, line and column."""

from __future__ import annotations

import csv
import re

import numpy as np
import pandas as pd
import pytest

from immunolab import evidence
from immunolab.evidence import DATA, SHEETS, EvidenceError, fact, table

TRIALS = {
    "row_id": "T001",
    "trial": "Example 1",
    "nct_id": "NCT01234567",
    "comparison_type": "randomised comparison",
    "experimental_arm": "new",
    "experimental_n": "100",
    "control_arm": "old",
    "control_n": "101",
    "endpoint": "overall survival, median",
    "unit": "months",
    "experimental": "NR",
    "experimental_low": "20.0",
    "experimental_high": "NR",
    "control": "10.0",
    "hazard_ratio": "0.80",
    "hazard_ratio_low": "0.64",
    "hazard_ratio_high": "1.01",
    "interval_level": "95",
    "citation": "Author A, Journal 2020",
    "doi": "10.1000/example",
}


@pytest.fixture
def trials(tmp_path, monkeypatch):
    """Return a function that writes a table of trials and reads it back through the package."""
    monkeypatch.setattr(evidence, "DATA", tmp_path / "data")
    (tmp_path / "data").mkdir()

    def write(*changes, text=None):
        path = tmp_path / "data" / "trials.csv"
        if text is None:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, SHEETS["trials"].columns)
                writer.writeheader()
                writer.writerows(TRIALS | change for change in changes)
        else:
            path.write_bytes(text)
        return table("trials")

    return write


@pytest.mark.parametrize("name", SHEETS)
def test_the_books_tables_are_sound(name):
    assert len(table(name)) > 0


def test_every_file_of_data_is_a_known_table():
    assert {path.stem for path in DATA.glob("*.csv")} == set(SHEETS)


@pytest.mark.parametrize("name", SHEETS)
def test_the_data_dictionary_names_every_column(name):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    section = text.split(f"## `{name}.csv`")[1].split("\n## ")[0]
    named = re.findall(r"^\| `(\w+)`", section, re.MULTILINE)
    assert sorted(named) == sorted(SHEETS[name].columns)


def test_numbers_are_kept_as_printed_too(trials):
    row = trials({}).loc["T001"]
    assert row["hazard_ratio"] == 0.8
    assert row["hazard_ratio_text"] == "0.80"
    assert np.isnan(row["experimental"])
    assert row["experimental_text"] == "NR"


def test_a_reader_who_changes_a_table_changes_a_copy():
    facts = table("facts")
    facts.loc["B033", "value"] = 99.0
    assert fact("B033")["value"] == 0.42


def test_data_are_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evidence._checked.cache_clear()
    assert "B033" in table("facts").index


def test_names_that_do_not_exist_are_refused():
    with pytest.raises(EvidenceError, match="no table called 'trails'; there are trials, facts"):
        table("trails")
    with pytest.raises(EvidenceError, match=r"data/facts\.csv has no row 'B999'"):
        fact("B999")


@pytest.mark.parametrize(
    ("change", "column", "problem"),
    [
        ({"row_id": "1"}, "row_id", "'1' is no id"),
        ({"row_id": "T001"}, "row_id", "'T001' is used twice"),
        ({"trial": ""}, "trial", "'' must not be empty"),
        ({"trial": "Example 2 "}, "trial", "ends with a space"),
        ({"nct_id": "NCT1"}, "nct_id", "'NCT1' is no trial number"),
        ({"doi": "https://doi.org/10.1000/example"}, "doi", "is no DOI"),
        ({"doi": "", "nct_id": ""}, "doi", "'' leaves the row without a source"),
        ({"citation": ""}, "citation", "'' must not be empty"),
        ({"read_at": "the paper"}, "read_at", "is no address"),
        ({"unit": "years"}, "unit", "'years' must be one of '', 'months', '%'"),
        ({"comparison_type": "random"}, "comparison_type", "'random' must be one of"),
        ({"comparison_type": "pooled"}, "hazard_ratio", "'0.80' needs a randomised comparison"),
        ({"control": "ten"}, "control", "'ten' must be empty or a plain number or NR or NE"),
        ({"hazard_ratio": "NR"}, "hazard_ratio", "'NR' must be empty or a plain number."),
        ({"control_n": "100.5"}, "control_n", "'100.5' must be a whole number"),
        ({"interval_level": "0.95"}, "interval_level", "'0.95' is no level"),
        ({"interval_level": ""}, "interval_level", "'' is missing: an interval needs its level"),
        ({"hazard_ratio_low": ""}, "hazard_ratio", "'0.80' must come with both its limits"),
        ({"hazard_ratio": "1.80"}, "hazard_ratio", "'1.80' does not lie inside its interval"),
        ({"hazard_ratio": "0.90"}, "hazard_ratio", "'0.90' is not the geometric mean"),
        ({"hazard_ratio": "0"}, "hazard_ratio", "'0' must be above 0"),
        ({"control_low": "10.5"}, "control", "'10.0' does not lie inside its interval"),
        ({"unit": "%", "control": "101"}, "control", "'101' must not be above 100 %"),
        ({"control": "-1"}, "control", "'-1' must not be negative"),
    ],
)
def test_a_bad_value_is_named_with_its_line_and_column(trials, change, column, problem):
    with pytest.raises(EvidenceError) as error:
        trials({"row_id": "T001"}, {"row_id": "T002"}, {"row_id": "T003"} | change)
    assert f"data/trials.csv, line 4, column {column}: " in str(error.value)
    assert problem in str(error.value)


def test_rounding_of_the_limits_is_allowed_for(trials):
    """sqrt(0.66 * 1.54) is 1.008, but 0.655 and 1.535 are printed like that too, and give 1.003."""
    change = {"hazard_ratio": "1.00", "hazard_ratio_low": "0.66", "hazard_ratio_high": "1.54"}
    assert trials(change).loc["T001", "hazard_ratio"] == 1.0


def test_several_errors_are_counted(trials):
    with pytest.raises(EvidenceError, match=r"line 2, column unit: .* \(1 more after this one\.\)"):
        trials({"unit": "years"}, {"row_id": "T002", "unit": "weeks"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"row_id,trial\nT001,A\n", r"data/trials\.csv, line 1: the column .* is missing"),
        (b"", r"data/trials\.csv, line 1: the column row_id is missing"),
        (b"row_id,trial\n\xff\n", r"data/trials\.csv is not UTF-8"),
    ],
)
def test_a_malformed_file_is_refused(trials, text, message):
    with pytest.raises(EvidenceError, match=message):
        trials(text=text)


def head() -> str:
    return ",".join(SHEETS["trials"].columns)


def test_a_row_with_a_cell_too_many_is_named(trials):
    cells = ["T001"] + ["x"] * len(SHEETS["trials"].columns)
    with pytest.raises(EvidenceError, match=r"line 2: expected 30 cells, found 31"):
        trials(text=f"{head()}\n{','.join(cells)}\n".encode())


def test_a_row_with_too_few_cells_is_named(trials):
    with pytest.raises(EvidenceError, match=r"line 2: expected 30 cells, found 2"):
        trials(text=f"{head()}\nT001,x\n".encode())


def test_an_open_quote_is_named(trials):
    with pytest.raises(EvidenceError, match=r"data/trials\.csv, line \d+: not valid CSV"):
        trials(text=f'{head()}\nT001,"x\n'.encode())


def test_an_unknown_column_is_named(trials):
    with pytest.raises(EvidenceError, match=r"line 1, column colour: a table has each column"):
        trials(text=f"{head()},colour\n".encode())


def test_a_missing_file_is_named(trials):
    with pytest.raises(EvidenceError, match=r"data/facts\.csv cannot be read: No such file"):
        table("facts")


def test_lines_are_counted_in_the_file_not_in_rows(trials):
    """A cell may hold a line break: the row after it stands two lines further down."""
    with pytest.raises(EvidenceError, match=r"line 4, column unit"):
        trials({"note": "one\ntwo"}, {"row_id": "T002", "unit": "years"})


def test_only_read_pages_of_primary_sources_clear_a_row():
    """A row that the ledger had not cleared names the page on which its number was read."""
    read = pd.concat([table("trials")["read_at"], table("facts")["read_at"]])
    hosts = {address.split("/")[2] for address in read if address}
    assert hosts <= {
        "en-www.cancer.fr",  # the French cancer agency's abstracts
        # universities' and hospitals' own lists of papers, with the abstract
        "avesis.istanbul.edu.tr",
        "publications.petermac.org",
        "vivo.weill.cornell.edu",
        "pmc.ncbi.nlm.nih.gov",
        "pubmed.ncbi.nlm.nih.gov",
        "aacrjournals.org",
        "www.nature.com",
        "jitc.bmj.com",
        "spandidos-publications.com",
    }
