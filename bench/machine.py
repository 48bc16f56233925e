"""The machine that a benchmark ran on: figures mean nothing without it."""

import os
import platform
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("duckdb", "polars", "pyarrow", "deltalake", "Django", "paho-mqtt", "amqtt", "uvicorn")


def describe() -> dict[str, Any]:
    """Processor, cores, memory, system and the versions that matter; for a benchmark's "machine"."""
    return {
        "processor": _field(Path("/proc/cpuinfo"), "model name") or platform.processor() or "unknown",
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_before": [round(each, 2) for each in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {
            **{name: installed for name in _PACKAGES if (installed := _installed(name)) is not None},
            "sqlite": sqlite3.sqlite_version,
        },
        "interpreter": sys.implementation.name,
    }


def _field(path: Path, name: str) -> str | None:
    """The first "name : value" of a file of the kernel's."""
    if not path.exists():
        return None
    for line in path.read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return None


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
