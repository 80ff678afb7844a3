"""Every slider of every lab does something: a reader who moves it sees the lab change."""

import pytest
from sources import explorables_in, notebooks

from immunolab.strokes import AxisMap, line_through, path_data, strokes_of

pytestmark = pytest.mark.slow

DRAWN = {"line", "area", "marks", "bars"}
WIDTH, HEIGHT = 300.0, 200.0  # of a panel, in the units of its drawing


def seen(explorable, values):
    """What a reader would see at these settings: what is drawn, and what is said."""
    result = explorable.compute(values)
    if not result.ok:
        return result.message
    drawn = [
        path_data(stroke, result.runs, result.readouts, *_maps(panel))
        for panel in explorable.panels
        for stroke in strokes_of(panel, "seen")
        if stroke.kind in DRAWN
    ]
    said = [result.readouts[readout.name][1] for readout in explorable.readouts if readout.shown]
    return drawn, said, result.outcome


def _maps(panel):
    x, y = line_through(panel.x, 0.0, WIDTH), line_through(panel.y, HEIGHT, 0.0)
    return (
        AxisMap(panel.x.scale == "log", *x, 0.0, WIDTH),
        AxisMap(panel.y.scale == "log", *y, 0.0, HEIGHT),
    )


def places(explorable, moved):
    """Where a reader may stand: at the start, at a preset, or with another slider at its end.

    At dose 0 no day of treatment matters.
    """
    yield {}
    yield from (preset.values for preset in explorable.presets)
    for other in explorable.controls:
        if other != moved:
            yield from ({other: end} for end in explorable.model.parameter(other).range)


def changes_something(explorable, name):
    return any(
        seen(explorable, place | {name: end}) != seen(explorable, place)
        for place in places(explorable, name)
        for end in explorable.model.parameter(name).range
    )


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_every_slider_changes_what_is_seen(path):
    dead = [
        f"{explorable.name}: {explorable.model.parameter(name).meaning}"
        for explorable in explorables_in(path).values()
        for name in explorable.controls
        if not changes_something(explorable, name)
    ]
    assert not dead, f"{path.stem}: these sliders change nothing: {dead}"


def test_a_dead_slider_is_found():
    from models_for_tests import explosion

    from immunolab import Parameter, explore

    idle = Parameter("idle", "i", "does nothing", "", 0.5, (0.0, 1.0))
    lab = explore(explosion.replace(name="idle", parameters=(*explosion.parameters, idle)))
    assert not changes_something(lab, "idle")
    assert changes_something(lab, explosion.parameters[0].name)
