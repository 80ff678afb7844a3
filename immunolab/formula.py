r"""Formulas as HTML, and Markdown that holds formulas: no script is left for the page to run.

KaTeX runs inside Python: mini-racer (V8) evaluates the `katex.min.js` that sphinxcontrib-katex
carries. The book shows KaTeX's own HTML, which needs its style sheet and fonts; a notebook shows
MathML, which every browser of today draws by itself.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

#: The version that `book/static/katex/` holds the style sheet and fonts of.
KATEX_VERSION = "0.16.22"

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


#: ``maths(latex, display)`` returns a formula as HTML.
Maths = Callable[[str, bool], str]


class LatexError(ValueError):
    """KaTeX could not read a formula."""


def katex_html(latex: str, display: bool = False) -> str:
    """Return `latex` as visible spans, hidden from assistive technology, and MathML for it.

    Raises LatexError, with KaTeX's own words and position, if the formula cannot be read.
    """
    return _render(latex, display, "htmlAndMathml")


def mathml(latex: str, display: bool = False) -> str:
    """Return `latex` as MathML alone. Raises LatexError as `katex_html` does."""
    return _render(latex, display, "mathml")


@lru_cache(maxsize=4096)
def _render(latex: str, display: bool, output: str) -> str:
    options = {"displayMode": display, "throwOnError": True, "strict": "ignore", "output": output}
    answer = json.loads(_katex().call("renderFormula", latex, options))
    if "error" in answer:
        # KaTeX underlines the place with combining characters, which many terminals show as dirt.
        raise LatexError(answer["error"].removeprefix("KaTeX parse error: ").replace("\u0332", ""))
    return answer["html"]


@lru_cache(maxsize=1)
def _katex() -> MiniRacer:
    """Start V8 with KaTeX loaded: once, about 50 ms."""
    from py_mini_racer import MiniRacer

    spec = importlib.util.find_spec("sphinxcontrib.katex")
    if spec is None or spec.origin is None:
        raise ImportError("sphinxcontrib-katex is missing: pip install -r requirements.txt")
    engine = MiniRacer()
    # Left to its finaliser, MiniRacer waits for a thread that the interpreter has already stopped,
    # and Python never ends. Its documentation asks for a close of one's own.
    atexit.register(engine.close)
    engine.eval(Path(spec.origin).with_name("katex.min.js").read_text(encoding="utf-8"))
    found = engine.eval("katex.version")
    if found != KATEX_VERSION:
        # With another version's style sheet, subscripts come out at full size without a word.
        raise ImportError(
            f"sphinxcontrib-katex carries KaTeX {found}, but immunolab/book/static/katex/ holds the"
            f" style sheet and fonts of {KATEX_VERSION}: replace them together."
        )
    engine.eval(_RENDER_FORMULA)
    return engine


class InlineMarkdown:
    """Call it with one paragraph of Markdown: it returns HTML, with formulas set by ``maths``."""

    def __init__(self, maths: Maths):
        self._markdown = MarkdownIt("commonmark", {"html": False}).use(
            dollarmath_plugin,
            renderer=lambda latex, options: maths(latex, options["display_mode"]),
        )

    def __call__(self, text: str) -> str:
        return self._markdown.renderInline(" ".join(text.split()))
