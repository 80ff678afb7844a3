"""The archive for a stick: unpacked, the book works without a server and without a network."""

import os
import shutil
import zipfile

import pytest
from built import explorables, html_files
from checks import Visit, console_errors
from explorables import Lab
from playwright.sync_api import expect
from quizzes import Question, questions, wait_until_ready

from tools import offline
from tools.edition import edition


def unpacked(book, folder):
    """The book of an archive, in a folder with a name as people give them."""
    archive, stick = folder / "book.zip", folder / "Für die Prüfung"
    offline.pack(book, archive, edition())
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(stick)
    (top,) = stick.iterdir()
    assert top.name == edition().name
    return top


def test_the_book_works_from_a_stick(book, new_page, tmp_path):
    top = unpacked(book, tmp_path)
    page = new_page(offline=True)
    visit = Visit(page)
    page.goto((top / "index.html").as_uri())
    page.wait_for_url("**/intro.html")

    file, asked = questions(book)[0]
    name = next(name for place, name in explorables(book) if place == file)
    lab = Lab(visit.open((top / file).as_uri()), name)
    before = lab.readouts()
    lab.slider(lab.parameters()[0]).press("End")
    lab.flush()
    assert lab.readouts() != before, "the slider moved, and no read-out with it"

    wait_until_ready(page)
    question = Question(page, asked)
    question.answer(question.right())
    expect(question.verdict).to_contain_text("Right")

    page.locator("button.search-button-field").click()
    page.keyboard.type("antigen")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.click()
    expect(page.locator("article h1")).to_be_visible()

    for exercise in sorted(top.glob("exercises/*.html"))[:1]:
        visit.open(exercise.as_uri())
        expect(page.locator("article h1")).to_be_visible()

    foreign = [address for address in visit.requests if not address.startswith("file://")]
    problems = [f"asks for {address}" for address in foreign] + console_errors(visit)
    assert not problems, "\n" + "\n".join(problems)


def test_no_page_asks_for_what_is_left_out(book, tmp_path):
    top = unpacked(book, tmp_path)
    kept = {path.relative_to(top).as_posix() for path in top.rglob("*")}
    left_out = {path.relative_to(book).as_posix() for path in book.rglob("*")} - kept
    pages = {path: path.read_text(encoding="utf-8") for path in html_files(top)}
    asked = [f"{p.name}: {name}" for name in left_out for p, text in pages.items() if name in text]
    assert left_out
    assert not asked, f"pages ask for what the archive leaves out: {asked}"


def test_the_same_book_gives_the_same_bytes(book, tmp_path):
    """Whoever packs it, and when: in a copy, the order, the ages and the rights are others."""
    copy = tmp_path / "copy"
    for path in sorted(book.rglob("*"), reverse=True):
        if path.is_file():
            target = copy / path.relative_to(book)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o600)
            os.utime(target, (10**9, 10**9))
    for folder, name in ((book, "1.zip"), (copy, "2.zip")):
        offline.pack(folder, tmp_path / name, edition())
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


@pytest.mark.parametrize(("there", "says"), [(False, "there is no book"), (True, "other sources")])
def test_without_a_book_of_these_sources_it_says_what_to_do(
    tmp_path, monkeypatch, capsys, there, says
):
    monkeypatch.setattr(offline, "HTML", tmp_path)
    monkeypatch.setattr(offline, "is_up_to_date", lambda now: False)
    if there:
        (tmp_path / "index.html").touch()
    assert offline.main() == 1
    said = capsys.readouterr().err
    assert says in said
    assert "make book" in said
