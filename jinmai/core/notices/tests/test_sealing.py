"""Addresses and secrets of endpoints are unreadable without the instance's secret key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from jinmai.core.notices.sealing import UnsealError, seal, unseal


@given(st.text(max_size=500))
def test_what_is_sealed_can_be_unsealed_and_is_not_read(plain: str) -> None:
    sealed = seal(plain)
    assert unseal(sealed) == plain
    assert len(plain) < 4 or plain not in sealed


def test_another_secret_key_unseals_nothing(settings: Settings) -> None:
    sealed = seal("https://oapi.dingtalk.com/robot/send?access_token=t0")
    settings.SECRET_KEY = "of another instance"
    with pytest.raises(UnsealError):
        unseal(sealed)
