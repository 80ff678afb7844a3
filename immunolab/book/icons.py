"""The theme's icons, from a font cut down to the icons in use.

The theme ships Font Awesome as a 1.5 MB script and 300 kB of fonts for some thirty icons. This
module reads the theme's own files, collects the icons that its templates, code and style sheets
name, and writes one small style sheet and two small fonts into the book's static files. The icons
stay those of the pinned theme, and nothing is vendored.
"""

from __future__ import annotations

import io
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

THEMES = ("pydata_sphinx_theme", "sphinx_book_theme")
VENDOR = "theme/pydata_sphinx_theme/static/vendor/fontawesome/6.5.2"
FONTS = {"solid": "fa-solid-900.woff2", "brands": "fa-brands-400.woff2"}

# The theme puts these names together in code, so that no search finds them.
COMPOSED = {"fa-github", "fa-gitlab", "fa-bitbucket"}

_RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"([^"]+)"\}')
_FACE = (
    '@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
    'src:url("icons-{name}.woff2") format("woff2")}}'
)
_STYLE = """\
/* Font Awesome Free 6.5.2 by Fonticons: icons CC BY 4.0, fonts SIL OFL 1.1, code MIT.
   Written by immunolab/book/icons.py; only the icons of this theme. */
{faces}
:root{{--fa-font-solid:normal 900 1em/1 "Font Awesome 6 Free";\
--fa-font-regular:normal 900 1em/1 "Font Awesome 6 Free";\
--fa-font-brands:normal 400 1em/1 "Font Awesome 6 Brands"}}
.fa-solid,.fas,.fa-brands,.fab,.fa-regular,.far{{display:inline-block;font-style:normal;\
font-variant:normal;line-height:1;text-rendering:auto;-webkit-font-smoothing:antialiased}}
.fa-solid,.fas,.fa-regular,.far{{font-family:"Font Awesome 6 Free";font-weight:900}}
.fa-brands,.fab{{font-family:"Font Awesome 6 Brands";font-weight:400}}
.fa-lg{{font-size:1.25em;line-height:.05em;vertical-align:-.075em}}
{rules}
"""


def named_by_the_theme() -> tuple[set[str], set[str]]:
    """Return the class names and the characters of the icons that the two themes use."""
    names, characters = set(COMPOSED), set()
    for theme in THEMES:
        for path in Path(str(files(theme))).rglob("*"):
            if path.suffix in {".html", ".py"}:
                names |= set(re.findall(r"\bfa-[a-z-]*[a-z]\b", path.read_text(encoding="utf-8")))
            elif path.suffix == ".css" and "vendor" not in path.parts:
                text = path.read_text(encoding="utf-8")
                text = re.sub(r"\\(f[0-9a-f]{3})", lambda m: chr(int(m[1], 16)), text)
                characters |= {c for c in text if "\ue000" <= c <= "\uf8ff"}
    return names, characters


def style_sheet_and_fonts() -> tuple[str, dict[str, bytes]]:
    """Return the style sheet and the cut fonts, by name."""
    vendor = Path(str(files(THEMES[0]))) / VENDOR
    if not vendor.is_dir():
        raise ExtensionError(f"The theme no longer has {VENDOR}: review immunolab/book/icons.py.")
    names, characters = named_by_the_theme()
    rules = []
    for selectors, content in _RULE.findall((vendor / "css/all.min.css").read_text("utf-8")):
        used = [s for s in selectors.split(",") if s[1:].removesuffix(":before") in names]
        if used:
            rules.append(f'{",".join(used)}{{content:"{content}"}}')
            character = re.sub(r"\\([0-9a-f]+)", lambda m: chr(int(m[1], 16)), content)
            characters.add(character)
    if len(rules) < 20:
        raise ExtensionError("Font Awesome's style sheet reads otherwise than expected.")
    faces = [
        _FACE.format(family="Font Awesome 6 Free", weight=900, name="solid"),
        _FACE.format(family="Font Awesome 5 Free", weight=900, name="solid"),
        _FACE.format(family="Font Awesome 6 Brands", weight=400, name="brands"),
    ]
    fonts = {name: cut(vendor / "webfonts" / font, characters) for name, font in FONTS.items()}
    return _STYLE.format(faces="\n".join(faces), rules="\n".join(rules)), fonts


def cut(font: Path, characters: set[str]) -> bytes:
    """Return the WOFF2 font with the glyphs of `characters` alone, the same bytes every time."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(layout_features=[], hinting=False, notdef_outline=False, name_IDs=[0, 13, 14])
    with TTFont(font, recalcTimestamp=False) as opened:
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(characters)))
        subsetter.subset(opened)
        opened.flavor = "woff2"
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def write(app: Sphinx) -> None:
    """Write the icons among the book's static files, before the pages that link them."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    style_sheet, fonts = style_sheet_and_fonts()
    (folder / "icons.css").write_text(style_sheet, encoding="utf-8")
    for name, data in fonts.items():
        (folder / f"icons-{name}.woff2").write_bytes(data)


def remove_originals(app: Sphinx, exception: Exception | None) -> None:
    """Leave out the theme's copy of Font Awesome (2.6 MB), which no page links any more."""
    if app.builder.format == "html" and not exception:
        shutil.rmtree(Path(app.outdir) / "_static" / "vendor" / "fontawesome", ignore_errors=True)


def setup(app: Sphinx) -> None:
    """Register the two steps."""
    app.connect("builder-inited", write)
    app.connect("build-finished", remove_originals)
