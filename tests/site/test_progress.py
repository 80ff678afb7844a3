# ruff: noqa: E501 -- it holds JavaScript in strings
"""My progress: what is counted, taken along, brought back and erased."""

import json
from pathlib import Path

import pytest
from built import BOOK, parse
from checks import Visit, axe_violations, console_errors, horizontal_scroll
from quizzes import ENTRY, Question, questions, wait_until_ready, write_toy_pages

FILE = "progress.html"


class Sheet:
    """The page My progress, open in a browser."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        self.open()

    def open(self):
        self.page.goto(self.address)
        wait_until_ready(self.page)

    def rows(self):
        """The numbers of each row: answered, right at first try, right now, answer shown."""
        rows = self.page.locator(".quiz-progress tr[data-items]").all()
        return [row.locator("td").all_inner_texts() for row in rows]

    def press(self, action):
        self.page.locator(f"[data-action={action}]").click()

    def said(self):
        # Emptied and filled a moment later, so that a screen reader speaks the same words again.
        self.page.wait_for_function("document.querySelector('.quiz-said').textContent !== ''")
        return self.page.locator(".quiz-said").inner_text()

    def focused(self):
        return self.page.evaluate("document.activeElement.dataset.action")

    def download(self, action):
        with self.page.expect_download() as started:
            self.press(action)
        return started.value

    def load(self, path):
        self.page.locator("#quiz-import-file").set_input_files(path)
        self.page.locator(".quiz-said").evaluate("said => { said.textContent = ''; }")
        self.press("import")
        self.page.wait_for_function("document.querySelector('.quiz-said').textContent !== ''")
        return self.said()

    def stored(self):
        return self.page.evaluate("({...localStorage})")

    def put(self, key, text):
        self.page.evaluate("([k, t]) => localStorage.setItem(k, t)", [key, text])


@pytest.fixture
def folder(tmp_path):
    return write_toy_pages(tmp_path)


@pytest.fixture
def address(folder, serve):
    return serve(folder)


@pytest.fixture
def answered(address, new_page):
    """My progress of a reader who answered some toy questions, well and badly."""
    page = new_page(accept_downloads=True)
    page.goto(address + "toy.html")
    wait_until_ready(page)
    Question(page, "toy-q01").answer(["1"])  # right at once
    wrong_then_right = Question(page, "toy-q03")
    wrong_then_right.answer(["3"])
    wrong_then_right.answer(["1/3"])
    shown = Question(page, "toy-q05")
    shown.answer(shown.wrong())
    shown.submit.click()
    shown.action("show").click()
    Question(page, "toy-p02").answer(["0", "1"])
    return Sheet(page, address + FILE)


def test_answers_are_counted_by_objective(answered):
    explain, calculate, total = answered.rows()
    assert explain == ["2 of 4", "1", "1", "1"]
    assert calculate == ["1 of 3", "0", "1", "0"]
    assert total == ["3 of 6", "1", "2", "1"]
    assert "1 of 2 made" in answered.page.locator(".quiz-predictions").inner_text()


def test_another_tab_is_counted_at_once(answered, address):
    other = answered.page.context.new_page()
    other.goto(address + "toy.html")
    wait_until_ready(other)
    Question(other, "toy-q04").answer(["41,7 %"])
    answered.page.get_by_text("4 of 6").wait_for()


def test_answers_go_out_are_erased_and_come_back(answered, tmp_path):
    before = answered.rows()
    file = answered.download("export")
    assert file.suggested_filename == "escape-routes-progress.json"
    path = tmp_path / "kept.json"
    file.save_as(path)
    assert len(json.loads(path.read_text(encoding="utf-8"))["answers"]) == 4
    answered.put("someone-elses", "stays")
    answered.press("erase")
    assert answered.focused() == "keep"
    answered.press("keep")
    assert answered.rows() == before
    assert answered.focused() == "erase"
    answered.press("erase")
    answered.press("really")
    assert answered.focused() == "erase"
    assert "erased" in answered.said()
    assert answered.rows()[-1] == ["0 of 6", "0", "0", "0"]
    stored = answered.stored()
    assert not [key for key in stored if key.startswith("escape-routes:")]
    assert stored["someone-elses"] == "stays"
    assert "Imported 4 answers." in answered.load(path)
    assert answered.rows() == before


def test_an_answer_to_an_old_wording_does_not_replace_one_to_the_present(answered, tmp_path):
    path = tmp_path / "kept.json"
    answered.download("export").save_as(path)
    before = answered.rows()
    file = json.loads(path.read_text(encoding="utf-8"))
    entry = file["answers"]["toy-q01"]
    file["answers"] = {"toy-q01": entry | {"revision": "0" * 12, "at": entry["at"] + 1000}}
    path.write_text(json.dumps(file), encoding="utf-8")
    assert "Imported 0 answers. Kept 1 answer" in answered.load(path)
    assert answered.rows() == before


def test_the_newer_of_two_answers_stays(answered, tmp_path):
    path = tmp_path / "kept.json"
    answered.download("export").save_as(path)
    file = json.loads(path.read_text(encoding="utf-8"))
    file["answers"]["toy-q01"] |= {"right": False, "at": file["answers"]["toy-q01"]["at"] - 1}
    file["answers"]["toy-q03"] |= {"right": False, "at": file["answers"]["toy-q03"]["at"] + 1}
    path.write_text(json.dumps(file), encoding="utf-8")
    said = answered.load(path)
    assert "Imported 1 answer." in said
    assert "Kept 3 answers of this browser" in said
    assert json.loads(answered.stored()[ENTRY + "toy-q01"])["right"] is True
    assert json.loads(answered.stored()[ENTRY + "toy-q03"])["right"] is False


def test_answers_to_other_questions_are_kept_and_said(answered, tmp_path):
    path = tmp_path / "kept.json"
    answered.download("export").save_as(path)
    file = json.loads(path.read_text(encoding="utf-8"))
    entry = file["answers"]["toy-q01"]
    file["answers"] = {"toy-q02": entry | {"revision": "older"}, "elsewhere-q01": entry}
    path.write_text(json.dumps(file), encoding="utf-8")
    assert "2 belong to questions that have changed or are not in this copy" in answered.load(path)
    notice = answered.page.locator("p.quiz-notice").inner_text()
    assert notice.startswith("2 saved answers belong")
    assert answered.rows()[-1][0] == "3 of 6", "what belongs to another question is counted"
    assert ENTRY + "elsewhere-q01" in answered.stored()


WRONG_FILES = {
    "a picture": ("\x89PNG", "not JSON"),
    "another program's": ('{"format": "notes"}', "was not exported from this page"),
    "a later version's": ('{"format": "escape-routes-progress", "version": 2}', "another version"),
    "an empty one": ('{"format": "escape-routes-progress", "version": 1}', "holds no answers"),
    "a damaged one": (
        '{"format": "escape-routes-progress", "version": 1, "answers": {"toy-q02": {"tries": 1}}}',
        "its entry toy-q02 is damaged",
    ),
    "one with a strange name": (
        '{"format": "escape-routes-progress", "version": 1, "answers": {"../x": {}}}',
        "its entry ../x is damaged",
    ),
}


@pytest.mark.parametrize("kind", WRONG_FILES)
def test_a_wrong_file_changes_nothing_and_says_why(answered, tmp_path, kind):
    text, why = WRONG_FILES[kind]
    path = tmp_path / "wrong.json"
    path.write_text(text, encoding="utf-8")
    before = answered.stored()
    said = answered.load(path)
    assert why in said
    assert "Nothing was changed." in said
    assert answered.stored() == before


def test_importing_without_a_file_asks_for_one(answered):
    answered.press("import")
    assert answered.said() == "Choose a file first."


def test_damaged_entries_are_said_and_can_be_taken_or_deleted(answered, tmp_path):
    answered.put(ENTRY + "toy-q04", "{broken")
    answered.open()
    box = answered.page.locator(".quiz-aside")
    assert "1 saved answer could not be read and was set aside." in box.inner_text()
    assert answered.rows()[-1][0] == "3 of 6", "one damaged entry took others with it"
    path = tmp_path / "aside.json"
    answered.download("download-aside").save_as(path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"toy-q04:1": "{broken"}
    answered.put(ENTRY + "toy-q04", "{broken again")
    answered.open()
    assert "2 saved answers could not be read" in box.inner_text()
    answered.press("delete-aside")
    assert not box.is_visible()
    assert answered.focused() == "export"
    assert not [key for key in answered.stored() if "set-aside" in key]
    assert answered.rows()[-1][0] == "3 of 6"


def test_without_storage_the_page_says_so(address, new_page):
    page = new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    visit = Visit(page).open(address + FILE)
    wait_until_ready(page)
    assert "does not let this page read or save" in page.locator(".quiz-progress").inner_text()
    page.locator("[data-action=export]").click()
    page.locator(".quiz-said", has_text="nothing to export").wait_for()
    assert not console_errors(visit)


def test_it_prints_as_a_sheet_to_hand_in(answered):
    answered.page.emulate_media(media="print")
    assert answered.page.locator(".quiz-sheet").is_visible(), "no line for a name"
    assert not answered.page.locator(".quiz-keeping").is_visible()
    assert answered.page.locator("td", has_text="3 of 6").is_visible()


# --- the page of the book ----------------------------------------------------------------------------------


def test_the_page_of_the_book_counts_every_question_and_links_its_sections(book):
    soup = parse(book / FILE)
    listed = {
        name
        for row in soup.select(".quiz-progress [data-items]")
        for name in row["data-items"].split()
    }
    assert listed == {name for _, name in questions(BOOK)}
    links = soup.select(".quiz-progress tbody th a")
    assert links
    for link in links:
        file, _, anchor = link["href"].partition("#")
        assert parse(book / file).find(id=anchor), f"{link['href']} leads nowhere"


def test_the_page_of_the_book_follows_an_answer(book, site, new_page):
    file, name = next(iter(questions(BOOK)), (None, None))
    assert file, "the built book asks no question"
    page = new_page()
    page.goto(site + file)
    wait_until_ready(page)
    link = page.locator(".quiz-note a").first
    question = Question(page, name)
    question.answer(question.right())
    link.click()
    wait_until_ready(page)
    assert page.url.endswith(FILE)
    numbers = page.locator(".quiz-progress td, .quiz-predictions span").all_inner_texts()
    assert any(text.startswith("1 of") for text in numbers)


def test_the_page_of_the_book_stands_without_javascript(book, site, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(site + FILE)
    words = page.locator(".quiz-progress").inner_text()
    assert "needs JavaScript" in words
    assert " in all" in words
    assert not page.locator(".quiz-progress button:visible").count()


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)])
def test_the_page_of_the_book_is_accessible_in_use(book, site, new_page, theme, width):
    page = new_page(theme, viewport={"width": width, "height": 844})
    visit = Visit(page).open(site + FILE)
    wait_until_ready(page)
    page.evaluate("localStorage.setItem('escape-routes:answer:toy-q01', '{')")
    page.reload()
    wait_until_ready(page)
    page.locator("[data-action=erase]").click()
    page.locator("[data-action=import]").click()
    problems = axe_violations(page, theme) + horizontal_scroll(page) + console_errors(visit)
    assert not problems, "\n" + "\n".join(problems)


def test_the_page_of_the_book_works_from_a_file(book, new_page):
    page = new_page(offline=True)
    visit = Visit(page).open((Path(book) / FILE).as_uri())
    wait_until_ready(page)
    assert page.locator(".quiz-keeping").is_visible()
    assert not console_errors(visit)
