"""What the head of a table says: which column is which field of a party, and which a kind of fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from jinmai.core.register.choices import Period
from jinmai.core.register.codes import plain
from jinmai.core.register.models import FactKind
from jinmai.standards.tabular import Row, TableRefused, cell_name

# Field to the heads that name it: the key, then Chinese and English as offices write them.
FIELDS: dict[str, tuple[str, ...]] = {
    "code": ("code", "统一社会信用代码", "社会信用代码", "unified social credit code", "uscc"),
    "name_zh": ("name_zh", "name", "名称", "企业名称", "单位名称", "单位详细名称", "chinese name"),
    "name_en": ("name_en", "英文名称", "english name"),
    "kind": ("kind", "类型", "主体类型", "kind of party"),
    "district": ("district", "区县", "县区", "行政区划", "行政区划代码"),
    "industry": ("industry", "行业", "行业代码", "industry code"),
    "edition": ("edition", "行业标准版本", "行业版本", "edition of gb/t 4754"),
    "size": ("size", "规模", "企业规模", "size class"),
    "source": ("source", "来源", "数据来源"),
    "as_of": ("as_of", "截至日期", "数据截至日期", "as of"),
    "year": ("year", "年度", "年份"),
    "from": ("from", "生效日期", "开始日期", "effective from"),
    "to": ("to", "失效日期", "截止日期", "effective before"),
}
UNIT = re.compile(r"(.+?)\s*[((]([^()()]+)[))]")
_BY_HEAD = {head: field for field, heads in FIELDS.items() for head in heads}


class FileRefused(TableRefused):
    """A file that can be read and is no table of the register; ``reason`` is a key of ``reasons.FILE``."""

    def __init__(self, reason: str, place: str = "", detail: str = "") -> None:
        super().__init__(reason, place, detail)  # type: ignore[arg-type]


class Columns(NamedTuple):
    """Where each field and each kind of fact stands, by column number from 0."""

    fields: Mapping[str, int]
    facts: list[tuple[int, FactKind]]
    heads: list[str]

    @property
    def yearly(self) -> bool:
        """Whether any column is a number of a year."""
        return any(kind.period == Period.YEAR for _, kind in self.facts)


def read_head(row: Row, kinds: Mapping[str, FactKind]) -> Columns:
    """Understand the first row of a table. Raises :class:`FileRefused` with the cell."""
    if row.faults:
        raise FileRefused("header_fault", cell_name(row.number, row.faults[0].column))
    by_name = {name.lower(): kind for kind in kinds.values() for name in _names(kind)}
    fields: dict[str, int] = {}
    facts: list[tuple[int, FactKind]] = []
    seen: set[str] = set()
    for column, given in enumerate(row.cells):
        head = plain(given).lower()
        if not head:
            continue
        place = cell_name(row.number, column)
        field = _BY_HEAD.get(head)
        if field is None:
            kind = _kind(head, by_name, place, given)
            facts.append((column, kind))
            field = f"fact {kind.key}"
        else:
            fields[field] = column
        if field in seen:
            raise FileRefused("header_twice", place, given.strip()[:40])
        seen.add(field)
    if "code" not in fields:
        raise FileRefused("header_missing", detail=FIELDS["code"][1])
    return Columns(fields, facts, [cell.strip() for cell in row.cells])


def _names(kind: FactKind) -> list[str]:
    return [kind.key, kind.name_zh, kind.name_en]


def _kind(head: str, by_name: Mapping[str, FactKind], place: str, given: str) -> FactKind:
    """The kind of fact that a head names, perhaps with its unit in brackets behind it."""
    if head in by_name:
        return by_name[head]
    match = UNIT.fullmatch(head)
    kind = by_name.get(match[1]) if match else None
    if match is None or kind is None:
        raise FileRefused("header_unknown", place, given.strip()[:40])
    if match[2].strip() not in {kind.unit_zh.lower(), kind.unit_en.lower()}:
        raise FileRefused("header_unit", place, kind.unit_zh or kind.unit_en or "–")
    return kind
