"""What the pages of the book show, made again from their sources: the Python side of parity.

A page may define models of its own, so its cells are run as a kernel would run them: all in one
namespace, in order, and the value of a last expression is what is displayed.
"""

import ast
import contextlib
import functools
import linecache
import re

import jupytext
from built import ROOT

_HEADER = re.compile(r"\A---\n.*?^(?:jupytext|kernelspec):.*?^---$", re.DOTALL | re.MULTILINE)


@functools.cache
def explorables_of(file):
    """The explorables of a built page by name, from its source: x.html is made of x.md."""
    source = (ROOT / file).with_suffix(".md")
    if not source.is_file():
        raise AssertionError(f"{file}: its source {source.relative_to(ROOT)} does not exist")
    return explorables_in(source)


def explorables_in(source):
    """Run the code cells of a page; return the explorables that they display, by name."""
    from immunolab.explore import Explorable  # here, so that a broken package fails a test

    shown = {}
    for value in displayed(source):
        if isinstance(value, Explorable):
            if value.name in shown:
                raise AssertionError(f"{source.name}: two explorables are called {value.name}")
            shown[value.name] = value
    return shown


def displayed(source):
    """Yield the values of the last expressions of a page's code cells, top to bottom."""
    import matplotlib as mpl

    mpl.use("agg")
    namespace = {"__name__": "__main__"}
    with contextlib.chdir(source.parent):
        for number, cell in enumerate(jupytext.read(source).cells):
            if cell.cell_type != "code" or "skip-execution" in cell.metadata.get("tags", ()):
                continue
            yield from _last_value(cell.source, f"<{source.name}, cell {number}>", namespace)


def _last_value(code, name, namespace):
    # Known to linecache, the functions of a cell have a source, for messages and for display.
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    tree = ast.parse(code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    if last is not None and not code.rstrip().endswith(";"):
        yield eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def notebooks():
    """Files of the book in Markdown whose header makes them notebooks; exercises have own tests."""
    folders = (ROOT, ROOT / "chapters", ROOT / "teaching")
    files = sorted(path for folder in folders for path in folder.glob("*.md"))
    return [path for path in files if _HEADER.match(path.read_text(encoding="utf-8"))]
