# ruff: noqa: E501 -- it holds HTML and messages in strings
"""Slides say what the chapter says: sentences are found, and what is not there is named."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

from immunolab.bank import bank_of
from immunolab.book import slides
from immunolab.book.slides import SlidesError, deck_of, read, write_decks
from immunolab.cycle import where_we_are
from immunolab.drawings import drawing
from immunolab.places import BOOK, sections

LISTS = sorted((BOOK / slides.FOLDER).glob("*.yml"))

LIST = """chapter: toy
slides:
  - title
  - case
  - objectives
  - section: a-brake
    say:
      - Order matters here
      - "It's \\"often\\" said"
      - See the brake
  - section: a-brake
    say:
      - The share is
  - figure: receptors
  - figure: patterns
  - figure: a-plot
  - question: toy-p01
  - lab: brake
  - came-out: toy-p01
  - question: toy-q01
  - take-aways
"""
PLOT = """<figure class="evidence-plot" id="plot-a-plot-of-trials"><figcaption><strong>A plot of
trials.</strong> Two rows.</figcaption><svg role="img" aria-label="Two intervals" viewBox="0 0 325 400">
<path id="plot-a-plot-of-trials-m1" d="M0 0"/></svg></figure>"""
LAB = """<div class="explorable" id="brake" data-live="abc"><p class="live-title" id="brake-title">The brake
</p><div class="live-figure"><svg role="img" viewBox="0 0 1 1"></svg></div>
<script type="application/json">{"a": "<\\/b>"}</script></div>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of a small chapter, as the book builds them."""
    from quizzes import toy_items

    from immunolab.quiz import _item_spec, to_html

    specs = [_item_spec(item) for item in toy_items(tmp_path_factory.mktemp("bank"))]
    guess = next(spec for spec in specs if spec["type"] == "predict")

    def shown(spec):
        return to_html(spec, lambda latex, display: f"<i>{latex}</i>")

    def cell(html):
        return f'<div class="cell"><div class="cell_output">{html}</div></div>'

    links = "".join(f'<link rel="stylesheet" href="../_static/{name}.css?v=1"/>' for name in STYLES)
    scripts = "".join(f'<script defer src="../_static/{name}.js?v=1"></script>' for name in SCRIPTS)
    return f"""<!doctype html><html lang="en"><head><title>A toy &#8212; Escape Routes</title>{links}
{scripts}</head><body><nav><p>Order matters here too.</p></nav><article>
<section id="a-toy"><h1>A toy<a class="headerlink" href="#a-toy">#</a></h1>
<div class="admonition"><p class="admonition-title">A case, invented</p><p>Who is it?</p></div>
<p>After this chapter you can</p>{cell('<ol class="objectives"><li><p><strong>see</strong> a toy <span class="objective-links">(<a href="#a-brake">here</a>)</span></p></li></ol>')}
{cell(where_we_are(3).html)}
<section id="a-brake"><h2>A brake of PD-1<a class="headerlink" href="#a-brake">#</a></h2>
<p><strong>Order</strong> matters <em>here</em> <span class="bibtex-citation" id="id1">(<a
href="../references.html#id2">Pardoll, 2012</a>)</span><span class="row-marks"> <a
href="../evidence.html#T1">T1</a></span>. It’s “often” said that <a href="../glossary.html#pd1"><span>PD-1</span></a>
hides it. See <a href="#brake">the brake</a> and <a href="#explain">more</a> in 95 % of cases. Once.</p>
<ul><li>The share is <span class="math"><i>a</i>. <i>B</i></span>, no more. Once. Then twice.</li></ul>
{cell(drawing("receptors", "Two brakes.").html)}{cell(drawing("patterns", "Three patterns.").html)}{cell(PLOT)}
{cell(shown({"kind": "quiz", "items": specs}))}{cell(LAB)}
<section id="explain"><h3>Explain</h3>{cell(shown({"kind": "predicted", "item": guess}))}</section></section>
<section id="take-aways"><h2>Take-aways</h2><ul><li>Toys are <em>small</em>.</li></ul></section>
</section></article></body></html>"""


STYLES = ("theme", "site", "live", "quiz", "pygments", "katex/katex.min")
SCRIPTS = ("theme", *(f"live/{name}" for name in slides.LIVE_SCRIPTS), "quiz/store", "quiz/quiz")


def written(folder, text=LIST, name="toy"):
    path = folder / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def deck(folder, page, text=LIST):
    return BeautifulSoup(deck_of(read(written(folder, text)), page), "html.parser")


def body(deck, number):
    return deck.find(id=str(number)).select_one(".slide-body")


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_the_lists_of_the_book_are_sound(path):
    """The rest is seen when the book is built: here, what a second's look at the sources shows."""
    entries = [entry for entry in read(path).data["slides"] if isinstance(entry, dict)]
    anchors = {section.anchor for section in sections(f"chapters/{path.stem}")}
    questions = {item.id for item in bank_of(path.stem)}
    assert {entry["section"] for entry in entries if "section" in entry} <= anchors
    assert {entry["question"] for entry in entries if "question" in entry} <= questions


def test_every_chapter_has_slides():
    assert {path.stem for path in LISTS} == {path.stem for path in (BOOK / "chapters").glob("*.md")}


def test_sentences_are_quoted_without_what_a_page_hangs_on_them(tmp_path, page):
    shown = deck(tmp_path, page)
    said = [paragraph.decode_contents() for paragraph in body(shown, 4).find_all("p")]
    assert said == [
        "<strong>Order</strong> matters <em>here</em>.",
        # Never broken at the end of a line: PD-1, and 95 %.
        "It’s “often” said that PD-\u20601 hides it.",
        'See <a href="#brake">the brake</a> and more in 95\u00a0% of cases.',
    ]
    assert body(shown, 5).p.decode_contents() == (
        'The share is <span class="math"><i>a</i>. <i>B</i></span>, no more.'
    )
    assert shown.find(id="slide-4").get_text() == "A brake of PD-\u20601"


def test_the_other_kinds_are_quoted_whole(tmp_path, page):
    shown = deck(tmp_path, page)
    headings = [heading.get_text() for heading in shown.find_all("h2")]
    assert headings[:3] == ["A toy", "A case, invented", "After this chapter you can"]
    assert body(shown, 1).select_one(".cycle-here")
    assert body(shown, 2).get_text() == "Who is it?"
    assert str(body(shown, 3).ul) == "<ul><li><strong>see</strong> a toy</li></ul>"
    assert body(shown, 6).select_one("figure.drawing svg")
    assert headings[7] == "A plot of trials"
    assert body(shown, 9).select_one("form#toy-p01")
    assert body(shown, 10).select_one(".explorable script").string == '{"a": "<\\/b>"}'
    assert body(shown, 11).select_one(".quiz-predicted[data-item=toy-p01]")
    assert str(body(shown, 13).ul) == "<ul><li>Toys are <em>small</em>.</li></ul>"


def test_figures_say_their_shape(tmp_path, page):
    shown = deck(tmp_path, page)
    shapes = [shown.find(id=str(number))["data-shape"] for number in (6, 7, 8)]
    assert shapes == ["tall", "wide", "tall"]


def test_a_slide_leads_to_its_place_and_the_deck_home(tmp_path, page):
    shown = deck(tmp_path, page)
    places = [link["href"].split("#")[1] for link in shown.select(".slide-home a")]
    assert places[:5] == ["a-toy", "a-toy", "a-toy", "a-brake", "a-brake"]
    assert places[5:8] == ["drawing-receptors", "drawing-patterns", "plot-a-plot-of-trials"]
    # The id of a heading such as Explain may be a number, so the section above it is named.
    assert places[8:] == ["toy-p01", "brake", "a-brake", "toy-q01", "take-aways"]
    assert set(places) <= {
        tag["id"] for tag in BeautifulSoup(page, "html.parser").find_all(id=True)
    }
    assert shown.h1.a["href"] == "../chapters/toy.html"
    assert shown.title.get_text() == "Slides: A toy — Escape Routes"
    assert shown.html["lang"] == "en"


def test_ids_are_unique(tmp_path, page):
    ids = [tag["id"] for tag in deck(tmp_path, page).find_all(id=True)]
    assert len(ids) == len(set(ids))


def loaded(shown):
    tags = shown.head.select("link[href], script[src]")
    return [(tag.get("src") or tag["href"]).removeprefix("../_static/") for tag in tags]


def test_a_deck_loads_what_is_on_it(tmp_path, page):
    everything = loaded(deck(tmp_path, page))
    assert {"site.css?v=1", "live.css?v=1", "quiz.css?v=1", "pygments.css?v=1"} <= set(everything)
    assert everything[-8:] == [f"{name}.js?v=1" for name in SCRIPTS[1:]]
    words = loaded(deck(tmp_path, page, "chapter: toy\nslides: [title, take-aways]\n"))
    assert words[0] == "site.css?v=1"
    assert [re.sub(r"\?v=[0-9a-f]{8}$", "", name) for name in words[1:]] == [
        "slides.css",
        "slides.js",
    ]


FAULTS = {
    "no such section": (("a-brake", "a-break"), "line 6: the chapter has no section called 'a-break'. Did you mean 'a-brake'?"),
    "no such sentence": (("Order matters here", "Orders matter here"), "line 8: no sentence of 'a-brake' begins with 'Orders matter here'"),
    "the nearest sentence": (("Order matters here", "Ordre matters"), "The nearest begins: 'Order matters here"),
    "the middle of a sentence": (("Order matters here", "matters here"), "line 8: no sentence"),
    "two such sentences": (("Order matters here", "Once"), "line 8: 2 sentences of 'a-brake' begin with 'Once'"),
    "no such question": (("question: toy-q01", "question: toy-q99"), "line 20: the chapter has no question called 'toy-q99'"),
    "no such lab": (("lab: brake", "lab: breaks"), "line 18: the chapter has no lab called 'breaks'. Did you mean 'brake'?"),
    "no such figure": (("figure: patterns", "figure: pattern"), "line 15: no figures are called 'pattern'. Name one of: a-plot-of-trials, receptors, patterns."),
    "several figures": (("figure: patterns", "figure: a-brake"), "line 15: 3 figures are called 'a-brake'"),
    "a question without a result": (("came-out: toy-p01", "came-out: toy-q01"), "line 19: nobody has predicted yet"),
    "shown twice": (("question: toy-q01", "question: toy-p01"), "line 20: question toy-p01 is shown before, at slides/toy.yml, line 17"),
    "two things": (("  - lab: brake", "  - lab: brake\n    figure: receptors"), "line 18: a slide shows one thing, this one 2"),
    "nothing": (("  - lab: brake", "  - {}"), "line 18: a slide shows one thing, this one 0"),
    "no sentences": (("    say:\n      - The share is\n", ""), "line 11: 'say' missing"),
    "four sentences": (("      - See the brake", "      - See the brake\n      - Once"), "line 8: say has 4 entries; give it at most 3"),
    "unknown kind": (("  - title", "  - titles"), "line 3: slides is 'titles'; use one of title, case"),
    "unknown field": (("figure: receptors", "drawing: receptors"), "line 14: 'drawing' is not known here. Known: section, say"),
    "no name": (("figure: receptors", "figure: Two brakes"), "line 14: figure is 'Two brakes'; it must have the form"),
    "key twice": (("chapter: toy", "chapter: toy\nchapter: toy"), "line 2: 'chapter' stands here a second time"),
    "another chapter": (("chapter: toy", "chapter: ploy"), "line 1: the chapter is 'ploy', but the file is toy.yml"),
    "not YAML": (("chapter: toy", "chapter: [toy"), "this is not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_shown_is_refused_with_file_and_line(tmp_path, page, fault):
    (old, new), words = FAULTS[fault]
    assert old in LIST
    folder = tmp_path / "slides"
    folder.mkdir()
    with pytest.raises(SlidesError) as error:
        deck(folder, page, LIST.replace(old, new, 1))
    assert words in str(error.value)
    assert re.match(r"slides/toy\.yml, line \d+: ", str(error.value))


@pytest.mark.parametrize(
    ("kind", "gone", "words"),
    [
        ("case", 'class="admonition"', "does not begin with a case"),
        ("objectives", 'class="objectives"', "does not list its objectives"),
        ("take-aways", "<li>Toys", "has no list"),
        ("take-aways", 'id="take-aways"', "no section called 'take-aways'"),
    ],
)
def test_a_chapter_without_a_part_says_so(tmp_path, page, kind, gone, words):
    text = f"chapter: toy\nslides: [title, {kind}]\n"
    without = page.replace("<ul><li>Toys", "<p>Toys") if "<li>" in gone else page.replace(gone, "")
    with pytest.raises(SlidesError, match=f"line 2: .*{words}"):
        deck(tmp_path, without, text)


# ------------------------------------------------------------------------------------ the build


@pytest.fixture
def app(tmp_path, page):
    """A build of a book of one chapter, all pages written."""
    for folder in ("source/teaching/slides", "pages/chapters"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pages/chapters/toy.html").write_text(page, encoding="utf-8")
    written(tmp_path / "source/teaching/slides")
    html = SimpleNamespace(format="html")
    return SimpleNamespace(srcdir=tmp_path / "source", outdir=tmp_path / "pages", builder=html)


def test_a_build_writes_a_deck_a_chapter(app):
    write_decks(app, None)
    assert [path.name for path in (app.outdir / "slides").iterdir()] == ["toy.html"]


def test_a_build_names_all_that_is_wrong(app):
    folder = app.srcdir / "teaching/slides"
    written(
        folder, LIST.replace("lab: brake", "lab: lost").replace("figure: receptors", "figure: lost")
    )
    written(folder, LIST.replace("chapter: toy", "chapter: lost"), "lost")
    with pytest.raises(ExtensionError) as error:
        write_decks(app, None)
    lines = str(error.value).splitlines()
    assert len(lines) == 3, lines
    assert lines[0].startswith("slides/lost.yml, line 1: the book has no chapter 'lost'")
    assert "line 14: no figures" in lines[1]
    assert "line 18: the chapter has no lab" in lines[2]


def test_no_deck_after_a_failure_or_for_another_format(app):
    write_decks(app, ValueError("a failed build"))
    app.builder.format = "latex"
    write_decks(app, None)
    assert not (app.outdir / "slides").exists()


def test_a_chapter_with_slides_leads_to_them(app):
    for pagename, buttons in (("chapters/toy", 2), ("chapters/other", 1), ("intro", 1)):
        context = {"header_buttons": ["theme"], "pathto": lambda name, resource: f"../{name}"}
        slides.add_button(app, pagename, "page.html", context, None)
        assert len(context["header_buttons"]) == buttons
        if buttons == 2:
            assert context["header_buttons"][0]["url"] == "../slides/toy.html"
