"""What headers ask of our next visit."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.manners import LONGEST, MAX_VALIDATOR, advice_of, conditional_headers, validators_of
from news.types import Validators
from tests.feeds.fetching import NOW

DATA = Path(__file__).resolve().parents[1] / "data" / "manners"


def rows() -> list[dict[str, str]]:
    with (DATA / "advice.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def seconds(length: timedelta | None) -> str:
    return "" if length is None else str(int(length.total_seconds()))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["headers"])
def test_advice_as_in_the_table(row: dict[str, str]) -> None:
    pairs = [line.partition(": ") for line in row["headers"].split(" | ") if line]
    advice = advice_of([(name.lower(), value) for name, _, value in pairs], now=NOW)
    assert (seconds(advice.retry_after), seconds(advice.fresh_for)) == (row["retry after"], row["fresh for"])


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["retry-after", "cache-control", "expires", "date", "age", "etag", "last-modified"]),
        st.one_of(st.text(), st.from_regex(r"max-age=\"?[0-9]{1,40}\"?"), st.from_regex(r"[0-9]{1,400}")),
    )
)


@given(HEADERS)
def test_no_header_makes_a_date_that_cannot_be_computed(headers: list[tuple[str, str]]) -> None:
    advice = advice_of(headers, now=NOW)
    for length in (advice.retry_after, advice.fresh_for):
        assert length is None or timedelta(0) <= length <= LONGEST
    for _, value in conditional_headers(validators_of(headers)):
        assert "\r" not in value
        assert "\n" not in value
        assert 0 < len(value.encode()) <= MAX_VALIDATOR


@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', "unquoted", '"خبر"', '"a" ', '"a,b\\"', "'"])
def test_validators_go_back_byte_for_byte(etag: str) -> None:
    date = "Fri, 20 Nov 2026 08:30:00 +0300"
    validators = validators_of([("etag", etag), ("last-modified", date)])
    assert conditional_headers(validators) == (("If-None-Match", etag), ("If-Modified-Since", date))


@pytest.mark.parametrize(
    "value", ["", 'a"\r\nX-Evil: 1', "a\nb", "a\0", "a\x7f", "\udcff", "x" * (MAX_VALIDATOR + 1), "ش" * MAX_VALIDATOR]
)
def test_what_cannot_be_sent_back_is_neither_kept_nor_sent(value: str) -> None:
    assert validators_of([("etag", value), ("last-modified", value)]) == Validators()
    assert conditional_headers(Validators(etag=value, last_modified=value)) == ()


def test_of_two_validators_the_first_counts() -> None:
    assert validators_of([("etag", '"a"'), ("etag", '"b"')]).etag == '"a"'
