r"""Mathematics set at build time: LaTeX in, HTML with MathML out, no script on the page.

This is the Sphinx math renderer `katex-at-build`, to be chosen with `html_math_renderer`.
The style sheet and fonts in `static/katex/` belong to exactly one KaTeX version and are linked only
from pages with a formula.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from immunolab import formula

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

RENDERER = "katex-at-build"
STYLE_SHEET = "katex/katex.min.css"

logger = logging.getLogger(__name__)


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
        return formula.katex_html(latex, display)
    except formula.LatexError as error:
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
