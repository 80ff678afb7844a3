"""Every explorable of the book, used in a real browser: by keyboard, by touch, and from a file."""

import pytest
from browsing import open_context
from built import BOOK, NO_BOOK, explorables, parse, representatives, specification
from checks import Visit, console_errors, unreadable_without_javascript
from explorables import (
    OF_A_KIND,
    OF_EACH_LAB,
    Lab,
    clock_fails,
    does_not_move,
    open_alone,
    touch_fails,
)


def has_clock(place):
    file, name = place
    return bool(specification(parse(BOOK / file).find(id=name))["clock"])


PAGES = sorted({file for file, _ in explorables(BOOK)}) or [NO_BOOK]


@pytest.mark.parametrize("check", OF_EACH_LAB, ids=lambda check: check.__name__)
def test_every_lab(lab, check):
    problems = check(lab)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.of_a_kind
@pytest.mark.parametrize("check", OF_A_KIND, ids=lambda check: check.__name__)
def test_labs_of_every_kind(lab, check):
    problems = check(lab)
    assert not problems, "\n" + "\n".join(problems)


def test_names_are_unique(book):
    """Links, settings and tests find an explorable by its name alone."""
    places = {}
    for file, name in explorables(book):
        places.setdefault(name, []).append(file)
    twice = {name: files for name, files in places.items() if len(files) > 1 or not name}
    assert not twice, f"explorables need a name of their own, as id of the root: {twice}"


@pytest.mark.of_a_kind
def test_touch_on_a_telephone(book, site, browser, place):
    telephone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with open_context(browser, **telephone) as context:
        problems = touch_fails(Lab(open_alone(context, book, site, place), place[1]))
    assert not problems, "\n" + "\n".join(problems)


def test_representatives_have_all_kinds_of_model(book):
    kinds = {
        model["kind"]
        for file, name in representatives(book)
        for model in specification(parse(book / file).find(id=name))["models"].values()
    }
    assert kinds == {"ODE", "Formula", "Equilibrium", "Cohort", "Grid"}
    assert any(map(has_clock, representatives(book)))


@pytest.mark.parametrize("grid", [p for p in representatives(BOOK) if has_clock(p)] or [NO_BOOK])
def test_a_grid_plays_where_motion_is_welcome(book, site, browser, grid):
    with open_context(browser, reduced_motion="no-preference") as context:
        lab = Lab(open_alone(context, book, site, grid), grid[1])
        play = lab.root.locator("button[data-action=play]")
        play.click()
        assert play.inner_text() == "Pause"
        assert lab.wait("lab.values[lab.page.clock] === 3")
        play.click()
        assert play.inner_text() == "Play"
        stands = lab.call("lab.values[lab.page.clock]")
        lab.page.wait_for_timeout(500)  # three pictures' time
        assert lab.call("lab.values[lab.page.clock]") == stands
        play.click()
        lab.press("reset")
        assert play.inner_text() == "Play", "Reset leaves it playing"


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("lab.tick = () => true", "One step on should lead to 0"),
        ("lab.set = () => {}", "One step on draws nothing otherwise"),
        ("window.matchMedia = () => ({matches: false})", "Play plays although"),
    ],
)
@pytest.mark.parametrize("grid", [p for p in representatives(BOOK) if has_clock(p)] or [NO_BOOK])
def test_a_broken_clock_is_found(book, site, browser, grid, fault, complaint):
    with open_context(browser) as context:
        lab = Lab(open_alone(context, book, site, grid), grid[1])
        lab.call(fault)
        assert complaint in " ".join(clock_fails(lab))


@pytest.mark.parametrize("file", PAGES)
def test_from_a_file_without_network(book, new_page, file):
    page = new_page(offline=True)
    visit = Visit(page).open((book / file).as_uri())
    problems = console_errors(visit) + does_not_move(Lab(visit, _names(file)[0]))
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("file", PAGES)
def test_readable_without_javascript(book, site, new_page, file):
    page = new_page(java_script_enabled=False)
    page.goto(site + file)
    problems = unreadable_without_javascript(page)
    assert not problems, "\n" + "\n".join(problems)


def _names(file):
    return [name for page, name in explorables(BOOK) if page == file]
