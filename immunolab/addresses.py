"""Where the notebooks can be opened: addresses made from the one ``repository`` setting.

``_config.yml`` names the repository, and the theme's launch buttons follow it.  The same addresses
are written out on the page *Open the notebooks*, for a teacher who hands them to a class.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode, urlsplit

import yaml

from immunolab.fragment import Fragment
from immunolab.places import BOOK, YamlLoader

#: Set while a release is built: its tag, which later edits do not move.
RELEASE = "IMMUNOLAB_RELEASE"
#: What stands in an address where the reader's own goes.
NO_REPOSITORY = "https://github.com/OWNER/REPOSITORY"
EXAMPLE = "chapters/checkpoints.md"


@dataclass(frozen=True)
class Repository:
    """Where the book's sources are, and the branch or tag that is meant."""

    url: str
    branch: str

    @property
    def name(self) -> str:
        """The folder that a clone makes."""
        return self.url.rstrip("/").rpartition("/")[2].removesuffix(".git")

    def on_binder(self, path: str) -> str:
        """Return the address that opens a file of the book on mybinder.org."""
        where = urlsplit(self.url)
        place = where.path.strip("/").removesuffix(".git")
        if where.netloc == "github.com":
            source = f"gh/{place}"
        elif where.netloc == "gitlab.com":
            source = f"gl/{quote(place, safe='')}"
        else:
            source = f"git/{quote(self.url, safe='')}"
        return f"https://mybinder.org/v2/{source}/{self.branch}?urlpath=lab/tree/{path}"

    def on_hub(self, hub: str, path: str) -> str:
        """Return the nbgitpuller address that opens a file of the book on a JupyterHub."""
        asked = {
            "repo": self.url,
            "urlpath": f"lab/tree/{self.name}/{path}",
            "branch": self.branch,
        }
        return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked, safe='/')}"


def repository() -> Repository | None:
    """Return the repository that `_config.yml` names, or None if it names none."""
    settings = yaml.load((BOOK / "_config.yml").read_text(encoding="utf-8"), YamlLoader)
    named = settings.get("repository") or {}
    if not named.get("url"):
        return None
    return Repository(named["url"], os.environ.get(RELEASE) or named.get("branch") or "main")


def launch_addresses() -> Fragment:
    """Return the addresses for Binder and for a JupyterHub, or how to make them."""
    found = repository()
    shown = found or Repository(NO_REPOSITORY, "main")
    rows = {
        "A chapter on Binder": shown.on_binder(EXAMPLE),
        "An exercise on Binder": shown.on_binder("exercises/student/checkpoints-1.ipynb"),
        "A chapter on your JupyterHub": shown.on_hub("https://YOUR-HUB", EXAMPLE),
    }
    note = (
        ""
        if found
        else "This copy of the book names no repository, so its pages have no launch buttons. Put "
        "your own in place of OWNER/REPOSITORY, or set `repository: url` in `_config.yml`."
    )
    body = "".join(
        f'<dt>{escape(what)}</dt><dd><code class="address">{escape(address)}</code></dd>'
        for what, address in rows.items()
    )
    said = note.replace("`repository: url`", "<code>repository: url</code>")
    said = said.replace("`_config.yml`", "<code>_config.yml</code>")
    html = f"{f'<p>{said}</p>' if said else ''}<dl>{body}</dl>"
    plain = "\n".join([*filter(None, [note]), *(f"{a}: {b}" for a, b in rows.items())])
    return Fragment(html=html, plain=plain)
