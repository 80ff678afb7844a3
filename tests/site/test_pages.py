"""Every page of the built book, in both themes, on a desk and on a telephone."""

import pytest
from built import BOOK, explorables, looks, page_names
from checks import (
    Visit,
    axe_violations,
    broken_internal_links,
    console_errors,
    dead_widgets,
    horizontal_scroll,
    invisible_focus,
    poor_alt_text,
    third_party_requests,
    unfold,
    wrong_theme,
)

SIZES = {1280: 900, 390: 844}
FIRST_WITH_LABS = next((file for file, _ in explorables(BOOK)), None)
LOOKS = [
    (file, *look) for file in page_names(BOOK) for look in sorted(looks(BOOK)[file], reverse=True)
]


@pytest.mark.parametrize(("file", "theme", "width", "closely"), LOOKS)
def test_page(book, site, new_page, file, theme, width, closely):
    """One loading, then all that can be seen on the page as it stands.

    Every page is opened in both themes and at both widths; the two checks that take longest, the
    walk with Tab and axe, are made in some of these looks.
    """
    page = new_page(theme, viewport={"width": width, "height": SIZES[width]})
    visit = Visit(page).open(site + file)
    # The theme in force is read back: a theme switch that failed would test the same page twice.
    problems = wrong_theme(page, theme)
    problems += third_party_requests(visit) + console_errors(visit) + horizontal_scroll(page)
    if closely:
        problems += invisible_focus(page)
        # What explains the last link, and the bar at the top, would cover what axe measures.
        page.keyboard.press("Escape")
        page.evaluate("window.scrollTo(0, 0)")
    unfold(page)
    problems += horizontal_scroll(page)
    if closely:
        every_lab = (file, theme) == (FIRST_WITH_LABS, "light")
        problems += axe_violations(page, theme, every_lab=every_lab)
    problems += third_party_requests(visit) + console_errors(visit)
    assert not problems, "\n" + "\n".join(dict.fromkeys(problems))


def test_page_source(book, page_file):
    problems = poor_alt_text(book / page_file, page_file) + dead_widgets(
        book / page_file, page_file
    )
    assert not problems, "\n" + "\n".join(problems)


def test_links(book):
    problems = broken_internal_links(book)
    assert not problems, "\n" + "\n".join(problems)


def test_every_page_opens_from_a_file_without_network(book, new_page):
    """An unpacked book on a stick must do: no server, no network."""
    page = new_page(offline=True)
    problems = []
    visit = Visit(page)
    for file in page_names(book):
        if file == "404.html":  # a server's answer to a wrong address; a folder has no such thing
            continue
        visit.requests.clear()
        visit.errors.clear()
        visit.open((book / file).as_uri())
        problems += third_party_requests(visit) + console_errors(visit)
    assert not problems, "\n" + "\n".join(problems)


def test_every_page_is_readable_without_javascript(book, site, new_page):
    """The heading and the text are in the HTML. (Explorables: see test_explorables.py.)"""
    page = new_page(java_script_enabled=False)
    empty = []
    for file in page_names(book):
        page.goto(site + file)
        # The first heading of a page is for print only, so any visible one will do.
        if not any(heading.is_visible() for heading in page.locator("main h1").all()):
            empty.append(f"{file}: shows no heading without JavaScript")
    assert not empty, "\n" + "\n".join(empty)
