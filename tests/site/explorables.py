# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""Use an explorable of a built page as a reader would, and name what does not work.

`Lab` is one explorable on one open page. Each check takes a Lab and returns a list of problems.
The checks share a page: each begins at the default settings and need not tidy up.
"""

import copy
import csv
import io
import json
import math
import re
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from built import parse
from checks import Visit, page_name

MOST_FIRST_CONTROLS = 4
# Paths hold tenths of an SVG unit. A number on the edge between two tenths may be rounded up in one
# engine and down in the other: the point is then a tenth off, and no more, wherever it stands.
DRAWN_WITHIN = 0.1 + 1e-9
SAID_AFTER = 0.5  # seconds of quiet before anything is announced; the page waits 0.6
SAID_WITHIN = 3000  # milliseconds
NOTED_WITHIN = 1000  # milliseconds

# The functions that every check calls inside the page.
_IN_PAGE = """
(() => {
  const root = name => document.getElementById(name);
  const shown = element => Boolean(element) && element.checkVisibility({visibilityProperty: true})
    && element.textContent.trim() !== '';
  window.__lab = {
    lab: name => window.immunolab.get(name),
    // Every patched path, text and marker, in document order; the kept curves are not the figure.
    drawing: name => [...root(name).querySelectorAll('[data-artist]')]
      .map(artist => ({artist: artist.dataset.artist, paths:
        [...artist.querySelectorAll('path:not(.live-ghost)')].map(path => path.getAttribute('d') || ''),
        texts: [...artist.querySelectorAll('text')].map(text => text.textContent.trim()),
        marks: [...artist.querySelectorAll('use')].map(use => use.getAttribute('x') + ' ' + use.getAttribute('y'))})),
    ghosts: name => [...root(name).querySelectorAll('.live-ghost')].map(path => path.getAttribute('d') || ''),
    readouts: (name, part) => Object.fromEntries([...root(name).querySelectorAll('dd[data-readout]')]
      .map(dd => [dd.dataset.readout, dd.querySelector(part).textContent.trim()])),
    note: name => {
      const note = root(name).querySelector('p.live-note[role=status]');
      return shown(note) ? note.textContent.trim() : '';
    },
    // What Tab could still reach beside the explorable.
    outside: name => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
      .filter(element => !root(name).contains(element) && !element.closest('[inert]')
        && element.checkVisibility({visibilityProperty: true})).length,
    faults: name => {
      const all = selector => [...root(name).querySelectorAll(selector)];
      const failure = root(name).querySelector('p.live-failure');
      return {
        failure: shown(failure) ? failure.textContent.trim() : '',
        silent: all('dl.live-readouts dd[data-readout] .live-now').filter(now => !now.textContent.trim()
          || /^–$|NaN|Infinity|undefined/.test(now.textContent.trim())).map(now => now.parentElement.dataset.readout),
        notNumbers: all('svg').filter(svg => /NaN|Infinity|undefined/.test(svg.outerHTML.replace(/data:[^"]*/g, '')))
          .length,
      };
    },
    // The table's rows are rows of the file, in order, rounded as they are shown or to four digits.
    same: (root, head, rows) => {
      const cells = row => [...row.cells].map(cell => cell.textContent.trim());
      const [first, ...body] = [...root.querySelector('details.live-data table').rows].map(cells);
      const rounds = (text, exact) => text !== '' && Math.abs(Number(text) - Number(exact)) <= 0.5001 * Math.max(
        10 ** -(text.split('.')[1] || '').length, 10 ** (Math.floor(Math.log10(Math.abs(exact))) - 3));
      let at = 0;
      return body.length > 0 && JSON.stringify(first) === JSON.stringify(head) && body.every(row => {
        while (at < rows.length && !row.every((text, i) => rounds(text, rows[at][i]))) at++;
        return at++ < rows.length;
      });
    },
    shown,
  };
})()
"""


def alone(path, name):
    """The HTML of a built page whose text is one of its explorables and nothing else.

    A chapter is a megabyte, which a dozen checks would lay out again at each of their steps. What
    stands around the text stays (a large view must cover something); whole pages are opened by tests
    of their own.
    """
    soup = copy.copy(parse(path))
    node = soup.find(id=name)
    while node.name != "article":
        for sibling in [*node.previous_siblings, *node.next_siblings]:
            if getattr(sibling, "name", None) not in {"script", "style", "link"}:
                sibling.extract()
        node = node.parent
    return str(soup)


def open_alone(context, book, site, place):
    """Open one explorable on a page of its own; return the Visit."""
    file, name = place
    lean = alone(book / file, name)
    # For the context, not the page: a link is opened in a second page.
    context.route(
        lambda address: address.split("?")[0].split("#")[0] == site + file,
        lambda route: route.fulfill(body=lean, content_type="text/html; charset=utf-8"),
    )
    return Visit(context.new_page()).open(site + file)


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

    def reload(self):
        self.page.reload()
        self.root.and_(self.page.locator("[data-ready=true]")).wait_for()
        self.page.evaluate(_IN_PAGE)

    def set(self, values):
        self.call("(lab.set(a[0]), lab.flush())", values)

    def flush(self):
        self.call("lab.flush()")

    def compute(self, values):
        return self.call("lab.compute(a[0])", values)

    def drawing(self):
        return self.call("__lab.drawing(name)")

    def ghosts(self):
        return self.call("__lab.ghosts(name)")

    def readouts(self, part=".live-now"):
        return self.call("__lab.readouts(name, a[0])", part)

    def note(self):
        return self.call("__lab.note(name)")

    def restore(self):
        """Default settings, no kept curves, nothing folded, no complaint from the check before."""
        self.set(self.defaults)
        if self.ghosts():
            self.press("forget")
        self.visit.errors.clear()
        # Controls under "More" and the data table can only be used once they are open.
        self.root.evaluate(
            "root => root.querySelectorAll('details').forEach(fold => fold.open = true)"
        )

    def press(self, action):
        self.root.locator(f"button[data-action={action}]").first.click()
        self.flush()

    def parameters(self):
        """The parameters that have a slider; the clock of a grid, which only chooses a picture, last."""
        ranges = self.root.locator("input[type=range][data-parameter]")
        names = ranges.evaluate_all(
            """inputs => inputs.map(input => [Boolean(input.closest('.live-clock')), input.dataset.parameter])
              .sort((a, b) => a[0] - b[0]).map(pair => pair[1])"""
        )
        return list(dict.fromkeys(names))

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
            "paths": [path.get("d", "") for path in artist.find_all("path")],
            "texts": [text.get_text().strip() for text in artist.find_all("text")],
            "marks": [f"{use.get('x')} {use.get('y')}" for use in artist.find_all("use")],
        }
        for artist in root.select("[data-artist]")
    ]


def _path_difference(old, new):
    """Nothing for equal paths; else where the points of the two stand apart by more than rounding."""
    if old == new:
        return ""
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
    """A path as (command, numbers), with the points of lines where they stand.

    Lines go from point to point by differences, so one point that was rounded the other way shows
    twice there; and differences that are each within a tenth can add up to a curve far off.
    """
    x, y, placed = 0.0, 0.0, []
    for command, numbers in _written_out(path):
        if command in {"M", "L"}:
            x, y = numbers
        elif command in {"m", "l"}:
            x, y = x + numbers[0], y + numbers[1]
            command, numbers = command.upper(), [x, y]
        placed.append((command, numbers))
    return placed


def _written_out(path):
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
    folded = lab.root.locator(":is(details.live-more, .live-clock) .live-control").count()
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
            if slider.get_attribute("aria-valuetext").split()[0] != box.input_value():
                problems.append(
                    f"{where}: says “{slider.get_attribute('aria-valuetext')}” to a screen reader, "
                    f"the number box says {box.input_value()}"
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
    """A number typed into a box is used; one out of range, or none at all, is mended or refused aloud.

    In the first box and in the last one: all boxes of a lab are made by one function.
    """
    lab.restore()
    problems = []
    parameters = lab.parameters()
    for parameter in dict.fromkeys([parameters[0], parameters[-1]]):
        box = lab.box(parameter)
        low, high = float(box.get_attribute("min")), float(box.get_attribute("max"))
        where = f"{lab}, number box {parameter}"
        wanted = _value_between(low, high, box.get_attribute("step"), lab.defaults[parameter])
        _type(lab, box, repr(wanted))
        if not math.isclose(lab.values()[parameter], wanted, rel_tol=1e-12):
            problems.append(
                f"{where}: after typing {wanted} the model uses {lab.values()[parameter]}"
            )
        lab.page.wait_for_timeout(200)  # a note would be there by now
        if lab.note():
            problems.append(f"{where}: after typing {wanted} it objects, “{lab.note()}”")
        position = lab.slider(parameter).input_value()
        lab.set(lab.defaults)
        if position == lab.slider(parameter).input_value():
            problems.append(f"{where}: after typing {wanted} the slider has not moved")
        for nonsense in (repr(high + max(1.0, abs(high))), repr(low - max(1.0, abs(low))), ""):
            lab.set(lab.defaults)
            _type(lab, box, nonsense)
            value, text = lab.values()[parameter], box.input_value()
            if value is None or not low <= value <= high or not shows(text, value):
                problems.append(
                    f"{where}: after typing “{nonsense}” the box says “{text}” and the model uses "
                    f"{value}; bring both into {low:g} to {high:g}"
                )
            if not lab.wait("__lab.note(name).includes(a[0])", text, timeout=NOTED_WITHIN):
                problems.append(
                    f"{where}: after typing “{nonsense}” the note says “{lab.note()}”; tell the "
                    f"reader, in p.live-note[role=status], that {text} is used"
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
        if abs(value - not_this) > 0.05 * (high - low):  # several positions of the slider away
            return value
    return high


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
        pressed = lab.root.locator("button[data-preset][aria-pressed=true]").all_inner_texts()
        if [" ".join(text.split()) for text in pressed] != [label]:
            problems.append(f"{where}: the buttons that say they are pressed are {pressed}")
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
    """Reset brings back every value, every box and the figure, and forgets what was kept."""
    lab.restore()
    figure = lab.drawing()
    lab.press("keep")
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
    kept = lab.ghosts() or any(lab.readouts(".live-kept").values())
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
    if kept:
        problems.append(f"{lab}: after Reset there is still a kept curve, or a kept read-out")
    if not wrong and lab.drawing() != figure:
        problems.append(f"{lab}: after Reset the figure is not the one at the start")
    return problems


def keep_fails(lab):
    """Keep leaves a copy of curve and read-outs; the next one replaces it, Forget removes it."""
    lab.restore()
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    keep, forget = (lab.root.locator(f"button[data-action={name}]") for name in ("keep", "forget"))
    problems = []
    if forget.is_visible():
        problems.append(f"{lab}: offers to forget before anything was kept")
    lab.press("keep")
    kept = lab.ghosts()
    if not any(kept):
        return [*problems, f"{lab}: Keep adds no curve of class live-ghost"]
    problems += _unlike_what_is_on_show(lab, "the first Keep")
    words = lab.readouts(".live-kept")
    lab.set({lively[0]: lively[1]})
    if lab.ghosts() != kept or lab.readouts(".live-kept") != words:
        problems.append(f"{lab}: what was kept moves with slider {lively[0]}")
    lab.press("keep")
    problems += _unlike_what_is_on_show(lab, "the second Keep")
    if len(lab.ghosts()) != len(kept):
        problems.append(f"{lab}: the second Keep leaves the first kept curve beside its own")
    if not forget.is_visible():
        return [*problems, f"{lab}: offers no button to forget the kept curve"]
    forget.focus()
    lab.page.keyboard.press("Enter")
    if lab.ghosts() or any(lab.readouts(".live-kept").values()) or forget.is_visible():
        problems.append(f"{lab}: Forget does not clear the kept curve, its read-outs and itself")
    if not keep.evaluate("button => button === document.activeElement"):
        problems.append(f"{lab}: Forget loses the focus as it goes; hand it to Keep")
    return problems


def _unlike_what_is_on_show(lab, action):
    problems = []
    drawn = {path for artist in lab.drawing() for path in artist["paths"]}
    if not set(lab.ghosts()) <= drawn:
        problems.append(f"{lab}: after {action} the kept curve is not the curve on show")
    now, kept = lab.readouts(), lab.readouts(".live-kept")
    for name, text in now.items():
        if not kept[name].endswith(text):
            problems.append(
                f"{lab}: after {action} read-out {name} says “{kept[name]}”, not “{text}”"
            )
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
    """The CSV file is the whole run; each row of the table is one of its rows, rounded."""
    lab.restore()
    lively = lab.lively_setting()
    if lively is None:
        return [f"{lab}: no slider changes the figure"]
    texts, problems = [], []
    for values in ({}, {lively[0]: lively[1]}):
        lab.set(values)
        texts.append(_download_csv(lab))
        points = lab.call("lab.compute(lab.values).series[lab.page.table[0].name].length")
        head, *rows = csv.reader(io.StringIO(texts[-1]))
        # The table waits for a pause in the moving of sliders, so it may still be the one before.
        if not lab.wait("__lab.same(root, a[0], a[1])", head, rows, timeout=SAID_WITHIN):
            table = lab.root.locator("details.live-data tr").all_inner_texts()
            problems.append(
                f"{lab}: the table, {table[:3]}…, is not among the rows of the file, {rows[:2]}…"
            )
        if len(rows) != points:
            problems.append(f"{lab}: the CSV file has {len(rows)} rows, the run {points} points")
    if texts[0] == texts[1]:
        problems.append(f"{lab}: the CSV file is the same after {lively[0]} went to {lively[1]}")
    return problems


def _download_csv(lab):
    with lab.page.expect_download() as download:
        lab.root.locator("button[data-action=csv]").first.click()
    if not download.value.suggested_filename.endswith(".csv"):
        raise AssertionError(
            f"{lab}: the download is called {download.value.suggested_filename}, not *.csv"
        )
    return download.value.path().read_text(encoding="utf-8-sig")


def large_view_fails(lab):
    """Large view shows a larger figure and keeps Tab inside; Escape closes it, wherever one is."""
    lab.restore()
    button = lab.root.locator("button[data-action=large]").first
    width = "root.querySelector('svg[role=img]').getBoundingClientRect().width"
    before = lab.root.locator("svg[role=img]").first.bounding_box()["width"]
    closed = button.inner_text()
    problems = []
    for place in ("button", "slider", "nowhere"):
        button.focus()
        lab.page.keyboard.press("Enter")
        if not lab.wait(f"{width} > a[0] + 1", before):
            return [
                *problems,
                f"{lab}: Large view does not make the figure larger than {before:.0f} px",
            ]
        if button.inner_text() == closed:
            problems.append(f"{lab}: in the large view its button still says “{closed}”")
        if lab.call("__lab.outside(name)"):
            problems.append(f"{lab}: in the large view Tab still reaches what it covers")
        if place == "slider":
            lab.slider(lab.parameters()[0]).focus()
            lab.page.keyboard.press("End")
            lab.flush()
            problems += [f"{lab}, large view: {fault}" for fault in _faults(lab)]
        if place == "nowhere":  # as after a click on the figure, which takes no focus
            lab.page.evaluate("() => document.activeElement.blur()")
        lab.page.keyboard.press("Escape")
        if not lab.wait(f"Math.abs({width} - a[0]) <= 1", before):
            lab.reload()  # a view that cannot be closed would spoil the checks after this one
            return [*problems, f"{lab}: Escape does not close the large view, the focus on {place}"]
        if not button.evaluate("button => button === document.activeElement"):
            problems.append(
                f"{lab}: closing the large view loses the focus; put it back on the button"
            )
        if button.inner_text() != closed or lab.page.locator("[inert]").count():
            problems.append(f"{lab}: after the large view the page is not as it was before")
    return problems


def outcome_not_announced(lab):
    """The sentence of outcome follows at once for the eye, and after a pause for the ear."""
    lab.reload()
    seen = lab.root.locator("p.live-outcome")
    heard = lab.root.locator("p.live-announcement[role=status]")
    if seen.count() != 1 or heard.count() != 1:
        return [f"{lab}: needs one p.live-outcome and one p.live-announcement[role=status]"]
    problems = []
    if seen.evaluate("p => p.closest('[aria-live], [role=status], [role=alert], [aria-hidden]')"):
        problems.append(f"{lab}: p.live-outcome is spoken at every step of a drag; leave it silent")
    if heard.evaluate(
        "p => getComputedStyle(p).display === 'none' || getComputedStyle(p).visibility === 'hidden'"
        " || Boolean(p.closest('[hidden], [aria-hidden=true], [inert]'))"
    ):
        problems.append(f"{lab}: p.live-announcement is hidden from screen readers too")
    expected = lab.compute(lab.defaults)["outcome"]
    if seen.inner_text().strip() != expected.strip():
        problems.append(f"{lab}: shows “{seen.inner_text()}” at the start, not “{expected}”")
    lab.page.wait_for_timeout(1000 * SAID_AFTER + 500)
    if heard.text_content():
        problems.append(f"{lab}: speaks before the reader has moved anything")

    target, wanted = _telling_setting(lab)
    if target is None:
        return [*problems, f"{lab}: no slider changes the sentence of outcome; say what is seen"]
    parameter, end = target
    lab.slider(parameter).evaluate(_DRAG, end)
    lab.flush()
    where = f"{lab}, {parameter} at its {end}imum"
    if seen.inner_text().strip() != wanted.strip():
        problems.append(f"{where}: shows “{seen.inner_text()}”, should say “{wanted}”")
    if not lab.wait("root.querySelector('p.live-announcement').textContent === a[0]", wanted):
        problems.append(f"{where}: announces “{heard.text_content()}”, should say “{wanted}”")
    pause = lab.page.evaluate("() => window.__drag.pause()")
    if pause < 1000 * SAID_AFTER:
        problems.append(f"{where}: speaks {pause:.0f} ms after a move; wait until the drag is over")
    return problems


def _telling_setting(lab):
    """A parameter and an end of its slider that change the sentence, and the sentence."""
    expected = lab.compute(lab.defaults)["outcome"]
    for parameter in lab.parameters():
        for end in ("max", "min"):
            value = float(lab.box(parameter).get_attribute(end))
            result = lab.compute({**lab.defaults, parameter: value})
            if result["ok"] and result["outcome"] != expected:
                return (parameter, end), result["outcome"]
    return None, ""


# Six moves, each 200 ms after the other, on the way to one end; then the shortest time between a
# move and words spoken after it.
_DRAG = """async (slider, end) => {
  const heard = slider.closest('.explorable').querySelector('p.live-announcement'), moves = [], words = [];
  new MutationObserver(() => words.push(performance.now())).observe(heard,
    {childList: true, characterData: true, subtree: true});
  const start = Number(slider.value), stop = Number(slider[end]);
  for (let i = 1; i <= 6; i++) {
    slider.value = start + (stop - start) * i / 6;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    moves.push(performance.now());
    await new Promise(done => setTimeout(done, 200));
  }
  window.__drag = {pause: () => Math.min(...words.map(word => word - Math.max(...moves.filter(move => move < word))))};
}"""


def clock_fails(lab):
    """The pictures of a grid go on by one at a press, and none plays where little motion is asked for."""
    if not lab.root.locator(".live-clock").count():
        return []
    lab.restore()
    drawing, problems = "JSON.stringify(__lab.drawing(a[0]))", []
    last = lab.call(drawing, lab.name)
    for expected in (0, 1):  # after the last picture comes the first
        lab.root.locator("button[data-action=step]").focus()
        lab.page.keyboard.press("Enter")
        lab.flush()
        now = lab.call("lab.values[lab.page.clock]")
        if now != expected:
            problems.append(f"{lab}: One step on should lead to {expected}, and led to {now}")
    if lab.call(drawing, lab.name) == last:
        problems.append(f"{lab}: One step on draws nothing otherwise")
    play = lab.root.locator("button[data-action=play]")
    play.click()
    if not lab.wait("/little motion/.test(__lab.note(a[0]))", lab.name, timeout=NOTED_WITHIN):
        problems.append(f"{lab}: Play does not say that this device asks for little motion")
    stands = lab.call("lab.values[lab.page.clock]")
    lab.page.wait_for_timeout(500)  # three pictures' time
    if lab.call("lab.values[lab.page.clock]") != stands or play.inner_text() != "Play":
        problems.append(f"{lab}: Play plays although this device asks for little motion")
    return problems


# Each slider at both ends, then each ready-made setting, as a script would: what goes wrong there.
# A slider that changes nothing at the start is tried wherever else a reader may stand: at dose 0 no
# day of treatment matters.
_EVERYWHERE = """name => {
  const root = document.getElementById(name), lab = __lab.lab(name), problems = [];
  const sliders = [...root.querySelectorAll('input[type=range]')];
  const move = (slider, end) => {
    slider.value = slider[end];
    slider.dispatchEvent(new Event('input', {bubbles: true}));
  };
  const reset = () => root.querySelector('[data-action=reset]').click();
  const seen = () => {
    lab.flush();
    return JSON.stringify([__lab.drawing(name), __lab.readouts(name, '.live-now'),
      root.querySelector('.live-outcome').textContent]);
  };
  const changesFrom = (slider, place) => ['max', 'min'].some(end => {
    place();
    const before = seen();
    move(slider, end);
    return seen() !== before;
  });
  const changesSomewhere = slider => [
    reset,
    ...[...root.querySelectorAll('[data-preset]')].map(button => () => { reset(); button.click(); }),
    ...sliders.filter(other => other !== slider).flatMap(other =>
      ['max', 'min'].map(end => () => { reset(); move(other, end); })),
  ].some(place => changesFrom(slider, place));
  const look = where => {
    lab.flush();
    const {failure, silent, notNumbers} = __lab.faults(name);
    if (failure) problems.push(where + ': ' + failure);
    if (silent.length) problems.push(where + ': shows no value for ' + silent);
    if (notNumbers) problems.push(where + ': the SVG holds NaN');
  };
  for (const slider of sliders) {
    for (const end of ['max', 'min']) {
      reset();
      move(slider, end);
      look('slider ' + slider.dataset.parameter + ' at its ' + end + 'imum');
    }
    if (!changesSomewhere(slider)) problems.push('slider ' + slider.dataset.parameter + ' changes nothing, wherever one stands');
  }
  for (const button of root.querySelectorAll('[data-preset]')) {
    button.click();
    look('“' + button.textContent + '”');
    if (button.getAttribute('aria-pressed') !== 'true') problems.push('“' + button.textContent + '” is not pressed');
  }
  return problems;
}"""


def fails_somewhere(lab):
    """At both ends of every slider and at every ready-made setting there is a figure and words.

    And every slider does something: a reader who moves it sees the lab change.
    """
    lab.restore()
    return [f"{lab}: {problem}" for problem in lab.page.evaluate(_EVERYWHERE, lab.name)] + [
        f"{lab}: error in the browser's console: {error}" for error in lab.visit.errors
    ]


# What depends on the model, the settings and the words of a lab is checked for each lab of the book;
# what the page's script does alike for all of them, for representatives of every kind.
OF_EACH_LAB = [redrawn_unlike_the_build, too_many_first_controls, fails_somewhere]
OF_A_KIND = [
    sliders_fail_by_keyboard,
    presets_fail,
    typed_entries_fail,
    stale_curve_after_quick_presses,
    reset_fails,
    keep_fails,
    link_does_not_reopen,
    csv_differs_from_table,
    clock_fails,
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
