"""T cells on their way into a tumour: out of a vessel, through the stroma, up to a tumour cell.

A square is a place for one cell and a step is about an hour; both are illustrative, as is every number
here.  The question is only which of the barriers on the way is the narrowest.
"""

import numpy as np

from immunolab.kinds import Check, Limit, Parameter, Quantity
from immunolab.space import Grid, Phase

ROWS, COLUMNS = 30, 36
HOURS = 120
# Two nests of tumour cells: centre across, centre up, radius, in sites.
NESTS = ((11.5, 18.0, 7.0), (26.0, 10.5, 6.0))
SHELL = 2.5  # thickness of the stroma around a nest
NORTH, EAST, SOUTH, WEST = 1.0, 2.0, 3.0, 4.0


def depth_in_nest(place):
    """Return how far inside the nearest nest a site lies; outside it is negative."""
    depth = -np.inf
    for x, y, radius in NESTS:
        distance = np.sqrt((place.x - x) ** 2 + (place.y - y) ** 2)
        depth = np.maximum(depth, radius - distance)
    return depth


def layout(place, chance, p):
    """Lay out nests, a shell of stroma around them, suppressive cells, and vessels further out."""
    filled, dense, held, supplied, lets_pass = chance
    depth = depth_in_nest(place)
    tumour = np.where(np.logical_and(depth > 0, filled < 0.85), 1.0, 0.0)
    shell = np.logical_and(depth <= 0, depth > -SHELL)
    fibre = np.where(np.logical_and(shell, dense < p.stroma), 1.0, 0.0)
    near = np.logical_and(depth > -SHELL, tumour + fibre < 0.5)
    suppressor = np.where(np.logical_and(near, held < p.suppressors), 1.0, 0.0)
    vessel = np.where(np.logical_and(depth < -SHELL - 1, supplied < 0.06), 1.0, 0.0)
    return {
        "tumour": tumour,
        "fibre": fibre,
        "suppressor": suppressor,
        "vessel": vessel,
        "door": np.where(lets_pass < p.entry, vessel, 0.0),
    }


def spread_guide(here, near, chance, p):
    """Tumour cells release chemokine, which spreads and decays."""
    around = near.north.guide + near.east.guide + near.south.guide + near.west.guide
    spread = here.guide + 0.2 * (around - 4.0 * here.guide)
    return {"guide": 0.97 * spread + 0.05 * p.chemokine * here.tumour}


def arrive(here, near, chance, p):
    """A T cell leaves the blood where a vessel lets it."""
    (luck,) = chance
    comes = np.logical_and(here.door > 0, luck < p.arrival * p.supply)
    return {"t_cell": np.where(comes, 1.0, here.t_cell)}


def open_ways(here, near, chance, p):
    """A T cell can go where nobody is; stroma hardly lets it through."""
    taken = here.tumour + here.suppressor + here.vessel + here.t_cell > 0
    return {"way": np.where(taken, 0.0, np.where(here.fibre > 0, p.passage, 1.0))}


def pull_of(site, here, p):
    """Return how much a neighbouring site draws a T cell: a way in, and more chemokine."""
    return site.way * (1.0 + p.steering * np.maximum(site.guide - here.guide, 0.0))


def touches_tumour(near):
    """Return whether one of the four neighbours is a tumour cell."""
    return near.north.tumour + near.east.tumour + near.south.tumour + near.west.tumour > 0


def choose(here, near, chance, p):
    """Each T cell chooses where to go, or to stay; beside a tumour cell it mostly stays."""
    (luck,) = chance
    stay = np.where(touches_tumour(near), 8.0, 0.2)
    north = stay + pull_of(near.north, here, p)
    east = north + pull_of(near.east, here, p)
    south = east + pull_of(near.south, here, p)
    west = south + pull_of(near.west, here, p)
    at = luck * west
    further = np.where(at < south, SOUTH, WEST)
    further = np.where(at < east, EAST, further)
    further = np.where(at < north, NORTH, further)
    return {"wish": np.where(np.logical_and(here.t_cell > 0, at >= stay), further, 0.0)}


def admit(here, near, chance, p):
    """A free site lets one of those in who wish to come."""
    (luck,) = chance
    north = np.where(near.north.wish == SOUTH, 1.0, 0.0)
    east = north + np.where(near.east.wish == WEST, 1.0, 0.0)
    south = east + np.where(near.south.wish == NORTH, 1.0, 0.0)
    west = south + np.where(near.west.wish == EAST, 1.0, 0.0)
    turn = luck * west
    guest = np.where(turn < west, WEST, 0.0)
    guest = np.where(turn < south, SOUTH, guest)
    guest = np.where(turn < east, EAST, guest)
    guest = np.where(turn < north, NORTH, guest)
    return {"guest": np.where(here.way > 0, guest, 0.0)}


def move(here, near, chance, p):
    """Who was let in goes; who was not stays."""
    gone = np.where(here.wish == NORTH, near.north.guest == SOUTH, False)
    gone = np.where(here.wish == EAST, near.east.guest == WEST, gone)
    gone = np.where(here.wish == SOUTH, near.south.guest == NORTH, gone)
    gone = np.where(here.wish == WEST, near.west.guest == EAST, gone)
    stays = np.where(gone, 0.0, here.t_cell)
    return {"t_cell": np.where(here.guest > 0, 1.0, stays), "wish": 0.0}


def hold(here, near, chance, p):
    """A suppressive cell holds every T cell beside it; some T cells leave or die."""
    (luck,) = chance
    beside = (
        near.north.suppressor + near.east.suppressor + near.south.suppressor + near.west.suppressor
    )
    t_cell = np.where(luck < p.leaving, 0.0, here.t_cell)
    return {"t_cell": t_cell, "held": np.where(beside > 0, t_cell, 0.0), "guest": 0.0}


def kill(here, near, chance, p):
    """Each T cell that touches a tumour cell and is not held may kill it."""
    (luck,) = chance
    attackers = (
        (near.north.t_cell - near.north.held)
        + (near.east.t_cell - near.east.held)
        + (near.south.t_cell - near.south.held)
        + (near.west.t_cell - near.west.held)
    )
    return {"tumour": np.where(luck < p.killing * attackers, 0.0, here.tumour)}


def count(here, near, p):
    """Count T cells by where they are, and tumour cells."""
    touching = np.where(touches_tumour(near), here.t_cell, 0.0)
    return {
        "tissue": here.t_cell,
        "touching": touching,
        "attacking": touching * (1.0 - here.held),
        "left": here.tumour,
    }


def picture(here, near, p):
    """Return what is drawn: tumour, T cell, T cell held, suppressor, stroma, vessel."""
    code = np.where(here.vessel > 0, 6.0, 0.0)
    code = np.where(here.fibre > 0, 5.0, code)
    code = np.where(here.suppressor > 0, 4.0, code)
    code = np.where(here.tumour > 0, 1.0, code)
    return np.where(here.t_cell > 0, np.where(here.held > 0, 3.0, 2.0), code)


infiltration = Grid(
    name="infiltration",
    title="Into the tumour",
    fields=(
        Quantity("tumour", "", "tumour cell"),
        Quantity("fibre", "", "stroma"),
        Quantity("suppressor", "", "suppressive cell"),
        Quantity("vessel", "", "vessel"),
        Quantity("door", "", "vessel that T cells can leave"),
        Quantity("t_cell", "", "T cell"),
        Quantity("held", "", "T cell held by a suppressive cell"),
        Quantity("guide", "", "chemokine"),
        Quantity("way", "", "how readily a T cell gets there"),
        Quantity("wish", "", "where a T cell wishes to go"),
        Quantity("guest", "", "from where a T cell is let in"),
    ),
    shape=(ROWS, COLUMNS),
    steps=HOURS,
    initial=layout,
    initial_draws=5,
    phases=(
        Phase(
            "Tumour cells release chemokine; it spreads to the neighbouring sites, and decays.",
            spread_guide,
        ),
        Phase("At each vessel that lets T cells out, one may come out of the blood.", arrive, 1),
        Phase(
            "Where somebody is, no T cell can go; stroma hardly lets any through.",
            open_ways,
        ),
        Phase(
            "Each T cell chooses one of its four neighbouring sites, or to stay. Sites with more "
            "chemokine draw it. Beside a tumour cell it mostly stays.",
            choose,
            1,
        ),
        Phase("Where several want the same site, one of them is let in.", admit, 1),
        Phase("Those who were let in move.", move),
        Phase(
            "A suppressive cell holds the T cells beside it. A few T cells leave or die.", hold, 1
        ),
        Phase("Each T cell beside a tumour cell may kill it, unless it is held.", kill, 1),
    ),
    count=count,
    counts=(
        Quantity("tissue", "", "T cells in the tissue", "cells"),
        Quantity("touching", "", "T cells that touch a tumour cell", "cells"),
        Quantity("attacking", "", "T cells that touch one and are not held", "cells"),
        Quantity("left", "", "tumour cells left", "cells"),
    ),
    picture=picture,
    drawn=("tumour cell", "T cell", "T cell, held", "suppressor", "stroma", "vessel"),
    clock="hour",
    time_unit="hours",
    parameters=(
        Parameter("supply", "b", "T cells in the blood", "of the usual", 1.0, (0.0, 3.0)),
        Parameter("entry", "e", "Vessels that let T cells out", "share", 0.8, (0.0, 1.0)),
        Parameter("stroma", "s", "Stroma around the nests", "share", 0.1, (0.0, 1.0)),
        Parameter("suppressors", "m", "Suppressive cells", "share", 0.05, (0.0, 0.6)),
        Parameter("chemokine", "c", "Chemokine from the tumour", "of the usual", 1.0, (0.0, 3.0)),
        Parameter("arrival", "a", "T cells that leave each vessel", "per hour", 0.08, (0.0, 0.2)),
        Parameter("passage", "q", "How readily stroma lets pass", "share", 0.003, (0.0, 1.0)),
        Parameter("steering", "g", "How strongly chemokine steers", "", 20.0, (0.0, 60.0)),
        Parameter("killing", "k", "Killing by one T cell", "per hour", 0.1, (0.0, 0.3)),
        Parameter("leaving", "d", "T cells that leave or die", "per hour", 0.01, (0.0, 0.1)),
        Parameter("seed", "", "Another throw of the dice", "", 1, (1, 50), steps=49),
        Parameter("hour", "", "Hour shown", "hours", HOURS, (0, HOURS), steps=HOURS),
    ),
    summary="T cells leave vessels, find their way through stroma, and kill what they touch unless "
    "suppressive cells hold them.",
    leaves_out=(
        "Growth. In five days tumour cells would divide, and T cells too.",
        "A third dimension, and time for the stroma, vessels and suppressive cells to change.",
        "Recognition, priming, exhaustion: every T cell here can kill every tumour cell.",
        Limit(
            "chemokine",
            "Chemokines that lead T cells astray, or hold them outside: CXCL12 is not in it.",
        ),
    ),
    checks=(
        Check(
            "Tripling the T cells in the blood helps where blood is the barrier, and hardly where "
            "stroma is.",
            "derived",
            "test_more_t_cells_in_the_blood_help_only_where_blood_is_the_barrier",
        ),
        Check(
            "A closed ring of stroma keeps every T cell out.",
            "derived",
            "test_a_closed_shell_keeps_everybody_out",
        ),
        Check(
            "No two cells share a place, at any setting.",
            "derived",
            "test_no_two_cells_share_a_place",
        ),
        Check(
            "No T cell appears or is lost while T cells move.",
            "derived",
            "test_moving_keeps_the_number_of_t_cells",
        ),
    ),
)
