"""Pack the built book for a USB stick: _build/escape-routes-<version>.zip, opened at index.html.

python -m tools.offline
"""

from __future__ import annotations

import sys
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools.book import BUILD, HTML, ROOT, is_up_to_date, sources
from tools.edition import Edition, edition

# What no page asks for: Sphinx's notes to itself, what only a server or a developer's tools read,
# translations of the theme. (`_sources` stays: each page offers its source.)
LEFT_OUT = (".*", "objects.inv", "404.html", "*.map", "*.po", "*.mo", "*webpack-macros.html")
LICENCES = ("LICENSE", "LICENSE-TEXT")

READ_ME = """\
{title}, version {version}, {day}
{subtitle}

How to open it

1. Unpack this archive first. A browser cannot open a book inside a zip.
   Windows: right-click the file, then Extract All. macOS: double-click it.
   Linux: right-click it, then Extract Here.
2. Open the folder {name} and double-click index.html.

The book then works without a network, and nothing is installed. The folder may stay on a stick.

Which browser

Chrome, Edge, Firefox or Safari of 2023 or later. The tests open the book from a folder in Chromium,
on which Chrome and Edge are built. Telephones and tablets often do not open folders of pages.

Your answers

They stay in this browser on this computer, and nobody receives them. Another browser, or another
computer that the stick is put into, does not know them. The page My progress exports them to a file
and takes them in again. Some browsers keep the answers of each page of a folder apart; then My
progress counts none of them.

Licence

Text and figures CC BY 4.0 (LICENSE-TEXT.txt), code MIT (LICENSE.txt). {authors}.
Teaching material, not medical advice.
{address}
"""


def pack(html: Path, archive: Path, what: Edition) -> None:
    """Write the built book in ``html`` to an archive with one folder in it.

    The same book gives the same bytes, whoever packs it and when, as far as zlib is the same.
    """
    files = {
        path.relative_to(html).as_posix(): path.read_bytes()
        for path in html.rglob("*")
        if path.is_file() and not any(fnmatch(path.name, left_out) for left_out in LEFT_OUT)
    }
    # With an ending, and with the line ends of Windows, so that a double click opens them anywhere.
    texts = {f"{name}.txt": (ROOT / name).read_text("utf-8") for name in LICENCES}
    texts["READ ME FIRST.txt"] = _read_me(what)
    files |= {name: text.replace("\n", "\r\n").encode() for name, text in texts.items()}
    day = what.released
    with ZipFile(archive, "w") as target:
        for name in sorted(files):
            entry = ZipInfo(f"{what.name}/{name}", (day.year, day.month, day.day, 0, 0, 0))
            entry.create_system = 3  # Unix, whatever this machine is: the permissions belong to it
            entry.external_attr = 0o100644 << 16
            target.writestr(entry, files[name], ZIP_DEFLATED, compresslevel=9)


def _read_me(what: Edition) -> str:
    told = {field: getattr(what, field) for field in (*what.__dataclass_fields__, "name", "day")}
    return READ_ME.format(**told).rstrip("\n") + "\n"


def main() -> int:
    """Pack the book; return 1, and say what to do, if there is no book of these sources."""
    if not (HTML / "index.html").is_file():
        print("zip: there is no book in _build/html. Build it first: make book", file=sys.stderr)
        return 1
    if not is_up_to_date(sources()):
        print(
            "zip: the book in _build/html was made of other sources than those that stand here now."
            " Build it again: make book",
            file=sys.stderr,
        )
        return 1
    what = edition()
    archive = BUILD / f"{what.name}.zip"
    pack(HTML, archive, what)
    print(f"zip: {archive.relative_to(ROOT).as_posix()}, {archive.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
