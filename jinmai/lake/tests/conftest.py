"""Each test gets a lake of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jinmai.lake import Lake
from jinmai.lake.tests.telemetry import furnace_lake


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """A lake with one empty furnace table."""
    with furnace_lake(tmp_path / "lake") as opened:
        yield opened
