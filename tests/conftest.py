"""What every test of the built book shares: the book, a server for it, and a browser."""

import contextlib
import functools
import http.server
import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# `tools`, the checks and the models for tests are imported by name.
for folder in (ROOT, ROOT / "tests" / "site", ROOT / "tests" / "engine"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from browsing import CHROMIUM_FLAGS, open_context  # noqa: E402, they stand in the folders above
from built import BOOK  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes seconds or more; left out of `make check`")
    config.addinivalue_line("markers", "of_a_kind: for representative explorables, not for each")
    config.addinivalue_line("markers", "xdist_group(name): tests that share one loaded page")


def pytest_collection_modifyitems(config, items):
    """Mark by what a test asks for, so that no file has to say it twice."""
    for item in items:
        for fixture, mark in (("book", "built"), ("browser", "browser")):
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    if config.getoption("dist", "no") != "no" or hasattr(config, "workerinput"):
        # Of several workers, none should begin a long test when the others are done.
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def book():
    """The folder of the built book. A missing book is a failure: a skipped test proves nothing."""
    if not (BOOK / "index.html").is_file():
        pytest.fail(
            f"there is no book in {_shown(BOOK)}; build the book first: make book", pytrace=False
        )
    return BOOK


@pytest.fixture(scope="session")
def serve():
    """serve(folder) -> address of a loopback server for it. All servers end with the session."""
    servers = []

    def start(folder):
        handler = functools.partial(_SilentHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(book, serve):
    """Address of the served book, ending in a slash."""
    return serve(book)


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the whole session."""
    from playwright.sync_api import sync_playwright

    executable = _find_browser()
    if executable is None:
        pytest.fail("no Chromium found; `make test` installs it", pytrace=False)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to the root user, as in most containers.
        sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
        chromium = playwright.chromium.launch(
            executable_path=str(executable), chromium_sandbox=sandbox, args=CHROMIUM_FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser):
    """new_page(**context options) -> a page in a context of its own, closed after the test."""
    contexts = []

    def make(theme="light", **options):
        context = open_context(browser, theme, **options)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def _find_browser():
    try:
        from tools.browser import find_browser
    except ImportError:
        found = (
            shutil.which("chromium")
            or shutil.which("chromium-browser")
            or shutil.which("google-chrome")
        )
        return Path(found) if found else None
    return find_browser()


def _shown(path):
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


class _SilentHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keep connections: a page has dozens of small files
    disable_nagle_algorithm = True  # else each kept connection waits 40 ms a file

    def log_message(self, *args):
        pass

    def handle(self):
        # The browser may leave a page before the last file was sent.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def send_error(self, code, message=None, explain=None):
        """Answer a missing address as a static host does: with the book's own 404 page."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
