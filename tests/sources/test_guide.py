"""The guide for teachers: its settings show what it says, its minutes add up, its links lead on."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from immunolab import guide, misconceptions, places
from immunolab.bank import bank_of
from immunolab.evidence import EvidenceError, table
from immunolab.exercises import exercises_of
from immunolab.guide import GuideError, address, runs_of, stale
from immunolab.objectives import chapters, title_of
from immunolab.places import BOOK, sections

HEADINGS = [
    "The aim, in one line",
    "Timing",
    "What students get wrong",
    "Which sliders show what",
    "Discussion prompts",
    "Rubrics for the *Explain* steps",
    "Slides, exercises, graded questions",
]
PAGES = ["teaching", *(f"teaching/{chapter}" for chapter in chapters())]
_LINK = re.compile(r"\]\(([^)#]+)\.md#([^)]+)\)")
_CORE = re.compile(r"core takes about (\d+)(?: to (\d+))? minutes")


def section(page: str, heading: str) -> str:
    """Return the source of a section of a page."""
    return next(part.source for part in sections(page) if part.heading == heading)


def rows_of_table(source: str) -> list[list[str]]:
    """Return the rows of the Markdown tables in a text, below their heads, as stripped cells."""
    bodies = re.findall(r"^\|(?: *-+ *\|)+\n((?:\|.*\n?)+)", source, re.MULTILINE)
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for body in bodies
        for line in body.splitlines()
    ]


def minutes(cell: str) -> int:
    """Return the minutes of a cell; a dash is none."""
    return 0 if cell == "–" else int(cell.strip("*"))


def core_of(chapter: str) -> tuple[int, int]:
    """Return the least and most minutes that a chapter says its core takes."""
    said = _CORE.search((BOOK / f"chapters/{chapter}.md").read_text(encoding="utf-8"))
    return int(said[1]), int(said[2] or said[1])


def core_labs(chapter: str) -> list[str]:
    """Return the titles of a chapter's core labs: its sections that are called so."""
    headings = [part.heading for part in sections(f"chapters/{chapter}")]
    return [heading.removeprefix("Lab: ") for heading in headings if heading.startswith("Lab: ")]


# ------------------------------------------------------------------------------------ pages


def test_the_contents_list_a_page_for_each_chapter():
    contents = (BOOK / "_toc.yml").read_text(encoding="utf-8")
    assert re.findall(r"- file: (teaching.*)", contents) == PAGES


@pytest.mark.parametrize("chapter", chapters())
def test_a_page_has_its_parts_in_order(chapter):
    found = [part.heading for part in sections(f"teaching/{chapter}")]
    assert found[1:] == HEADINGS
    prompts = section(f"teaching/{chapter}", "Discussion prompts")
    assert 4 <= len(re.findall(r"^\d\. \*\*", prompts, re.MULTILINE)) <= 6


@pytest.mark.parametrize("page", PAGES)
def test_links_to_sections_lead_there(page):
    text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
    for target, anchor in _LINK.findall(text):
        path = (BOOK / page).parent / f"{target}.md"
        name = path.resolve().relative_to(BOOK).with_suffix("").as_posix()
        there = {part.anchor for part in sections(name)}
        assert anchor in there, f"{page}.md: {target}.md#{anchor}"


@pytest.mark.parametrize("chapter", chapters())
def test_exercises_are_named_as_they_are_called(chapter):
    source = section(f"teaching/{chapter}", "Slides, exercises, graded questions")
    linked = dict(re.findall(r"\[([^]]+)\]\(\.\./exercises/([\w-]+)\.md\)", source))
    assert linked == {each.title: each.name for each in exercises_of(chapter)}


# ------------------------------------------------------------------------------------ minutes


@pytest.mark.parametrize("chapter", chapters())
def test_minutes_add_up(chapter):
    *parts, total = rows_of_table(section(f"teaching/{chapter}", "Timing"))
    columns = [sum(minutes(row[column]) for row in parts) for column in (1, 2)]
    assert columns == [minutes(cell) for cell in total[1:3]]
    assert columns[0] == 90
    least, most = core_of(chapter)
    assert least <= columns[1] <= most, "a reader needs what the chapter says of itself"


@pytest.mark.parametrize("chapter", chapters())
def test_timing_gives_each_core_lab_its_time(chapter):
    rows = rows_of_table(section(f"teaching/{chapter}", "Timing"))
    given = {row[0].partition("]")[0]: map(minutes, row[1:3]) for row in rows}
    for lab in core_labs(chapter):
        assert all(15 <= each <= 20 for each in given[f"[Lab: {lab}"]), lab


def test_the_plans_for_classes_add_up():
    single = rows_of_table(section("teaching", "A 90-minute lab"))
    assert sum(minutes(row[0]) for row in single) == 90
    week = rows_of_table(section("teaching", "A one-week module"))
    for session in ("First", "Second", "Third"):
        assert sum(minutes(row[1]) for row in week if row[0] == session) == 50


def test_the_table_of_aims_gives_the_minutes_of_the_chapters():
    rows = rows_of_table(section("teaching", "Which chapter for which aim"))
    said = [(re.search(r"\[(.+)\]", row[0])[1], row[2]) for row in rows]
    spans = [(title_of(chapter), core_of(chapter)) for chapter in chapters()]
    assert said == [(t, f"{a} to {b}" if a < b else f"{a}") for t, (a, b) in spans]


# ------------------------------------------------------------------------------------ rubrics


@pytest.mark.parametrize("chapter", chapters())
def test_each_core_lab_has_a_rubric(chapter):
    source = section(f"teaching/{chapter}", "Rubrics for the *Explain* steps")
    assert re.findall(r"^\*\*(.+?)\*\*:", source, re.MULTILINE) == core_labs(chapter)
    tables = source.split("| Criterion | Fully | Partly | Not yet |")[1:]
    for each in tables:
        rows = rows_of_table(each)
        assert len(rows) == 3
        assert all(len(row) == 4 and all(row) for row in rows)


# ------------------------------------------------------------------------------------ sliders


@pytest.mark.parametrize("chapter", chapters())
def test_labs_show_what_the_page_says(chapter):
    assert stale(chapter) == []


@pytest.mark.parametrize("chapter", chapters())
def test_every_lab_of_the_chapter_is_there(chapter):
    text = (BOOK / f"chapters/{chapter}.md").read_text(encoding="utf-8")
    taught = re.findall(r"^from immunolab\.labs\.(\w+) import (\w+)$", text, re.MULTILINE)
    head = (BOOK / f"teaching/{chapter}.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"- lab: (\w+)\.(\w+)", head)) == sorted(taught)


@pytest.mark.parametrize("chapter", chapters())
def test_a_setting_links_to_the_lab_at_it(chapter):
    for runs in runs_of(chapter):
        opens = runs.lab.model.settings()
        for row in runs.rows:
            link = urlsplit(address(chapter, runs, row))
            assert link.path == f"../chapters/{chapter}.html"
            assert link.fragment == runs.lab.name
            set_by_link = {
                name.removeprefix(f"{runs.lab.name}."): float(value)
                for name, value in parse_qsl(link.query)
            }
            assert vars(runs.lab.model.settings(set_by_link)) == {
                **vars(opens),
                **runs.settings(row),
            }


PAGE = """---
sliders:
  - lab: {lab}
    rows:
      - start: {start}
        turn: {{{turn}}}
        reads: {{{reads}}}
        teaches: Something that can be learned.
---

# Toy
"""
SOUND = {
    "lab": "combination.independent_action",
    "start": "Unrelated responses",
    "turn": "correlation: 0.3",
    "reads": "both: 46 %",
}


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """toy(**changes) writes a page of the guide with one row."""
    monkeypatch.setattr(guide, "BOOK", tmp_path)
    monkeypatch.setattr(places, "BOOK", tmp_path)
    (tmp_path / "teaching").mkdir()

    def write(**changes):
        text = PAGE.format(**SOUND | changes)
        (tmp_path / "teaching" / "toy.md").write_text(text, encoding="utf-8")

    runs_of.cache_clear()
    yield write
    runs_of.cache_clear()


def test_a_sound_row_is_shown_in_the_words_of_the_page(toy):
    toy()
    assert stale("toy") == []
    html = guide.sliders("toy").html
    assert "Unrelated responses<br>Correlation of responses 0 → 0.3</a>" in html
    assert "<td>Respond to at least one: 46 %</td>" in html


def test_a_row_that_the_lab_contradicts_is_named_with_its_line(toy):
    toy(reads="both: 47 %")
    (problem,) = stale("toy")
    assert problem.startswith("teaching/toy.md, line 5: Independent action gives both as '46 %'")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lab": "nowhere.lab"}, "line 3: immunolab/labs has no nowhere.py; it has"),
        ({"lab": "combination.lab"}, "line 3: immunolab/labs/combination.py has no lab"),
        ({"start": "Unrelated"}, "line 5: no ready-made setting 'Unrelated'"),
        ({"turn": "relation: 0.3"}, "line 5: no slider 'relation'"),
        ({"turn": "correlation: 2"}, "line 5: correlation goes from 0 to 1, not to 2"),
        ({"turn": "correlation: 0"}, "line 5: correlation stands at 0 already"),
        ({"reads": ""}, "line 5: nothing is read off"),
        ({"reads": "alone_a: 40 %"}, "line 5: the page shows no read-out 'alone_a'"),
        ({"reads": "both: 46"}, "line 7: both must be of type string"),
    ],
)
def test_an_unsound_row_is_refused_with_its_line(toy, change, words):
    toy(**change)
    with pytest.raises(GuideError, match=f"^teaching/toy.md, {re.escape(words)}"):
        runs_of("toy")


# ------------------------------------------------------------------------------- misconceptions


@pytest.mark.parametrize("chapter", chapters())
def test_misconceptions_are_shown_with_source_and_questions(chapter):
    html = misconceptions.misconceptions(chapter).html
    wanted = table("misconceptions")
    wanted = wanted[wanted["topic"].isin(misconceptions.TOPICS[chapter])]
    assert re.findall(r'<li id="(M\d\d)">', html) == list(wanted.index)
    for doi in filter(None, wanted["doi"]):
        assert f'href="https://doi.org/{doi}"' in html
    asked = set(re.findall(r'href="\.\./chapters/([\w-]+)\.html#([\w-]+)"', html))
    for item in bank_of(chapter):
        choices = [*item.choices, *item.content.get("mistakes", ())]
        named = any("misconception" in choice for choice in choices)
        assert ((chapter, item.id) in asked) == named, item.id


def test_no_misconception_is_left_out():
    answered = [m.id for chapter in chapters() for m in misconceptions.misconceptions_of(chapter)]
    assert sorted(answered) == sorted(table("misconceptions").index)


def test_a_topic_that_no_chapter_answers_is_named(monkeypatch):
    topics = {name: ts for name, ts in misconceptions.TOPICS.items() if name != "mesothelioma"}
    monkeypatch.setattr(misconceptions, "TOPICS", topics)
    with pytest.raises(EvidenceError, match="row M48: no chapter answers the topic 'mesothelioma'"):
        misconceptions.misconceptions_of("checkpoints")
