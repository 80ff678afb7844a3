"""Formulas as HTML, and the engine that makes them."""

import subprocess
import sys

import pytest

from immunolab.formula import InlineMarkdown, LatexError, katex_html, mathml


def test_the_book_gets_spans_and_mathml_a_notebook_mathml_alone():
    assert "<msub><mi>K</mi><mi>d</mi></msub>" in mathml("K_d")
    assert "katex-html" not in mathml("K_d")
    assert "<msub><mi>K</mi><mi>d</mi></msub>" in katex_html("K_d")
    assert 'class="katex-html" aria-hidden="true"' in katex_html("K_d")


def test_a_formula_that_cannot_be_read_is_told_with_its_place():
    with pytest.raises(LatexError, match=r"sequence: \\fract at position 3: 1 \\fract\{d\}"):
        mathml(r"1 \fract{d}")


def test_markdown_with_formulas():
    write = InlineMarkdown(lambda latex, display: f"<m>{latex}</m>")
    assert write("Half\n of $K_d$.") == 'Half of <span class="math inline"><m>K_d</m></span>.'
    assert write("*Half*, <b>not</b> all.") == "<em>Half</em>, &lt;b&gt;not&lt;/b&gt; all."


@pytest.mark.slow
def test_the_engine_is_closed_before_python_ends():
    """Otherwise Python hangs at its end, in some four runs of ten when the machine is busy."""
    program = """
import atexit
from immunolab import formula
engine = formula._katex
atexit.register(lambda: print("open" if engine()._ctx else "closed"))
formula.mathml("x")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == ["closed"]
