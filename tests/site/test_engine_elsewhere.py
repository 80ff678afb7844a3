"""The book's engine in Firefox and WebKit: the numbers must not depend on the reader's browser."""

import pytest
from built import explorables
from elsewhere import compute_in, firefox, webkit
from parity import differences, most_unequal, settings_of
from sources import explorables_of

# The whole set runs in test_parity.py; here only the arithmetic is another's.
RANDOM_SETTINGS = 2
MOST_CORNERS = 4

# The one skip of the suite: these two browsers cannot be had on every system.
INSTALL = {
    firefox: "Firefox (Debian: firefox-esr)",
    webkit: "WebKitGTK (Debian: libwebkit2gtk-4.1-0 xvfb xauth)",
}


@pytest.mark.parametrize("browser_elsewhere", INSTALL, ids=lambda browser: browser.__name__)
def test_engine_elsewhere(book, tmp_path, browser_elsewhere):
    if browser_elsewhere(tmp_path, "") is None:
        pytest.skip(
            f"{INSTALL[browser_elsewhere]} is not installed; install it to run the engine there too"
        )
    pages = {}
    for file, name in explorables(book):
        settings = settings_of(explorables_of(file)[name], RANDOM_SETTINGS, MOST_CORNERS)
        pages.setdefault(file, {})[name] = settings
    assert pages, "the built book shows no explorable"
    todo = [{"file": file, "labs": labs} for file, labs in pages.items()]
    results = compute_in(browser_elsewhere, book, todo, tmp_path)
    problems, settings, other_steps = [], 0, []
    for page in todo:
        for name, wanted in page["labs"].items():
            got = results[name]
            if isinstance(got, str):
                problems.append(f"{name}: {got}")
                continue
            # exp and pow may differ in the last bit, and so, rarely, a count of steps: all
            # explorables are judged together.
            problems += differences(
                name, explorables_of(page["file"])[name], wanted, got, other_steps
            )
            settings += len(wanted)
    if len(other_steps) > most_unequal(settings):
        problems += [f"different steps in {len(other_steps)} of {settings} settings", *other_steps]
    assert not problems, "\n" + "\n".join(problems)
