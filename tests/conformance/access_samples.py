"""One object for each permission that covers objects, made for a given owner and district.

``make_sample("industry.view_alarm", owner, district)`` gives an alarm of that firm. A permission without a
sample fails ``test_access_matrix.py``: what nobody made an example of, nobody tested.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

from django.conf import settings

from jinmai.core.access.api import Membership, Organisation, User

_numbers = count(1)
Maker = Callable[[Organisation, str], Any]


def _colleague(owner: Organisation, district: str) -> User:
    del district
    person = User.objects.create_user(f"colleague{next(_numbers)}", display_name="Colleague")
    Membership.objects.create(user=person, organisation=owner, role="unknown")
    return person


def _api_key(owner: Organisation, district: str) -> Any:
    from jinmai.core.access.models import ApiKey  # noqa: PLC0415 - beside its siblings

    del district
    return ApiKey.objects.create(public_id=f"key{next(_numbers)}", digest=b"", organisation=owner)


def _party(owner: Organisation, district: str) -> Any:
    from jinmai.core.register.models import Party  # noqa: PLC0415 - beside its siblings

    return Party(code=owner.code, district_id=district)


def _thing(owner: Organisation, district: str) -> Any:
    from jinmai.core.register.models import Thing  # noqa: PLC0415 - beside its siblings

    return Thing(party=_party(owner, district))


def _endpoint(owner: Organisation, district: str) -> Any:
    from jinmai.core.notices.models import Endpoint  # noqa: PLC0415 - beside its siblings

    del district
    return Endpoint(organisation=owner)


def _delivery(owner: Organisation, district: str) -> Any:
    from jinmai.core.notices.models import Delivery, Message  # noqa: PLC0415 - beside its siblings

    del district
    return Delivery(message=Message(organisation=owner))


CORE: dict[str, Maker] = {
    "access.issue_api_key": _api_key,
    "access.manage_api_keys": _api_key,
    "access.view_contact": _colleague,
    "access.view_staff": _colleague,
    "access.give_role": _colleague,
    "notices.manage_endpoint": _endpoint,
    "notices.send_again": _delivery,
    "notices.view_delivery": _delivery,
    "notices.view_delivery_subject": _delivery,
    "register.correct": _party,
    "register.view_party": _party,
    "register.view_personal": _party,
    "register.view_thing": _thing,
}


def samples() -> dict[str, Maker]:
    """The core's samples, and those that each system's ``tests/factories.py`` gives as ``SAMPLES``."""
    found = dict(CORE)
    for manifest in settings.JINMAI_SYSTEMS:
        found |= import_module(f"jinmai.systems.{manifest.key}.tests.factories").SAMPLES
    return found


def make_sample(permission: str, owner: Organisation, district: str) -> Any:
    """An object that the permission covers, of this owner, in this district."""
    return samples()[permission](owner, district)
