"""How quick, how light: `make bench` measures the built book and prints one table.

Timings are measured here and never asserted: a test that fails on a busy machine teaches people to
run it again, while a miss in a table can be read beside the load of the machine, printed above it.
Asserted is only that there was something to measure.
"""

import gzip
import os
import platform
import random
import time
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import numpy as np
import pytest
from built import BOOK, NO_BOOK, ROOT, explorables, page_names
from checks import Visit, settle, third_party_requests
from report import Report
from scipy.integrate import solve_ivp
from sources import explorables_of
from test_reproducible import clean_build

from immunolab import population
from immunolab.models.virtual_patients import DIFFERENCES, virtual_patients

pytestmark = pytest.mark.bench

# A light system, one with two panels, one with a phase plane, and 500 virtual patients.
EXPLORABLES = ("cover", "brake", "kuznetsov", "trial")
FILES = {name: file for file, name in explorables(BOOK)}

PAINT = (10, 20)  # ms, median and p95
PAINT_THROTTLED = (None, 35)
THROTTLE = 6  # roughly a cheap telephone beside a desktop computer
COHORT = (None, 1000 / 60)  # one frame
LIVE = 0.5  # s
PLAIN_PAGE, PAGE_WITH_EXPLORABLES = 150, 400  # kB
BUILD = 120  # s

PRESSES = 100
VISITS = 5
KERNEL_REDRAWS = 30
POPULATION = 1  # s, or about
ONE_BY_ONE = 50
COMPRESSED = {".woff2", ".woff", ".png", ".jpg", ".jpeg", ".gif", ".webp"}

# From the time stamp of the key, given by the browser's own process before the page hears of it,
# until after the frame that follows. The callbacks of a frame, its style, layout and paint are one
# task, so a message posted from a callback arrives when the page has painted. A PerformanceObserver
# of "event" entries would also see the picture on its way to the screen, but it rounds to 8 ms and
# leaves out what is quicker than 16 ms: most of what is measured here.
WATCH = """name => {
  const lab = window.immunolab.get(name), flush = lab.flush, seen = {painted: [], work: []};
  window.__seen = seen;
  lab.flush = () => {
    const start = performance.now();
    flush.call(lab);
    seen.work.push(performance.now() - start);
  };
  addEventListener('keydown', event => {
    seen.paint = new Promise(done => requestAnimationFrame(() => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = () => done(seen.painted.push(performance.now() - event.timeStamp));
      port2.postMessage(null);
    }));
  }, true);
}"""

# All explorables of a page become ready in one task, so the first notice is also that of the last.
NOTE_READY = """new MutationObserver((changes, observer) => {
  window.__ready = performance.now();  // ms since the navigation began
  observer.disconnect();
}).observe(document, {subtree: true, attributes: true, attributeFilter: ['data-ready']})"""


@pytest.fixture(scope="module")
def report(browser):
    """Filled by the measurements, printed after the last of them."""
    before = load()
    report = Report(
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, Chromium {browser.version}, headless, no GPU"
    )
    yield report
    report.facts += (
        f"\nload {before} at the start, best below 0.5; {load()} at the end, best below 2"
    )
    print(report)


def load():
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def middle_and_tail(times):
    return tuple(np.percentile(times, [50, 95]))


# --- from slider to picture -----------------------------------------------------------------------


def press_keys(page, name, presses=PRESSES):
    """Move every slider at first sight by real key presses.

    Returns two lists in ms: from key to paint, and of that the script's work (solving and drawing).
    """
    page.evaluate(WATCH, name)
    sliders = page.locator(f"[id='{name}'] input[type=range]:visible").all()
    rng = random.Random(1)
    for slider in sliders:
        slider.focus()
        # Away from the nearer end: a slider at its end would not move, and nothing be drawn.
        forward = slider.evaluate("s => Number(s.value) < (Number(s.min) + Number(s.max)) / 2")
        for _ in range(-(-presses // len(sliders))):
            page.keyboard.press("ArrowRight" if forward else "ArrowLeft")
            # People do not press in step with the screen. Without chance, each press would follow
            # the last frame at once, and each wait for the next one would be the longest there is.
            page.wait_for_timeout(rng.uniform(30, 80))
            page.evaluate("() => window.__seen.paint.then(() => null)")
    seen = page.evaluate("() => ({painted: __seen.painted, work: __seen.work})")
    assert len(seen["painted"]) >= presses, f"{name}: {len(seen['painted'])} paints measured"
    assert len(seen["work"]) == len(seen["painted"]), (
        f"{name}: a press was painted without a redraw"
    )
    return seen["painted"], seen["work"]


@pytest.mark.parametrize("name", EXPLORABLES)
def test_slider_to_painted_frame(book, site, new_page, report, name):
    page = Visit(new_page()).open(site + FILES[name]).page
    painted, work = press_keys(page, name)
    section = "Key press on a slider to painted frame, median / p95"
    report.add(section, name, middle_and_tail(painted), "ms", PAINT)

    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    page.reload()
    settle(page)
    throttled, _ = press_keys(page, name)
    section = f"The same with the processor slowed down {THROTTLE} times"
    report.add(section, name, middle_and_tail(throttled), "ms", PAINT_THROTTLED)

    section = "Of that at full speed, the script: solving and drawing, median / p95"
    patients = page.evaluate("name => immunolab.get(name).page.models[''].size", name)
    what, target = (f"{name}, {patients} patients", COHORT) if patients else (name, ())
    report.add(section, what, middle_and_tail(work), "ms", target)


@pytest.mark.parametrize("file", sorted(set(FILES.values())) or [NO_BOOK])
def test_first_live_slider(book, site, browser, report, file):
    times = []
    for _ in range(VISITS):
        context = browser.new_context()  # a new one each time, so that nothing is cached
        page = context.new_page()
        page.add_init_script(NOTE_READY)
        page.goto(site + file)
        page.wait_for_function("() => window.__ready > 0")
        times.append(page.evaluate("() => window.__ready") / 1000)
        context.close()
    assert min(times) > 0
    section = f"Navigation to live sliders, no network, median / slowest of {VISITS}"
    names = ("median", "slowest")
    report.add(section, file, (np.median(times), max(times)), "s", (LIVE, None), names=names)


# --- weight ---------------------------------------------------------------------------------------


def gzipped(address, body):
    """Size as a public host would send it, which compresses text and leaves alone the rest."""
    compressed = PurePosixPath(urlsplit(address).path).suffix in COMPRESSED
    return len(body) if compressed else len(gzip.compress(body, 9))


def test_weight_and_requests(book, site, new_page, report):
    strangers = []
    for file in page_names(BOOK):
        page, answers = new_page(), []
        page.on("response", lambda answer, seen=answers: seen.append(answer))
        strangers += third_party_requests(Visit(page).open(site + file))
        # By address, since a page that asks twice gets its second copy from the cache.
        bodies = {answer.url: answer.body() for answer in answers if answer.ok}
        assert site + file in bodies, f"{file}: its own answer was not seen"
        weight = sum(gzipped(address, body) for address, body in bodies.items()) / 1000
        target = PAGE_WITH_EXPLORABLES if file in FILES.values() else PLAIN_PAGE
        section = "All that a first visit loads, gzipped"
        report.add(section, f"{file}, {len(bodies)} files", (weight,), "kB", (target,))
    report.add("Hosts asked other than the book's own", "all pages", (len(strangers),), "", (0,))


# --- Python's side --------------------------------------------------------------------------------


@pytest.mark.timeout(900)
def test_clean_build(tmp_path, report):
    # The matplotlib font cache and compiled Python files of the environment are there already.
    start = time.perf_counter()
    clean_build(tmp_path / "again", ROOT)
    seconds = time.perf_counter() - start
    report.add("Clean build", "all notebooks run, all pages made", (seconds,), "s", (BUILD,))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_kernel_redraw(book, report, name):
    """What a moved ipywidgets slider costs the kernel; the way to the browser comes on top."""
    from ipywidgets import FloatLogSlider, FloatSlider, Image

    explorable = explorables_of(FILES[name])[name]
    widgets = list(_descendants(explorable.widget()))
    slider = next(w for w in widgets if isinstance(w, FloatSlider | FloatLogSlider))
    image = next(w for w in widgets if isinstance(w, Image))
    low, high = explorable.model.parameter(explorable.controls[0]).range
    times, pictures = [], set()
    for value in np.linspace(low, high, KERNEL_REDRAWS + 2)[1:-1]:
        start = time.perf_counter()
        slider.value = float(value)
        times.append(1000 * (time.perf_counter() - start))
        pictures.add(image.value)
    assert len(pictures) > 1, f"{name}: a moved slider gives no new picture"
    section = "In a kernel: ipywidgets slider to new PNG, median / p95 (peers: 344 / 503 ms)"
    report.add(section, name, middle_and_tail(times), "ms")


def test_ten_thousand_patients(report):
    """A population under one therapy, beside one call of SciPy's solve_ivp a patient."""
    dual = {"blockade": 0.95, "ctla4_blockade": 0.95}
    start = time.perf_counter()
    patients = population.diagnosed(virtual_patients)
    chosen = time.perf_counter() - start
    start = time.perf_counter()
    outcomes = population.follow(virtual_patients, dual)
    followed = time.perf_counter() - start
    assert len(outcomes) == patients.size == virtual_patients.size
    assert outcomes["response"].any()

    model, own = virtual_patients.patient, list(DIFFERENCES)
    visits = np.arange(*model.span, virtual_patients.visits)
    start = time.perf_counter()
    for row in outcomes.head(ONE_BY_ONE).itertuples():
        p = model.settings({name: getattr(row, name) for name in own} | dual)
        with np.errstate(all="ignore"):
            done = solve_ivp(
                lambda t, y, p=p: model.rhs(t, y, p), model.span, model.initial(p), t_eval=visits
            )
        assert done.success
    each = (time.perf_counter() - start) / ONE_BY_ONE
    section = f"{virtual_patients.size:,} virtual patients followed for two years"
    report.add(section, "one therapy", (followed,), "s", (POPULATION,))
    report.add(section, "before it, once a seed: who grows untreated", (chosen,), "s")
    one_by_one = f"one solve_ivp a patient (rtol 1e-3), from {ONE_BY_ONE} of them"
    report.add(section, one_by_one, (each * virtual_patients.size,), "s")


def _descendants(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _descendants(child)
