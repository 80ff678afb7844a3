# ruff: noqa: E501 -- it holds JavaScript and HTML in strings
"""Compute explorables in Firefox and WebKit, without a driver.

The browser is started on a page of a loopback server. That page opens the book's own pages in a
frame, computes the settings there with the book's own script, and posts the results back.
"""

import glob
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading
from urllib.parse import urlsplit

from parity import COMPUTE_ALL

RUNNER = f"""<!DOCTYPE html><meta charset="utf-8"><title>Engine</title><body><script>
const computeAll = {COMPUTE_ALL.replace("window.immunolab", "book.immunolab")};
let book;
const pause = () => new Promise(done => setTimeout(done, 20));
async function run({{file, labs}}) {{
  const frame = document.createElement('iframe');
  frame.src = '/' + file;
  frame.width = 1280;
  frame.height = 900;
  document.body.append(frame);
  await new Promise(done => frame.onload = done);
  book = frame.contentWindow;
  const out = {{}}, end = Date.now() + 15000;
  for (const [name, settings] of Object.entries(labs)) {{
    const ready = () => book.document.getElementById(name)?.dataset.ready === 'true';
    while (!ready() && Date.now() < end) await pause();
    out[name] = ready() ? computeAll(name, settings) : 'not ready 15 s after loading ' + file;
  }}
  frame.remove();
  return out;
}}
(async () => {{
  const results = {{}};
  let error = null;
  try {{
    for (const page of await (await fetch('/engine-test/settings')).json()) Object.assign(results, await run(page));
  }} catch (problem) {{ error = String(problem) + ' ' + (problem.stack || ''); }}
  // JSON has no NaN: it would arrive as null, which the comparison reads as NaN again.
  await fetch('/engine-test/results', {{method: 'POST', body: JSON.stringify({{results, error, agent: navigator.userAgent}})}});
}})();
</script></body>"""


def firefox(profile, address):
    """Command that opens the address in Firefox, or None where there is none."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    return found and [found, "--headless", "--no-remote", "--profile", str(profile), address]


def webkit(profile, address):
    """Command that opens the address in WebKitGTK's own small browser, or None where there is none."""
    places = ("/usr/lib/*/webkit2gtk-4.*/MiniBrowser", "/usr/libexec/webkit2gtk-4.*/MiniBrowser")
    found = [shutil.which("MiniBrowser")] if shutil.which("MiniBrowser") else []
    found += sorted(path for place in places for path in glob.glob(place))
    if not found or not shutil.which("xvfb-run"):
        return None
    return ["xvfb-run", "--auto-servernum", found[-1], "--private", address]


def compute_in(browser, book, pages, workspace, timeout=120):
    """Results by explorable name, from `pages`: [{"file": page, "labs": {name: [settings]}}].

    Returns None if the browser is not installed.
    """
    posted, arrived = {}, threading.Event()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(book))

        def log_message(self, *args):
            pass

        def do_GET(self):
            path = urlsplit(self.path).path
            if path == "/engine-test/":
                self._answer("text/html; charset=utf-8", RUNNER.encode())
            elif path == "/engine-test/settings":
                self._answer("application/json", json.dumps(pages).encode())
            else:
                super().do_GET()

        def do_POST(self):
            posted.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer("text/plain", b"")
            arrived.set()

        def _answer(self, kind, body):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    command = browser(workspace, f"http://127.0.0.1:{server.server_port}/engine-test/")
    if command is None:
        server.server_close()
        return None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # A home of its own: no profile, cache or running instance of the person who runs the tests.
    home = {
        "HOME": str(workspace),
        "XDG_RUNTIME_DIR": str(workspace),
        "XDG_CACHE_HOME": str(workspace / "cache"),
    }
    log = workspace / "browser.log"
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env={**os.environ, **home},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                while not arrived.wait(0.5) and process.poll() is None and timeout > 0:
                    timeout -= 0.5
            finally:
                # The browser and what it started form a group of their own.
                try:
                    os.killpg(process.pid, signal.SIGTERM)
                    process.wait(10)
                except ProcessLookupError:
                    pass
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(10)
    finally:
        server.shutdown()
        server.server_close()
    if not arrived.is_set():
        raise AssertionError(
            f"{command[0]} sent no results; it said: {log.read_text(errors='replace')[-2000:]}"
        )
    if posted["error"]:
        raise AssertionError(f"{posted['agent']}: {posted['error']}")
    return posted["results"]
