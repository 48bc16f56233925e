"""Who may do what at the embedded broker."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from jinmai.systems.industry.embedded_broker import accounts as accounts_module
from jinmai.systems.industry.embedded_broker.accounts import Accounts
from jinmai.systems.industry.messaging import service_sign_in
from jinmai.systems.industry.models import QuarantineCount
from jinmai.systems.industry.services.credentials import issue_credential
from jinmai.systems.industry.tests.factories import make_device

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts() -> Accounts:
    made = Accounts()
    made.refresh()
    return made


def test_device_signs_in_with_its_secret_and_no_other() -> None:
    accounts = Accounts()
    secret = issue_credential(device=make_device(), actor="test")
    accounts.refresh()
    assert [accounts.may_sign_in("saf-1", each) for each in (secret, secret, "wrong", "")] == [
        *(True, True, False, False),
    ]


def test_changed_credential_and_disabled_device_take_effect_at_the_next_refresh(accounts: Accounts) -> None:
    device = make_device()
    first = issue_credential(device=device, actor="test")
    accounts.refresh()
    assert accounts.may_sign_in("saf-1", first)
    second = issue_credential(device=device, actor="test")
    accounts.refresh()
    assert [accounts.may_sign_in("saf-1", each) for each in (first, second)] == [False, True]
    type(device).objects.update(enabled=False)
    accounts.refresh()
    assert not accounts.may_sign_in("saf-1", second)


def test_device_without_a_credential_cannot_sign_in(accounts: Accounts) -> None:
    make_device()
    accounts.refresh()
    assert not accounts.may_sign_in("saf-1", "")


def test_city_signs_in_with_the_secret_of_its_data_folder(accounts: Accounts) -> None:
    assert accounts.may_sign_in("jinmai", service_sign_in().secret)
    assert not accounts.may_sign_in("jinmai", "")


@pytest.mark.parametrize(
    ("name", "topic", "publish", "allowed"),
    [
        ("saf-1", "jinmai/saf-1/telemetry", True, True),
        ("saf-1", "jinmai/saf-1/ack", False, True),
        ("saf-1", "jinmai/saf-2/telemetry", True, False),
        ("saf-1", "jinmai/saf-2/ack", False, False),
        ("saf-1", "jinmai/saf-1/telemetry", False, False),
        ("saf-1", "jinmai/saf-1/ack", True, False),
        ("saf-1", "jinmai/+/ack", False, False),
        ("saf-1", "#", False, False),
        ("saf-2", "jinmai/saf-2/telemetry", True, False),
        ("jinmai", "jinmai/+/telemetry", False, True),
        ("jinmai", "jinmai/saf-1/ack", True, True),
        ("jinmai", "jinmai/saf-1/telemetry", True, False),
        ("jinmai", "#", False, False),
    ],
)
def test_everybody_keeps_to_the_own_topics(
    accounts: Accounts,
    name: str,
    topic: str,
    publish: bool,  # noqa: FBT001 - a table of cases
    allowed: bool,  # noqa: FBT001
) -> None:
    issue_credential(device=make_device("saf-1"), actor="test")
    make_device("saf-2")
    accounts.refresh()
    credential = accounts.credential_of(name)
    assert accounts.may_use(name, topic, publish=publish, credential=credential) is allowed


def test_a_connection_outlives_no_new_secret(accounts: Accounts) -> None:
    device = make_device("saf-1")
    issue_credential(device=device, actor="test")
    accounts.refresh()
    signed_in_by = accounts.credential_of("saf-1")
    issue_credential(device=device, actor="test")
    accounts.refresh()
    own = "jinmai/saf-1/telemetry"
    assert not accounts.may_use("saf-1", own, publish=True, credential=signed_in_by)
    assert accounts.may_use("saf-1", own, publish=True, credential=accounts.credential_of("saf-1"))


def test_denials_wait_for_the_database(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    make_device()

    def away(**_: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as without:
        without.setattr(accounts_module, "quarantine", away)
        for topic in ("jinmai/saf-2/telemetry", "jinmai/saf-3/telemetry"):
            accounts.note_denied("saf-1", topic)
        with pytest.raises(OperationalError):
            accounts.refresh()
    accounts.refresh()
    assert QuarantineCount.objects.get().payloads == 2


def test_publishing_as_another_is_counted_in_the_quarantine(accounts: Accounts) -> None:
    make_device()
    accounts.note_denied("saf-1", "jinmai/saf-2/telemetry")
    accounts.note_denied("saf-1", "jinmai/saf-2/telemetry")
    accounts.refresh()
    assert list(QuarantineCount.objects.values_list("claimed", "reason", "payloads")) == [
        ("saf-1", "foreign_identity", 2)
    ]
