"""Where the book's sources stand: the package is installed from them in place, so around it."""

from pathlib import Path

import yaml

BOOK = Path(__file__).resolve().parents[1]


def shown(path: Path) -> str:
    """Return a path as a message names it: from the book's folder on."""
    if path.is_relative_to(BOOK):
        return path.relative_to(BOOK).as_posix()
    return f"{path.parent.name}/{path.name}"


def pages() -> list[str]:
    """Return the pages of the book in their order, as its table of contents names them."""
    contents = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    listed = (page["file"] for part in contents["parts"] for page in part["chapters"])
    return [contents["root"], *listed]
