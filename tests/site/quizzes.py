# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""Answer a question of a page as a reader would, and name what does not work.

`Question` is one question on one open page. Each check takes a Question and returns a list of
problems. Each begins with a question that nobody has answered, and need not tidy up.
The toy page shows tests/questions/toy.yml; it needs no build.
"""

import base64
import json
import shutil
from pathlib import Path

from built import ROOT, html_files, parse
from checks import page_name

STATIC = ROOT / "immunolab" / "book" / "static"
TOY = ROOT / "tests" / "questions" / "toy.yml"
ENTRY = "escape-routes:answer:"
TOY_OBJECTIVES = {"recognition": "explain why", "sums": "calculate shares"}


def questions(book):
    """(page name, id) of every question of the book, by file."""
    found = []
    for path in html_files(book):
        text = path.read_text(encoding="utf-8")
        if "quiz-item" in text:
            forms = parse(path).select("form.quiz-item")
            found += [(path.relative_to(book).as_posix(), form["id"]) for form in forms]
    return found


def questions_of(path, theme="light"):
    """The HTML of a built page with its questions and nothing else.

    A chapter is most of a megabyte with half a dozen labs, which each of some thousand steps would
    lay out again; whole pages are opened by tests of their own. The margin is that of a whole page on
    a telephone.
    """
    soup = parse(path)
    kept = soup.select("form.quiz-item, .quiz-predicted")
    needed = soup.select("head meta, head title, head link[rel=stylesheet]")
    needed += [script for script in soup.select("script[src]") if "/quiz/" in script["src"]]
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}" data-content_root="{soup.html["data-content_root"]}">'
        f"<head>{''.join(map(str, needed))}</head>"
        f'<body><main class="bd-article" style="padding: 0 1rem"><h1>Questions</h1><div class="quiz">{"".join(map(str, kept))}</div></main></body></html>'
    )


# --- a page of toy questions ------------------------------------------------------------------------


def toy_items(folder, *changes):
    """The questions of the toy bank, with some of its words changed."""
    from immunolab.bank import Known, read  # here, so that a broken package fails a test

    text = TOY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"the toy bank does not say {old!r} any more"
        text = text.replace(old, new, 1)
    path = Path(folder) / "toy.yml"
    path.write_text(text, encoding="utf-8")
    return read(
        path, Known(frozenset(TOY_OBJECTIVES), frozenset({"pardoll2012"}), frozenset({"M01"}))
    )


def write_toy_pages(folder, *changes):
    """Write toy.html (all questions) and progress.html; return their folder."""
    from immunolab.quiz import _item_spec, to_html

    def maths(latex, display):
        return f"<i>{latex}</i>"

    items = toy_items(folder, *changes)
    specs = [_item_spec(item) for item in items]
    body = to_html({"kind": "quiz", "items": specs}, maths)
    for spec in specs:
        if spec["type"] == "predict":
            body += to_html({"kind": "predicted", "item": spec}, maths)
    shutil.copytree(STATIC / "quiz", Path(folder) / "quiz", dirs_exist_ok=True)
    for sheet in ("quiz.css", "site.css"):
        shutil.copy(STATIC / sheet, folder)
    _write_page(folder, "toy", body, ["store", "quiz"])
    progress = to_html({"kind": "progress", "chapters": [_toy_chapter(items)]}, maths)
    _write_page(folder, "progress", progress, ["store", "quiz", "progress"])
    return folder


def _toy_chapter(items):
    graded = [item for item in items if item.graded]
    return {
        "name": "toy",
        "title": "Toys",
        "objectives": [
            {
                "words": words,
                "section": "brakes",
                "items": [item.id for item in graded if name in item.objectives],
            }
            for name, words in TOY_OBJECTIVES.items()
        ],
        "questions": [[item.id, item.revision] for item in graded],
        "predictions": [[item.id, item.revision] for item in items if not item.graded],
    }


def _write_page(folder, name, body, scripts):
    loaded = "".join(f'<script defer src="quiz/{script}.js"></script>' for script in scripts)
    (Path(folder) / f"{name}.html").write_text(
        '<!doctype html><html lang="en" data-theme="light" data-content_root="./"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{name}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="site.css"><link rel="stylesheet" href="quiz.css">{loaded}</head>'
        f'<body class="bd-article"><main><h1>{name}</h1>{body}</main></body></html>',
        encoding="utf-8",
    )


# --- a question in use ------------------------------------------------------------------------------


class Question:
    def __init__(self, page, name):
        self.page = page
        self.name = name
        self.form = page.locator(f"form[id='{name}']")
        self.type = self.form.get_attribute("data-type")
        self.key = json.loads(base64.b64decode(self.form.get_attribute("data-key")))
        self.inputs = self.form.locator("input, select")
        self.submit = self.form.locator("[type=submit]")
        self.feedback = self.form.locator(".quiz-feedback")
        self.heard = self.form.locator(".quiz-heard")
        self.verdict = self.form.locator(".quiz-verdict")

    def __str__(self):
        return f"{page_name(self.page)}, question {self.name}"

    def action(self, name):
        return self.form.locator(f"[data-action={name}]")

    def right(self):
        """The response that the key asks for; for a prediction, any."""
        if self.type == "numeric":
            return [f"{self.key['value']:.12g}"]
        return self.key.get("correct", ["0"])

    def wrong(self):
        """A response that is not right, but could be given."""
        right = self.right()
        if self.type == "single":
            return [next(str(n) for n in range(self.inputs.count()) if str(n) not in right)]
        if self.type == "multiple":
            left_out = [str(n) for n in range(self.inputs.count()) if str(n) not in right]
            return sorted(right[1:] + left_out[:1])
        if self.type == "numeric":
            return [f"{self.key['value'] + 9.7 * self.key['allowance'] + 1:.12g}"]
        return [right[1], right[0], *right[2:]]

    def fill(self, response):
        if self.type == "numeric":
            self.inputs.fill(response[0])
        elif self.type in {"order", "match"}:
            for menu, value in zip(self.inputs.all(), response, strict=True):
                menu.select_option(value)
        else:
            for box in self.inputs.all():
                if box.get_attribute("value") in response:
                    box.check()
                elif box.get_attribute("type") == "checkbox":
                    box.uncheck()

    def answer(self, response):
        self.fill(response)
        self.submit.click()

    def shown(self):
        """The response as the page shows it now."""
        if self.type in {"numeric", "order", "match"}:
            return [box.input_value() for box in self.inputs.all()]
        return [box.get_attribute("value") for box in self.inputs.all() if box.is_checked()]

    def entry(self):
        text = self.page.evaluate("key => localStorage.getItem(key)", ENTRY + self.name)
        return json.loads(text) if text else None

    def state(self):
        return self.form.get_attribute("data-state")

    def focused(self):
        return self.page.evaluate(
            "() => (document.activeElement.form || {}).id + ' ' + document.activeElement.textContent"
        )

    def restore(self):
        """A question that nobody has answered, on a page loaded anew."""
        self.page.evaluate("key => localStorage.removeItem(key)", ENTRY + self.name)
        self.reload()

    def reload(self):
        self.page.reload()
        self.page.locator(f"form[id='{self.name}'][data-ready=true]").wait_for()


def wait_until_ready(page):
    page.wait_for_function(
        "() => [...document.querySelectorAll('.quiz-item, .quiz-predicted, .quiz-progress')].every(e => e.dataset.ready)"
    )


# --- checks that every question of the book must pass -----------------------------------------------


def right_is_not_right(question):
    """The response of the key is called right in words, with feedback, and kept."""
    question.answer(question.right())
    if question.type == "predict":
        if question.state() != "locked" or question.inputs.locator(":enabled").count():
            return [f"{question}: locking in leaves it open"]
        if question.verdict.count() or "right" in question.feedback.inner_text().lower():
            return [f"{question}: a prediction is given a verdict"]
        return _focus_problem(question, "Change")
    problems = []
    if "Right" not in question.verdict.inner_text() or question.state() != "right":
        problems.append(f"{question}: the key's answer is called {question.verdict.inner_text()!r}")
    if len(question.feedback.inner_text()) < len(question.verdict.inner_text()) + 15:
        problems.append(f"{question}: no feedback to the right answer")
    entry = question.entry()
    if not entry or not (entry["right"] and entry["first"] and entry["tries"] == 1):
        problems.append(f"{question}: kept as {entry}")
    return problems + _focus_problem(question, "Check answer")


def wrong_is_not_wrong(question):
    """A wrong response is called so, says why, and gives nothing away that was not asked."""
    if question.type == "predict":
        return []
    wrong = question.wrong()
    question.answer(wrong)
    problems = []
    if "Not yet" not in question.verdict.inner_text() or question.state() != "wrong":
        problems.append(f"{question}: {wrong} is called {question.verdict.inner_text()!r}")
    if question.action("show").is_visible():
        problems.append(f"{question}: the answer is offered after one try")
    question.submit.click()
    if not question.action("show").is_visible():
        problems.append(f"{question}: the answer is not offered after two tries")
    question.action("show").click()
    entry = question.entry()
    if not entry["revealed"] or entry["right"] or entry["tries"] != 2:
        problems.append(f"{question}: after showing the answer it is kept as {entry}")
    return problems + _focus_problem(question, "Show answer")


def keyboard_fails(question):
    """Keys alone give the right answer; none of them grades before the button or Enter does."""
    page, right = question.page, question.right()
    question.inputs.first.focus()
    kind = question.inputs.first.get_attribute("type")
    if kind == "radio":
        page.keyboard.press("Space")
        for _ in range(int(right[0])):
            page.keyboard.press("ArrowDown")
    for number, box in enumerate(question.inputs.all() if kind != "radio" else []):
        if kind == "text":
            page.keyboard.type(right[0])
        elif kind == "checkbox":
            if box.get_attribute("value") in right:
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
        else:
            values = box.locator("option").evaluate_all("all => all.map(one => one.value)")
            for _ in range(values.index(right[number])):
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Tab")
    if question.shown() != right:
        return [f"{question}: by keyboard {question.shown()} was chosen, not {right}"]
    if question.state() or question.entry():
        return [f"{question}: it is graded before anybody asked"]
    for _ in range(0 if kind == "text" else 12):
        if question.submit.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wanted = "locked" if question.type == "predict" else "right"
    return [] if question.state() == wanted else [f"{question}: Enter leaves it {question.state()}"]


def reload_forgets(question):
    """Answer, verdict and tries are there again after a reload; the prediction is still locked."""
    given = question.right() if question.type == "predict" else question.wrong()
    question.answer(given)
    before = (question.state(), question.feedback.inner_text(), question.entry())
    question.reload()
    after = (question.state(), question.feedback.inner_text(), question.entry())
    problems = [] if question.shown() == given else [f"{question}: shows {question.shown()}"]
    if question.type == "predict":  # what is said at the moment of locking is said once
        before, after = before[::2], after[::2]
    if before != after:
        problems.append(f"{question}: before {before}, after a reload {after}")
    return problems


def empty_is_a_try(question):
    """An empty answer is asked for, aloud, and costs nothing."""
    question.submit.click()
    problems = []
    if "first" not in question.feedback.inner_text():
        problems.append(f"{question}: an empty answer gets {question.feedback.inner_text()!r}")
    if (
        question.heard.get_attribute("role") != "status"
        or "first" not in question.heard.inner_text()
    ):
        problems.append(f"{question}: what is said there is not announced")
    if question.entry():
        problems.append(f"{question}: an empty answer is counted")
    return problems


def clear_leaves_something(question):
    """Clear empties the form and remembers the tries; Change opens a prediction as it stands."""
    question.answer(question.right())
    predicts = question.type == "predict"
    question.action("change" if predicts else "clear").click()
    problems = []
    entry = question.entry()
    kept = not predicts and (entry["response"], entry["tries"], entry["first"]) == ([], 1, True)
    if not (entry is None if predicts else kept):
        problems.append(f"{question}: kept {entry}")
    if question.state() or (any(question.shown()) and not predicts):
        problems.append(f"{question}: still {question.shown()}, {question.state()}")
    if question.inputs.first.is_disabled() or not question.submit.is_visible():
        problems.append(f"{question}: it cannot be answered again")
    return problems


def printed_with_answers(question):
    """On paper it is blank: no button, no feedback, no mark of what was chosen."""
    problems, blank = _printed(question)
    question.answer(question.right())
    question.page.evaluate("() => document.activeElement.blur()")
    more, answered = _printed(question)
    problems += more
    if blank != answered:
        problems.append(f"{question}: printed, its fields show what was answered")
    return problems


def _printed(question):
    """(problems, picture of the fields) of a question as it would be printed now."""
    question.page.emulate_media(media="print")
    extra = question.form.locator("button:visible, .quiz-feedback:visible, .quiz-hint:visible")
    problems = [f"{question}: buttons, feedback or hints are printed"] if extra.count() else []
    picture = question.form.locator("fieldset").screenshot()
    question.page.emulate_media(media="screen")
    return problems, picture


def _focus_problem(question, words):
    focused = question.focused()
    wanted = f"{question.name} {words}"
    return [] if focused == wanted else [f"{question}: the focus is on {focused!r}, not {wanted!r}"]


# What depends on the words and the key of a question is checked for each question of the book, on a
# page where nobody has answered it; what is the same for all of a type, for one toy of each type.
# Each check meets a question that nobody has answered yet.
OF_A_QUESTION = [right_is_not_right, wrong_is_not_wrong]
OF_A_TYPE = [
    keyboard_fails,
    reload_forgets,
    empty_is_a_try,
    clear_leaves_something,
    printed_with_answers,
]


_UNREADABLE = """() => {
  const seen = element => element.checkVisibility({visibilityProperty: true});
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const found = [];
  for (const form of document.querySelectorAll('form.quiz-item')) {
    const note = says => found.push('question ' + form.id + ', without JavaScript: ' + says);
    const legend = form.querySelector('legend');
    if (!legend || !seen(legend) || !legend.textContent.trim()) note('no question can be read');
    if (!all(form, 'input, select').every(seen)) note('not every option is visible');
    if (all(form, 'button').some(seen)) note('shows a button that does nothing');
    if (all(form, '[type=submit]:enabled').length) note('Enter would send the form and load the page anew');
  }
  for (const block of document.querySelectorAll('.quiz'))
    if (!all(block, '*').some(part => seen(part) && part.textContent.includes('needs JavaScript')))
      found.push('no line says that checking needs JavaScript');
  for (const block of document.querySelectorAll('.quiz-predicted')) {
    block.querySelector('details').open = true; // a click on the summary does that without script
    if (!all(block, 'details p').some(seen)) found.push('a result cannot be read without JavaScript');
    if (all(block, '.quiz-own').some(seen)) found.push('speaks of a prediction that cannot be made');
  }
  return found;
}"""


def unreadable_without_javascript(page):
    """What is missing from the questions of a page that was opened with JavaScript switched off."""
    return [f"{page_name(page)}: {problem}" for problem in page.evaluate(_UNREADABLE)]
