"""docs/operate/security.md covers each chapter of the OWASP ASVS 5.0, and both SECURITY.md lead to it."""

import re
from pathlib import Path

import pytest

from tests.tooling.machines import PORTAL, REPOSITORY

PAGE = PORTAL / "docs" / "operate" / "security.md"
CHAPTERS = [
    "V1 Encoding and Sanitization",
    "V2 Validation and Business Logic",
    "V3 Web Frontend Security",
    "V4 API and Web Service",
    "V5 File Handling",
    "V6 Authentication",
    "V7 Session Management",
    "V8 Authorization",
    "V9 Self-contained Tokens",
    "V10 OAuth and OIDC",
    "V11 Cryptography",
    "V12 Secure Communication",
    "V13 Configuration",
    "V14 Data Protection",
    "V15 Secure Coding and Architecture",
    "V16 Security Logging and Error Handling",
    "V17 WebRTC",
]


def test_every_chapter_has_a_result_and_a_reason() -> None:
    rows = re.findall(r"(?m)^\| (V\d+ [^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text())
    assert [chapter for chapter, _, _ in rows] == CHAPTERS
    assert {result for _, result, _ in rows} <= {"met", "partly", "not met", "not applicable"}
    for chapter, result, reason in rows:
        named = re.findall(r"\b(\d+)\.\d+(?:\.\d+)?\b", reason)
        assert named or result != "partly", f"{chapter}: no requirement is named"
        assert set(named) <= {chapter.removeprefix("V").split()[0]}, chapter


@pytest.mark.parametrize("folder", [REPOSITORY, PORTAL], ids=["the template", "the portal"])
def test_security_md_says_how_to_report_and_points_to_the_page(folder: Path) -> None:
    text = (folder / "SECURITY.md").read_text()
    assert "report it in private" in text
    targets = [folder / target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert PAGE in targets
    assert all(target.exists() for target in targets)


def test_the_page_of_a_portal_names_every_key_and_the_contact() -> None:
    text = PAGE.read_text()
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "maintainers.email"):
        assert f"`{name}`" in text
