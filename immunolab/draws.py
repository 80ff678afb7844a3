"""Chance that is the same on the page and in a kernel: a hash of (seed, place, draw).

It is the same in every language and does not depend on the order in which it is asked.  A place is
a patient or a site of a grid.
"""

from __future__ import annotations

import numpy as np

# The multipliers of the integer hash "lowbias32" (public domain): after two rounds of shift and
# multiply, each input bit changes each output bit about half of the time.
FIRST, SECOND = np.uint32(0x7FEB352D), np.uint32(0x846CA68B)


def uniform(seed: int, places: np.ndarray, draw: int) -> np.ndarray:
    """Return a number between 0 and 1 for each place, the same in every language."""
    with np.errstate(over="ignore"):
        state = _mixed(np.uint32(seed) + np.uint32(0x9E3779B9))
        state = _mixed(state + places.astype(np.uint32))
        state = _mixed(state + np.uint32(draw))
    return (state.astype(float) + 0.5) / 4294967296.0


def _mixed(x):
    x = x ^ (x >> np.uint32(16))
    x = x * FIRST
    x = x ^ (x >> np.uint32(15))
    x = x * SECOND
    return x ^ (x >> np.uint32(16))


def normal(seed: int, places: np.ndarray, draw: int) -> np.ndarray:
    """Return a standard normal number for each place (Box and Muller)."""
    radius = np.sqrt(-2.0 * np.log(uniform(seed, places, 2 * draw)))
    return radius * np.cos(2.0 * np.pi * uniform(seed, places, 2 * draw + 1))
