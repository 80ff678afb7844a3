"""The book on paper: one document in which nothing is lost, and a PDF that can be read aloud."""

import base64
import io
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from built import BOOK, explorables, parse
from pypdf import PdfReader
from quizzes import questions

from tools import pdf
from tools.edition import edition
from tools.paper.document import document
from tools.paper.menu import NOT_ON_PAPER, PaperError, pages
from tools.pdf import laid_out, printed, too_wide

# One worker for all: putting the book into one document takes as long as all that is asked of it.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("paper")]

HEADINGS = ["h1", "h2", "h3", "h4", "h5"]
NAMES_IDS = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "data-of")


@dataclass
class Paper:
    html: str

    def __post_init__(self):
        self.soup = BeautifulSoup(self.html, "html.parser")
        named = self.soup.find_all(id=True)
        self.ids = [element["id"] for element in named]
        self.by_id = dict(zip(self.ids, named, strict=True))
        # Questions and labs have names that no other page uses.
        self.by_name = {name.partition("--")[2]: self.by_id[name] for name in self.ids}


@pytest.fixture(scope="module")
def whole(book):
    return Paper(document(book, edition()))


def words(element):
    return " ".join(element.get_text(" ").split())


# --- the document ---------------------------------------------------------------------------------


def test_ids_are_unique_and_whatever_refers_to_one_finds_it(whole):
    assert not [name for name, times in Counter(whole.ids).items() if times > 1]
    wanted = [link["href"] for link in whole.soup.select("a[href], use[href]")]
    wanted += [use["xlink:href"] for use in whole.soup.select("use:not([href])")]
    wanted += ["#" + name for name in re.findall(r"url\(#([^)]+)\)", whole.html)]
    wanted += [
        "#" + name
        for attribute in NAMES_IDS
        for element in whole.soup.find_all(attrs={attribute: True})
        for name in element[attribute].split()
    ]
    inside = [name for name in wanted if not re.match("https?:|mailto:", name)]
    assert len(inside) > len(wanted) / 2
    assert not [name for name in inside if name.removeprefix("#") not in whole.by_id]


def test_every_page_but_those_about_the_site_is_there_with_all_its_headings(book, whole):
    menu = parse(book / pages(book)[0].file).select("nav.bd-links a.reference")
    assert len(pages(book)) == len(menu) - len(NOT_ON_PAPER)
    listed = [link["href"] for link in whole.soup.select(".book-contents a")]
    assert [name for name in listed if "--" not in name] == [f"#{p.slug}" for p in pages(book)]
    for page in pages(book):
        there = {(h.name, words(h)) for h in whole.by_id[page.slug].find_all(HEADINGS)}
        for heading in parse(book / page.file).article.find_all(HEADINGS):
            name = f"h{int(heading.name[1]) + page.depth}"
            assert (name, words(heading).removesuffix(" #")) in there, page.file


def test_nothing_is_left_that_only_a_screen_can_use(whole):
    left = "script, button, input, select, form, label, details, .headerlink, [hidden]"
    assert not whole.soup.select(left)
    assert "data-key" not in whole.html


def test_questions_are_there_and_their_answers_are_not(book, whole):
    said = words(whole.soup.main)
    for file in sorted({file for file, _ in questions(BOOK)}):
        for form in parse(book / file).select("form.quiz-item"):
            sheet = whole.by_name[form["id"]]
            assert words(form.legend) in words(sheet)
            fields = form.select("input, select")
            assert len(sheet.select(".paper-box, .paper-line, .paper-place")) >= len(fields) > 0
            key = json.loads(base64.b64decode(form["data-key"]))
            told = [key.get(name) for name in ("explain", "right", "otherwise")]
            for reason in filter(None, told + key.get("feedback", [])):
                assert words(BeautifulSoup(reason, "html.parser")) not in said, form["id"]


def test_labs_are_still_pictures_that_say_what_they_show(book, whole):
    for file, name in explorables(BOOK):
        lab, root = whole.by_name[name], parse(book / file).find(id=name)
        for part in (".live-title", ".live-outcome", ".live-readouts"):
            assert words(lab.select_one(part)) == words(root.select_one(part))
        assert len(lab.select("svg[aria-label]")) == len(root.select(".live-figure svg"))
        assert "hosted book" in words(lab.select_one(".live-elsewhere"))
        assert not lab.select("table, pre")


def test_a_folder_without_a_book_is_refused(tmp_path):
    with pytest.raises(PaperError, match="make book"):
        document(tmp_path, edition())


@pytest.mark.parametrize(("stale", "says"), [(True, "make book"), (False, "BROWSER_PATH")])
def test_without_book_or_browser_it_says_what_to_do(monkeypatch, capsys, stale, says):
    monkeypatch.setattr(sys, "argv", ["pdf"])
    monkeypatch.setattr(pdf, "is_up_to_date", lambda now: not stale)
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    assert pdf.main() == 1
    assert says in capsys.readouterr().err


# --- the layout -----------------------------------------------------------------------------------


def test_nothing_is_cut_at_the_edge_of_the_paper(whole, browser):
    """On A4, the narrower of the two papers."""
    with laid_out(browser, whole.html, "a4") as page:
        assert too_wide(page) == []


def test_what_would_be_cut_is_named_and_a_long_formula_set_smaller(browser):
    html = (
        '<main id="all"><p id="wide" style="width: 2000px">wide words</p>'
        '<div style="overflow: hidden"><div id="hidden" style="width: 2000px"></div></div>'
        f'<div><div class="katex-display" style="font-size: 16px">{"x" * 100}</div></div>'
        "<p>narrow words</p></main>"
    )
    with laid_out(browser, html, "a4") as page:
        found = too_wide(page)
        size = page.locator(".katex-display").evaluate("f => parseFloat(f.style.fontSize)")
    assert 8 < size < 16
    assert any(place.startswith("#wide, <p> “wide words”") for place in found)
    assert any(place.startswith("#hidden") for place in found)
    assert not any("narrow" in place or "xxx" in place for place in found)


# --- the PDF --------------------------------------------------------------------------------------


@dataclass
class Part:
    """The first page of the book and the first with questions: printed, and as they were before."""

    pdf: PdfReader
    soup: BeautifulSoup

    def __post_init__(self):
        self.texts = [sheet.extract_text() for sheet in self.pdf.pages]


@pytest.fixture(scope="module")
def part(book, browser):
    html = document(book, edition(), only=[pages(book)[0].file, questions(BOOK)[0][0]])
    with laid_out(browser, html, "a4") as page:
        return Part(PdfReader(io.BytesIO(printed(page))), BeautifulSoup(html, "html.parser"))


def structure(node):
    """Every element of a PDF's structure below a node."""
    node = node.get_object()
    for child in node if isinstance(node, list) else [node]:
        child = child.get_object()
        if isinstance(child, dict) and "/S" in child:
            yield child
            if "/K" in child:
                yield from structure(child["/K"])


def test_the_pdf_is_tagged_and_its_pictures_are_told(part):
    root = part.pdf.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    elements = [*structure(root["/StructTreeRoot"]["/K"])]
    assert {"/H1", "/H2", "/P", "/L", "/Link"} <= {element["/S"] for element in elements}
    told = [element.get("/Alt") for element in elements if element["/S"] == "/Figure"]
    pictures = part.soup.select("main svg[role=img], main .katex")
    assert Counter(told) >= Counter(picture["aria-label"] for picture in pictures)
    assert all(told)


def test_the_outline_has_the_chapters_and_below_them_their_sections(part):
    found = []
    for entry in part.pdf.outline:
        if isinstance(entry, list):
            found[-1][1].extend(one.title for one in entry if not isinstance(one, list))
        else:
            found.append((entry.title, []))
    expected = [("Contents", [])] + [
        (words(article.h1), [words(heading) for heading in article.select("h2")])
        for article in part.soup.select("main > article")
    ]
    assert found == expected


def test_links_lead_to_places_in_the_pdf_and_the_contents_name_their_pages(part):
    places = part.pdf.named_destinations
    notes = [note.get_object() for sheet in part.pdf.pages for note in sheet.get("/Annots", ())]
    inside = [note["/Dest"] for note in notes if "/Dest" in note]
    assert {f"/{link['href'][1:]}" for link in part.soup.select("a[href^='#']")} <= {*inside}
    assert {*inside} <= {*places}
    contents = "".join(part.texts[1:4])
    for link in part.soup.select(".book-contents .chapter a"):
        number = part.pdf.get_destination_page_number(places[f"/{link['href'][1:]}"]) + 1
        assert re.search(rf"{re.escape(words(link))}\s*{number}\b", contents)
        assert words(link) in part.texts[number - 1]


def test_the_questions_can_be_read_in_the_pdf_and_its_fonts_are_in_it(part):
    read = "".join("".join(part.texts).split())
    stems = [stem for stem in part.soup.select(".quiz-stem") if not stem.select(".math")]
    assert stems
    for stem in stems:
        assert "".join(stem.get_text().split()) in read
    fonts = [
        font.get_object()
        for sheet in part.pdf.pages
        for font in sheet["/Resources"].get("/Font", {}).values()
    ]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        inside = [key for key in inner.get("/FontDescriptor", {}) if "FontFile" in key]
        assert inside or font["/Subtype"] == "/Type3", f"{font['/BaseFont']} is not embedded"
