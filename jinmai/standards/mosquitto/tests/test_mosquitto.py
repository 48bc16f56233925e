"""Mosquitto's files, against Mosquitto's own tool where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinmai.standards.mosquitto import access_list, hash_password, password_file, verify_password

TOOL = shutil.which("mosquitto_passwd")


@settings(max_examples=20)
@given(st.text(max_size=40), st.text(max_size=40))
def test_password_verifies_its_own_hash_and_no_other(password: str, other: str) -> None:
    hashed = hash_password(password)
    assert verify_password(password, hashed)
    assert verify_password(other, hashed) == (other == password)


def test_same_password_hashes_differently_each_time() -> None:
    assert hash_password("a") != hash_password("a")


@pytest.mark.skipif(TOOL is None, reason="mosquitto_passwd is not installed")
def test_hash_made_by_mosquitto_verifies(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    subprocess.run([str(TOOL), "-c", "-b", path, "furnace", "secret 锦"], check=True, capture_output=True)
    name, _, hashed = path.read_text("utf-8").strip().partition(":")
    assert name == "furnace"
    assert verify_password("secret 锦", hashed)
    assert not verify_password("secret", hashed)


@pytest.mark.parametrize(
    "hashed",
    [
        *("", "$", "$7$", "plain", "$7$101$AAAA", "$7$x$AAAA$AAAA", "$6$101$AAAA$AAAA", "$7$0$AAAA$AAAA"),
        hash_password("a").replace("$7$", "$6$"),
        hash_password("a")[:-4],
        hash_password("a").replace("$7$1000$", "$7$999999999999$"),
    ],
)
def test_what_is_no_hash_verifies_nothing(hashed: str) -> None:
    assert not verify_password("a", hashed)


def test_password_file_lists_users_by_name() -> None:
    assert password_file({"b": "$7$2", "a": "$7$1"}) == "a:$7$1\nb:$7$2\n"


@pytest.mark.parametrize("name", ["", "a:b", "a\nb"])
def test_password_file_refuses_names_that_would_forge_a_line(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a user name"):
        password_file({name: "$7$"})


def test_access_list_names_users_first_and_patterns_for_all() -> None:
    text = access_list([("write", "jinmai/%u/telemetry")], {"city": [("read", "jinmai/+/telemetry")]})
    assert text == "user city\ntopic read jinmai/+/telemetry\n\npattern write jinmai/%u/telemetry\n"


@pytest.mark.parametrize(("mode", "topic"), [("own", "a"), ("read", ""), ("read", "a\ntopic readwrite #")])
def test_access_list_refuses_rules_that_would_forge_a_line(mode: str, topic: str) -> None:
    with pytest.raises(ValueError, match=r"cannot stand|is not one of"):
        access_list([(mode, topic)], {})
