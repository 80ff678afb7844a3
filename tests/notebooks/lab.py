"""JupyterLab for the tests: started on a copy of the book, and handled as a reader handles it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from playwright.sync_api import expect

TOKEN = "only-for-this-test"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", "node_modules", ".*_cache", ".hypothesis"
)
START_TIMEOUT = 60  # seconds


@contextlib.contextmanager
def started(python, source, folder):
    """Address of a JupyterLab on a copy of the book, with no settings but our package's."""
    work = folder / "book"
    shutil.copytree(source, work, ignore=NOT_COPIED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fresh = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **{name: str(folder / name.lower()) for name in fresh}}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    quiet = folder / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    # JupyterLab asks for news from the web otherwise, in a box over the page.
    (quiet / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}'
    )
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": work,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": TOKEN,
    }
    log = folder / "jupyterlab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                python,
                "-m",
                "jupyterlab",
                "--no-browser",
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        _wait_for(f"{address}api/status?token={TOKEN}", server, log)
        yield address
    finally:
        # The server and its kernels form a group of their own.
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(15)


def _wait_for(address, server, log):
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(
        f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False
    )


class Opened:
    """The notebook that is open on a page of JupyterLab."""

    def __init__(self, page, timeout=30_000):
        self.page = page
        self.panel = page.locator(".jp-NotebookPanel:visible")
        self.panel.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=timeout)

    def run_all(self, timeout=30_000):
        """Run all cells, as a reader does, and meet no question and no error."""
        # Before the kernel is there JupyterLab would ask which to take; a reader must not be asked.
        expect(self.panel.locator(".jp-KernelName")).to_contain_text("Python", timeout=timeout)
        idle = self.page.locator(".jp-StatusBar-Widget")
        expect(idle).to_contain_text("| Idle", timeout=timeout)
        self.page.locator(".lm-MenuBar-item").filter(has_text="Run").first.click()
        self.page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)

    def errors(self):
        """What cells say on their error channel, or stopped with, as far as it is drawn."""
        return self.panel.locator(
            ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr'] pre, "
            ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'] pre"
        ).all_inner_texts()

    @property
    def slider(self):
        """The first slider."""
        sliders = ".widget-slider [role=slider], .widget-slider input[type=range]"
        return self.panel.locator(sliders).first

    def scroll_to(self, target, timeout=60):
        """Scroll down until the target is there: JupyterLab draws what is in view only."""
        end = time.monotonic() + timeout
        scroller = self.panel.locator(".jp-WindowedPanel-outer, .jp-Notebook").first
        while not target.count() and time.monotonic() < end:
            at_end = scroller.evaluate(
                """area => {
                  const last = area.scrollTop + area.clientHeight >= area.scrollHeight - 2;
                  area.scrollTop = last ? 0 : area.scrollTop + area.clientHeight / 2;
                  return last;
                }"""
            )
            self.page.wait_for_timeout(1000 if at_end else 200)  # cells may still be running
        assert target.count(), f"after Run All Cells the notebook shows no {target}"
        target.scroll_into_view_if_needed()

    def move_slider(self, timeout=30):
        """Move the first slider by keys; fail if its picture stays as it was."""
        self.scroll_to(self.slider)
        output = self.slider.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea')][last()]")
        picture = output.locator("img, svg:has(path)").first
        picture.wait_for()
        before = _picture(picture)
        self.slider.focus()
        for _ in range(5):
            self.page.keyboard.press("ArrowRight")
        end = time.monotonic() + timeout
        while _picture(picture) == before and time.monotonic() < end:
            self.page.wait_for_timeout(100)  # a picture has no event to wait for
        assert _picture(picture) != before, (
            "moving the slider in JupyterLab leaves the picture as it was"
        )


def _picture(element):
    return element.evaluate(
        """async element => {
          const image = element.tagName.toLowerCase() === 'img' && element.src;
          if (!image) return element.outerHTML;
          if (!image.startsWith('blob:')) return image;
          // A blob has a new address each time, be the picture another or not: compare its bytes.
          const bytes = new Uint8Array(await (await fetch(image)).arrayBuffer());
          const hash = await crypto.subtle.digest('SHA-256', bytes);
          return new Uint8Array(hash).join();
        }"""
    )
