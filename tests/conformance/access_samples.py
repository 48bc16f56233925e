"""One object for each permission that covers objects, made for a given owner and district.

``make_sample("industry.view_alarm", owner, district)`` gives an alarm of that firm. A permission without a
sample fails ``test_access_matrix.py``: what nobody made an example of, nobody tested.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.conf import settings

from jinmai.core.access.api import Membership, Organisation, User

_numbers = count(1)
Maker = Callable[[Organisation, str], Any]


def make_sample(permission: str, owner: Organisation, district: str) -> Any:
    """The object; skips where its system was taken out of this house."""
    room = permission.partition(".")[0]
    if not any(manifest.key == room for manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]):
        pytest.skip(f"{room} is not part of this house")
    return SAMPLES[permission](owner, district)


def _colleague(owner: Organisation, district: str) -> User:
    del district
    person = User.objects.create_user(f"colleague{next(_numbers)}", display_name="Colleague")
    Membership.objects.create(user=person, organisation=owner, role="unknown")
    return person


def _plant(owner: Organisation, district: str) -> Any:
    from jinmai.systems.industry.tests.factories import make_plant  # noqa: PLC0415 - only where it stands

    plant = make_plant(f"plant-{next(_numbers)}", district_code=district)
    plant.owner = owner
    plant.save()
    return plant


def _device(owner: Organisation, district: str) -> Any:
    from jinmai.systems.industry.tests.factories import make_device  # noqa: PLC0415 - only where it stands

    return make_device(f"device-{next(_numbers)}", _plant(owner, district))


def _alarm(owner: Organisation, district: str) -> Any:
    from jinmai.systems.industry.tests import factories  # noqa: PLC0415 - only where it stands

    rule = factories.make_rule(f"rule-{next(_numbers)}")
    return factories.make_alarm(rule, _device(owner, district))


def _alarm_rule(owner: Organisation, district: str) -> Any:
    from jinmai.systems.industry.tests.factories import make_rule  # noqa: PLC0415 - only where it stands

    return make_rule(f"rule-{next(_numbers)}", plant=_plant(owner, district))


def _quarantined(owner: Organisation, district: str) -> Any:
    from jinmai.systems.industry.models import QuarantinedPayload  # noqa: PLC0415 - only where it stands

    return QuarantinedPayload(device=_device(owner, district))


def _party(owner: Organisation, district: str) -> Any:
    from jinmai.core.register.models import Party  # noqa: PLC0415 - beside its siblings

    return Party(code=owner.code, district_id=district)


def _endpoint(owner: Organisation, district: str) -> Any:
    from jinmai.core.notices.models import Endpoint  # noqa: PLC0415 - beside its siblings

    del district
    return Endpoint(organisation=owner)


def _delivery(owner: Organisation, district: str) -> Any:
    from jinmai.core.notices.models import Delivery, Message  # noqa: PLC0415 - beside its siblings

    del district
    return Delivery(message=Message(organisation=owner))


SAMPLES: dict[str, Maker] = {
    "access.view_contact": _colleague,
    "access.view_staff": _colleague,
    "industry.change_alarm_rule": _alarm_rule,
    "industry.handle_alarm": _alarm,
    "industry.view_alarm": _alarm,
    "industry.view_alarm_rule": _alarm_rule,
    "industry.view_device": _device,
    "industry.view_plant": _plant,
    "industry.view_quarantine": _quarantined,
    "notices.manage_endpoint": _endpoint,
    "notices.send_again": _delivery,
    "notices.view_delivery": _delivery,
    "register.view_party": _party,
    "register.view_personal": _party,
}
