"""Install a requirements file with pip, on one moving line instead of hundreds.

python -m tools.install requirements.txt
"""

from __future__ import annotations

import re
import subprocess
import sys

_STEP = re.compile(r"^(Collecting|Obtaining|Building|Installing|Preparing|Processing)\s+(\S+)")


def main(requirements: str) -> int:
    """Install; return pip's exit status. If it fails, show all that it said."""
    command = [sys.executable, "-m", "pip", "install", "--progress-bar", "off", "-r", requirements]
    print(f"setup: installing {requirements} (a few minutes the first time)", flush=True)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    said: list[str] = []
    packages = 0
    for line in process.stdout:
        said.append(line)
        step = _STEP.match(line)
        if step is None:
            continue
        packages += step[1] in {"Collecting", "Obtaining"}
        if step[1] == "Installing" and step[2] == "collected":
            _show(f"setup: putting {packages} packages in place", last=True)
        else:
            _show(f"setup: {packages:3d} {step[2]}")
    status = process.wait()
    _show("setup: done" if status == 0 else "setup: pip failed", last=True)
    if status:
        sys.stderr.writelines(said[-40:])
    return status


def _show(text: str, last: bool = False) -> None:
    """Show a step: over the one before on a terminal, on its own line every so often elsewhere."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text[:78]}", end="\n" if last else "", flush=True)
    elif last or re.match(r"setup: +\d*0 ", text):
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
