"""The steps of CONTRIBUTING.md work as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from immunolab import Explorable

GUIDE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


def test_the_steps_run_and_give_a_lab():
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    namespace = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"CONTRIBUTING.md, block {number + 1}", "exec"), namespace)
    lab = namespace["running_short"]()
    assert isinstance(lab, Explorable)
    assert "settle" in lab.compute().outcome
    assert "washed out" in lab.compute({"flow": 0.9}).outcome
    assert lab.spec()["equations"]
