"""What CITATION.cff says of the edition is what everything else says."""

import tomllib

from tools.edition import ROOT, edition


def test_the_package_and_the_changelog_have_the_version_of_the_citation():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == edition().version
    heading = f"\n## {edition().version}, {edition().released:%B %Y}\n"
    assert heading in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
