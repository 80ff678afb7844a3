# ruff: noqa: E501 -- it holds JavaScript in strings
"""Questions in a real browser: every question of the book, and the hard cases on a toy page."""

import json

import pytest
from built import BOOK, NO_BOOK
from checks import Visit, axe_violations, console_errors, horizontal_scroll
from quizzes import (
    ENTRY,
    OF_A_QUESTION,
    OF_A_TYPE,
    Question,
    keyboard_fails,
    questions,
    questions_of,
    unreadable_without_javascript,
    wait_until_ready,
    write_toy_pages,
)

PLACES = questions(BOOK) or [(NO_BOOK, NO_BOOK)]
PAGES = sorted({file for file, _ in PLACES})
TOYS = [f"toy-q0{n}" for n in range(1, 7)] + ["toy-p01", "toy-p02"]

# --- every question of the book, and of the toy page ---------------------------------------------------


@pytest.fixture
def open_questions(book, site, new_page):
    """open_questions(file, ...) -> a Visit of a page of the book, of which only the questions are left."""

    def open_page(file, theme="light", **options):
        page = new_page(theme, **options)
        lean = questions_of(book / file, theme)
        page.route(
            site + file,
            lambda route: route.fulfill(body=lean, content_type="text/html; charset=utf-8"),
        )
        visit = Visit(page).open(site + file)
        wait_until_ready(page)
        return visit

    return open_page


@pytest.mark.parametrize("file", PAGES)
def test_questions_of_each_type_are_answered_by_keyboard(open_questions, file):
    page = open_questions(file).page
    problems = [
        problem for question in two_of_each_type(page, file) for problem in keyboard_fails(question)
    ]
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize("check", OF_A_QUESTION, ids=lambda check: check.__name__)
@pytest.mark.parametrize("file", PAGES)
def test_every_question(book, open_questions, file, check):
    """On a telephone: questions, answers and feedback fit on the screen."""
    page = open_questions(file, viewport={"width": 390, "height": 844}).page
    names = [name for place, name in PLACES if place == file]
    problems = [problem for name in names for problem in check(Question(page, name))]
    problems += horizontal_scroll(page)
    assert names
    assert not problems, "\n" + "\n".join(problems)


@pytest.fixture
def toy(tmp_path, serve, new_page):
    """toy(name) -> a question on the toy page; also toy.page, toy.address, toy.folder."""
    write_toy_pages(tmp_path)

    def open_question(name):
        return Question(open_question.page, name)

    open_question.folder = tmp_path
    open_question.address = serve(tmp_path) + "toy.html"
    open_question.page = new_page()
    open_question.page.goto(open_question.address)
    wait_until_ready(open_question.page)
    return open_question


@pytest.mark.parametrize("name", TOYS)
def test_toy_question(toy, name):
    """One of each type, whatever the book asks."""
    problems = []
    for check in OF_A_QUESTION + OF_A_TYPE:
        question = toy(name)
        question.restore()
        problems += check(question)
    assert not problems, "\n" + "\n".join(problems)


# --- whole pages of the book -----------------------------------------------------------------------------


def two_of_each_type(page, file):
    """Two questions of each type on a page, one to get right and one to get wrong."""
    by_type = {}
    for question in (Question(page, name) for place, name in PLACES if place == file):
        by_type.setdefault(question.type, []).append(question)
    return [question for questions in by_type.values() for question in questions[:2]]


@pytest.mark.parametrize("file", PAGES[:1])
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_answered_questions_are_accessible(book, open_questions, file, theme, width):
    visit = open_questions(file, theme, viewport={"width": width, "height": 844})
    page = visit.page
    for number, question in enumerate(two_of_each_type(page, file)):
        graded = question.type != "predict"
        question.answer(question.wrong() if graded and number % 2 else question.right())
        if graded and number % 4 == 1:
            question.submit.click()
            question.action("show").click()
    problems = axe_violations(page, theme, within=".quiz") + console_errors(visit)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("file", PAGES)
def test_readable_without_javascript(book, site, new_page, file):
    page = new_page(java_script_enabled=False)
    page.goto(site + file)
    assert page.locator("form.quiz-item").count()
    problems = unreadable_without_javascript(page)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("file", PAGES[:1])
def test_from_a_file_without_network(book, new_page, file):
    """The whole page, on a telephone."""
    page = new_page(offline=True, viewport={"width": 390, "height": 844})
    visit = Visit(page).open((book / file).as_uri())
    for question in two_of_each_type(page, file):
        question.answer(question.right())
        assert question.state() in {"right", "locked"}, str(question)
    assert not console_errors(visit) + horizontal_scroll(page)


# --- numbers as people write them ------------------------------------------------------------------------

# unit, typed, the number that is meant
SPELLINGS = [
    ("", "0.333", 0.333),
    ("", "0,333", 0.333),
    ("", " .333 ", 0.333),
    ("", "+0.333", 0.333),
    ("", "1/3", 1 / 3),
    ("", "1 ⁄ 3", 1 / 3),
    ("", "33.3%", 0.333),
    ("", "33,3 %", 0.333),
    ("", "33.3\u202f%", 0.333),
    ("", "−3", -3),
    ("", "–0,5", -0.5),
    ("", "1e-3", 0.001),
    ("", "1E+3", 1000),
    ("", "2×10^-3", 0.002),
    ("", "2 · 10−3", 0.002),
    ("", "3x100", None),
    ("", "12 000", 12000),
    ("", "12\u2009000", 12000),
    ("", "12\u00a0000,5", 12000.5),
    ("", "1,234,567", 1234567),
    ("", "1,234.5", 1234.5),
    ("", "1.234,5", 1234.5),
    ("", "1.000", 1),
    ("", "5.", 5),
    ("", "1 1/2", None),
    ("", "4 0", None),
    ("", "1,000/4", None),
    ("", "12,000e0", None),
    ("", "0,1/0,4", 0.25),
    ("%", "41.7", 41.7),
    ("%", "41,7 %", 41.7),
    ("%", "0.417", 0.417),
    ("per day", "0.3 per day", 0.3),
    ("per day", "0.3perday", 0.3),
    ("per day", "0.3/day", None),
    ("µM", "5 μM", 5),
    ("nM", "40%", None),
    ("", "1,000", None),  # a thousand, or one? Asked, not guessed
    ("", "a third", None),
    ("", "1/0", None),
    ("", "1/2/3", None),
    ("", "1.2.3", None),
    ("", "--1", None),
    ("", "12 mg", None),
    ("", "Infinity", None),
    ("", "0x10", None),
]


def test_numbers_are_read_as_they_are_meant(toy):
    problems = []
    for unit, typed, meant in SPELLINGS:
        got = toy.page.evaluate("([t, u]) => immunolab.quiz.readNumber(t, u)", [typed, unit])
        wrong = "ask" not in got if meant is None else abs(got.get("value", 1e99) - meant) > 1e-9
        if wrong:
            problems.append(f"{typed!r} with unit {unit!r} is read as {got}, meant is {meant}")
    assert toy.page.evaluate("immunolab.quiz.readNumber(' \\u00a0', '%')") == {"empty": True}
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("typed", ["1/3", "0,333", "33.3 %", "0.3333"])
def test_a_right_number_is_right_in_any_spelling(toy, typed):
    question = toy("toy-q03")
    question.answer([typed])
    assert question.state() == "right"
    assert question.shown() == [typed], "what was typed is left as it stands"


@pytest.mark.parametrize(
    ("typed", "says"), [("abc", "cannot be read as a number"), ("1,000", "Is 1,000 a whole")]
)
def test_what_is_no_number_costs_no_try(toy, typed, says):
    question = toy("toy-q03")
    question.answer([typed])
    assert says in question.feedback.inner_text()
    assert question.entry() is None
    assert question.shown() == [typed]


def test_a_known_mistake_gets_its_own_feedback(toy):
    question = toy("toy-q03")
    question.answer(["3"])
    assert "You inverted it" in question.feedback.inner_text()
    question.answer(["7"])
    assert "Divide one by three" in question.feedback.inner_text()


# --- what is said ----------------------------------------------------------------------------------------


def test_partial_answers_say_how_much_is_right(toy):
    several = toy("toy-q02")
    several.answer(["0", "3"])
    assert "1 of 2 right ones found; 1 chosen is wrong." in several.verdict.inner_text()
    assert "Extra copies" not in several.feedback.inner_text(), "what was not chosen is given away"
    order = toy("toy-q05")
    order.answer(order.wrong())
    assert "2 of 4 in the right place." in order.verdict.inner_text()
    assert order.feedback.locator("li").count() == 2


def test_feedback_is_that_of_the_chosen_option_and_explains_after_success(toy):
    question = toy("toy-q01")
    question.answer(["2"])
    assert "The receptor sits on T cells" in question.feedback.inner_text()
    assert "takes a brake off" not in question.feedback.inner_text()
    question.answer(["1"])
    said = question.feedback.inner_text()
    assert "The antibody takes a brake off" in said
    assert "Why the others are wrong" in said
    assert question.entry()["first"] is False, "the first try stays what it was"


def test_a_changed_answer_is_told_from_the_checked_one(toy):
    question = toy("toy-q05")
    question.answer(question.wrong())
    question.inputs.first.select_option(index=4)
    assert question.state() == "changed"
    assert question.feedback.locator("li").count() == 2, "which rows were right is still to be seen"


def test_the_shown_answer_holds_the_key_and_all_feedback(toy):
    for name, words in {
        "toy-q01": ["Right: T cells that can recognise", "nothing for complement", "drive, so"],
        "toy-q03": ["0.3333", "however you write it"],
        "toy-q05": ["T cells recognise the tumour", "The alarm comes after", "footprint follows"],
        "toy-q06": ["An answer to an attack", "The message ends at the receptor"],
    }.items():
        question = toy(name)
        question.answer(question.wrong())
        question.submit.click()
        question.action("show").click()
        for part in words:
            assert part in question.feedback.inner_text(), name
    steps = toy("toy-q05").feedback.locator("ol li").all_inner_texts()
    assert steps[0].split("\n")[0] == "T cells recognise the tumour"


def test_hints_open_one_at_a_time(toy):
    form = toy("toy-q01").form
    assert form.locator("summary:visible").all_inner_texts() == ["Hint"]
    form.locator("summary:visible").first.click()
    assert form.locator("summary:visible").all_inner_texts() == ["Hint", "Another hint"]


def test_a_checked_answer_is_announced_once_and_a_restored_one_not(toy):
    """All that is said comes in one change of the live region, and none while a page loads."""
    toy.page.add_init_script(
        """window.said = [];
        addEventListener("DOMContentLoaded", () => {
          new MutationObserver(changes => changes.forEach(change => {
            const region = change.target.closest ? change.target.closest("[role=status]") : null;
            if (region && change.addedNodes.length) said.push(region.textContent);
          })).observe(document.body, {childList: true, subtree: true, characterData: true});
        }, {capture: true});"""
    )
    question = toy("toy-q02")
    question.reload()
    toy.page.evaluate("said.length = 0")
    question.answer(["0"])
    toy.page.wait_for_function("said.length > 0")
    assert len(toy.page.evaluate("said")) == 1
    roles = toy.page.evaluate(
        """() => { const form = document.getElementById("toy-q02"), was = [];
          const region = form.querySelector(".quiz-heard"), put = region.replaceChildren;
          region.replaceChildren = function () { was.push(this.getAttribute("role")); return put.apply(this, arguments); };
          window.dispatchEvent(new StorageEvent("storage", {key: null}));
          return was.concat(region.getAttribute("role")); }"""
    )
    assert len(roles) > 1
    assert set(roles[:-1]) == {None}, "what is restored is put into a live region"
    assert roles[-1] == "status"


@pytest.mark.parametrize("name", ["toy-q02", "toy-q05", "toy-q06"])  # multiple, order, match
def test_long_reasons_are_not_read_out_unasked(toy, name):
    """The verdict is heard; the list of reasons follows it and can be read line by line."""
    question = toy(name)
    question.answer(question.wrong())
    assert "Not yet" in question.heard.inner_text()
    assert "Read on" in question.heard.inner_text()
    assert not question.heard.locator("li").count()
    assert question.form.locator(".quiz-heard + .quiz-reasons li").count()


# --- predictions -------------------------------------------------------------------------------------------


def test_a_prediction_is_shown_again_beside_the_result(toy):
    shown = toy.page.locator(".quiz-predicted[data-item=toy-p01]")
    assert "You have not predicted yet" in shown.inner_text()
    assert shown.locator("a").get_attribute("href") == "#toy-p01"
    assert not shown.locator("details p").is_visible()
    question = toy("toy-p01")
    question.answer(["1"])
    assert "Shrink, and come back" in shown.inner_text()
    assert "Grow on as before" not in shown.inner_text()
    assert shown.locator("details p").is_visible()
    question.action("change").click()
    assert "You have not predicted yet" in shown.inner_text()


def test_several_predictions_are_shown_again(toy):
    toy("toy-p02").answer(["0", "2"])
    shown = toy.page.locator(".quiz-predicted[data-item=toy-p02] li:visible")
    assert shown.all_inner_texts() == ["T cells", "Neurons"]


# --- keeping -----------------------------------------------------------------------------------------------


def test_a_rewritten_question_starts_anew_and_says_so(toy):
    """Its old answer is not shown, and not deleted: an older copy of the book may still need it."""
    for name in ("toy-q02", "toy-q03"):
        toy(name).answer(toy(name).right())
    write_toy_pages(toy.folder, ("Which of these can make", "Which of these may make"))
    toy.page.reload()
    wait_until_ready(toy.page)
    assert "has changed since you answered it" in toy("toy-q02").form.inner_text()
    assert toy("toy-q02").shown() == []
    kept = toy("toy-q02").entry()
    assert kept["right"] is True
    assert kept["revision"] != toy("toy-q02").form.get_attribute("data-revision")
    toy("toy-q02").answer(toy("toy-q02").wrong())
    entry = toy("toy-q02").entry()
    assert (entry["tries"], entry["right"]) == (1, False)
    assert entry["revision"] == toy("toy-q02").form.get_attribute("data-revision")
    assert toy("toy-q03").state() == "right", "another question lost its answer"


def test_mended_feedback_forgets_nothing(toy):
    toy("toy-q02").answer(toy("toy-q02").right())
    write_toy_pages(toy.folder, ("This is adaptive PD-L1", "That is adaptive PD-L1"))
    toy.page.reload()
    wait_until_ready(toy.page)
    assert toy("toy-q02").state() == "right"
    assert "That is adaptive" in toy("toy-q02").feedback.inner_text()


DAMAGED = {
    "not JSON": "{",
    "not an object": "7",
    "another shape": '{"version": 1, "tries": "many"}',
    "another version": '{"version": 9}',
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_entry_is_set_aside_and_said(toy, kind):
    toy("toy-q02").answer(toy("toy-q02").right())
    toy.page.evaluate("([k, v]) => localStorage.setItem(k, v)", [ENTRY + "toy-q01", DAMAGED[kind]])
    toy.page.reload()
    wait_until_ready(toy.page)
    question = toy("toy-q01")
    assert "could not be read" in question.form.inner_text()
    assert question.form.locator(".quiz-notice a").get_attribute("href").endswith("progress.html")
    kept = toy.page.evaluate("localStorage.getItem('escape-routes:set-aside:toy-q01:1')")
    assert kept == DAMAGED[kind], "what was saved is lost"
    assert question.entry() is None
    question.answer(question.right())
    assert question.state() == "right"
    assert toy("toy-q02").state() == "right"


def test_an_answer_that_fits_no_option_is_set_aside(toy):
    question = toy("toy-q01")
    question.answer(["1"])
    entry = question.entry() | {"response": ["17"]}
    toy.page.evaluate(
        "([k, v]) => localStorage.setItem(k, v)", [ENTRY + "toy-q01", json.dumps(entry)]
    )
    question.reload()
    assert question.shown() == []
    assert "could not be read" in question.form.inner_text()


NO_STORAGE = {
    "forbidden": "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
}


@pytest.mark.parametrize("kind", NO_STORAGE)
def test_without_storage_questions_still_work_and_say_so(toy, new_page, kind):
    page = new_page()
    page.add_init_script(NO_STORAGE[kind])
    visit = Visit(page).open(toy.address)
    wait_until_ready(page)
    assert "does not let this page save anything" in page.locator(".quiz-needs-script").inner_text()
    question = Question(page, "toy-q01")
    question.answer(question.wrong())
    assert "does not let this page save anything" in question.feedback.inner_text()
    question.submit.click()
    assert question.action("show").is_visible(), "tries are not counted"
    Question(page, "toy-p01").answer(["2"])
    assert "Grow on" in page.locator(".quiz-predicted[data-item=toy-p01]").inner_text()
    assert not console_errors(visit)


def test_two_tabs_agree_and_leave_an_unfinished_answer_alone(toy):
    other = toy.page.context.new_page()
    other.goto(toy.address)
    wait_until_ready(other)
    Question(other, "toy-q03").fill(["0.9"])
    toy("toy-q01").answer(["1"])
    toy("toy-q03").answer(["1/3"])
    toy("toy-p01").answer(["0"])
    other.locator("#toy-q01[data-state=right]").wait_for()
    other.locator("#toy-p01[data-state=locked]").wait_for()
    other.locator(".quiz-predicted[data-item=toy-p01] li[data-option='0']").wait_for()
    assert Question(other, "toy-q01").shown() == ["1"]
    assert Question(other, "toy-q03").shown() == ["0.9"], "what is being written is overwritten"


def test_the_toy_page_is_readable_without_javascript(toy, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(toy.address)
    problems = unreadable_without_javascript(page)
    assert not problems, "\n" + "\n".join(problems)
