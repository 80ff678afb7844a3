"""What the book changes in its theme: lighter pages, fewer barriers, nothing that fails in silence.

Templates in `templates/` replace parts of the theme. What no template can reach is mended in the
finished HTML by `repair`, a pure function. Every repair leans on words of a pinned package;
`check_assumptions` stops the build when a package no longer says them, so that a stale workaround
is noticed and removed rather than kept for ever.
"""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError
from sphinx.util import logging

from immunolab.addresses import RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

# package, file, words the file must contain, what leans on them
ASSUMPTIONS = [
    (
        "pydata_sphinx_theme",
        "theme/pydata_sphinx_theme/static/webpack-macros.html",
        "vendor/fontawesome/6.5.2/js/all.min.js",
        "templates/static/webpack-macros.html, which leaves this script out",
    ),
    (
        "pydata_sphinx_theme",
        "theme/pydata_sphinx_theme/components/theme-switcher.html",
        "aria-label=\"{{ _('light/dark') }}\"",
        "templates/theme-switcher.html",
    ),
    (
        "pydata_sphinx_theme",
        "theme/pydata_sphinx_theme/components/search-button-field.html",
        "document.write(",
        "templates/search-button-field.html",
    ),
    (
        "pydata_sphinx_theme",
        "theme/pydata_sphinx_theme/components/navbar-logo.html",
        "document.write(",
        "templates/navbar-logo.html",
    ),
    (
        "sphinx_book_theme",
        "theme/sphinx_book_theme/components/toggle-primary-sidebar.html",
        'title="Toggle primary sidebar"',
        "templates/toggle-primary-sidebar.html",
    ),
    (
        "sphinx_book_theme",
        "theme/sphinx_book_theme/static/scripts/sphinx-book-theme.js",
        'document.querySelector("div.bd-sidebar-secondary").classList',
        "templates/layout.html, which gives this script the element it expects",
    ),
    (
        "sphinx",
        "themes/basic/static/searchtools.js",
        "else if (showSearchSummary)\n    fetch(requestUrl)",
        "search_from_disk() in immunolab/book/theme.py",
    ),
    (
        "pydata_sphinx_theme",
        "toctree.py",
        'summary = soup.new_tag("summary")',
        "name_toggles() in immunolab/book/theme.py, and the rule for it in static/site.css",
    ),
    (
        "myst_nb",
        "sphinx_.py",
        '<summary aria-label="Toggle hidden content">',
        "repair() in immunolab/book/theme.py",
    ),
    (
        "myst_nb",
        "core/render.py",
        '"ipywidgets_state"',
        "drop_widget_scripts() in immunolab/book/theme.py",
    ),
]


def check_assumptions(app: Sphinx) -> None:
    """Stop if a package changed under one of our workarounds."""
    for package, path, words, dependant in ASSUMPTIONS:
        source = files(package).joinpath(path)
        if not source.is_file() or words not in source.read_text(encoding="utf-8"):
            raise ExtensionError(
                f"{package}/{path} no longer contains {words!r}. Review {dependant}: either the"
                " workaround is not needed any more, or it has to follow the new version."
            )


def buttons_from_repository(app: Sphinx, config: Config) -> None:
    """Derive source, issue and launch buttons from the one `repository: url` setting."""
    options = config.html_theme_options
    known = bool(options.get("repository_url"))
    if tag := os.environ.get(RELEASE):
        # The buttons of a release lead to what was released, whatever is edited later.
        options["repository_branch"] = tag
        # Whoever reads an older copy should see that it is one.
        options["extra_footer"] = f"<p>Release {tag}.</p>{options.get('extra_footer', '')}"
    for button in ("use_repository_button", "use_issues_button", "use_source_button"):
        options[button] = known
    if not known:
        options["launch_buttons"] = {}


def failed_notebooks(env: BuildEnvironment) -> list[str]:
    """Return the pages of which a cell failed when they were last run."""
    return sorted(
        page
        for page, data in getattr(env, "nb_metadata", {}).items()
        if not data.get("exec_data", {}).get("succeeded", True)
    )


def run_failed_again(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Have Sphinx read again what failed before: the error may lie in a module, not in the page."""
    return [page for page in failed_notebooks(env) if page not in removed]


def fail_on_failed_cells(app: Sphinx, env: BuildEnvironment) -> None:
    """Fail the build if a notebook cell failed, whether or not warnings count as errors.

    myst-nb only warns, and plain `jupyter-book build .` would publish the traceback with status 0.
    """
    for page in failed_notebooks(env):
        logger.error("a cell of this notebook failed: see its traceback above", location=page)
        app.statuscode = 1


# --- repairs in the finished HTML ---------------------------------------------------------------

_WIDGET_VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">.*?</script>', re.DOTALL
)
_WIDGET_NOTE = (
    '<p class="needs-kernel">This control works when the page is opened as a notebook.</p>'
)


def repair(body: str) -> str:
    """Return the HTML of a page's text without the barriers that other packages leave in it."""
    # myst-nb: "Show code cell source" is announced as "Toggle hidden content", so a reader who
    # speaks the visible words to a voice control is not understood (WCAG 2.5.3).
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # pandas: the empty corner cell of a data frame is no header of anything.
    body = re.sub(r"<th>\s*</th>", "<td></td>", body)
    # myst-nb: an ipywidgets view without a kernel is an empty space with a random number in it.
    return _WIDGET_VIEW.sub(_WIDGET_NOTE, body)


def repair_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Mend a page's text; warn about controls that only a kernel could move."""
    body = context.get("body")
    if body is None:
        return
    if _WIDGET_VIEW.search(body):
        logger.warning(
            "a bare ipywidgets output cannot work on a page: show an explorable of immunolab"
            " instead, or tag the cell remove-output",
            location=pagename,
            type="immunolab",
            subtype="widget",
        )
    context["body"] = repair(body)


def name_toggles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Name the arrows that unfold the pages below a page in the sidebar.

    Symptom: a screen reader says "button" and no more. Cause: pydata-sphinx-theme makes a summary
    with an icon alone. Remove when its toctree.py names it.
    """
    written = context.get("generate_toctree_html")
    if written is None:
        return

    def named(kind: str, **options: Any) -> Any:
        contents = written(kind, **options)
        # The theme keeps what it has made, and gives the same at the next call.
        for summary in contents.select("li.has-children > details > summary:not([aria-label])"):
            page = summary.find_parent("li").find("a").get_text().strip()
            summary["aria-label"] = f"Pages of {page}"
        return contents

    context["generate_toctree_html"] = named


def drop_widget_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Leave out what myst-nb adds for ipywidgets: two scripts from other hosts, and dead state.

    Symptom: 4.4 MB from third parties, after which a slider moves while its figure stays.
    Cause: a page has no kernel. Remove when myst-nb offers a switch for the state as well as for
    the scripts (`nb_ipywidgets_js` is for the scripts alone).
    """
    from myst_nb.sphinx_ import NbMetadataCollector

    scripts = NbMetadataCollector.get_js_files(app.env, pagename)
    for key in [key for key in scripts if key.startswith("ipywidgets_")]:
        del scripts[key]


def load_by_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Leave out the scripts of components that are not on the page."""
    body = context.get("body", "")
    needed = {
        "design-tabs.js": "sd-tab-set" in body,
        "clipboard.min.js": "highlight" in body,
        "copybutton.js": "highlight" in body,
    }
    scripts = context.get("script_files")
    if scripts is not None:
        scripts[:] = [
            script
            for script in scripts
            if needed.get(str(getattr(script, "filename", "") or "").rpartition("/")[2], True)
        ]


def search_from_disk(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Have a search that was opened from a disk list its results without extracts.

    Symptom: each result is an error in the console, "Failed to fetch".
    Cause: Sphinx fetches every found page for its extract, which no browser allows from a file.
    Remove when Sphinx asks nothing where it cannot be answered.
    """
    if pagename == "search":
        switch = "DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== 'file:';"
        app.add_js_file(None, body=switch)


def extra_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page for lost readers, and an entrance that sends on to the root page.

    Jupyter Book would write an entrance itself, but one without language, title or link.
    """
    drawing = (Path(__file__).parent / "static" / "logo.svg").read_text(encoding="utf-8")
    at = app.config.html_baseurl
    yield "404", {"logo_drawing": drawing, "html_baseurl": at}, "404.html"
    if app.config.root_doc != "index":
        yield "index", {}, "index.html"


def give_unscripted_pages_a_theme(app: Sphinx, exception: Exception | None) -> None:
    """Write the light theme into pages that leave the choice to a script.

    The theme writes data-theme="auto" and lets its script decide; without JavaScript no colour
    applies and the header lies transparent over the text. The script overrides what stands here.
    """
    if exception is None:
        for page in Path(app.outdir).rglob("*.html"):
            html = page.read_text(encoding="utf-8")
            if 'data-theme="auto"' in html:
                page.write_text(html.replace('data-theme="auto"', 'data-theme="light"', 1), "utf-8")


def setup(app: Sphinx) -> None:
    """Register the changes."""
    app.add_css_file("site.css")
    app.add_css_file("live.css")
    app.add_css_file("quiz.css")
    app.add_js_file("a11y.js", loading_method="defer")
    app.connect("config-inited", buttons_from_repository)
    app.connect("builder-inited", check_assumptions)
    app.connect("env-get-outdated", run_failed_again)
    app.connect("env-updated", fail_on_failed_cells)
    app.connect("html-collect-pages", extra_pages)
    # Before myst-nb puts the scripts on the page (at the default priority, 500).
    app.connect("html-page-context", drop_widget_scripts, priority=400)
    app.connect("html-page-context", repair_page)
    # After pydata-sphinx-theme has put its function there (at the default priority).
    app.connect("html-page-context", name_toggles, priority=600)
    app.connect("html-page-context", load_by_page, priority=900)
    app.connect("html-page-context", search_from_disk)
    app.connect("build-finished", give_unscripted_pages_a_theme)
