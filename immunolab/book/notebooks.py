"""Run the notebooks of a build several at a time, before its pages are read.

MyST-NB runs each notebook when its page is read, one after the other, while all processors but one
stand idle.  Here they run ahead into a cache of this one build, from which MyST-NB takes them.  A
notebook that fails is left out of it: MyST-NB runs it again and reports it as ever.
"""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

MOST_KERNELS = 4  # each takes some 300 MB


def setup(app: Sphinx) -> None:
    """Have the notebooks run before any page is read."""
    app.connect("env-before-read-docs", run_ahead)


def run_ahead(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the notebooks among these pages, and let MyST-NB find what they showed."""
    if env.mystnb_config.execution_mode != "force":
        return
    # New for each build: a cache knows a cell by its text, and would serve yesterday's results
    # after an edit in the package.
    # (Windows keeps its database open until the build ends; the system tidies up later.)
    folder = tempfile.TemporaryDirectory(prefix="notebooks-", ignore_cleanup_errors=True)
    app.connect("build-finished", lambda app, exception: folder.cleanup())
    cache = get_cache(folder.name)
    for page, result in _run(env, docnames):
        logger.info("%s: run in %.0f s", page, result.time)
        if result.err is None:
            cache.cache_notebook_bundle(
                CacheBundleIn(result.nb, page, data={"execution_seconds": result.time}),
                check_validity=False,
            )
    env.mystnb_config = env.mystnb_config.copy(
        execution_mode="cache", execution_cache_path=folder.name
    )
    kept = len(cache.list_cache_records())

    def warn_of_second_runs(app: Sphinx, env: BuildEnvironment) -> None:
        # What MyST-NB does not find it runs, and keeps.
        if len(cache.list_cache_records()) > kept:
            logger.warning(
                "MyST-NB ran notebooks that had run ahead: it reads pages otherwise than _read() "
                "in immunolab/book/notebooks.py does. Compare it with myst_nb.core.read."
            )

    app.connect("env-updated", warn_of_second_runs)


def _run(env: BuildEnvironment, docnames: list[str]) -> Iterator[tuple[str, ExecutionResult]]:
    """Yield page and result of every notebook, as they come."""
    options = {
        "timeout": env.mystnb_config.execution_timeout,
        "allow_errors": env.mystnb_config.execution_allow_errors,
    }
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_KERNELS)) as kernels:
        pages = {}
        for name in docnames:
            path = Path(env.doc2path(name))
            if any(path.match(pattern) for pattern in env.mystnb_config.execution_excludepatterns):
                continue
            notebook = _read(env, path)
            if notebook is not None:
                running = kernels.submit(
                    single_nb_execution, notebook, cwd=str(path.parent), **options
                )
                pages[running] = name
        for done in as_completed(pages):
            result: ExecutionResult = done.result()
            yield pages[done], result


def _read(env: BuildEnvironment, path: Path) -> NotebookNode | None:
    """Return a page's notebook as MyST-NB reads it, or None for a page without code."""
    if path.suffix not in {".md", ".ipynb"}:
        return None
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    return None if reader is None else reader.read(text)
