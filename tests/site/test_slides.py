"""The decks, as a speaker uses them: by key and by button, from a server and from a folder."""

import re

import pytest
from browsing import open_context
from built import BOOK, NO_BOOK, decks, parse
from checks import (
    Visit,
    axe_violations,
    console_errors,
    horizontal_scroll,
    third_party_requests,
    wrong_theme,
)

DECKS = [path.name for path in decks(BOOK)] or [NO_BOOK]
PROJECTOR = {"width": 1280, "height": 720}
KINDS = ["title", "section", "question", "lab"]


class Deck:
    """One open deck."""

    def __init__(self, visit):
        self.visit = visit
        self.page = visit.page
        self.count = self.page.locator(".slide").count()

    @property
    def now(self):
        """The number of the slide that is shown, as the bar says it, and the only one in sight."""
        shown, said = self.page.evaluate(
            """() => [
              [...document.querySelectorAll('.slide')].filter(slide => slide.checkVisibility())
                .map(slide => slide.id),
              document.querySelector('.deck-place').textContent]"""
        )
        assert [f"{number} of {self.count}" for number in shown] == [said]
        return int(shown[0])

    def press(self, key):
        self.page.keyboard.press(key)
        return self.now

    def turn_to(self, kind):
        """Go to the first slide of a kind, by its address."""
        slide = self.page.locator(f".slide-{kind}").first
        self.page.evaluate("id => location.hash = '#' + id", slide.get_attribute("id"))
        slide.wait_for(state="visible")
        return slide


@pytest.fixture(scope="module")
def deck(book, site, browser):
    """The first deck, on a projector; its tests begin anywhere and need not tidy up."""
    with open_context(browser, viewport=PROJECTOR) as context:
        yield Deck(Visit(context.new_page()).open(f"{site}slides/{DECKS[0]}"))


@pytest.mark.parametrize("file", DECKS)
def test_every_slide_fits_a_projector_and_a_sheet(book, new_page, file):
    """All of a slide is in sight at once; of a lab what is moved, and what moves."""
    page = new_page(viewport=PROJECTOR, offline=True)
    deck = Deck(Visit(page).open((book / "slides" / file).as_uri()))
    problems = []
    for number in range(1, deck.count + 1):
        assert deck.now == number
        problems += horizontal_scroll(page) + below_the_edge(deck)
        page.keyboard.press("PageDown")
    assert deck.now == deck.count, "PageDown leads beyond the last slide"
    problems += third_party_requests(deck.visit) + console_errors(deck.visit)
    assert not problems, "\n" + "\n".join(problems)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == deck.count


def below_the_edge(deck):
    """What of the present slide is not in the window, and should be."""
    found = deck.page.evaluate(
        """() => {
          const slide = document.querySelector('.slide.present');
          const lab = slide.querySelector('.explorable');
          const moving = '.live-figure, .live-side > *:not(details), .live-outcome';
          const parts = lab ? lab.querySelectorAll(moving) : [slide];
          return [...parts].filter(part => part.getBoundingClientRect().bottom > innerHeight + 0.5)
            .map(part => part.className + ' ends at ' + part.getBoundingClientRect().bottom);
        }"""
    )
    return [f"slide {deck.now}: {part} of {PROJECTOR['height']} px" for part in found]


@pytest.mark.parametrize("file", DECKS)
def test_ids_are_unique(book, file):
    ids = [tag["id"] for tag in parse(book / "slides" / file).find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))


def test_keys_turn_the_slides(deck):
    deck.page.evaluate("location.hash = '#2'")
    deck.page.wait_for_function("document.querySelector('.slide.present').id === '2'")
    assert [deck.press(key) for key in ("ArrowRight", "ArrowLeft", " ", "Shift+ ")] == [3, 2, 3, 2]
    assert [deck.press(key) for key in ("PageDown", "PageUp", "PageUp", "PageUp")] == [3, 2, 1, 1]
    assert deck.page.locator("[data-turn='-1']").is_disabled()
    deck.page.click("[data-turn='1']")
    assert deck.now == 2
    # Tab goes on from the slide, and stays on it until the bar follows.
    assert deck.page.evaluate("document.activeElement.id") == "2"
    deck.page.keyboard.press("Tab")
    assert deck.page.evaluate("document.activeElement.closest('.slide').id") == "2"


def test_the_address_keeps_the_slide_and_finds_what_is_on_it(deck):
    deck.turn_to("question")
    shown = deck.press("ArrowRight")
    assert deck.page.url.endswith(f"#{shown}")
    deck.page.reload()
    assert deck.now == shown
    lab = deck.page.locator(".explorable").first.get_attribute("id")
    deck.page.goto(deck.page.url.split("#")[0] + f"#{lab}")
    assert deck.page.locator(f"#{lab}").is_visible()
    assert deck.now


def test_a_lab_is_alive_and_keeps_its_arrow_keys(deck):
    slide = deck.turn_to("lab")
    lab, here = slide.locator(".explorable"), deck.now
    before = lab.locator(".live-readouts").inner_text()
    lab.locator("input[type=range]").first.focus()
    for _ in range(30):
        deck.page.keyboard.press("ArrowRight")
    deck.page.wait_for_function(
        "([id, before]) => document.querySelector(`#${id} .live-readouts`).innerText !== before",
        arg=[lab.get_attribute("id"), before],
    )
    assert deck.now == here
    # A button keeps the space bar; the speaker's remote control turns all the same.
    lab.locator("button[data-preset]").last.focus()
    deck.page.keyboard.press(" ")
    assert lab.locator("button[data-preset]").last.get_attribute("aria-pressed") == "true"
    assert deck.now == here
    lab.locator("input[type=range]").first.focus()
    assert deck.press("PageDown") == here + 1


def test_a_prediction_is_answered_shown_again_and_not_kept(deck):
    slide = deck.turn_to("came-out")
    name = slide.locator(".quiz-predicted").get_attribute("data-item")
    slide.locator("a[href^='#']").click()
    form = deck.page.locator(f"form#{name}")
    form.locator("input").first.check()
    form.locator("[type=submit]").click()
    assert "Locked in" in form.locator(".quiz-heard").inner_text()
    assert not deck.page.locator(".quiz-unsaved").count()
    deck.turn_to("came-out")
    assert slide.locator("li[data-option='0']").is_visible()
    assert slide.locator(".quiz-result p").is_visible()
    kept = deck.page.evaluate("Object.keys(localStorage).filter(key => key.includes('answer'))")
    assert kept == []
    deck.page.reload()
    assert deck.page.locator(f"form#{name} input").first.is_enabled()


def test_what_is_said_to_an_answer_is_brought_into_sight(deck):
    form = deck.turn_to("question").locator("form")
    deck.page.set_viewport_size({"width": 1280, "height": 480})
    form.locator("input").first.check()
    form.locator("[type=submit]").click()
    said = form.locator(".quiz-feedback").bounding_box()
    deck.page.set_viewport_size(PROJECTOR)
    assert said["height"] > 0
    assert said["y"] + said["height"] <= 480 + 1, "a page scrolls by whole pixels"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_slides_of_every_kind_are_accessible(book, new_page, theme):
    page = new_page(theme, viewport=PROJECTOR)
    deck = Deck(Visit(page).open((book / "slides" / DECKS[0]).as_uri()))
    # Axe goes through all of a document, shown or not: one slide of each kind stays in it.
    page.evaluate(
        """kinds => {
          const kept = kinds.map(kind => document.querySelector('.slide-' + kind));
          document.querySelectorAll('.slide')
            .forEach(slide => kept.includes(slide) || slide.remove());
        }""",
        KINDS,
    )
    problems = wrong_theme(page, theme)
    for kind in KINDS:
        deck.turn_to(kind)
        # The bar around the slides is the same on all, and looked at once.
        within = None if kind == KINDS[0] else ".slide.present"
        problems += [f"{kind}: {one}" for one in axe_violations(page, theme, within)]
    assert not problems, "\n" + "\n".join(problems)


def test_light_and_dark_change_places_and_stay(deck):
    assert not wrong_theme(deck.page, "light")
    deck.page.click("[data-action=theme]")
    assert not wrong_theme(deck.page, "dark")
    assert deck.page.evaluate("[localStorage.mode, localStorage.theme]") == ["dark", "dark"]
    deck.page.click("[data-action=theme]")
    assert not wrong_theme(deck.page, "light")


def test_on_a_telephone_nothing_is_wider_than_the_screen(book, new_page):
    page = new_page(viewport={"width": 390, "height": 844})
    deck = Deck(Visit(page).open((book / "slides" / DECKS[0]).as_uri()))
    problems = []
    for _ in range(deck.count):
        problems += horizontal_scroll(page)
        page.keyboard.press("PageDown")
    assert not problems, "\n" + "\n".join(problems)


def test_a_swipe_turns_unless_it_begins_on_a_slider(deck):
    deck.turn_to("lab")
    here = deck.now
    swipe = """([selector, across]) => {
      const on = document.querySelector('.slide.present').querySelector(selector);
      const at = x => [new Touch({identifier: 1, target: on, clientX: x, clientY: 300})];
      on.dispatchEvent(new TouchEvent('touchstart', {bubbles: true, touches: at(400)}));
      on.dispatchEvent(new TouchEvent('touchend', {bubbles: true,
        changedTouches: at(400 + across)}));
    }"""
    for selector, across, way in (
        ("h2", -50, 0),
        ("input", -200, 0),
        ("h2", -200, 1),
        ("h2", 200, 0),
    ):
        deck.page.evaluate(swipe, [selector, across])
        assert deck.now == here + way


def test_without_javascript_all_slides_stand_one_below_the_other(book, new_page):
    page = new_page(java_script_enabled=False)
    page.goto((book / "slides" / DECKS[0]).as_uri())
    assert page.locator(".slide:visible").count() == page.locator(".slide").count() > 0
    assert not page.locator(".deck-bar nav").is_visible()
