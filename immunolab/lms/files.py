"""XML and zip files: the same bytes for the same content, on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the date of a zip that has none


def element(tag: str, *content: Element | str, **attributes: str) -> Element:
    """Return an element with texts and elements in it.

    An attribute whose name Python keeps for itself is written with a bar after it: ``class_``.
    """
    made = Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    for part in content:
        if isinstance(part, Element):
            made.append(part)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + part
        else:
            made.text = (made.text or "") + part
    return made


def document(root: Element, *, lines: bool = True) -> bytes:
    """Return an XML file, in lines if no element of it holds both text and elements."""
    if lines:
        ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by path.

    Nothing is compressed: the files are small, and no two versions of zlib need agree on bytes.
    """
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as opened:
        for path in sorted(files):
            entry = ZipInfo(path, _EARLIEST)
            entry.create_system = 3  # what ZipInfo writes depends on the system otherwise
            entry.external_attr = 0o644 << 16
            opened.writestr(entry, files[path])
    return made.getvalue()
