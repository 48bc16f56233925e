"""A lake and last values of its own for each test of this system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jinmai.core.web.api import forget
from jinmai.systems.industry.selectors import stores


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    """An empty data folder in which the lake and the last values of this test lie."""
    settings.JINMAI_DATA = tmp_path
    forget()
    return tmp_path


@pytest.fixture(autouse=True)
def _stores_are_closed() -> Any:
    """Stores opened by a test are given back, and no figure outlives its readings."""
    yield
    forget()
    stores.close()
