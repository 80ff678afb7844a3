"""The runner itself does what the suite relies on."""

import subprocess
import sys

import pytest

GROUPED = """
import os
import pytest

@pytest.mark.xdist_group("one page")
@pytest.mark.parametrize("check", range(6))
def test_page(check, worker_id):
    with open(os.environ["WORKERS"], "a") as file:
        file.write(worker_id + "\\n")
"""


@pytest.mark.slow
def test_the_tests_of_one_page_stay_in_one_worker(tmp_path, monkeypatch):
    """Else each page is loaded once in every worker, and nothing says why it takes longer."""
    (tmp_path / "test_page.py").write_text(GROUPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = xdist_group(name)\n")
    monkeypatch.setenv("WORKERS", str(tmp_path / "workers.txt"))
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    workers = (tmp_path / "workers.txt").read_text().split()
    assert len(workers) == 6
    assert len(set(workers)) == 1, (
        "tests of one xdist_group ran in several workers; install the versions of pytest and "
        "pytest-xdist in requirements-test.txt, where the reason stands"
    )
