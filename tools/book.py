"""Build the book, and serve it.

python -m tools.book build [--clean]   build the book, unless nothing changed
python -m tools.book serve [--port N]  build, then serve the book on this machine until Ctrl-C
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
HTML = BUILD / "html"
RECORD = BUILD / "sources.json"  # what the book in _build/html was made of

FILES = ("_config.yml", "_toc.yml", "references.bib", "pyproject.toml")
PAGES = ("*.md", "chapters/**/*", "requirements*.txt")
FOLDERS = ("immunolab", "data", "exercises", "teaching")


# --- building -----------------------------------------------------------------------------------


def sources() -> dict[str, str]:
    """Return path and digest of every file that the book is made of, and the release it is for."""
    digests = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(set(_source_files()))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    # immunolab/addresses.py: the launch buttons of a release lead to its tag.
    return digests | {"release": os.environ.get("IMMUNOLAB_RELEASE", "")}


def _source_files() -> Iterator[Path]:
    for name in FILES:
        yield ROOT / name
    for pattern in PAGES:
        yield from ROOT.glob(pattern)
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*")


def is_up_to_date(now: dict[str, str]) -> bool:
    """Tell whether the book in `_build/html` was made of these sources."""
    if not RECORD.is_file() or not (HTML / "index.html").is_file():
        return False
    return now == json.loads(RECORD.read_text(encoding="utf-8"))


def build(clean: bool = False) -> int:
    """Build the book if anything changed; every warning is an error. Return the exit status.

    Always the whole book: MyST-NB runs every notebook again anyway, since it cannot know which code
    a page depends on, and remains of an earlier build would stay in the search index.
    """
    now = sources()
    if not clean and is_up_to_date(now):
        print(f"book: up to date in {_shown(HTML)}")
        return 0
    shutil.rmtree(BUILD, ignore_errors=True)
    print("book: running every notebook and building all pages", flush=True)
    started = time.monotonic()
    status = _jupyter_book()
    if status:
        print("book: not built; the messages above say where and why", file=sys.stderr)
        return status
    RECORD.write_text(json.dumps(now, indent=1), encoding="utf-8")
    print(f"book: built in {time.monotonic() - started:.0f} s; open {_shown(HTML / 'index.html')}")
    return 0


def _jupyter_book() -> int:
    """Run Jupyter Book, showing one line a page and leaving out its settings."""
    start = "from jupyter_book.cli.main import main; main()"  # the package has no __main__
    command = [sys.executable, "-c", start, "build", "-W", "--keep-going", "-n", str(ROOT)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if shown := _worth_showing(line):
                print(shown, flush=True)
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


_NOISE = (
    "myst v",
    "myst-nb v",
    "Using jupyter-cache",
    "=====",
    "loading tr",
    "[etoc]",
    "[IPKernel",
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def _worth_showing(line: str) -> str:
    """Return the line as shown to a person, or "" for one that only says how things are set."""
    line = _COLOURS.sub("", line).rstrip().rsplit("\r", 1)[-1]
    return "" if line.startswith(_NOISE) or "Using cached notebook" in line else line


# --- serving ------------------------------------------------------------------------------------


class BookHandler(SimpleHTTPRequestHandler):
    """Serve the book as a public host would: with its own page for a wrong address."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a wrong address with the book's page for lost readers."""
        page = Path(self.directory, "404.html")
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        data = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def end_headers(self) -> None:
        """Have the browser ask again each time: an author reloads to see the new page."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Stay quiet: the address printed at the start should stay in sight."""


def server(port: int = 0) -> ThreadingHTTPServer:
    """Return a server for the built book on this machine; with port 0 on any free port."""
    handler = partial(BookHandler, directory=str(HTML))
    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def serve(port: int) -> int:
    """Build the book and serve it until Ctrl-C."""
    if status := build():
        return status
    try:
        running = server(port)
    except OSError as error:
        print(
            f"book: port {port} cannot be used ({error.strerror}); leave out --port",
            file=sys.stderr,
        )
        return 1
    with running:
        address = f"http://127.0.0.1:{running.server_address[1]}/"
        print(f"\n  Escape Routes is at {address}\n  Ctrl-C ends it.\n", flush=True)
        running.serve_forever()
    return 0


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m tools.book", description="Build or serve.")
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build what changed")
    building.add_argument("--clean", action="store_true", help="build everything")
    serving = commands.add_parser("serve", help="build, then serve on this machine")
    serving.add_argument("--port", type=int, default=0, help="default: any free port")
    arguments = parser.parse_args()
    try:
        if arguments.command == "build":
            return build(arguments.clean)
        return serve(arguments.port)
    except KeyboardInterrupt:
        print("\nbook: ended")
        return 0 if arguments.command == "serve" else 130


if __name__ == "__main__":
    sys.exit(main())
