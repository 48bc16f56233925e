"""The Chinese typeface that set-up brings, for what is drawn on the server: labels, reports, certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CHINESE_TYPEFACE: Final = Path(__file__).resolve().parent / "fonts" / "NotoSansSC_400Regular.ttf"
