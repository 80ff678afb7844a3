"""Where the book's sources stand: the package is installed from them in place, so around it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from mdit_py_plugins.anchors.index import slugify

BOOK = Path(__file__).resolve().parents[1]

#: Ten times as fast as the loader in Python, where PyYAML was built with it; it is in all wheels.
YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shown(path: Path) -> str:
    """Return a path as a message names it: from the book's folder on."""
    if path.is_relative_to(BOOK):
        return path.relative_to(BOOK).as_posix()
    return f"{path.parent.name}/{path.name}"


@cache
def pages() -> tuple[str, ...]:
    """Return the pages of the book in their order, as its table of contents names them."""
    contents = yaml.load((BOOK / "_toc.yml").read_text(encoding="utf-8"), YamlLoader)
    listed = (page["file"] for part in contents["parts"] for page in part["chapters"])
    return (contents["root"], *listed)


@dataclass(frozen=True)
class Section:
    """A part of a page: its heading, the anchor that the book gives it, and its source.

    The source goes from the heading down to the next one of any level.
    """

    heading: str
    anchor: str
    source: str


def sections(page: str) -> tuple[Section, ...]:
    """Return the sections of a page down to the third level; the first is headed by its title.

    Raises a ValueError for a page without any.
    """
    lines = (BOOK / f"{page}.md").read_text(encoding="utf-8").splitlines()
    heads, in_code = [], False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code and (heading := re.match(r"#{1,3} (.+)$", line)):
            heads.append((number, heading[1].strip()))
    if not heads:
        raise ValueError(f"{page}.md has no heading. Begin its text with a title: # Title")
    ends = [number for number, _ in heads[1:]] + [len(lines)]
    return tuple(
        Section(heading, slugify(heading), "\n".join(lines[start:end]))
        for (start, heading), end in zip(heads, ends, strict=True)
    )
