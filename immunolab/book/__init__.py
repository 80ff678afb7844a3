"""The Sphinx extension behind the pages.

Everything Sphinx must know about this book is registered here, one line a part: the notebooks run
several at a time, solutions of exercises folded, mathematics set at build time, the icons cut to
those in use, words and sources explained beside their links, the theme made lighter and accessible,
each page with its notebook, slides quoted from the chapters.
Explorables need no line: myst-nb finds their renderer through the package's entry point.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from immunolab.book import (
    exercises,
    hints,
    icons,
    launch,
    marks,
    mathematics,
    notebooks,
    slides,
    theme,
)
from immunolab.fragment import PAGES_ONLY

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

HERE = Path(__file__).parent


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the parts of the book with Sphinx."""
    app.connect("config-inited", add_paths)
    app.connect("builder-inited", ask_for_pages_only)
    exercises.setup(app)
    notebooks.setup(app)
    mathematics.setup(app)
    icons.setup(app)
    hints.setup(app)
    marks.setup(app)
    theme.setup(app)
    launch.setup(app)
    slides.setup(app)
    # One process: V8 (which runs KaTeX) does not survive a fork, and the book is small.
    return {"version": "1.0", "parallel_read_safe": False, "parallel_write_safe": False}


def ask_for_pages_only(app: Sphinx) -> None:
    """Tell the kernels, which inherit the environment, that only a page will be made of them."""
    if app.builder.format == "html":
        os.environ[PAGES_ONLY] = "1"


def add_paths(app: Sphinx, config: Config) -> None:
    """Offer our templates and static files to Sphinx.

    Added from here, not through a `_static` folder beside the sources: as soon as Jupyter Book 1.x
    sees such a folder, it loads every script found below any static path on every page.
    """
    config.templates_path.insert(0, str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))
