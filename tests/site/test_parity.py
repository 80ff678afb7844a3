"""The page computes what Python computes: every explorable, seeded settings and all corners."""

import pytest
from built import BOOK, explorables
from checks import settle
from parity import COMPUTE_ALL, differences, settings_of

RANDOM_SETTINGS = 50
NO_ENGINE = "engine-not-importable"


def pytest_generate_tests(metafunc):
    if "name" in metafunc.fixturenames:
        try:
            from immunolab.labs import all_explorables
        except ImportError:  # the test itself imports again, and fails with the reason
            names = [NO_ENGINE]
        else:
            names = sorted(all_explorables())
        metafunc.parametrize("name", names or [NO_ENGINE])


def test_page_equals_python(book, site, new_page, name):
    from immunolab.labs import all_explorables

    explorable = all_explorables()[name]
    file = {shown: file for file, shown in explorables(BOOK)}.get(name)
    assert file, (
        f"no page of the built book shows the explorable {name}; put it on a page or remove it"
    )
    settings = settings_of(explorable, RANDOM_SETTINGS)
    assert len(settings) >= RANDOM_SETTINGS, f"{name}: random_settings gave too few"
    page = new_page()
    page.goto(site + file)
    settle(page)
    settings.append(
        page.evaluate("name => ({...window.immunolab.get(name).values})", name)
    )  # the defaults
    # One call for all settings: a call for each would take longer than the computing.
    from_page = page.evaluate(
        f"([name, settings]) => ({COMPUTE_ALL})(name, settings)", [name, settings]
    )
    problems = differences(name, explorable, settings, from_page)
    assert not problems, "\n" + "\n".join(problems)


def test_every_explorable_of_the_book_is_compared(book):
    from immunolab.labs import all_explorables

    unknown = {name for _, name in explorables(book)} - set(all_explorables())
    assert not unknown, (
        "pages show explorables that immunolab.labs.all_explorables() does not know: "
        f"{sorted(unknown)}"
    )


@pytest.fixture(autouse=True)
def _needs_a_book(book):
    """Without a book each of these tests says so first."""
