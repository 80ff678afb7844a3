"""A model in HTML: its equations, its parameters and where they come from, what it leaves out.

The same for an explorable and for the page of all models.  Formulas are MathML, which browsers set
by themselves: KaTeX's own HTML has four times as many elements, a third of all on a page of labs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from urllib.parse import quote

from immunolab.formula import mathml
from immunolab.kinds import GRADES, Model, Parameter


def folded(css: str, summary: str, content: str) -> str:
    """Return content that opens at a click or a key."""
    return f'<details class="{css}"><summary>{summary}</summary>{content}</details>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], label: str) -> str:
    """Return a table that scrolls sideways by keyboard too; cells are HTML, the first a header."""
    heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="live-scroll" role="group" tabindex="0" aria-label="{escape(label)}">'
        f'<table aria-label="{escape(label)}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def equation_block(lines: Iterable[str], title: str) -> str:
    """Return the equations, one below the other; a long one can be scrolled to."""
    label = escape(f"Equations, {title}")
    block = "".join(f"<div>{mathml(line, True)}</div>" for line in lines)
    return f'<div class="live-scroll" role="group" tabindex="0" aria-label="{label}">{block}</div>'


def rule_list(rules: Iterable[str]) -> str:
    """Return what happens in one step of a grid, one rule after the other."""
    items = "".join(f"<li>{escape(rule)}</li>" for rule in rules)
    return f"<p>In each step, one after the other:</p><ol>{items}</ol>"


def symbols_in_words(symbols: Iterable[Mapping[str, str]]) -> str:
    """Return what the letters on the left of the equations mean; a symbol may have no meaning."""
    told = [
        f"{mathml(one['symbol'], False)}: {escape(one['meaning'])}"
        + (f" ({escape(one['unit'])})" if one["unit"] else "")
        for one in symbols
        if one["symbol"]
    ]
    return f'<p class="live-symbols">{"; ".join(told)}.</p>' if told else ""


def symbols_of(model: Model) -> list[dict[str, str]]:
    """Return symbol, meaning and unit of what a model computes, observables left out."""
    computed = getattr(model, "original", None) or getattr(model, "patient", None) or model
    computed = getattr(computed, "original", None) or computed
    for part in ("states", "unknowns", "computes"):
        quantities = getattr(computed, part, ())
        if quantities:
            break
    return [{"symbol": q.symbol, "meaning": q.meaning, "unit": q.unit} for q in quantities]


def parameter_table(entries: Iterable[Mapping], title: str) -> str:
    """Return one row a parameter; an entry is what :func:`parameter_entry` makes of one."""
    rows = (
        (
            escape(entry["meaning"]),
            mathml(entry["symbol"], False),
            typed(entry["default"]),
            f"{typed(entry['low'])} to {typed(entry['high'])}",
            escape(entry["unit"]),
            source_in_words(entry["source"]),
        )
        for entry in entries
    )
    head = ("Meaning", "Symbol", "Value", "Range", "Unit", "Source")
    return table(head, rows, f"Parameters, {title}")


def parameter_entry(parameter: Parameter) -> dict:
    """Return a parameter as plain data."""
    return {
        "symbol": parameter.symbol,
        "meaning": parameter.meaning,
        "unit": parameter.unit,
        "default": float(parameter.default),
        "low": float(parameter.range[0]),
        "high": float(parameter.range[1]),
        "source": asdict(parameter.source),
    }


def source_in_words(source: Mapping[str, str]) -> str:
    """Return where a number comes from, with its link and how far it may be trusted."""
    if source["grade"] == "illustrative":
        return "illustrative"
    where = []
    if source["doi"]:
        doi = source["doi"]
        where.append(f'<a href="https://doi.org/{quote(doi)}">doi:{escape(doi)}</a>')
    if source["ledger"]:
        where.append(_ledger_in_words(source["ledger"]))
    return f"{escape(source['citation'])}, {', '.join(where)} ({GRADES[source['grade']]})"


def _ledger_in_words(ledger: str) -> str:
    """Return a number of PubMed or BioModels with its link, or an id of our own ledger."""
    if ledger.startswith("PMID "):
        return (
            f'<a href="https://pubmed.ncbi.nlm.nih.gov/{quote(ledger[5:])}/">{escape(ledger)}</a>'
        )
    if ledger.startswith("BIOMD"):
        return f'<a href="https://www.ebi.ac.uk/biomodels/{quote(ledger)}">{escape(ledger)}</a>'
    return f"ledger {escape(ledger)}"


def left_out(items: Iterable[str]) -> str:
    """Return the list of what a model leaves out, folded; nothing if it has none."""
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    summary = "What this model leaves out"
    return folded("live-leaves-out", summary, f"<ul>{listed}</ul>") if listed else ""


def typed(value: float) -> str:
    """Write a setting as a reader would type it: 250, 0.05, 1e7, 1.1e-7."""
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        return f"{value:.6g}"
    digits, _, exponent = f"{value:.5e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
