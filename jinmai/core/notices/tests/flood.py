"""A process for the kill test: ``prepare URL SECRET COUNT`` sends messages, ``count`` tells their states."""

from __future__ import annotations

import sys

import django


def main() -> None:
    """Do what the first argument says."""
    django.setup()
    if sys.argv[1] == "prepare":
        _prepare(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        _count()


def _prepare(url: str, secret: str, count: int) -> None:
    from django.db import transaction  # noqa: PLC0415 - Django is set up by main

    from jinmai.core.access.api import Organisation  # noqa: PLC0415 - as above
    from jinmai.core.notices.api import notify  # noqa: PLC0415 - as above
    from jinmai.core.notices.models import Endpoint  # noqa: PLC0415 - as above
    from jinmai.core.notices.sealing import seal  # noqa: PLC0415 - as above

    firm = Organisation.objects.create(
        code="91210711MA0HR0001T", name_zh="宏熔", name_en="H", kind="enterprise"
    )
    Endpoint.objects.create(
        organisation=firm, channel="webhook", name="MES", sealed_url=seal(url), sealed_secret=seal(secret)
    )
    for number in range(count):
        with transaction.atomic():
            notify(
                kind="notices.test",
                to=firm,
                subject=f"fact:{number}",
                params={"name": str(number)},
                key=f"fact:{number}",
            )


def _count() -> None:
    from django.db.models import Count  # noqa: PLC0415 - as above

    from jinmai.core.notices.models import Delivery  # noqa: PLC0415 - as above

    for state, count in Delivery.objects.order_by().values_list("state").annotate(Count("pk")):
        sys.stdout.write(f"{state} {count}\n")


if __name__ == "__main__":
    main()
