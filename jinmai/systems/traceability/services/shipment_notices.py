"""Tells the receiver what is on its way, and that it no longer is, in the transaction that sends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import people_who_may
from jinmai.core.notices.api import notify
from jinmai.core.web.api import Words
from jinmai.systems.traceability.models import LogisticUnit, LotShipment, Site

# What is recorded later is history, such as what a city pack tells: nobody waits for it.
NEWS: Final = timedelta(days=7)
Goods = LogisticUnit | LotShipment


def tell_of_shipping(goods: Goods, sender: Site, receiver: Site, at: datetime) -> int:
    """Tell who may take it in. Boxes that one site sends another within an hour are told once."""
    if isinstance(goods, LotShipment):
        key = f"{goods.subject}:shipped"
    else:
        key = f"traceability.units:{sender.key}:{receiver.key}:{timezone.localtime(at):%Y%m%d%H}"
    return _tell("traceability.on_its_way", goods, (sender, receiver), at, key)


def tell_of_taking_back(goods: Goods, sender: Site, receiver: Site, at: datetime) -> int:
    """Tell them that it does not come."""
    key = f"{goods.subject}:taken_back:{at.isoformat()}"
    return _tell("traceability.taken_back", goods, (sender, receiver), at, key)


def _tell(kind: str, goods: Goods, way: tuple[Site, Site], at: datetime, key: str) -> int:
    sender, receiver = way
    if sender.owner_id == receiver.owner_id or at < timezone.now() - NEWS:
        return 0
    permission, what, href = _named(goods)
    # The permission covers a site's goods; a unit that was taken back is bound for nobody any more.
    sample = goods if isinstance(goods, LotShipment) else LogisticUnit(bound_for=receiver)
    return notify(
        kind=kind,
        to=[*people_who_may(permission, sample), receiver.owner],
        subject=goods.subject,
        params={"from": _words(sender), "to": _words(receiver), "what": what, "at": at},
        key=key,
        href=href,
    )


def _named(goods: Goods) -> tuple[str, Words, str]:
    """Who is told, of what, and where they read on."""
    if isinstance(goods, LotShipment):
        name = f"{goods.lot.code} ({goods.number})"
        href = reverse("traceability:shipment", args=[goods.number])
        return "traceability.receive_lot", Words(zh=f"批次 {name}", en=f"lot {name}"), href
    name = goods.sscc
    return (
        "traceability.receive_unit",
        Words(zh=f"箱或托盘 {name}", en=f"box or pallet {name}"),
        reverse("traceability:units"),
    )


def _words(site: Site) -> Words:
    return Words(zh=site.name_zh, en=site.name_en or site.name_zh)
