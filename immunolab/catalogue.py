"""The page of all models: a card each, made from the model itself.

A card says what the model shows, which checks it passed and against what, where it is used, and,
folded, its equations, its parameters with unit, value, source and grade, and what it leaves out.
"""

from __future__ import annotations

import functools
import importlib
import re
from dataclasses import dataclass
from html import escape

import yaml

from immunolab.chance import Cohort, Population, Simulation
from immunolab.describe import (
    equation_block,
    folded,
    left_out,
    parameter_entry,
    parameter_table,
    rule_list,
    source_in_words,
    symbols_in_words,
    symbols_of,
)
from immunolab.equations import equations
from immunolab.explore import Explorable, sources_of
from immunolab.fragment import Fragment
from immunolab.kinds import BASES, ODE, Model, ModelError, Parameter
from immunolab.library import file_of, library
from immunolab.places import BOOK, pages, sections, shown
from immunolab.space import Grid

NOT_SEEN = "The paper’s own number was not seen."
OURS = "Our own teaching model."

KINDS = {
    "ODE": "differential equations",
    "Formula": "a closed form",
    "Equilibrium": "a balance",
    "Grid": "a grid of sites",
    "Cohort": "virtual patients in two arms",
    "Population": "thousands of virtual patients, in a kernel only",
    "Simulation": "chance event by event, in a kernel only",
}


@dataclass(frozen=True)
class Use:
    """A lab on a page of the book, and the models it shows."""

    name: str
    title: str
    page: str
    page_title: str
    models: frozenset[str]


def cards(*names: str) -> Fragment:
    """Return the cards of these models. Raises ModelError for a name that the library lacks."""
    unknown = set(names) - set(library())
    if unknown:
        raise ModelError(
            f"The library has no model called {', '.join(sorted(unknown))}. "
            f"It has: {', '.join(library())}."
        )
    models = [library()[name] for name in names]
    plain = "\n".join(f"{model.title} ({model.name}): {model.summary}" for model in models)
    return Fragment(html="".join(map(card, models)), plain=plain)


def card(model: Model) -> str:
    """Return one model as HTML."""
    checks = "".join(
        f"<li>{escape(check.result)} <em>({BASES[check.basis]})</em></li>" for check in model.checks
    )
    return (
        '<div class="model-card">'
        f'<h3 id="model-{model.name}">{escape(model.title)}{_who(model)}</h3>'
        f"<p>{escape(model.summary)}</p>"
        f"<p>{_origin(model)} {_kind(model)}, in {_file(model)}.</p>"
        f'<p class="model-checks">Checked:</p><ul>{checks}</ul>'
        f"<p>{_used(model)}</p>"
        f"{_equations(model)}{_parameters(model)}{left_out(model.leaves_out)}"
        "</div>"
    )


def _who(model: Model) -> str:
    """Return author and year of a published model, for its heading."""
    if model.source.grade == "illustrative":
        return ""
    who = model.source.citation.partition(",")[0].partition(" (")[0]
    return f' <span class="model-paper">{escape(who)}</span>'


def _kind(model: Model) -> str:
    words = KINDS[type(model).__name__]
    return words[0].upper() + words[1:]


def _origin(model: Model) -> str:
    """Say whose model it is; of a published one, whether a number of the paper was seen."""
    if model.source.grade == "illustrative":
        return OURS
    after = f"After {source_in_words(vars(model.source))}."
    seen = any(check.basis == "paper" for check in model.checks)
    return after if seen else f"{after} {NOT_SEEN}"


def _equations(model: Model) -> str:
    """Return the equations; what a model of the library has already is not said twice."""
    if isinstance(model, (Simulation, Population)):
        code = "".join(
            f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
            for text in sources_of(model.functions).values()
        )
        return folded("live-equations", "The functions behind it", code)
    if isinstance(model, Grid):
        return folded("live-equations", "Rules", rule_list(phase.says for phase in model.phases))
    base = extended(model)
    known = set(equations(base)) if base else set()
    lines = [line for line in equations(model) if line not in known]
    block = equation_block(lines, model.title)
    old = symbols_of(base) if base else []
    new = [symbol for symbol in symbols_of(model) if symbol not in old]
    words = symbols_in_words(new)
    return folded("live-equations", "Equations", _refer(base) + block + words)


def _parameters(model: Model) -> str:
    base = extended(model)
    known = set(base.parameters) if base else set()
    own = [parameter for parameter in parameters_of(model) if parameter not in known]
    if not own:
        return ""
    entries = map(parameter_entry, own)
    block = parameter_table(entries, model.title)
    return folded("live-parameters", "Parameters, values and sources", _refer(base) + block)


def _refer(base: Model | None) -> str:
    if base is None:
        return ""
    return f'<p>To those of <a href="#model-{base.name}">{escape(base.title)}</a> come these:</p>'


def parameters_of(model: Model) -> list[Parameter]:
    """Return a model's parameters; a cohort's patients add those it does not set itself."""
    own = list(model.parameters)
    if isinstance(model, Cohort):
        names = {parameter.name for parameter in own}
        own += [p for p in model.patient.parameters if p.name not in names]
    return own


def extended(model: Model) -> Model | None:
    """Return the largest model with a card whose parameters are all parameters of this one too."""
    if not isinstance(model, ODE):
        return None
    own = set(model.parameters)
    smaller = [
        other
        for other in library().values()
        if isinstance(other, ODE) and other.summary and set(other.parameters) < own
    ]
    return max(smaller, key=lambda other: len(other.parameters), default=None)


# --------------------------------------------------------------------------- where it is used


def _used(model: Model) -> str:
    links = [
        f'<a href="{use.page}.html#{use.name}">{escape(use.title)}</a> ({escape(use.page_title)})'
        for use in uses()
        if model.name in use.models
    ]
    if links:
        return f"Used in: {', '.join(dict.fromkeys(links))}."
    if isinstance(model, (Simulation, Population)):
        call = "population.follow" if isinstance(model, Population) else "solve"
        return f"In no lab yet. In a notebook: <code>{call}({model.name})</code>."
    return f"In no lab yet. In a notebook: <code>explore({model.name})</code>."


_LAB = re.compile(r"^from (immunolab\.labs\.\w+) import (\w+)$", re.M)


@functools.cache
def uses() -> tuple[Use, ...]:
    """Return every lab that a page shows, found where the page imports it."""
    found = []
    for page in pages():
        text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
        for module, function in _LAB.findall(text):
            lab = getattr(importlib.import_module(module), function)()
            found.append(_use(lab, page))
    return tuple(found)


def _use(lab: Explorable, page: str) -> Use:
    shows = {lab.model.name, *(model.name for model in lab.overlays.values())}
    if isinstance(lab.model, Cohort):
        shows.add(lab.model.patient.name)
    return Use(lab.name, lab.title, page, sections(page)[0].heading, frozenset(shows))


# ------------------------------------------------------------------------------- where it is


@functools.cache
def repository() -> str:
    """Return where the book's files can be read on the web, from its one setting, or nothing."""
    settings = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf-8"))
    place = settings.get("repository") or {}
    url = (place.get("url") or "").rstrip("/")
    return f"{url}/blob/{place.get('branch', 'main')}/" if url else ""


def _file(model: Model) -> str:
    path = shown(file_of(model.name))
    code = f"<code>{escape(path)}</code>"
    return f'<a href="{escape(repository() + path)}">{code}</a>' if repository() else code
