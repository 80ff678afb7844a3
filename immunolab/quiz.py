"""Questions on a page: :func:`quiz`, :func:`predicted` and the page *My progress*.

Each returns an object that a front end shows as it can: the book's pages take our own MIME type and
build the HTML with the mathematics of a book; JupyterLab takes ``text/html``, the same HTML with
MathML, script and style sheet in it; a terminal takes plain text.  The HTML comes from one
function, :func:`to_html`.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

from immunolab.bank import BankError, Item, allowance, bank_of, chapters_with_questions
from immunolab.formula import InlineMarkdown, Maths, mathml
from immunolab.objectives import Objective, chapters, objectives_of, title_of

#: What a built page looks for in a cell's output; a front end that does not know it ignores it.
QUIZ_MIME = "application/vnd.immunolab.quiz+json"

_STATIC = Path(__file__).with_name("book") / "static"
_HOW = {
    "single": "Choose one.",
    "multiple": "Choose all that apply.",
    "numeric": "",
    "order": "Give each step its place.",
    "match": "Give each line its letter.",
    "one": "Choose one.",
    "many": "Choose all that apply.",
}


@dataclass(frozen=True)
class Shown:
    """What a cell shows: ``spec`` holds raw Markdown, so that each front end sets its own maths."""

    spec: dict[str, Any]
    plain: str

    def __repr__(self):
        return self.plain

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            QUIZ_MIME: self.spec,
            "text/html": _self_contained(self.spec),
            "text/plain": self.plain,
        }


def quiz(chapter: str, section: str | None = None, items: Iterable[str] | None = None) -> Shown:
    """Show the questions of a chapter that belong to a section, or those named in ``items``."""
    chosen = _chosen(chapter, section, items)
    spec = {"kind": "quiz", "items": [_item_spec(item) for item in chosen]}
    return Shown(spec, "\n\n".join(_in_words(item) for item in chosen))


def predicted(chapter: str, item: str) -> Shown:
    """Show what came out, beside what this reader predicted in the question ``item``."""
    (chosen,) = _chosen(chapter, None, [item])
    if chosen.type != "predict":
        predictions = [one.id for one in bank_of(chapter) if one.type == "predict"]
        raise BankError(
            f"{item} is no prediction but of type {chosen.type!r}. "
            f"Predictions of {chapter}: {', '.join(predictions) or 'none'}."
        )
    spec = {"kind": "predicted", "item": _item_spec(chosen)}
    return Shown(spec, f"What came out: {_bare(chosen.content['result'])}")


def progress() -> Shown:
    """Show the page *My progress*: for each objective, what this reader has answered."""
    with_questions = chapters_with_questions()
    listed = [_chapter_spec(name) for name in chapters() if name in with_questions]
    lines = [
        f"{chapter['title']}: {row['words']} ({len(row['items'])} questions)"
        for chapter in listed
        for row in chapter["objectives"]
    ]
    return Shown({"kind": "progress", "chapters": listed}, "\n".join(lines))


# ------------------------------------------------------------------------------------ choosing


def _chosen(chapter: str, section: str | None, items: Iterable[str] | None) -> list[Item]:
    bank = bank_of(chapter)
    if (section is None) == (items is None):
        raise BankError(f"quiz({chapter!r}, ...) takes either section=... or items=[...].")
    if section is not None:
        chosen = [item for item in bank if item.section == section]
        if not chosen:
            there = ", ".join(dict.fromkeys(item.section for item in bank))
            raise BankError(f"{chapter} has no questions for section {section!r}. It has: {there}.")
        return chosen
    by_id = {item.id: item for item in bank}
    wanted = [items] if isinstance(items, str) else list(items or ())
    unknown = [name for name in wanted if name not in by_id]
    if unknown or not wanted:
        what = f"no question {', '.join(unknown)}" if unknown else "been asked for no question"
        raise BankError(f"{chapter} has {what}. Its questions: {', '.join(by_id)}.")
    return [by_id[name] for name in wanted]


def _item_spec(item: Item) -> dict[str, Any]:
    hidden = ("section", "objectives", "level", "references", "model")
    kept = {field: value for field, value in item.content.items() if field not in hidden}
    return kept | {"revision": item.revision}


def _chapter_spec(chapter: str) -> dict[str, Any]:
    bank = bank_of(chapter)
    return {
        "name": chapter,
        "title": title_of(chapter),
        "objectives": [_objective_spec(one, bank) for one in objectives_of(chapter)],
        "questions": [[item.id, item.revision] for item in bank if item.graded],
        "predictions": [[item.id, item.revision] for item in bank if not item.graded],
    }


def _objective_spec(objective: Objective, bank: tuple[Item, ...]) -> dict[str, Any]:
    return {
        "words": f"{objective.verb} {objective.text}",
        "section": objective.section,
        "items": [item.id for item in bank if item.graded and objective.id in item.objectives],
    }


def _in_words(item: Item) -> str:
    lines = [_bare(item.stem)]
    if item.type in {"single", "multiple", "predict"}:
        lines += [f"  ( ) {_bare(choice['text'])}" for choice in item.choices]
    elif item.type == "order":
        lines += [f"  ... {_bare(item.choices[n]['text'])}" for n in _places(item.id, item.choices)]
    elif item.type == "match":
        lines += [f"  ... {_bare(pair['left'])}" for pair in item.choices]
        lines += [f"  {letter}  {text}" for letter, text in _menu(item.id, item.content)[0].items()]
    else:
        lines += [f"  ______ {item.content['answer']['unit']}".rstrip()]
    return "\n".join(lines)


# ------------------------------------------------------------------------------------ Markdown


def _in_dollars(latex: str, display: bool) -> str:
    """Leave a formula as it is written, where there are only words."""
    return f"${escape(latex)}$"


_plain_writer = InlineMarkdown(_in_dollars)


def _bare(text: str) -> str:
    """Return Markdown without its marks, for a menu and for a terminal."""
    return unescape(re.sub(r"<[^>]+>", "", _plain_writer(text)))


# ------------------------------------------------------------------------------------ HTML


def to_html(spec: dict[str, Any], maths: Maths, page_suffix: str = ".html") -> str:
    """Return what a spec shows as HTML that is complete before any script runs."""
    write = InlineMarkdown(maths)
    if spec["kind"] == "quiz":
        return _quiz_html(spec, write)
    if spec["kind"] == "predicted":
        return _predicted_html(spec["item"], write)
    return _progress_html(spec, page_suffix)


def _self_contained(spec: dict[str, Any]) -> str:
    """Return the HTML with style sheet and scripts in it, for front ends that are not the book."""
    names = ["store", "quiz"] + (["progress"] if spec["kind"] == "progress" else [])
    scripts = [(_STATIC / "quiz" / f"{name}.js").read_text(encoding="utf-8") for name in names]
    style = (_STATIC / "quiz.css").read_text(encoding="utf-8")
    html = to_html(spec, mathml, page_suffix=".md")
    return f"<style>{style}</style>\n{html}\n<script>{''.join(scripts)}</script>"


def _quiz_html(spec: dict, write: InlineMarkdown) -> str:
    items = "".join(_form(item, write) for item in spec["items"])
    return (
        '<div class="quiz">'
        f'<p class="quiz-needs-script">{_needs_script(spec["items"])}</p>'
        f"{items}"
        f"{_note(spec)}"
        "</div>\n"
    )


def _note(spec: dict) -> str:
    """Return what is said once a page, below its first questions."""
    if not spec.get("note", True):
        return ""
    return (
        '<p class="quiz-note">Practice, not an examination. The answers are in this page; '
        "yours stay in this browser.</p>"
    )


def _needs_script(items: list[dict]) -> str:
    if all(item["type"] == "predict" for item in items):
        return "Locking in a prediction needs JavaScript; you can write yours down instead."
    return "Checking answers needs JavaScript."


def _form(item: dict, write: InlineMarkdown) -> str:
    body, key = _BODIES[item["type"]](item, write)
    if "explain" in item:
        key["explain"] = write(item["explain"])
    predicts = item["type"] == "predict"
    name = f"{'Prediction' if predicts else 'Question'} {int(item['id'][-2:])}"
    how = _HOW[item["choose"] if predicts else item["type"]]
    told = f' <span class="quiz-how">{how}</span>' if how else ""
    return (
        f'<form class="quiz-item" id="{item["id"]}" data-type="{item["type"]}" '
        f'data-revision="{item["revision"]}" data-key="{_hidden(key)}" '
        'autocomplete="off" novalidate data-lm-suppress-shortcuts="true">'
        f'<p class="quiz-kicker" aria-hidden="true">{name}</p>'
        '<p class="quiz-notice" hidden></p>'
        f"<fieldset><legend>{write(item['stem'])}{told}</legend>{body}</fieldset>"
        f"{_hints(item.get('hints', []), write)}"
        f'<div class="quiz-buttons" hidden>{_buttons(predicts, name.lower())}</div>'
        '<div class="quiz-feedback"><div class="quiz-heard" role="status"></div>'
        '<div class="quiz-reasons"></div></div>'
        "</form>"
    )


def _hidden(key: dict) -> str:
    """Write a key so that it is not read by accident. This is no secret, and the page says so."""
    text = json.dumps(
        key, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    )
    return base64.b64encode(text.encode()).decode()


def _buttons(predicts: bool, name: str) -> str:
    """Return the buttons of a question; in a list of controls each says which question is meant."""
    # A disabled submit button also keeps Enter from sending the form where there is no script.
    if predicts:
        return (
            f'<button type="submit" aria-label="Lock in my prediction, {name}" disabled>'
            "Lock in my prediction</button>"
            f'<button type="button" data-action="change" aria-label="Change, {name}" hidden>'
            "Change</button>"
        )
    return (
        f'<button type="submit" aria-label="Check answer, {name}" disabled>Check answer</button>'
        f'<button type="button" data-action="show" aria-label="Show answer, {name}" hidden>'
        "Show answer</button>"
        f'<button type="button" data-action="clear" aria-label="Clear, {name}">Clear</button>'
    )


def _hints(hints: list[str], write: InlineMarkdown) -> str:
    """Each hint holds the next, so that they open one at a time, with or without a script."""
    html = ""
    for number, hint in reversed(list(enumerate(hints))):
        name = "Hint" if number == 0 else "Another hint"
        html = (
            f'<details class="quiz-hint"><summary>{name}</summary>'
            f"<p>{write(hint)}</p>{html}</details>"
        )
    return html


def _options(item: dict, write: InlineMarkdown) -> tuple[str, dict]:
    one = item["type"] == "single" or item.get("choose") == "one"
    kind = "radio" if one else "checkbox"
    body = "".join(
        f'<label class="quiz-option"><input type="{kind}" name="answer" value="{number}">'
        f"<span>{write(option['text'])}</span></label>"
        for number, option in enumerate(item["options"])
    )
    if item["type"] == "predict":
        return body, {}
    return body, {
        "correct": [str(n) for n, option in enumerate(item["options"]) if option.get("correct")],
        "feedback": [write(option["feedback"]) for option in item["options"]],
    }


def _number(item: dict, write: InlineMarkdown) -> tuple[str, dict]:
    answer, field = item["answer"], f"{item['id']}-answer"
    unit = answer["unit"]
    shown_unit = f'<span class="quiz-unit" id="{field}-unit">{escape(unit)}</span>' if unit else ""
    described = f' aria-describedby="{field}-unit"' if unit else ""
    body = (
        f'<div class="quiz-number"><label for="{field}">Your answer</label>'
        f'<input id="{field}" type="text" name="answer" inputmode="decimal" size="12" '
        f'autocomplete="off" spellcheck="false"{described}>{shown_unit}</div>'
    )
    mistakes = [m | {"feedback": write(m["feedback"])} for m in item.get("mistakes", [])]
    return body, {
        "value": answer["value"],
        "allowance": allowance(answer),
        "unit": unit,
        "right": write(item["right"]),
        "otherwise": write(item["otherwise"]),
        "mistakes": [{k: m[k] for k in ("from", "to", "feedback")} for m in mistakes],
        "answer": escape(f"{answer['value']:.12g} {unit}".strip()),
    }


def _order(item: dict, write: InlineMarkdown) -> tuple[str, dict]:
    steps = item["steps"]
    places = _places(item["id"], steps)
    menu = {str(n): str(n) for n in range(1, len(steps) + 1)}
    rows = [write(steps[place]["text"]) for place in places]
    return _menus(item["id"], rows, menu, "quiz-places"), {
        "correct": [str(place + 1) for place in places],
        "feedback": [write(steps[place]["feedback"]) for place in places],
    }


def _match(item: dict, write: InlineMarkdown) -> tuple[str, dict]:
    menu, correct = _menu(item["id"], item)
    rows = [write(pair["left"]) for pair in item["pairs"]]
    letters = "".join(
        f'<li data-letter="{letter}"><b>{letter}</b> <span>{escape(text)}</span></li>'
        for letter, text in menu.items()
    )
    lines = {letter: f"{letter} – {text}" for letter, text in menu.items()}
    body = (
        _menus(item["id"], rows, lines, "quiz-pairs") + f'<ul class="quiz-letters">{letters}</ul>'
    )
    return body, {
        "correct": correct,
        "feedback": [write(pair["feedback"]) for pair in item["pairs"]],
    }


def _menus(name: str, rows: list[str], menu: dict[str, str], css: str) -> str:
    choices = '<option value="">choose</option>' + "".join(
        f'<option value="{value}">{escape(text)}</option>' for value, text in menu.items()
    )
    return f'<div class="{css}">' + (
        "".join(
            f'<div class="quiz-row"><select id="{name}-{n}" name="row{n}">{choices}</select>'
            f'<label for="{name}-{n}">{row}</label></div>'
            for n, row in enumerate(rows)
        )
        + "</div>"
    )


_BODIES = {
    "single": _options,
    "multiple": _options,
    "predict": _options,
    "numeric": _number,
    "order": _order,
    "match": _match,
}


def _places(name: str, rows: list) -> list[int]:
    """Return a shuffle of the rows that is the same in every build, and never the right order."""
    places = list(range(len(rows)))
    chance = random.Random(name)
    while places == sorted(places):
        chance.shuffle(places)
    return places


def _menu(name: str, item) -> tuple[dict[str, str], list[str]]:
    """Return the right sides of a match by letter, shuffled, and the letter of each row."""
    rights = [pair["right"] for pair in item["pairs"]] + list(item.get("extra", []))
    places = _places(name, rights)
    letters = [chr(ord("A") + n) for n in range(len(rights))]
    menu = {letter: _bare(rights[place]) for letter, place in zip(letters, places, strict=True)}
    return menu, [letters[places.index(row)] for row in range(len(item["pairs"]))]


def _predicted_html(item: dict, write: InlineMarkdown) -> str:
    options = "".join(
        f'<li data-option="{number}">{write(option["text"])}</li>'
        for number, option in enumerate(item["options"])
    )
    return (
        f'<div class="quiz-predicted" role="group" aria-label="Your prediction, and what came out" '
        f'data-item="{item["id"]}" data-revision="{item["revision"]}">'
        '<div class="quiz-own" hidden><p class="quiz-kicker">You predicted</p>'
        f'<p class="quiz-unpredicted">You have not predicted yet. '
        f'<a href="#{item["id"]}">Predict first</a>, then open what came out.</p>'
        f"<ul>{options}</ul></div>"
        '<details class="quiz-result"><summary>What came out</summary>'
        f"<p>{write(item['result'])}</p></details>"
        "</div>\n"
    )


# ------------------------------------------------------------------------------------ progress

_COLUMNS = {
    "answered": "Answered",
    "first": "Right at first try",
    "right": "Right now",
    "revealed": "Answer shown",
}


def _progress_html(spec: dict, page_suffix: str) -> str:
    chapters_html = "".join(_chapter_html(one, page_suffix) for one in spec["chapters"])
    return (
        '<div class="quiz-progress">'
        '<p class="quiz-needs-script">Counting your answers needs JavaScript. Without it you see '
        "how many questions there are.</p>"
        '<p class="quiz-sheet">Name: <span></span> Date: <span></span></p>'
        '<p class="quiz-notice" hidden></p>'
        f"{chapters_html or '<p>No chapter has questions yet.</p>'}"
        f"{_keeping_html()}"
        "</div>\n"
    )


def _chapter_html(chapter: dict, page_suffix: str) -> str:
    page = f"chapters/{chapter['name']}{page_suffix}"
    title = escape(chapter["title"])
    heads = "".join(f'<th scope="col">{words}</th>' for words in _COLUMNS.values())
    rows = "".join(_objective_html(row, page) for row in chapter["objectives"])
    questions = [name for name, _ in chapter["questions"]]
    total = f'<tfoot><tr data-items="{" ".join(questions)}"><th scope="row">All questions</th>'
    total += _cells(len(questions)) + "</tr></tfoot>"
    predictions = [name for name, _ in chapter["predictions"]]
    guessed = (
        f'<p class="quiz-predictions" data-items="{" ".join(predictions)}">Predictions, which are '
        f'neither right nor wrong: <span data-count="made">{len(predictions)} in all</span>.</p>'
    )
    if not predictions:
        guessed = ""
    items = dict(chapter["questions"] + chapter["predictions"])
    return (
        f'<div class="quiz-chapter" data-revisions="{escape(json.dumps(items, sort_keys=True))}">'
        f'<div class="quiz-scroll" role="group" tabindex="0" aria-label="Progress, {title}">'
        f'<table><caption><a href="{page}">{title}</a></caption>'
        f'<thead><tr><th scope="col">You can …</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody>{total}</table></div>{guessed}</div>"
    )


def _objective_html(row: dict, page: str) -> str:
    return (
        f'<tr data-items="{" ".join(row["items"])}"><th scope="row">'
        f'<a href="{page}#{row["section"]}">{escape(row["words"])}</a></th>'
        f"{_cells(len(row['items']))}</tr>"
    )


def _cells(number: int) -> str:
    empty = "".join(f'<td data-count="{name}">–</td>' for name in list(_COLUMNS)[1:])
    return f'<td data-count="answered" data-of="{number}">{number} in all</td>{empty}'


def _keeping_html() -> str:
    return (
        '<div class="quiz-keeping" hidden>'
        '<div class="quiz-buttons">'
        '<button type="button" data-action="export">Export my answers</button>'
        '<button type="button" data-action="erase">Erase my answers</button></div>'
        '<div class="quiz-sure" role="group" aria-label="Really erase?" hidden>'
        "<p>Really erase all answers and predictions in this browser, also those set aside?</p>"
        '<div class="quiz-buttons"><button type="button" data-action="really">Yes, erase</button>'
        '<button type="button" data-action="keep">Keep</button></div></div>'
        '<div class="quiz-import"><label for="quiz-import-file">Import answers from a file that '
        'was exported here or in another browser</label><input id="quiz-import-file" type="file" '
        'accept="application/json,.json"><button type="button" data-action="import">Import</button>'
        "</div>"
        '<p class="quiz-said" role="status"></p>'
        '<div class="quiz-aside" hidden><p></p><div class="quiz-buttons">'
        '<button type="button" data-action="download-aside">Download what was set aside</button>'
        '<button type="button" data-action="delete-aside">Delete what was set aside</button>'
        "</div></div></div>"
    )
