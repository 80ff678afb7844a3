# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""Use an explorable of a built page as a reader would, and name what does not work.

`Lab` is one explorable on one open page. Each check takes a Lab and returns a list of problems.
The checks share a page: each begins at the default settings and need not tidy up.
"""

import csv
import io
import json
import math
import re
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from checks import page_name

MOST_FIRST_CONTROLS = 4
DRAWN_WITHIN = 0.05  # SVG units: a fifteenth of a printed point, far below a pixel; numbers are rounded to 0.01

# The functions that every check calls inside the page.
_IN_PAGE = """
(() => {
  const root = name => document.getElementById(name);
  const shown = element => Boolean(element) && element.checkVisibility({visibilityProperty: true})
    && element.textContent.trim() !== '';
  window.__lab = {
    lab: name => window.immunolab.get(name),
    // Every patched path, text and marker, in document order; the kept curves are not the figure.
    drawing: (name, selector = '[data-artist]:not(.live-ghost)') => [...root(name).querySelectorAll(selector)]
      .filter(artist => selector.includes('ghost)') ? !artist.closest('.live-ghost') : true)
      .map(artist => ({artist: artist.dataset.artist || '', paths:
        [...artist.querySelectorAll('path')].concat(artist.matches('path') ? [artist] : [])
          .filter(path => !path.closest('defs')).map(path => path.getAttribute('d') || ''),
        texts: [...artist.querySelectorAll('text')].map(text => text.textContent.trim()),
        marks: [...artist.querySelectorAll('use')].map(use => use.getAttribute('x') + ' ' + use.getAttribute('y'))})),
    faults: name => {
      const all = selector => [...root(name).querySelectorAll(selector)];
      const failure = root(name).querySelector('p.live-failure');
      return {
        failure: shown(failure) ? failure.textContent.trim() : '',
        silent: all('dl.live-readouts dd[data-readout]').filter(dd => !dd.textContent.trim()
          || /NaN|Infinity|undefined/.test(dd.textContent)).map(dd => dd.dataset.readout),
        notNumbers: all('svg').filter(svg => /NaN|Infinity|undefined/.test(svg.outerHTML.replace(/data:[^"]*/g, '')))
          .length,
      };
    },
    shown,
  };
})()
"""


class Lab:
    def __init__(self, visit, name, html=None):
        self.visit = visit
        self.page = visit.page
        self.name = name
        self.html = html  # the page as the build wrote it
        self.root = self.page.locator(f"[id='{name}']")
        self.page.evaluate(_IN_PAGE)
        self.defaults = self.values()

    def __str__(self):
        return f"{page_name(self.page)}, explorable {self.name}"

    def call(self, expression, *arguments):
        """Evaluate an expression in which `lab` is the explorable's interface and `a` the arguments."""
        return self.page.evaluate(
            f"([name, a]) => {{ const lab = __lab.lab(name); return {expression}; }}",
            [self.name, arguments],
        )

    def values(self):
        return self.call("({...lab.values})")

    def set(self, values):
        self.call("(lab.set(a[0]), lab.flush())", values)

    def flush(self):
        self.call("lab.flush()")

    def compute(self, values):
        return self.call("lab.compute(a[0])", values)

    def drawing(self):
        return self.call("__lab.drawing(name)")

    def ghosts(self):
        return self.call("__lab.drawing(name, '.live-ghost')")

    def restore(self):
        """Default settings, no kept curves, nothing folded, no complaint from the check before."""
        self.set(self.defaults)
        if self.ghosts():
            self.press("keep")
        self.visit.errors.clear()
        # Controls under "More" and the data table can only be used once they are open.
        self.root.evaluate(
            "root => root.querySelectorAll('details').forEach(fold => fold.open = true)"
        )

    def press(self, action):
        self.root.locator(f"button[data-action={action}]").first.click()
        self.flush()

    def parameters(self):
        ranges = self.root.locator("input[type=range][data-parameter]")
        return list(
            dict.fromkeys(
                ranges.evaluate_all("inputs => inputs.map(input => input.dataset.parameter)")
            )
        )

    def slider(self, parameter):
        return self.root.locator(f"input[type=range][data-parameter='{parameter}']").first

    def box(self, parameter):
        return self.root.locator(f"input[type=number][data-parameter='{parameter}']").first

    def wait(self, expression, *arguments, timeout=3000):
        """Wait for an expression to hold; True if it came to hold."""
        from playwright.sync_api import TimeoutError as TimedOut

        try:
            self.page.wait_for_function(
                "([name, a]) => "
                f"{{ const lab = __lab.lab(name); const root = document.getElementById(name);"
                f" return {expression}; }}",
                arg=[self.name, arguments],
                timeout=timeout,
            )
        except TimedOut:
            return False
        return True

    def lively_setting(self):
        """A parameter and an end of its range that change what is drawn, or None."""
        for parameter in self.parameters():
            for end in ("max", "min"):
                self.set(self.defaults)
                before = self.drawing()
                target = float(self.box(parameter).get_attribute(end))
                self.set({parameter: target})
                changed = self.drawing() != before
                self.set(self.defaults)
                if changed:
                    return parameter, target
        return None


def shows(text, value):
    """The text is the value, rounded to as many digits as the text has: half a unit in its last place."""
    match = re.fullmatch(r"[+-−]?\d*\.?(\d*)(?:[eE]([+-]?\d+))?", text.strip())
    if not match or not text.strip():
        return False
    last_place = 10.0 ** (int(match[2] or 0) - len(match[1]))
    # A hair more than half, for what binary fractions make of decimal ones.
    return abs(float(text.replace("−", "-")) - value) <= 0.5001 * last_place


# --- the figure -----------------------------------------------------------------------------------


def redrawn_unlike_the_build(lab):
    """The figure drawn in the page at the default settings is the figure that the build drew."""
    lab.restore()
    built = _drawing_of(BeautifulSoup(lab.html, "html.parser").find(id=lab.name))
    # Go away and come back: an engine that leaves the first picture alone would prove nothing.
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    lab.set({lively[0]: lively[1]})
    lab.set(lab.defaults)
    live = lab.drawing()
    names = [artist["artist"] for artist in built]
    if names != [artist["artist"] for artist in live]:
        return [
            f"{lab}: the build drew {names}, the page has {[artist['artist'] for artist in live]}"
        ]
    problems = []
    for before, after in zip(built, live, strict=True):
        where = f"{lab}, artist {before['artist']}"
        for kind in ("paths", "marks"):
            if len(before[kind]) != len(after[kind]):
                problems.append(
                    f"{where}: the build drew {len(before[kind])} {kind}, the page "
                    f"{len(after[kind])}"
                )
                continue
            for old, new in zip(before[kind], after[kind], strict=True):
                difference = _path_difference(old, new)
                if difference:
                    problems.append(
                        f"{where}: {difference}; the page must draw what the build drew"
                    )
        if before["texts"] != after["texts"]:
            problems.append(
                f"{where}: the build wrote {before['texts']}, the page writes {after['texts']}"
            )
    return problems


def _drawing_of(root):
    return [
        {
            "artist": artist["data-artist"],
            "paths": [
                path.get("d", "")
                for path in artist.find_all("path") + ([artist] if artist.name == "path" else [])
                if not path.find_parent("defs")
            ],
            "texts": [text.get_text().strip() for text in artist.find_all("text")],
            "marks": [f"{use.get('x')} {use.get('y')}" for use in artist.find_all("use")],
        }
        for artist in root.select("[data-artist]")
    ]


def _path_difference(old, new):
    old_steps, new_steps = _steps(old), _steps(new)
    if len(old_steps) != len(new_steps):
        return f"{len(old_steps)} points in the build, {len(new_steps)} in the page"
    for index, ((command, a), (other, b)) in enumerate(zip(old_steps, new_steps, strict=True)):
        if command != other or len(a) != len(b):
            return f"point {index} is {command}{a} in the build, {other}{b} in the page"
        # `not <=` rather than `>`, so that NaN counts as a difference.
        if any(not abs(x - y) <= DRAWN_WITHIN for x, y in zip(a, b, strict=True)):
            return f"point {index} is {a} in the build, {b} in the page"
    return ""


def _steps(path):
    """A path as (command, numbers), with repeated commands written out: M1 2 3 4 is M1 2 L3 4."""
    size = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0, "": 2}
    steps = []
    for command, text in re.findall(r"([A-Za-z]?)([^A-DF-Za-df-z]*)", path.replace("NaN", "")):
        numbers = [float(n) for n in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text)]
        if not command and not numbers:
            continue
        width = size[command.upper()]
        if not width or not numbers:
            steps.append((command, []))
            continue
        for start in range(0, len(numbers), width):
            steps.append((command, numbers[start : start + width]))
            command = {"M": "L", "m": "l"}.get(command, command)
    return steps


def too_many_first_controls(lab):
    count = lab.root.locator(".live-control").count()
    folded = lab.root.locator("details.live-more .live-control").count()
    first, problems = count - folded, []
    if not 1 <= first <= MOST_FIRST_CONTROLS:
        problems.append(
            f"{lab}: {first} controls at first sight; keep 1 to {MOST_FIRST_CONTROLS}, move "
            "others into details.live-more"
        )
    for control in lab.root.locator(".live-control").all():
        ranges, boxes = (control.locator(f"input[type={kind}]") for kind in ("range", "number"))
        names = {box.get_attribute("data-parameter") for box in ranges.all() + boxes.all()}
        if (
            ranges.count() != 1
            or boxes.count() != 1
            or len(names) != 1
            or not control.locator("label").count()
        ):
            text = " ".join(control.text_content().split())
            problems.append(
                f"{lab}, control “{text}”: needs one label, one slider and one number box for one "
                "parameter"
            )
    return problems


# --- sliders and boxes ------------------------------------------------------------------------------


def sliders_fail_by_keyboard(lab):
    """Every slider goes to both ends by Home and End; number box, readouts and figure follow."""
    lab.restore()
    problems = []
    for parameter in lab.parameters():
        slider, box = lab.slider(parameter), lab.box(parameter)
        for key, end in (("End", "max"), ("Home", "min")):
            where = f"{lab}, slider {parameter} at its {end}imum"
            before = box.input_value()
            was = lab.values()[parameter]
            slider.focus()
            lab.page.keyboard.press(key)
            lab.flush()
            limit, value = float(slider.get_attribute(end)), lab.values()[parameter]
            if float(slider.input_value()) != limit:
                problems.append(
                    f"{where}: the key {key} leaves the slider at {slider.input_value()}, not "
                    f"{limit}"
                )
            if box.input_value() == before and value != was:
                problems.append(f"{where}: the number box still says {before}")
            if not shows(box.input_value(), value):
                problems.append(
                    f"{where}: the number box says {box.input_value()}, the model uses {value}"
                )
            if not shows(box.get_attribute(end), value):
                problems.append(
                    f"{where}: the model uses {value}, the range ends at {box.get_attribute(end)}"
                )
            problems += [f"{where}: {fault}" for fault in _faults(lab)]
        lab.set(lab.defaults)
    problems += [f"{lab}: error in the browser's console: {error}" for error in lab.visit.errors]
    return problems


def _faults(lab):
    """What is wrong with what the explorable shows at its present settings."""
    found = lab.call("__lab.faults(name)")
    faults = []
    result = lab.compute(lab.values())
    # A page may declare that some settings cannot be solved; then the message belongs there.
    declared = lab.root.get_attribute("data-may-fail") is not None
    if found["failure"] and not (declared and not result["ok"]):
        faults.append(f"shows the failure “{found['failure']}”; mend the model or narrow the range")
    if not result["ok"] and not found["failure"]:
        faults.append(f"the solver failed (“{result['message']}”) and the page does not say so")
    faults += [f"readout {name} shows no value" for name in found["silent"]]
    if found["notNumbers"]:
        faults.append("its SVG holds NaN, Infinity or undefined")
    return faults


def typed_entries_fail(lab):
    """A number typed into a box is used; one out of range, or none at all, is mended or refused aloud."""
    lab.restore()
    problems = []
    for parameter in lab.parameters():
        box = lab.box(parameter)
        low, high = float(box.get_attribute("min")), float(box.get_attribute("max"))
        where = f"{lab}, number box {parameter}"
        wanted = _value_between(low, high, box.get_attribute("step"), lab.defaults[parameter])
        _type(lab, box, repr(wanted))
        if not math.isclose(lab.values()[parameter], wanted, rel_tol=1e-12):
            problems.append(
                f"{where}: after typing {wanted} the model uses {lab.values()[parameter]}"
            )
        position = lab.slider(parameter).input_value()
        lab.set(lab.defaults)
        if position == lab.slider(parameter).input_value():
            problems.append(f"{where}: after typing {wanted} the slider has not moved")
        for nonsense in (repr(high + max(1.0, abs(high))), repr(low - max(1.0, abs(low))), ""):
            lab.set(lab.defaults)
            _type(lab, box, nonsense)
            value, text = lab.values()[parameter], box.input_value()
            clamped = value is not None and low <= value <= high and shows(text, value)
            refused = value is not None and low <= value <= high and _complains(lab, parameter)
            if not clamped and not refused:
                problems.append(
                    f"{where}: after typing “{nonsense}” the box says “{text}” and the model uses "
                    f"{value}; "
                    f"bring it into {low:g} to {high:g}, or refuse it with a visible message"
                )
        lab.set(lab.defaults)
    return problems


def _type(lab, box, text):
    box.fill(text)
    box.press("Enter")
    box.blur()
    lab.flush()


def _value_between(low, high, step, not_this):
    """A value well inside the range, on the grid of steps, that is not the one already set."""
    for share in (0.5, 0.25, 0.75):
        value = low + share * (high - low)
        if step and step != "any":
            value = low + float(step) * round((value - low) / float(step))
        value = float(f"{value:.6g}")
        if not math.isclose(value, not_this, rel_tol=1e-3):
            return value
    return high


def _complains(lab, parameter):
    """Something in the control, or the explorable's alert, says in words that the entry is no good."""
    return lab.call(
        """[...document.getElementById(name).querySelectorAll('[role=alert], .live-problem, [aria-errormessage]')]
          .some(__lab.shown) && Boolean(a[0])""",
        parameter,
    )


def stale_curve_after_quick_presses(lab):
    """Two presses within one frame: both must count, and the curve must be that of the second."""
    lab.restore()
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    parameter, target = lively
    key = "ArrowRight" if target > lab.defaults[parameter] else "ArrowLeft"
    slider = lab.slider(parameter)
    start = float(slider.input_value())
    slider.focus()
    # Both events are sent inside the page, in one task: no frame can come between them.
    slider.evaluate(
        """(slider, up) => { for (let press = 0; press < 2; press++) {
          up ? slider.stepUp() : slider.stepDown();
          slider.dispatchEvent(new Event('input', {bubbles: true}));
        } }""",
        key == "ArrowRight",
    )
    step = slider.get_attribute("step")
    lab.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    drawn, values, position = lab.drawing(), lab.values(), float(slider.input_value())
    problems = []
    if (
        step
        and step != "any"
        and not math.isclose(abs(position - start), 2 * float(step), rel_tol=1e-6)
    ):
        problems.append(
            f"{lab}: two quick presses moved slider {parameter} from {start} to {position}, not "
            "by two steps"
        )
    lab.set(lab.defaults)
    lab.set(values)
    if lab.drawing() != drawn:
        problems.append(
            f"{lab}: after two quick presses on {parameter} the figure is not that of "
            f"{values[parameter]}"
        )
    return problems


# --- buttons ----------------------------------------------------------------------------------------


def presets_fail(lab):
    """Each preset sets values within range, shown in the boxes; presets differ from one another."""
    lab.restore()
    problems, reached = [], {}
    for button in lab.root.locator("button[data-preset]").all():
        lab.set(lab.defaults)
        label = " ".join(button.inner_text().split())
        button.click()
        lab.flush()
        values = lab.values()
        where = f"{lab}, preset “{label}”"
        twin = reached.setdefault(json.dumps(values, sort_keys=True), label)
        if twin != label:
            problems.append(f"{where}: sets the same values as “{twin}”")
        for parameter in lab.parameters():
            box = lab.box(parameter)
            if not shows(box.input_value(), values[parameter]):
                problems.append(
                    f"{where}: box {parameter} says {box.input_value()}, the model uses "
                    f"{values[parameter]}"
                )
            if (
                not float(box.get_attribute("min"))
                <= values[parameter]
                <= float(box.get_attribute("max"))
            ):
                problems.append(
                    f"{where}: sets {parameter} to {values[parameter]}, outside its range"
                )
        problems += [f"{where}: {fault}" for fault in _faults(lab)]
    if reached and list(reached) == [json.dumps(lab.defaults, sort_keys=True)]:
        problems.append(f"{lab}: no preset changes anything")
    return problems


def reset_fails(lab):
    """Reset brings back every value, every box and the figure."""
    lab.restore()
    figure = lab.drawing()
    for parameter in lab.parameters():
        lab.slider(parameter).focus()
        lab.page.keyboard.press(
            "End"
            if lab.defaults[parameter] < float(lab.box(parameter).get_attribute("max"))
            else "Home"
        )
    lab.flush()
    if lab.values() == lab.defaults:
        return [f"{lab}: no slider changes a value"]
    lab.press("reset")
    wrong = {name: value for name, value in lab.values().items() if value != lab.defaults[name]}
    problems = [
        f"{lab}: after Reset {name} is {value}, not {lab.defaults[name]}"
        for name, value in wrong.items()
    ]
    for parameter in lab.parameters():
        if not shows(lab.box(parameter).input_value(), lab.defaults[parameter]):
            problems.append(
                f"{lab}: after Reset box {parameter} says {lab.box(parameter).input_value()}"
            )
    if not wrong and lab.drawing() != figure:
        problems.append(f"{lab}: after Reset the figure is not the one at the start")
    return problems


def keep_fails(lab):
    """Keep leaves a copy of the curve that stays while the curve moves on, and a second press clears it."""
    lab.restore()
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    lab.press("keep")
    kept = lab.ghosts()
    if not any(path for ghost in kept for path in ghost["paths"]):
        return [f"{lab}: Keep adds no curve of class live-ghost"]
    problems = []
    drawn = {path for artist in lab.drawing() for path in artist["paths"]}
    if not all(path in drawn for ghost in kept for path in ghost["paths"]):
        problems.append(f"{lab}: the kept curve is not the curve that was on show")
    lab.set({lively[0]: lively[1]})
    if lab.ghosts() != kept:
        problems.append(f"{lab}: the kept curve moves with slider {lively[0]}")
    lab.press("keep")
    if lab.ghosts():
        problems.append(f"{lab}: a second press of Keep does not clear the kept curve")
    return problems


def link_does_not_reopen(lab):
    """The link to the present settings opens a page with these settings."""
    lab.restore()
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    parameter, target = lively
    box = lab.box(parameter)
    # An untidy number, since those are the ones that a rounded link loses.
    step = box.get_attribute("step")
    wanted = _value_between(
        *sorted((lab.defaults[parameter], target)), step, lab.defaults[parameter]
    )
    lab.set({parameter: wanted})
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.root.locator("button[data-action=link]").first.click()
    find = """() => {
      const root = document.getElementById(name), mark = name + '.';
      const fields = [...root.querySelectorAll('input:not([data-parameter]), textarea')].map(field => field.value);
      const links = [...root.querySelectorAll('a[href]')].map(link => link.href);
      return [...fields, ...links, location.href].find(text => text.includes(mark)) || '';
    }"""
    address = lab.call(f"({find})()") or lab.page.evaluate(
        "() => navigator.clipboard.readText().catch(() => '')"
    )
    if f"{lab.name}." not in address or not address.endswith(f"#{lab.name}"):
        return [
            f"{lab}: Link gives “{address}”, not an address of the form "
            f"page.html?{lab.name}.parameter=value#{lab.name}"
        ]
    if urlsplit(address).path != urlsplit(lab.page.url).path:
        return [f"{lab}: Link leads to another page, {address}"]
    expected = lab.values()
    second = lab.page.context.new_page()
    try:
        second.goto(address)
        second.wait_for_function(
            "name => document.getElementById(name).dataset.ready === 'true'", arg=lab.name
        )
        reopened = second.evaluate("name => ({...window.immunolab.get(name).values})", lab.name)
        shown = second.locator(
            f"[id='{lab.name}'] input[type=number][data-parameter='{parameter}']"
        ).first.input_value()
    finally:
        second.close()
    problems = [
        f"{lab}: the link {address} opens with {name} = {reopened.get(name)}, not {value}"
        for name, value in expected.items()
        if reopened.get(name) != value
    ]
    if not shows(shown, expected[parameter]):
        problems.append(
            f"{lab}: the link {address} opens with {shown} in box {parameter}, not "
            f"{expected[parameter]}"
        )
    return problems


def csv_differs_from_table(lab):
    """The CSV file is the data table: the same columns and rows, for the settings on show."""
    lab.restore()
    lively = lab.lively_setting()
    texts = [_download_csv(lab)]
    if lively:
        lab.set({lively[0]: lively[1]})
        texts.append(_download_csv(lab))
    rows = list(
        csv.reader(
            line for line in io.StringIO(texts[-1]) if line.strip() and not line.startswith("#")
        )
    )
    table = lab.root.locator("details.live-data table").first.evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(cell => "
        "cell.textContent.trim().replace(/\\s+/g, ' ')))"
    )
    problems = []
    if len(texts) == 2 and texts[0] == texts[1]:
        problems.append(f"{lab}: the CSV file is the same after {lively[0]} went to {lively[1]}")
    if len(table) < 2:
        return [*problems, f"{lab}: the data table has no rows"]
    if len(rows) != len(table):
        problems.append(
            f"{lab}: the CSV file has {len(rows)} rows, the table {len(table)} (heading included)"
        )
    for index, (row, cells) in enumerate(zip(rows, table, strict=False)):
        if len(row) != len(cells) or not all(
            _same_cell(a, b) for a, b in zip(row, cells, strict=True)
        ):
            problems.append(f"{lab}: row {index} is {row} in the CSV file, {cells} in the table")
            break
    return problems


def _download_csv(lab):
    with lab.page.expect_download() as download:
        lab.root.locator("button[data-action=csv]").first.click()
    if not download.value.suggested_filename.endswith(".csv"):
        raise AssertionError(
            f"{lab}: the download is called {download.value.suggested_filename}, not *.csv"
        )
    return download.value.path().read_text(encoding="utf-8-sig")


def _same_cell(in_file, in_table):
    """Equal text, or a number of the file that the table shows rounded."""
    if in_file.strip() == in_table:
        return True
    try:
        return shows(in_table, float(in_file))
    except ValueError:
        return False


def large_view_fails(lab):
    """Large view shows a larger figure, Escape closes it, and the focus is where it was."""
    lab.restore()
    button = lab.root.locator("button[data-action=large]").first
    width = "root.querySelector('svg[role=img]').getBoundingClientRect().width"
    before = lab.root.locator("svg[role=img]").first.bounding_box()["width"]
    button.focus()
    lab.page.keyboard.press("Enter")
    if not lab.wait(f"{width} > a[0] + 1", before):
        return [f"{lab}: Large view does not make the figure larger than {before:.0f} px"]
    problems = []
    parameter = lab.parameters()[0]
    lab.slider(parameter).focus()
    lab.page.keyboard.press("End")
    lab.flush()
    problems += [f"{lab}, large view: {fault}" for fault in _faults(lab)]
    button.focus()
    lab.page.keyboard.press("Escape")
    if not lab.wait(f"Math.abs({width} - a[0]) <= 1", before):
        lab.page.reload()  # a view that cannot be closed would spoil the checks after this one
        lab.page.evaluate(_IN_PAGE)
        lab.wait("root.dataset.ready === 'true'")
        return [*problems, f"{lab}: Escape does not close the large view"]
    if not lab.wait(
        "document.activeElement.matches('button[data-action=large]') && "
        "root.contains(document.activeElement)"
    ):
        problems.append(f"{lab}: closing the large view loses the focus; put it back on the button")
    return problems


def outcome_not_announced(lab):
    """The sentence of outcome follows the sliders: text of a status that a screen reader speaks."""
    lab.restore()
    status = lab.root.locator("p.live-outcome[role=status]")
    if status.count() != 1:
        return [f"{lab}: has {status.count()} p.live-outcome[role=status], needs one"]
    expected = lab.compute(lab.defaults)["outcome"]
    settled = "root.querySelector('p.live-outcome').textContent.trim() === a[0].trim()"
    if not lab.wait(settled, expected):
        return [f"{lab}: says “{status.inner_text()}” at the start, should say “{expected}”"]
    for parameter in lab.parameters():
        for key, end in (("End", "max"), ("Home", "min")):
            target = float(lab.box(parameter).get_attribute(end))
            result = lab.compute({**lab.defaults, parameter: target})
            if not result["ok"] or result["outcome"] == expected:
                continue
            lab.slider(parameter).focus()
            lab.page.keyboard.press(key)
            if lab.wait(settled, result["outcome"]):
                return []
            return [
                f"{lab}: with {parameter} at {target} it still says “{status.inner_text()}”, "
                f"should say “{result['outcome']}”"
            ]
    return [f"{lab}: no slider changes the sentence of outcome; let it say what the reader sees"]


CHECKS = [
    redrawn_unlike_the_build,
    too_many_first_controls,
    sliders_fail_by_keyboard,
    typed_entries_fail,
    stale_curve_after_quick_presses,
    presets_fail,
    reset_fails,
    keep_fails,
    link_does_not_reopen,
    csv_differs_from_table,
    large_view_fails,
    outcome_not_announced,
]


# --- elsewhere: these need a page of their own ------------------------------------------------------


def touch_fails(lab):
    """A tap and a drag on the slider move it, on a telephone. The page needs a context with touch."""
    lab.restore()
    parameter = lab.parameters()[0]
    slider = lab.slider(parameter)
    slider.scroll_into_view_if_needed()
    problems = []
    for gesture, low, high in ((_tap, 0.6, 0.9), (_drag, 0.1, 0.4)):
        box = slider.bounding_box()
        gesture(lab.page, box["x"], box["y"] + box["height"] / 2, box["width"])
        lab.flush()
        first, last = float(slider.get_attribute("min")), float(slider.get_attribute("max"))
        share = (float(slider.input_value()) - first) / (last - first)
        if not low <= share <= high:
            problems.append(
                f"{lab}: a {gesture.__name__.strip('_')} on slider {parameter} leaves it at "
                f"{share:.0%}"
            )
        if not shows(lab.box(parameter).input_value(), lab.values()[parameter]):
            problems.append(f"{lab}: box {parameter} does not follow a finger")
    return problems


def _tap(page, x, y, width):
    page.touchscreen.tap(x + 0.75 * width, y)


def _drag(page, x, y, width):
    touch = page.context.new_cdp_session(page)
    for kind, share in (
        ("touchStart", 0.75),
        ("touchMove", 0.5),
        ("touchMove", 0.25),
        ("touchEnd", None),
    ):
        points = [] if share is None else [{"x": x + share * width, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.detach()


def does_not_move(lab):
    """A slider moved by keyboard changes the figure: the least that must work from a file, offline."""
    lab.restore()
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    parameter, target = lively
    before = lab.drawing()
    lab.slider(parameter).focus()
    lab.page.keyboard.press("End" if target > lab.defaults[parameter] else "Home")
    lab.flush()
    problems = [f"{lab}: {fault}" for fault in _faults(lab)]
    if lab.drawing() == before:
        problems.append(f"{lab}: moving slider {parameter} does not change the figure")
    return problems + [
        f"{lab}: error in the browser's console: {error}" for error in lab.visit.errors
    ]
