"""Where the book's sources stand: the package is installed from them in place, so around it."""

from functools import cache
from pathlib import Path

import yaml

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
