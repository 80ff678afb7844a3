"""Find or fetch a browser of the Chromium family, for the tests and for the book on paper.

    python -m tools.browser            print the path of one, after setting one up if need be
    python -m tools.browser --find     print the path of one, never install

The first that works is taken: $BROWSER_PATH, Debian's Chromium, Google Chrome, Playwright's own;
else one is installed, with apt-get (as root) or by Playwright.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
# Headless, alone, and quiet: Chromium otherwise calls its maker's hosts at every start.
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> Path | None:
    """Return the first browser on this machine that opens a page, or None."""
    return next((path for path in _candidates() if works(path)), None)


def _candidates() -> Iterator[Path]:
    """Yield browsers that seem to be there, the preferred one first."""
    if chosen := os.environ.get("BROWSER_PATH"):
        yield Path(chosen)
    for command in COMMANDS:
        if found := shutil.which(command):
            yield Path(found)
    for application in map(Path, APPLICATIONS):
        if application.is_file():
            yield application
    if downloaded := _playwrights_own():
        yield downloaded


def _playwrights_own() -> Path | None:
    """Return the browser Playwright downloaded earlier, if it did."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def works(browser: Path) -> bool:
    """Tell whether the browser starts and reads a page: being on disk does not prove it."""
    with tempfile.TemporaryDirectory() as profile:
        page = Path(profile, "page.html")
        page.write_text("<title>it</title><p>works</p>", encoding="utf-8")
        # Chromium refuses its sandbox to the root user; containers and CI often are root.
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        command = [browser, *FLAGS, f"--user-data-dir={profile}/profile", "--dump-dom"]
        try:
            done = subprocess.run(
                [*command, *(["--no-sandbox"] if root else []), page.as_uri()],
                capture_output=True,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return b"<p>works</p>" in done.stdout


def install() -> None:
    """Try the ways to install a browser, until one gives a browser that works."""
    for says, way in _ways():
        print(f"browser: none found; {says}", file=sys.stderr, flush=True)
        if way() and find_browser():
            return


def _ways() -> Iterator[tuple[str, Callable[[], bool]]]:
    """Yield the ways to install a browser that can be tried here, each with what it does."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        yield "installing the system's Chromium with apt-get", _with_apt
    yield "downloading Playwright's Chromium", _with_playwright


def _run(*command: str) -> bool:
    """Run a command, its output on our standard error; return whether it succeeded."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdout=sys.stderr.fileno(), env=environment, check=False)
    return done.returncode == 0


def _with_apt() -> bool:
    return _run("apt-get", "update", "-qq") and _run(
        "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"
    )


def _with_playwright() -> bool:
    return _run(sys.executable, "-m", "playwright", "install", "chromium")


HELP = """\
browser: none found, and none could be installed. The tests and the PDF need one of:
  - Debian or Ubuntu:  sudo apt-get install chromium
  - any system:        install Google Chrome or Chromium from your usual source
  - elsewhere on disk: BROWSER_PATH=/path/to/chrome make test, or make pdf"""


def main(arguments: list[str]) -> int:
    """Print the path of a browser; return 1, and say what to do, if there is none."""
    browser = find_browser()
    if browser is None and "--find" not in arguments:
        install()
        browser = find_browser()
    if browser is None:
        print(HELP, file=sys.stderr)
        return 1
    print("browser: using", browser, file=sys.stderr)
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
