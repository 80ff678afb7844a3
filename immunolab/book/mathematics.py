r"""Mathematics set at build time: LaTeX in, HTML with MathML out, no script on the page.

KaTeX runs inside Python: mini-racer (V8) evaluates the `katex.min.js` that sphinxcontrib-katex
carries. `render` is for anyone who needs a formula as HTML; the rest of the module is the Sphinx
math renderer `katex-at-build`, to be chosen with `html_math_renderer`.
The style sheet and fonts in `static/katex/` belong to exactly one KaTeX version and are linked only
from pages with a formula.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

RENDERER = "katex-at-build"
KATEX_VERSION = "0.16.22"
STYLE_SHEET = "katex/katex.min.css"

logger = logging.getLogger(__name__)


# Errors come back as data: an exception thrown in V8 would arrive with a stack trace in its text.
_RENDER_FORMULA = """
function renderFormula(latex, options) {
  try {
    return JSON.stringify({ html: katex.renderToString(latex, options) });
  } catch (error) {
    return JSON.stringify({ error: error.message });
  }
}
"""


class LatexError(ValueError):
    """KaTeX could not read a formula."""


@lru_cache(maxsize=4096)
def render(latex: str, display: bool = False) -> str:
    """Return `latex` as HTML: visible spans, hidden from assistive technology, and MathML for it.

    Raises LatexError, with KaTeX's own words and position, if the formula cannot be read.
    """
    options = {"displayMode": display, "throwOnError": True, "strict": "ignore"}
    answer = json.loads(_katex().call("renderFormula", latex, options))
    if "error" in answer:
        raise LatexError(answer["error"].removeprefix("KaTeX parse error: "))
    return answer["html"]


@lru_cache(maxsize=1)
def _katex() -> MiniRacer:
    """Start V8 with KaTeX loaded: once, about 50 ms."""
    from py_mini_racer import MiniRacer

    spec = importlib.util.find_spec("sphinxcontrib.katex")
    if spec is None or spec.origin is None:
        raise ExtensionError("sphinxcontrib-katex is missing: pip install -r requirements.txt")
    engine = MiniRacer()
    engine.eval(Path(spec.origin).with_name("katex.min.js").read_text(encoding="utf-8"))
    found = engine.eval("katex.version")
    if found != KATEX_VERSION:
        # With another version's style sheet, subscripts come out at full size without a word.
        raise ExtensionError(
            f"sphinxcontrib-katex carries KaTeX {found}, but immunolab/book/static/katex/ holds the"
            f" style sheet and fonts of {KATEX_VERSION}: replace them together."
        )
    engine.eval(_RENDER_FORMULA)
    return engine


# --- the Sphinx math renderer -------------------------------------------------------------------

# Sphinx writes equation numbers, so KaTeX must not: every numbering environment gets its star.
_NUMBERING = re.compile(r"\\(begin|end)\{(align|alignat|equation|gather)\}")


def _displayed(source: str, nowrap: bool) -> str:
    """Lay out the source of a display formula as Sphinx defines it.

    A blank line separates equations, set under each other; an equation with a line break is split.
    """
    source = _NUMBERING.sub(r"\\\1{\2*}", source)
    if nowrap:
        return source
    parts = [part.strip() for part in re.split(r"\n\s*\n", source) if part.strip()]
    parts = [
        rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part and r"\begin" not in part else part
        for part in parts
    ]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{aligned}" + r"\\".join(parts) + r"\end{aligned}"


def _rendered(node: nodes.Element, latex: str, display: bool) -> str:
    """Render a node's formula; on an error warn with file and line, and show the source."""
    try:
        return render(latex, display)
    except LatexError as error:
        logger.warning(
            "KaTeX cannot read %r: %s", node.astext(), error, location=node, type="katex"
        )
        return f"<code>{escape(latex)}</code>"


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    body = translator.body
    body.append(translator.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    body.append(_rendered(node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def visit_displaymath(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a display formula, with its number and a link to itself where it has one."""
    body = translator.body
    body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        body.append("</span>")
    body.append(_rendered(node, _displayed(node.astext(), node["nowrap"]), display=True))
    body.append("</div>\n")
    raise nodes.SkipNode


def link_style_sheet(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Link KaTeX's style sheet from the pages that show a formula, in the text or in the menu."""
    in_text = 'class="katex' in context.get("body", "")
    in_menu = any(next(title.findall(nodes.math), None) for title in app.env.titles.values())
    if in_text or in_menu:
        app.add_css_file(STYLE_SHEET)


def setup(app: Sphinx) -> None:
    """Register the renderer."""
    app.add_html_math_renderer(RENDERER, (visit_math, None), (visit_displaymath, None))
    app.connect("html-page-context", link_style_sheet)
