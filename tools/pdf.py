"""Print the whole book for a class: _build/escape-routes-<version>.pdf, from one HTML document.

python -m tools.pdf                     the book in _build/html, on A4
python -m tools.pdf --paper letter
python -m tools.pdf --book FOLDER       a book built elsewhere
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from tools.book import BUILD, HTML, is_up_to_date, sources
from tools.browser import FLAGS, HELP, find_browser
from tools.edition import edition
from tools.paper.document import document
from tools.paper.front import PAPERS, text_width
from tools.paper.menu import PaperError

# A formula does not break over lines. One that is wider than the text is set smaller; one that
# could not be read then is left to the hosted book: written out, a recursion can be metres wide.
_SMALLEST = 0.5
_TOO_LONG = "A formula stands here that is too long for paper; the hosted book has it."
_FIT_FORMULAS = """([smallest, tooLong]) => {
  const formulas = [...document.querySelectorAll('.katex-display, math[display="block"]')];
  // All are measured before the first is changed: each change would lay out the whole book again.
  const measured = formulas.map(formula => {
    let line = formula.parentElement;
    while (getComputedStyle(line).display === 'inline') line = line.parentElement;
    const needed = Math.max(formula.scrollWidth, formula.getBoundingClientRect().width);
    const size = parseFloat(getComputedStyle(formula).fontSize);
    return { formula, line, size, share: line.clientWidth / needed };
  });
  for (const { formula, line, size, share } of measured) {
    if (share < smallest) line.textContent = tooLong;
    else if (share < 1) formula.style.fontSize = 0.97 * share * size + 'px';
  }
}"""
_TOO_WIDE = """() => {
  const edge = document.querySelector('main').getBoundingClientRect().right + 1;
  const cut = element => {
    if (!element.getClientRects().length || element.closest('svg, .cycle-said')
        || element.parentElement.closest('.katex')) return false;
    const clips = getComputedStyle(element).overflowX !== 'visible' && element.clientWidth;
    return element.getBoundingClientRect().right > edge
      || (clips && element.scrollWidth > element.clientWidth + 1);
  };
  return [...document.querySelectorAll('main *')].filter(cut).map(element => {
    const words = element.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60);
    return `#${element.closest('[id]').id}, <${element.tagName.toLowerCase()}> “${words}”`;
  });
}"""
_FILL_IN = """numbers => {
  for (const place of document.querySelectorAll('.page-number')) {
    if (!(place.dataset.of in numbers)) throw new Error('no page has #' + place.dataset.of);
    place.textContent = numbers[place.dataset.of];
  }
}"""


@contextmanager
def laid_out(browser: Browser, html: str, paper: str) -> Iterator[Page]:
    """Open a document as it will stand on paper; nothing beyond this machine can be asked."""
    width = int(text_width(paper))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "book.html")
        file.write_text(html, encoding="utf-8")
        with browser.new_context(offline=True, viewport={"width": width, "height": 900}) as context:
            page = context.new_page()
            page.set_default_timeout(180_000)
            page.emulate_media(media="print", color_scheme="light")
            page.goto(file.as_uri())
            page.evaluate("document.fonts.ready")
            page.evaluate(_FIT_FORMULAS, [_SMALLEST, _TOO_LONG])
            yield page


def too_wide(page: Page) -> list[str]:
    """Return what would be cut at the right edge of the paper: the place, and its first words."""
    return list(dict.fromkeys(page.evaluate(_TOO_WIDE)))


def printed(page: Page) -> bytes:
    """Print an open document, twice: which page is which is known when it was printed once."""
    page.evaluate(_FILL_IN, _page_numbers(_print(page)))
    return _print(page)


def _print(page: Page) -> bytes:
    return page.pdf(tagged=True, outline=True, prefer_css_page_size=True, print_background=True)


def _page_numbers(pdf: bytes) -> dict[str, int]:
    """Return the page of every anchor of the document that a link leads to."""
    reader = PdfReader(io.BytesIO(pdf))
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def make(book: Path, target: Path, paper: str, executable: Path) -> None:
    """Print a built book to a file, and say how far it is."""
    what = edition()
    _say("putting all pages into one document")
    html = document(book, what, paper)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to the root user; containers often are root.
        sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
        browser = playwright.chromium.launch(
            executable_path=str(executable), chromium_sandbox=sandbox, args=[*FLAGS]
        )
        with laid_out(browser, html, paper) as page:
            for place in too_wide(page):
                _say(f"wider than the paper: {place}")
            _say("printing, twice: the contents name page numbers")
            target.write_bytes(printed(page))
        browser.close()


def _say(words: str) -> None:
    print(f"pdf: {words}", flush=True)


def main(words: list[str] | None = None) -> int:
    """Read the command line and print; return 1, and say what to do, if that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m tools.pdf", description="Print the book.")
    parser.add_argument("--book", type=Path, default=HTML, help="a built book, of HTML pages")
    parser.add_argument("--paper", choices=PAPERS, default="a4")
    parser.add_argument("--target", type=Path, help="where the PDF goes; default: _build/")
    arguments = parser.parse_args(words)
    if arguments.book == HTML and not is_up_to_date(sources()):
        print("pdf: _build/html holds no book of these sources. Run: make book", file=sys.stderr)
        return 1
    browser = find_browser()
    if browser is None:
        print(HELP, file=sys.stderr)
        return 1
    target = arguments.target or BUILD / f"{edition().name}.pdf"
    started = time.monotonic()
    try:
        make(arguments.book.resolve(), target, arguments.paper, browser)
    except PaperError as error:
        print(f"pdf: {error}", file=sys.stderr)
        return 1
    size, seconds = target.stat().st_size / 1e6, time.monotonic() - started
    _say(f"{target}, {len(PdfReader(target).pages)} pages, {size:.1f} MB, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
