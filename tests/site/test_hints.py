"""Words and sources explain themselves beside their links: by pointer, by keyboard, and by tap."""

import pytest
from checks import Visit

PAGE = "chapters/checkpoints.html"
WORD = "a[href$='glossary.html#term-antigen']"
SOURCE = "a[href*='references.html#']"


@pytest.fixture
def page(book, site, new_page):
    return Visit(new_page()).open(site + PAGE).page


def hint(page):
    return page.locator("#hint")


@pytest.mark.parametrize(
    ("selector", "says"),
    [(WORD, "recognise"), (SOURCE, "doi"), ("a[href$='evidence.html#T136']", "RELATIVITY-047")],
)
def test_focus_shows_and_escape_hides(page, selector, says):
    link = page.locator(selector).first
    link.focus()
    assert hint(page).is_visible()
    assert says in hint(page).text_content()
    assert link.get_attribute("aria-describedby") == "hint"
    page.keyboard.press("Escape")
    assert not hint(page).is_visible()
    assert link.get_attribute("aria-describedby") is None


def test_the_pointer_may_move_on_to_the_hint_and_leave(page):
    link = page.locator(WORD).first
    link.hover()
    assert hint(page).is_visible()
    hint(page).hover()
    page.wait_for_timeout(400)  # longer than a crossing may take
    assert hint(page).is_visible()
    page.mouse.move(1, 1)
    hint(page).wait_for(state="hidden")


def test_a_hint_stays_on_the_screen(book, site, new_page):
    page = new_page(viewport={"width": 390, "height": 844})
    Visit(page).open(site + PAGE)
    for link in page.locator(SOURCE).all()[:12]:
        link.focus()
        box = hint(page).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_after_a_touch_enter_still_follows_the_link(book, site, new_page):
    page = new_page(has_touch=True)
    Visit(page).open(site + PAGE)
    page.locator("h1:visible").first.tap()
    page.locator(WORD).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#*")


def test_the_first_tap_shows_and_the_second_follows(book, site, new_page):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    Visit(page).open(site + PAGE)
    link = page.locator(WORD).first
    link.tap()
    assert hint(page).is_visible()
    assert page.url.endswith(PAGE)
    link.tap()
    page.wait_for_url("**/glossary.html#term-antigen")


def test_without_javascript_the_links_still_lead_there(book, site, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(site + PAGE)
    page.locator(WORD).first.click()
    assert page.url.endswith("glossary.html#term-antigen")


def test_every_row_mark_leads_to_its_row(book, site, new_page):
    page = new_page()
    page.goto(site + PAGE)
    page.locator("a.row-mark").first.click()
    row = page.locator(page.evaluate("() => location.hash"))
    assert row.is_visible()
    assert row.locator("a[href*='chapters/checkpoints.html#']").count()
