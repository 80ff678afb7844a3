"""The map at the head of each chapter: seven steps, the chapter's marked in sight and in words."""

import re

import pytest

from immunolab.cycle import STEPS, where_we_are
from immunolab.objectives import chapters
from immunolab.places import BOOK


def test_the_steps_of_the_chapter_are_marked():
    shown = where_we_are(2, 7)
    items = re.findall(r"<li.*?</li>", shown.html)
    assert len(items) == len(STEPS) == 7
    assert [n for n, item in enumerate(items, 1) if "cycle-here" in item] == [2, 7]
    assert [n for n, item in enumerate(items, 1) if ", in this chapter" in item] == [2, 7]
    assert shown.plain.count(", in this chapter") == 2


@pytest.mark.parametrize("steps", [(), (0,), (1, 8)])
def test_a_step_that_does_not_exist_is_refused(steps):
    with pytest.raises(ValueError, match="The cycle has steps 1 to 7"):
        where_we_are(*steps)


@pytest.mark.parametrize("chapter", chapters())
def test_every_chapter_says_where_it_is(chapter):
    text = (BOOK / "chapters" / f"{chapter}.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^where_we_are\(.+\)$", text, re.M)) == 1
