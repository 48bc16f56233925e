"""Three processes write by the services of the house, beside sealer and worker, without one lock error.

Ten seconds with all tests, ten minutes with ``make faults``; on SQLite, and on PostgreSQL where
``JINMAI_TEST_POSTGRES`` names a server. Whatever a process said it had written is there at the end.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.ledger_instance import LedgerInstance
from tests.faults.test_ledger_kills import instance, wait_for

__all__ = ["instance"]

# Enters a firm and its revenue, from which "above scale" follows, again and again.
REGISTRAR = """
import django
django.setup()
from datetime import date
from jinmai.core.register.api import When, enter_fact, enter_party
from jinmai.core.register.tests.factories import code_number

number = 0
while True:
    number += 1
    firm = enter_party(code=code_number(number), kind="enterprise", name_zh=f"东区第{number}合金厂",
                       district="990101", actor="user:1")
    enter_fact(subject=firm, kind="revenue", value=f"{number * 40000}.00", source="tax",
               when=When.year(2025, date(2026, 4, 1)), actor="user:1")
    print(firm.code, flush=True)
"""
# Tells somebody something again and again; the worker delivers it by e-mail.
TELLER = """
import django
django.setup()
from django.db import transaction
from jinmai.core.access.api import User
from jinmai.core.notices.api import notify

somebody = User.objects.create_user("teller", display_name="Teller", email="teller@firm.example")
number = 0
while True:
    number += 1
    with transaction.atomic():
        notify(kind="notices.test", to=somebody, subject="together", params={"name": "MES"},
               key=f"told {number}")
    print(number, flush=True)
"""
# Makes keys of machines and revokes them.
KEEPER = """
import django
django.setup()
from jinmai.core.access.services.api_keys import create_api_key, revoke_api_key

while True:
    key, _secret = create_api_key(actor="command:api_key", scopes=["epcis"], name="together")
    revoke_api_key(actor="command:api_key", key=key)
    print(key.public_id, flush=True)
"""
COUNTER = """
import django
django.setup()
from jinmai.core.access.api import ApiKey
from jinmai.core.notices.models import Message
from jinmai.core.register.api import Fact, Party
print(Party.objects.filter(code__startswith="91990101MA0").count(),
      Fact.objects.filter(kind__key="revenue", party__code__startswith="91990101MA0").count(),
      Message.objects.filter(subject="together").count(),
      ApiKey.objects.exclude(revoked_at=None).count())
"""
WRITERS = {"registrar": REGISTRAR, "teller": TELLER, "keeper": KEEPER}


def test_three_services_write_together_without_a_lock_error(instance: LedgerInstance) -> None:
    _together(instance, seconds=10)


@pytest.mark.slow
def test_three_services_write_together_for_ten_minutes(instance: LedgerInstance) -> None:
    _together(instance, seconds=600)


def _together(instance: LedgerInstance, seconds: float) -> None:
    instance.migrate()
    assert instance.jinmai("load_city", "tests/tiny_city").returncode == 0
    before = _counted(instance)
    heard: dict[str, Path] = {name: instance.data / name for name in WRITERS}
    beside = [
        instance.start("-m", "jinmai", "seal", "--every", "0.2"),
        instance.start("-m", "jinmai", "work"),
    ]
    writing = [instance.start("-c", WRITERS[name], output=heard[name]) for name in WRITERS]
    for each in heard.values():
        wait_for(each, instance)
    time.sleep(seconds)
    ended = [process.args for process in (*writing, *beside) if process.poll() is not None]
    assert (ended, (instance.data / "programs.log").read_text(encoding="utf-8")) == ([], "")
    instance.stop()
    said = Counter({name: path.read_text(encoding="utf-8").count("\n") for name, path in heard.items()})
    parties, facts, messages, revoked = (
        now - was for now, was in zip(_counted(instance), before, strict=True)
    )
    # What was committed and not said any more is one of each at most.
    assert 0 <= facts - said["registrar"] <= 1
    assert 0 <= parties - facts <= 1
    assert 0 <= messages - said["teller"] <= 1
    assert 0 <= revoked - said["keeper"] <= 1
    assert min(said.values()) > 0
    assert instance.jinmai("seal", "--once").returncode == 0
    assert instance.check()["ok"] is True


def _counted(instance: LedgerInstance) -> list[int]:
    asked = instance.start("-c", COUNTER)
    told, _ = asked.communicate(timeout=120)
    instance.started.remove(asked)
    return [int(number) for number in told.split()]
