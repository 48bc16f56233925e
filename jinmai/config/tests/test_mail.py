"""Where e-mail goes is one address in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from jinmai.config.environment import mail


def test_without_an_address_it_is_kept_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JINMAI_MAIL_URL", raising=False)
    assert mail(tmp_path)["EMAIL_FILE_PATH"] == tmp_path / "mail"


@pytest.mark.parametrize(
    ("url", "port", "start_tls", "tls"),
    [
        ("smtps://me:p%40ss@mail.example", 465, False, True),
        ("smtp+tls://me:p%40ss@mail.example", 587, True, False),
        ("smtp://me:p%40ss@mail.example:2525", 2525, False, False),
    ],
)
def test_an_address_names_server_account_and_encryption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, port: int, *, start_tls: bool, tls: bool
) -> None:
    monkeypatch.setenv("JINMAI_MAIL_URL", url)
    made = mail(tmp_path)
    named = [made[f"EMAIL_{name}"] for name in ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD")]
    assert named == ["mail.example", port, "me", "p@ss"]
    assert (made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"]) == (start_tls, tls)


@pytest.mark.parametrize("url", ["imap://mail.example", "mail.example", "smtps://"])
def test_an_address_of_something_else_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("JINMAI_MAIL_URL", url)
    with pytest.raises(ValueError, match="JINMAI_MAIL_URL: name a server with smtp://"):
        mail(tmp_path)
