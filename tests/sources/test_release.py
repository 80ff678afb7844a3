"""A release says what changed, refuses what it cannot make, and takes its stamp back."""

import datetime
import json
import subprocess
from unittest.mock import create_autospec

import pytest

from tools import edition, record, release

OLD = {
    "addresses": {"intro.html": "Escape Routes", "intro.html#old": "Old"},
    "questions": {"a-q01": "1", "a-q02": "2"},
    "exercises": {},
    "objectives": {},
    "labs": {"a.html#brake": "One; Two"},
}


def test_what_is_new_changed_or_gone_is_told():
    new = OLD | {
        "addresses": {"intro.html": "Renamed", "intro.html#new": "New"},
        "questions": {"a-q01": "1", "a-q02": "other", "a-q03": "3"},
        "labs": {"a.html#brake": "One; Three"},
    }
    told = record.changes(OLD, new)
    assert "- **New:** intro.html#new\n- **Gone:** intro.html#old" in told
    assert "- **New:** a-q03\n- **Changed:** a-q02" in told
    assert "nothing is deleted" in told
    assert "- **Changed:** a.html#brake" in told
    assert "Objectives" not in told
    assert record.changes(OLD, OLD) == "Nothing of this changed."


def test_the_newest_release_is_found_by_number_not_by_letter(tmp_path):
    for version in ("0.9.0", "0.10.0"):
        (tmp_path / f"{version}.json").write_text(json.dumps(OLD))
    assert record.earlier(tmp_path) == ("0.10.0", OLD)
    assert record.earlier(tmp_path / "nowhere") is None


def test_a_record_knows_every_page_and_lab(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "a.html").write_text(
        '<div class="explorable" id="brake" data-live="x"><label> PD-1\n kept blocked</label></div>'
    )
    made = record.record(tmp_path)
    assert made["labs"] == {"chapters/a.html#brake": "PD-1 kept blocked"}
    assert "exercises/checkpoints-1.html" in made["addresses"]
    assert "chapters/checkpoints.html#the-case-resolved" in made["addresses"]
    assert "checkpoints-q01" in made["questions"]


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A repository with the files that a release stamps."""
    for name in (*release.STAMPED, "_config.yml"):
        (tmp_path / name).write_bytes((release.ROOT / name).read_bytes())
    changelog = tmp_path / "CHANGELOG.md"
    head, _, rest = changelog.read_text(encoding="utf-8").partition("\n## ")
    rest = rest.split("\n## ", 1)[1] if rest.startswith("Unreleased") else rest
    changelog.write_text(f"{head}\n## Unreleased\n\n- News.\n\n## {rest}", encoding="utf-8")
    for module in (release, edition):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(release, "FOLDER", tmp_path / "releases")
    for words in (
        ("init", "--quiet"),
        ("config", "user.email", "t@example.org"),
        ("config", "user.name", "T"),
        ("add", "."),
        ("commit", "--quiet", "-m", "First"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("version", "said"),
    [("next", "is no version"), ("0.0.1", "is not above"), ("99.0", "is no version")],
)
def test_a_version_that_cannot_be_is_refused(sources, version, said, capsys):
    assert release.main([version]) == 1
    assert said in capsys.readouterr().err


def test_uncommitted_work_is_named(sources, capsys):
    (sources / "draft.md").write_text("x")
    assert release.main(["99.0.0"]) == 1
    assert "draft.md" in capsys.readouterr().err


def test_without_news_there_is_no_release(sources, capsys):
    path = sources / "CHANGELOG.md"
    path.write_text(path.read_text(encoding="utf-8").replace("- News.\n", ""), encoding="utf-8")
    subprocess.run(["git", "commit", "-aqm", "No news"], cwd=sources, check=True)
    assert release.main(["99.0.0"]) == 1
    assert "Write what changed for readers" in capsys.readouterr().err


def test_a_stamp_is_taken_back_when_a_step_fails(sources, monkeypatch, capsys):
    monkeypatch.setattr(release.book, "build", lambda clean: 1)
    monkeypatch.setenv(release.RELEASE, "")
    assert release.main(["99.0.0"]) == 1
    assert "the book could not be made" in capsys.readouterr().err
    assert subprocess.check_output(["git", "status", "--porcelain"], cwd=sources, text=True) in (
        "",
        "?? dist/\n",
    )


def test_every_step_is_taken_and_its_files_are_put_together(sources, monkeypatch):
    """With tools that make nothing but their files; they have tests of their own."""
    made = sources / "_build" / "html"

    def built(clean):
        made.mkdir(parents=True)
        (made / "index.html").write_text("book")
        return 0

    def written(tool, ending):
        """What is called as the tool is, and writes its file."""

        def write(*words):
            (made.parent / f"{edition.edition().name}.{ending}").write_text(ending)
            return 0

        return create_autospec(tool.main, side_effect=write)

    monkeypatch.setattr(release.book, "build", built)
    for name, value in (("HTML", made), ("BUILD", made.parent)):
        monkeypatch.setattr(release.book, name, value)
    for tool, ending in ((release.offline, "zip"), (release.pdf, "pdf")):
        monkeypatch.setattr(tool, "main", written(tool, ending))
    monkeypatch.setattr(release, "record", lambda html: OLD)
    monkeypatch.setattr(release, "chapters_with_questions", lambda: ("checkpoints",))
    monkeypatch.setenv(release.RELEASE, "")
    release.stamp("99.0.0", datetime.date(2027, 2, 1))
    folder = release.make("99.0.0")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"book/index.html", "WHAT-CHANGED.md", "SHA256SUMS"} < names
    assert {f"escape-routes-99.0.0.{ending}" for ending in ("zip", "pdf")} < names
    assert sum(name.startswith("questions/checkpoints-practice") for name in names) == 6
    assert json.loads((sources / "releases" / "99.0.0.json").read_text()) == OLD
    assert "escape-routes-99.0.0.zip" in (folder / "SHA256SUMS").read_text()


def test_a_release_is_stamped_noted_and_tagged(sources, monkeypatch):
    release.check("99.0.0")
    release.stamp("99.0.0", datetime.date(2027, 2, 1))
    assert edition.edition().version == "99.0.0"
    assert edition.edition().day == "1 February 2027"
    notes = release.what_changed("99.0.0", ("98.0.0", OLD), OLD)
    assert notes.startswith("# What changed in 99.0.0\n\n- News.\n\n## Counted since 98.0.0\n\n")
    (sources / "releases").mkdir()
    (sources / "releases" / "99.0.0.json").write_text("{}")
    release.keep("99.0.0")
    tag = subprocess.check_output(["git", "tag"], cwd=sources, text=True)
    assert tag == "v99.0.0\n"
    with pytest.raises(release.ReleaseError, match="is not above"):
        release.check("99.0.0")
