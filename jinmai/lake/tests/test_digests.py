"""A digest belongs to the rows, wherever and in whatever order they are kept."""

import hashlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from jinmai.lake import INT64, Lake, Table, row_digest
from jinmai.lake.digests import row_digests
from jinmai.lake.tests.telemetry import FURNACE, key, message, send

_ORDER = ("device", "time")


def number(value: int) -> bytes:
    return value.to_bytes(8, "little", signed=True)


def test_digest_is_the_documented_encoding() -> None:
    frame = pl.DataFrame(
        {
            "device": pl.Series([7, 7], dtype=pl.Int32),
            "time": pl.Series([2, 1], dtype=pl.Int64).cast(pl.Datetime("us", "UTC")),
            "power": [-3, None],
            "current": pl.Series([None, None], dtype=pl.Int64),
        }
    )
    encoded = (
        b'jinmai-rows-1\n["device", "power", "time"]\n'
        + number(2)
        + b"\x01\x01"
        + b"\x00\x01"
        + b"\x01\x01"
        + number(7)
        + number(7)
        + number(0)
        + number(-3)
        + number(1)
        + number(2)
    )
    assert row_digest(frame, _ORDER) == hashlib.sha256(encoded).digest()


rows = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 2), st.none() | st.integers(0, 2), st.none() | st.integers(-1, 1)
    ),
    max_size=8,
)


def frame_of(each: list[tuple[int, int, int | None, int | None]]) -> pl.DataFrame:
    schema = {"device": pl.Int32, "time": pl.Int64, "power": pl.Int64, "current": pl.Int64}
    return pl.DataFrame(each, schema=schema, orient="row").with_columns(
        pl.col("time").cast(pl.Datetime("us", "UTC"))
    )


@given(rows=rows, seed=st.integers(0, 99))
def test_digest_does_not_depend_on_the_order(
    rows: list[tuple[int, int, int | None, int | None]], seed: int
) -> None:
    frame = frame_of(rows)
    assert row_digest(frame.sample(fraction=1, shuffle=True, seed=seed), _ORDER) == row_digest(frame, _ORDER)


@given(first=rows, second=rows)
def test_parts_digested_together_have_the_digests_of_each(
    first: list[tuple[int, int, int | None, int | None]],
    second: list[tuple[int, int, int | None, int | None]],
) -> None:
    together = row_digests(frame_of(first + second), [len(first), len(second)], _ORDER)
    assert together == [row_digest(frame_of(first), _ORDER), row_digest(frame_of(second), _ORDER)]


@given(first=rows, second=rows)
def test_other_rows_have_another_digest(
    first: list[tuple[int, int, int | None, int | None]],
    second: list[tuple[int, int, int | None, int | None]],
) -> None:
    def content(rows: list[tuple[int, int, int | None, int | None]]) -> list[str]:
        return sorted(map(repr, rows))

    same = row_digest(frame_of(first), _ORDER) == row_digest(frame_of(second), _ORDER)
    assert same == (content(first) == content(second))


def test_digest_survives_compaction_and_a_new_column(lake: Lake) -> None:
    (given_out,) = lake.append_one(FURNACE.name, message(7, 0, power=[1, None, 3]), key(7, 0)).digests
    send(lake, (8, 0), (9, 0))
    lake.compact(FURNACE.name)
    lake.create(Table(FURNACE.name, {**FURNACE.columns, "current": INT64}))
    read_back = lake.read(FURNACE.name, devices=[7])
    assert lake.digest(FURNACE.name, read_back) == given_out
