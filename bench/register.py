"""Rows imported per second and the delay of a search, over a register of 1,000,000 parties with facts.

A CSV table goes the whole way: read, checked cell by cell, reported, accepted in the ledger, written in
chunks with facts, what follows from them, and the search index. Each row is one party with three facts; a
fourth ("above scale") is derived for every industrial one. ``JINMAI_BENCH_ROWS`` takes fewer rows; with
``JINMAI_TEST_POSTGRES`` the same is measured on PostgreSQL.

Peers: the ORM's ``bulk_create`` of such parties and facts, which checks, derives, indexes and records
nothing; and a search by ``LIKE '%…%'`` over the same names.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.machine import describe

ROWS = int(os.environ.get("JINMAI_BENCH_ROWS", "1000000"))
PEER_ROWS = 20_000
SEARCHES, PEER_SEARCHES = 2_000, 40
ROOT = Path(__file__).resolve().parent.parent
DISTRICTS = ("210702", "210703", "210711", "210726", "210727", "210781", "210782")
INDUSTRIES = ("C3140", "C3239", "C3240", "C1361", "A0411", "F5124", "I6531", "H6210", "G5430", "C2720")
SIZES = ("小型", "微型", "中型", "大型")
PLACES = ("锦州", "锦州市", "辽宁", "凌海", "北镇", "义县", "黑山县", "锦州滨海")
SYLLABLES = "宏熔金辉华信德润海兴瑞丰源泰盛达通力嘉恒远新东方明佳美利安康顺和平永昌鑫隆益民乐天宇博雅凯旋"
TRADES = (
    "特种合金",
    "钛业",
    "海参养殖",
    "机械制造",
    "食品加工",
    "电气",
    "物流运输",
    "商贸",
    "建材",
    "信息技术",
)
FORMS = ("有限公司", "股份有限公司", "有限责任公司", "厂", "商店")
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def run() -> dict[str, Any]:
    """Measure on SQLite, and on PostgreSQL where a server is named."""
    results, peers = {}, {}
    for name, url in _databases():
        with tempfile.TemporaryDirectory(prefix="jinmai-bench-register-") as folder, _fresh(url) as database:
            told = _in_a_city_of_its_own(Path(folder), database)
        results[name], peers[name] = told["results"], told["peers"]
    return {
        "name": "register",
        "machine": describe(),
        "results": results,
        "peers": peers,
        "ratios": {
            name: {
                "import_to_bulk_create": round(
                    results[name]["import"]["rows_per_second"] / peers[name]["bulk_create_rows_per_second"], 2
                ),
                "like_to_search_p99": round(
                    peers[name]["like_milliseconds"]["p99"] / results[name]["search_milliseconds"]["p99"], 1
                ),
            }
            for name in results
        },
    }


def _databases() -> Iterator[tuple[str, str]]:
    yield "sqlite", ""
    if url := os.environ.get("JINMAI_TEST_POSTGRES", ""):
        yield "postgresql", url


@contextmanager
def _fresh(url: str) -> Iterator[str]:
    """A database of its own on the server that ``url`` names, dropped afterwards; nothing for SQLite."""
    if not url:
        yield ""
        return
    name = f"jinmai_bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield url.rpartition("/")[0] + "/" + name
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _in_a_city_of_its_own(folder: Path, database: str) -> dict[str, Any]:
    environment = {**os.environ, "JINMAI_DATA": str(folder), "JINMAI_DATABASE_URL": database}
    environment["DJANGO_SETTINGS_MODULE"] = "jinmai.config.settings"
    for command in (["migrate", "-v0"], ["load_city", str(ROOT / "tests" / "tiny_city")]):
        subprocess.run(
            [sys.executable, "-m", "jinmai", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    done = subprocess.run(
        [sys.executable, "-m", "bench.register"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _measure() -> dict[str, Any]:
    """In a process of its own: import, then search, then the peers."""
    import django  # noqa: PLC0415 - the settings are this process's own

    django.setup()
    from django.conf import settings  # noqa: PLC0415 - once Django is set up

    chance = random.Random(7)
    path = Path(settings.JINMAI_DATA) / "parties.csv"
    names = _write_table(path, chance)
    imported = _import(path)
    searched = _search(names, chance)
    return {
        "results": {"import": imported, "search_milliseconds": searched},
        "peers": {
            "bulk_create_rows_per_second": _bulk_create(),
            "like_milliseconds": _like(names, chance),
        },
    }


def _write_table(path: Path, chance: random.Random) -> list[str]:
    """The table; a sample of its names is kept for the searches."""
    _districts()
    kept = []
    with path.open("w", encoding="utf-8") as file:
        file.write("统一社会信用代码,名称,区县,行业代码,规模,年度,营业收入（元）,从业人数,纳税额\n")
        for number in range(ROWS):
            name = _name(chance)
            if number % 1000 == 0:
                kept.append(name)
            revenue = chance.randrange(10_000, 60_000_000)
            file.write(
                f"{_code(number)},{name},{chance.choice(DISTRICTS)},{chance.choice(INDUSTRIES)},"
                f"{chance.choice(SIZES)},2025,{revenue}.50,{chance.randrange(500)},{revenue // 50}\n"
            )
    return kept


def _districts() -> None:
    from jinmai.core.register.models import District  # noqa: PLC0415 - once Django is set up

    for code in DISTRICTS:
        District.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code})


def _name(chance: random.Random) -> str:
    middle = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 2, 3))))
    return chance.choice(PLACES) + middle + chance.choice(TRADES) + chance.choice(FORMS)


def _code(number: int) -> str:
    body = f"91210700MA{number:07d}"
    total = sum(ALPHABET.index(each) * weight for each, weight in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[-total % 31]


def _import(path: Path) -> dict[str, Any]:
    from jinmai.core.register.importing import run as importing  # noqa: PLC0415 - once Django is set up
    from jinmai.core.register.services.imports import (  # noqa: PLC0415 - as above
        Upload,
        accept_import,
        open_import,
    )

    with path.open("rb") as file:
        started = time.perf_counter()
        batch = open_import(
            key="bench",
            upload=Upload("parties.csv", iter(lambda: file.read(1 << 20), b"")),
            source="tax",
            as_of=date(2026, 4, 30),
            illustrative=True,
            actor="system:bench",
        )
        received = time.perf_counter()
    importing.advance(batch.pk)
    checked = time.perf_counter()
    accept_import(batch=batch, only_good=False, actor="system:bench")
    importing.advance(batch.pk)
    written = time.perf_counter()
    batch.refresh_from_db()
    if (batch.state, batch.rows_written) != ("done", ROWS):
        raise RuntimeError(f"the import ended {batch.state} with {batch.rows_written} rows")
    return {
        "rows": ROWS,
        "facts": batch.facts_written,
        "received_seconds": round(received - started, 1),
        "checked_rows_per_second": round(ROWS / (checked - received)),
        "written_rows_per_second": round(ROWS / (written - checked)),
        "rows_per_second": round(ROWS / (written - started)),
        "facts_per_second": round(batch.facts_written / (written - started)),
    }


def _search(names: list[str], chance: random.Random) -> dict[str, float]:
    """Parts of names of two to four characters, some in every second name; a third narrowed further."""
    from jinmai.core.access.api import Reach  # noqa: PLC0415 - once Django is set up
    from jinmai.core.register.search import Sought, Wanted  # noqa: PLC0415 - as above

    reach = Reach(city=True)
    counts: list[int] = []

    def once() -> None:
        wanted = Wanted(text=_part(names, chance))
        if chance.random() < 0.33:
            wanted = wanted._replace(
                district=chance.choice(DISTRICTS), industry=chance.choice(INDUSTRIES)[:3]
            )
        if chance.random() < 0.1:
            wanted = Wanted(text=_code(chance.randrange(ROWS))[: chance.choice((12, 15, 18))])
        sought = Sought(wanted, reach)
        sought.page(limit=25)
        counts.append(sought.count)

    return _quantiles(once, SEARCHES)


def _like(names: list[str], chance: random.Random) -> dict[str, float]:
    from jinmai.core.register.models import Party  # noqa: PLC0415 - once Django is set up

    def once() -> None:
        rows = Party.objects.filter(name_zh__contains=_part(names, chance)).order_by("pk")
        list(rows[:25])
        rows[:1001].count()

    return _quantiles(once, PEER_SEARCHES)


def _part(names: list[str], chance: random.Random) -> str:
    name = chance.choice(names)
    length = chance.choice((2, 2, 3, 4))
    start = chance.randrange(max(1, len(name) - length))
    return name[start : start + length]


def _quantiles(once: Callable[[], None], times: int) -> dict[str, float]:
    for _ in range(5):
        once()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        once()
        spent.append((time.perf_counter() - started) * 1000)
    spent.sort()
    return {
        "p50": round(spent[len(spent) // 2], 2),
        "p99": round(spent[min(len(spent) - 1, len(spent) * 99 // 100)], 2),
        "longest": round(spent[-1], 2),
    }


def _bulk_create() -> float:
    """The ORM's way for the same rows, without check, rule, index and record."""
    from django.db import transaction  # noqa: PLC0415 - once Django is set up
    from django.utils import timezone  # noqa: PLC0415 - as above

    from jinmai.core.register.models import Fact, FactKind, Party, Source  # noqa: PLC0415 - as above

    kinds = list(FactKind.objects.filter(key__in=["revenue", "staff", "tax_paid"]))
    source = Source.objects.get(key="tax")
    started = time.perf_counter()
    for first in range(0, PEER_ROWS, 2000):
        with transaction.atomic():
            parties = Party.objects.bulk_create(
                Party(code=_code(5_000_000 + number), name_zh="厂", kind="enterprise", size="small")
                for number in range(first, first + 2000)
            )
            Fact.objects.bulk_create(
                Fact(
                    party=party,
                    kind=kind,
                    number=1,
                    source=source,
                    as_of=date(2026, 4, 30),
                    effective_from=date(2025, 1, 1),
                    effective_to=date(2026, 1, 1),
                    entered_at=timezone.now(),
                )
                for party in parties
                for kind in kinds
            )
    return round(PEER_ROWS / (time.perf_counter() - started))


if __name__ == "__main__":
    print(json.dumps(_measure()))
