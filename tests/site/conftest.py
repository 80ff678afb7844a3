"""Fixtures of the tests that open the built book."""

import pytest
from browsing import open_context
from built import BOOK, NO_BOOK, explorables, page_names, representatives
from explorables import Lab, open_alone


def pytest_generate_tests(metafunc):
    """Name one test a page or an explorable. Without a book one is left, which fails and says so.

    The tests of one explorable share a loaded page, so pytest-xdist should keep them together:
    run it with --dist loadgroup.
    """
    if "page_file" in metafunc.fixturenames:
        metafunc.parametrize("page_file", page_names(BOOK), scope="module")
    if "place" in metafunc.fixturenames:
        of_a_kind = metafunc.definition.get_closest_marker("of_a_kind")
        places = (representatives if of_a_kind else explorables)(BOOK) or [(NO_BOOK, NO_BOOK)]
        metafunc.parametrize(
            "place",
            [
                pytest.param(
                    place, id=":".join(place), marks=pytest.mark.xdist_group(":".join(place))
                )
                for place in places
            ],
            scope="module",
        )


@pytest.fixture(scope="module")
def lab(book, site, browser, place):
    """One explorable on a page of its own, shared by the checks of that explorable."""
    file, name = place
    if file == NO_BOOK:
        pytest.fail("the built book shows no explorable", pytrace=False)
    context = open_context(browser, accept_downloads=True)
    visit = open_alone(context, book, site, place)
    yield Lab(visit, name, (book / file).read_text(encoding="utf-8"))
    context.close()
