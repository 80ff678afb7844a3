# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""Each check meets a page that must not pass it: a check that cannot fail protects nothing.

Every case also reads the message: it must name the page, the thing, and the way out.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import explorables
import pytest
import toy
import yaml
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
    unreadable_without_javascript,
    wrong_theme,
)
from elsewhere import compute_in, firefox, webkit
from explorables import Lab
from parity import compute_in_page, differences, most_unequal, settings_of

HERE = Path(__file__).parent


@pytest.fixture
def show(tmp_path, serve, new_page):
    """show(body, ...) -> a Visit of a page with that body, and nothing else wrong with it."""

    def open_page(body="", whole=None, fault=None, theme="light", **options):
        (tmp_path / "page.html").write_text(whole or toy.page(body), encoding="utf-8")
        page = new_page(theme, accept_downloads=True, **options)
        if fault:
            page.add_init_script(f"window.broken = {fault!r}")
        visit = Visit(page)
        if options.get("java_script_enabled", True):
            return visit.open(serve(tmp_path) + "page.html")
        page.goto(serve(tmp_path) + "page.html")
        return visit

    return open_page


def says(problems, *words):
    assert problems, "the check found nothing wrong with a broken page"
    for word in words:
        assert any(word in problem for problem in problems), f"no problem says “{word}”: {problems}"


# --- pages -------------------------------------------------------------------------------------------

SOUND = '<p>Text with a <a href="#end">link</a>.</p><p id="end"><button type="button">Press</button></p>'


def test_a_sound_page_passes_every_check(show, tmp_path):
    for theme, width in (("light", 1280), ("dark", 390)):
        visit = show(SOUND, theme=theme, viewport={"width": width, "height": 800})
        assert third_party_requests(visit) == []
        assert invisible_focus(visit.page) == []
        assert horizontal_scroll(visit.page) == []
        assert axe_violations(visit.page, theme) == []
        assert console_errors(visit) == []
    assert poor_alt_text(tmp_path / "page.html") == []
    assert dead_widgets(tmp_path / "page.html") == []
    assert broken_internal_links(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [
        '<script src="https://third-party.example/x.js"></script>',
        '<link rel="preconnect" href="https://third-party.example">',
        '<img alt="A curve that rises and then falls" loading="lazy" style="margin-top: 9000px"'
        ' src="https://third-party.example/a.png">',
        "<style>body { background: url(https://third-party.example/a.png) }</style>",
        "<script>fetch('https://third-party.example/count').catch(() => {})</script>",
    ],
    ids=["script", "preconnect", "far below", "style", "fetch"],
)
def test_foreign_request(show, body):
    says(
        third_party_requests(show(body)),
        "page.html",
        "third-party.example",
        "keep a copy in the book",
    )


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<script>undefined.value</script>", "uncaught TypeError"),
        ("<script>console.error('no such curve')</script>", "no such curve"),
        ('<script src="gone.js"></script>', "gone.js answered 404"),
        ("<script>Promise.reject(new Error('late'))</script>", "late"),
    ],
    ids=["exception", "message", "missing file", "rejection"],
)
def test_console_error(show, body, word):
    says(console_errors(show(body)), "page.html", word)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (
            "<style>#b:focus { outline: none }</style><button id='b'>Press</button>",
            "<button#b> “Press”",
        ),
        (
            "<style>#b:focus { outline: 2px solid transparent }</style><button "
            "id='b'>Press</button>",
            "<button#b>",
        ),
        (
            "<div style='height: 0; overflow: hidden'><a href='#'>Hidden link</a></div>",
            "Hidden link",
        ),
        (
            "<style>a:focus { outline: none }</style><a href='#x'>One</a> <button>Two</button> <a "
            "href='#y'>Three</a>",
            "Three",
        ),
        (
            "<button>One</button><button onkeydown='event.preventDefault()'>Two</button><button>Three</button>",
            "does not lead on from <button> “Two”",
        ),
    ],
    ids=["no outline", "clear outline", "off screen", "beside a visible one", "a trap"],
)
def test_invisible_focus(show, body, word):
    says(invisible_focus(show(body).page), "page.html", word)


def test_focus_shown_by_other_means_is_accepted(show):
    body = """<style>button:focus, label:focus-within { outline: none; background: #ff0 } input:focus { outline: none }
      a:focus { outline: none; box-shadow: 0 0 0 3px #00f }</style>
      <button>A</button> <label>Name <input></label> <a href="#x">B</a>"""
    assert invisible_focus(show(body).page) == []


def test_axe_violation(show):
    faint = '<p style="color: #bbb; background: #fff">Too faint to read.</p><input type="text">'
    problems = axe_violations(show(faint, theme="dark").page, "dark")
    says(problems, "page.html (dark, 1280 px)", "color-contrast", "label (critical)")


def test_horizontal_scroll(show):
    body = '<p id="wide" style="width: 600px">Wide</p><div style="overflow-x: auto"><p style="width: 900px">Scrolls</p></div>'
    problems = horizontal_scroll(show(body, viewport={"width": 390, "height": 844}).page)
    says(problems, "page.html", "<p#wide>", "screen of 390 px")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('<img src="_images/3f2a.png" alt="_images/3f2a.png">', "a file name"),
        ('<img src="a.png" alt="response-by-stage-of-disease.png">', "a file name"),
        ('<img src="a.png">', "no alternative text"),
        ('<img src="a.png" alt="">', "no alternative text"),
        ('<img src="a.png" alt="A curve">', "too short"),
        (
            '<figure><img src="a.png" alt="Survival of both arms over time"><figcaption>Survival of both arms'
            ' over time<a class="headerlink" href="#">#</a></figcaption></figure>',
            "repeats the caption",
        ),
        ('<svg role="img"><path d="M0 0"/></svg>', "no alternative text"),
        ('<svg><path d="M0 0"/></svg>', "neither a labelled picture"),
        ('<a href="#"><img src="logo.svg"> Title</a>', "no alternative text"),
        ('<a href="#"><img src="logo.svg" alt=""></a>', "no alternative text"),
        ('<svg role="img" aria-label="the tests"><path d="M0 0"/></svg>', "too short"),
    ],
    ids=[
        *("path", "file name", "none", "empty", "short", "caption", "svg", "unlabelled svg"),
        *("no alt in a link", "a link of a picture alone", "the book's name on a figure"),
    ],
)
def test_poor_alt_text(tmp_path, body, word):
    (tmp_path / "page.html").write_text(toy.page(body), encoding="utf-8")
    says(poor_alt_text(tmp_path / "page.html"), "page.html", word)


def test_pictures_that_need_no_description(tmp_path):
    """A logo beside its words, and the logo of a page without an article."""
    link = '<a href="#"><img src="logo.svg" alt=""><span>Title</span></a>'
    logo = '<main><svg role="img" aria-label="Book"><path d="M0 0"/></svg></main>'
    whole = f"<title>Lost · Book</title><body>{link}{logo}</body>"
    (tmp_path / "page.html").write_text(whole, encoding="utf-8")
    assert poor_alt_text(tmp_path / "page.html") == []


def test_wrong_theme(show):
    assert wrong_theme(show(SOUND).page, "light") == []
    says(wrong_theme(show(SOUND, theme="dark").page, "dark"), "its background is light")


def test_broken_links(tmp_path):
    bodies = {
        "page.html": '<a href="gone.html">1</a><a href="part/other.html#nowhere">2</a><img src="a.png" alt="x">'
        '<link rel="stylesheet" href="no.css"><a href="part/">3</a><a href="part/other.html#there">fine</a>',
        "part/other.html": '<p id="there">Here</p><script src="../../outside.js"></script>',
        "404.html": '<a href="lost.html">4</a>',
        "index.html": '<meta http-equiv="refresh" content="0; url=moved.html">',
    }
    (tmp_path / "part").mkdir()
    for name, body in bodies.items():
        (tmp_path / name).write_text(toy.page(body), encoding="utf-8")
    problems = broken_internal_links(tmp_path)
    says(
        problems,
        "“gone.html”",
        'id="nowhere"',
        "“a.png”",
        "“no.css”",
        "“part/”",
        "outside.js",
        "404.html",
        "moved.html",
    )
    assert len(problems) == 8, problems


def test_dead_widget(tmp_path):
    body = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "1"}</script>'
    (tmp_path / "page.html").write_text(toy.page(body), encoding="utf-8")
    says(
        dead_widgets(tmp_path / "page.html"),
        "page.html",
        "needs a kernel",
        "show an explorable instead",
    )


# --- explorables -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "check", explorables.OF_EACH_LAB + explorables.OF_A_KIND, ids=lambda check: check.__name__
)
def test_a_sound_explorable_passes(show, check):
    whole = toy.live_page()
    assert check(Lab(show(whole=whole), toy.NAME, whole)) == []


@pytest.mark.parametrize(
    ("fault", "check", "word"),
    [
        ("first-render", explorables.redrawn_unlike_the_build, "point 0 is"),
        ("controls", explorables.too_many_first_controls, "5 controls at first sight"),
        ("number-box", explorables.sliders_fail_by_keyboard, "the number box still says"),
        ("nan", explorables.sliders_fail_by_keyboard, "SVG holds NaN"),
        ("readout", explorables.sliders_fail_by_keyboard, "readout end shows no value"),
        ("console", explorables.sliders_fail_by_keyboard, "error in the browser's console"),
        ("failure", explorables.sliders_fail_by_keyboard, "The solver gave up."),
        ("nan", explorables.fails_somewhere, "SVG holds NaN"),
        ("readout", explorables.fails_somewhere, "shows no value for end"),
        ("failure", explorables.fails_somewhere, "The solver gave up."),
        ("pressed", explorables.fails_somewhere, "is not pressed"),
        ("dead", explorables.fails_somewhere, "slider kill changes nothing"),
        ("spoken", explorables.sliders_fail_by_keyboard, "to a screen reader"),
        ("unclamped", explorables.typed_entries_fail, "bring both into"),
        ("noteless", explorables.typed_entries_fail, "tell the reader"),
        ("stale", explorables.stale_curve_after_quick_presses, "two quick presses"),
        ("preset", explorables.presets_fail, "same values as"),
        ("pressed", explorables.presets_fail, "say they are pressed"),
        ("reset", explorables.reset_fails, "after Reset growth is"),
        ("reset-kept", explorables.reset_fails, "still a kept curve"),
        ("keep", explorables.keep_fails, "does not clear"),
        ("pile", explorables.keep_fails, "beside its own"),
        ("kept-words", explorables.keep_fails, "read-out end says “”"),
        ("link", explorables.link_does_not_reopen, "opens with"),
        ("csv", explorables.csv_differs_from_table, "61 rows, the run 121 points"),
        ("stale-table", explorables.csv_differs_from_table, "not among the rows of the file"),
        ("no-escape", explorables.large_view_fails, "Escape does not close"),
        ("escape-inside", explorables.large_view_fails, "the focus on nowhere"),
        ("focus-lost", explorables.large_view_fails, "loses the focus"),
        ("leaky", explorables.large_view_fails, "Tab still reaches"),
        ("large-label", explorables.large_view_fails, "its button still says"),
        ("outcome", explorables.outcome_not_announced, "shows “"),
        ("silent", explorables.outcome_not_announced, "announces “”"),
        ("chatter", explorables.outcome_not_announced, "wait until the drag is over"),
        ("talkative", explorables.outcome_not_announced, "before the reader has moved"),
        ("read-twice", explorables.outcome_not_announced, "leave it silent"),
        ("touch", explorables.touch_fails, "slider growth"),
    ],
)
def test_broken_explorable(show, fault, check, word):
    whole = toy.live_page()
    touch = (
        {"has_touch": True, "viewport": {"width": 390, "height": 844}} if fault == "touch" else {}
    )
    problems = check(Lab(show(whole=whole, fault=fault, **touch), toy.NAME, whole))
    says(problems, f"page.html, explorable {toy.NAME}", word)


def test_a_sound_explorable_answers_to_touch(show):
    visit = show(
        whole=toy.live_page(),
        has_touch=True,
        is_mobile=True,
        viewport={"width": 390, "height": 844},
    )
    assert explorables.touch_fails(Lab(visit, toy.NAME)) == []


def test_explorable_that_vanishes_without_javascript(show):
    bare = f'<p>Text.</p><div class="explorable" id="bare" data-live><p>Loading…</p><button>Move</button></div>{toy.explorable()}'
    problems = unreadable_without_javascript(show(bare, java_script_enabled=False).page)
    says(
        problems,
        "explorable bare",
        "figure",
        "text alternative",
        "data table",
        "need JavaScript",
        "controls can be moved",
    )
    assert not [problem for problem in problems if toy.NAME in problem], (
        "the sound one beside it is accused"
    )


# --- page against Python ---------------------------------------------------------------------------------


def test_parity_of_a_sound_explorable(show):
    corners = len(toy.Toy().corner_settings())
    settings = settings_of(toy.Toy(), 50, most_corners=corners)
    assert len(settings) == 50 + corners
    assert (
        differences(
            toy.NAME,
            toy.Toy(),
            settings,
            compute_in_page(show(whole=toy.live_page()).page, toy.NAME, settings),
        )
        == []
    )


def test_parity_of_a_constant_that_is_off_by_one_in_a_hundred_thousand(show):
    settings = settings_of(toy.Toy(), 5)
    problems = differences(
        toy.NAME,
        toy.Toy(),
        settings,
        compute_in_page(show(whole=toy.live_page(), fault="parity").page, toy.NAME, settings),
    )
    says(problems, "toy-growth at {", "series cells, index", "page", "Python")


def test_parity_of_words_and_steps_and_missing_numbers(show):
    settings = settings_of(toy.Toy(), 3)
    results = compute_in_page(show(whole=toy.live_page()).page, toy.NAME, settings)
    results[0]["readouts"]["end"]["text"] = "many"
    results[1]["outcome"] = "Nothing happens."
    results[2]["series"]["cells"][7] = None
    too_many = most_unequal(len(settings)) + 1
    for result in results[-too_many:]:
        result["steps"] += 1
    problems = differences(toy.NAME, toy.Toy(), settings, results)
    says(
        problems,
        "readout end",
        "outcome",
        f"different steps in {too_many} of",
        "index 7: page np.float64(nan)",
    )


@pytest.mark.parametrize("elsewhere", [firefox, webkit], ids=["firefox", "webkit"])
def test_engine_elsewhere_computes_and_compares(tmp_path, elsewhere):
    if elsewhere(tmp_path, "") is None:
        pytest.skip(
            f"{elsewhere.__name__} is not installed; see tests/site/test_engine_elsewhere.py"
        )
    book = tmp_path / "book"
    book.mkdir()
    (book / "page.html").write_text(toy.live_page(), encoding="utf-8")
    wrong = (
        toy.live_page()
        .replace("const TOY", "window.broken = 'parity'; const TOY")
        .replace(toy.NAME, "other")
    )
    (book / "wrong.html").write_text(wrong, encoding="utf-8")
    settings = settings_of(toy.Toy(), 5)
    pages = [
        {"file": "page.html", "labs": {toy.NAME: settings}},
        {"file": "wrong.html", "labs": {"other": settings}},
    ]
    results = compute_in(elsewhere, book, pages, tmp_path)
    assert differences(toy.NAME, toy.Toy(), settings, results[toy.NAME]) == []
    says(differences("other", toy.Toy(), settings, results["other"]), "other at {", "series cells")


# --- the build ---------------------------------------------------------------------------------------------


def build(folder, *options):
    """Jupyter Book has no __main__, hence the detour."""
    start = "from jupyter_book.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", start, "build", *options, str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1"},
    )


def test_a_cell_that_raises_stops_the_build_and_is_named(tmp_path):
    shutil.copytree(HERE / "raising-cell", tmp_path / "book")
    config = tmp_path / "book" / "_config.yml"
    # With the book's own settings of execution, since it is these that must not hide an error.
    own = yaml.safe_load((HERE.parents[1] / "_config.yml").read_text(encoding="utf-8"))
    settings = yaml.safe_load(config.read_text(encoding="utf-8")) | {"execute": own["execute"]}
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = build(tmp_path / "book", "-W", "--keep-going")
    output = done.stdout + done.stderr
    assert done.returncode != 0, "a book with a cell that raises was built without complaint"
    assert "intro.md" in output, output[-3000:]
    assert "killing_rate = 1 / 0" in output, output[-3000:]


def test_a_figure_without_words_is_caught_in_a_real_build(tmp_path):
    """myst-nb writes the file name as alternative text: axe is content, the reader is not."""
    shutil.copytree(HERE / "wordless-figure", tmp_path / "book")
    done = build(tmp_path / "book")
    assert done.returncode == 0, done.stdout + done.stderr
    page = tmp_path / "book" / "_build" / "html" / "intro.html"
    says(poor_alt_text(page), "intro.html", "a file name")
