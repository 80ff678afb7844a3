"""The explorables in a live kernel: each control of the ipywidgets version does what it says.

No browser and no notebook: what the kernel would send is read from the widgets. That JupyterLab
shows them is tested in test_jupyterlab.py.
"""

import subprocess
import sys

import pytest
from ipywidgets import HTML, Accordion, Button, FloatLogSlider, FloatSlider, Image
from models_for_tests import explosion
from sources import explorables_in, notebooks

from immunolab import explore
from immunolab.equations import equations

PNG = b"\x89PNG"


class Panel:
    """The parts of a control panel, found as a reader finds them: by kind and by label."""

    def __init__(self, explorable):
        self.explorable = explorable
        parts = list(_descendants(explorable.widget()))
        self.sliders = [w for w in parts if isinstance(w, FloatSlider | FloatLogSlider)]
        self.buttons = {w.description: w for w in parts if isinstance(w, Button)}
        (self.image,) = (w for w in parts if isinstance(w, Image))
        below = parts[parts.index(self.image) :]
        self.words = next(w for w in below if isinstance(w, HTML))

    def picture(self):
        return bytes(self.image.value)

    def press(self, label):
        self.buttons[label].click()

    def say(self, words):
        return words in self.words.value


def _descendants(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _descendants(child)


def ends(slider):
    if isinstance(slider, FloatLogSlider):
        return slider.base**slider.max, slider.base**slider.min
    return slider.max, slider.min


def one_of_each_kind():
    """The first lab with presets of each kind of model; other labs differ in their data alone."""
    first = {}
    for path in notebooks():
        for explorable in explorables_in(path).values():
            if explorable.presets:
                first.setdefault(type(explorable.model).__name__, explorable)
    return list(first.values())


@pytest.fixture(scope="module")
def labs():
    found = one_of_each_kind()
    assert {"ODE", "Formula", "Cohort", "Grid"} <= {type(lab.model).__name__ for lab in found}
    return found


@pytest.fixture
def panels(labs):
    return [Panel(explorable) for explorable in labs]


def test_every_control_has_a_slider(panels):
    for panel in panels:
        assert len(panel.sliders) == len(panel.explorable.controls)


def test_presets_and_reset(panels):
    for panel in panels:
        first, words, values = (
            panel.picture(),
            panel.words.value,
            [slider.value for slider in panel.sliders],
        )
        assert first.startswith(PNG)
        for preset in panel.explorable.presets:
            panel.press(preset.label)
            expected = panel.explorable.compute(preset.values)
            assert panel.say(expected.outcome), (panel.explorable.name, preset.label)
            assert panel.picture() == panel.explorable.png(preset.values), preset.label
        for slider in panel.sliders:
            slider.value = ends(slider)[0]
        panel.press("Reset")
        assert [slider.value for slider in panel.sliders] == values, panel.explorable.name
        assert (panel.picture(), panel.words.value) == (first, words), panel.explorable.name


def test_a_kept_curve_stays_until_it_is_forgotten(panels):
    for panel in panels:
        first = panel.picture()
        for slider, target in ((s, end) for s in panel.sliders for end in ends(s)):
            slider.value = target
            alone = panel.picture()
            panel.press("Reset")
            if alone != first:
                break
        panel.press("Keep this curve")
        slider.value = target
        assert panel.picture() != alone, f"{panel.explorable.name}: no kept curve is drawn"
        panel.press("Forget the kept curve")
        assert panel.picture() == alone, f"{panel.explorable.name}: it cannot be forgotten"
        panel.press("Keep this curve")
        panel.press("Reset")
        assert panel.picture() == first, f"{panel.explorable.name}: Reset leaves it there"


def test_a_kept_curve_is_replaced_by_the_next():
    panel = Panel(explore(_growing()))
    (slider,) = panel.sliders
    pictures = []
    for kept in ((0.5,), (0.2, 0.5)):
        panel.press("Reset")
        for value in kept:
            slider.value = value
            panel.press("Keep this curve")
        slider.value = 0.9
        pictures.append(panel.picture())
    assert pictures[0] == pictures[1], "an older kept curve is still there"


def test_a_failing_model_shows_its_message_and_no_old_picture():
    panel = Panel(explore(explosion))
    (slider,) = panel.sliders
    assert panel.picture().startswith(PNG)
    words = panel.words.value
    slider.value = 1.0
    message = panel.explorable.compute({"rate": 1.0}).message
    assert message
    assert panel.say(message)
    assert panel.picture() == b"", "an old curve stands beside a moved slider"
    slider.value = 0.0
    assert panel.picture().startswith(PNG)
    assert panel.words.value == words


def _growing():
    return explosion.replace(name="growing", title="Growing", rhs=lambda t, y, p: (p.rate * y[0],))


def test_equations_are_written_once_somebody_unfolds_them(labs):
    explorable = labs[0]
    folded = next(
        part
        for part in _descendants(explorable.widget())
        if isinstance(part, Accordion) and "Equations" in part.titles
    )
    field = folded.children[folded.titles.index("Equations")]
    assert not field.value
    folded.selected_index = folded.titles.index("Equations")
    assert field.value.count("$$") == 2 * len(equations(explorable.model, explorable.closed))


def test_a_notebook_is_not_sent_what_only_a_page_needs():
    """It would take as long as the rest, SymPy's import included."""
    code = (
        "import sys, immunolab; from immunolab.labs.cover import treat_this_tumour;"
        "sent = treat_this_tumour()._repr_mimebundle_(); assert 'image/png' in sent, sent.keys();"
        "assert 'application/vnd.jupyter.widget-view+json' in sent;"
        "sys.exit('sympy is imported' if 'sympy' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
