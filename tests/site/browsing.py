"""How the tests open a page: the flags of the browser, and a context in one theme."""

CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but loopback can be reached, so that a foreign request cannot succeed unnoticed
    # on a machine that has a network and then fail on one that has none.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def open_context(browser, theme="light", **options):
    """A browser context whose pages open in the given theme, without animation."""
    options.setdefault("viewport", {"width": 1280, "height": 900})
    options.setdefault("reduced_motion", "reduce")
    context = browser.new_context(color_scheme=theme, **options)
    # A page that hangs should fail the test, not use up the time of the whole suite.
    context.set_default_timeout(15_000)
    if options.get("java_script_enabled", True):
        # The theme reads these before its first paint.
        keep = "".join(f"localStorage.setItem('{key}', '{theme}');" for key in ("mode", "theme"))
        context.add_init_script(f"try {{ {keep} }} catch {{}}")
    return context
