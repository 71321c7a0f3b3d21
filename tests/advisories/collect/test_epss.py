from __future__ import annotations

import csv
import gzip
import io
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.collect.base import BIG, Limits, Parsed
from advisories.collect.vulnerabilities import epss
from tests.advisories.collect.conftest import context
from tests.advisories.collect.hostile import as_json, documents, of_kind, outcome, samples, twisted

API = "https://api.example.org/data/v1/epss"
NOTE = "#model_version:v2026.02.01,score_date:2026-03-01T00:00:00+0000\n"
ONE = ("CVE-2026-1111", "0.12345", "0.9")
TWO = ("CVE-2026-2222", "0.5", "1.0")


def table(*rows: Any, note: str = NOTE, header: str = "cve,epss,percentile") -> bytes:
    return (
        note + "\n".join([header, *(row if isinstance(row, str) else ",".join(row) for row in rows)]) + "\n"
    ).encode()


def answer(*rows: Any, **changes: Any) -> bytes:
    data = [dict(zip(("cve", "epss", "percentile", "date"), row, strict=False)) for row in rows]
    values = {"status": "OK", "status-code": 200, "total": len(rows), "offset": 0, "limit": 100, "data": data}
    return as_json({**values, **changes})


def parse(body: bytes, **options: Any) -> Parsed:
    found = outcome(epss.parse, body, **options)
    assert isinstance(found, Parsed), found
    return found


def read(body: bytes, **options: Any) -> epss.Scores:
    return epss.read(body, context(**options))


def refusal(body: bytes, **options: Any) -> str:
    found = outcome(epss.parse, body, **options)
    assert isinstance(found, str)
    return found


def reasons(*rows: Any) -> list[str]:
    return [refused.reason for refused in parse(table(ONE, *rows)).refusals]


# Shapes


@pytest.mark.parametrize("body", [table(ONE, TWO), gzip.compress(table(ONE, TWO)), b"\xef\xbb\xbf" + table(ONE, TWO)])
def test_a_daily_file_is_read_plain_or_compressed(body: bytes) -> None:
    assert read(body) == epss.Scores("2026-03-01", "v2026.02.01", (ONE, TWO))
    parsed = parse(body)
    assert (parsed.scores, parsed.entries, parsed.refusals) == ((ONE, TWO), (), ())


def test_a_file_without_a_comment_is_of_the_day_in_its_name() -> None:
    body = table(ONE, note="")
    assert read(body).date == "" == read(body).model
    assert read(body, url="https://example.org/epss_scores-2021-04-14.csv.gz?x").date == "2021-04-14"


def test_a_file_without_percentiles_has_none() -> None:
    assert read(table("CVE-2026-1111,0.5", header="cve,epss")).rows == (("CVE-2026-1111", "0.5", ""),)
    assert read(table("CVE-2026-1111,0.5,")).rows == (("CVE-2026-1111", "0.5", ""),)


def test_columns_are_known_by_their_names() -> None:
    body = table('x,0.9,"0.5","CVE-2026-1111"', header='other,Percentile,"EPSS",cve')
    assert read(body).rows == (("CVE-2026-1111", "0.5", "0.9"),)


def test_an_answer_of_the_interface_is_read() -> None:
    rows = [(*ONE, "2026-03-01"), (*TWO, "2026-03-01")]
    assert read(answer(*rows)) == epss.Scores("2026-03-01", "", (ONE, TWO))
    assert parse(answer(*rows)).scores == (ONE, TWO) and not parse(answer(*rows)).links


def test_an_answer_may_have_no_score() -> None:
    assert parse(answer()).scores == ()


def test_an_answer_leads_to_the_next_page() -> None:
    body = answer((*ONE, "2026-03-01"), total=3, offset=1)
    assert [link.url for link in parse(body, url=f"{API}?offset=1&order=!epss").links] == [
        f"{API}?order=!epss&offset=2"
    ]
    assert "2 of 3" in parse(body, url="").refusals[0].reason


def test_a_row_of_another_day_is_refused() -> None:
    parsed = parse(answer((*ONE, "2026-03-01"), (*TWO, "2026-02-28")))
    assert parsed.scores == (ONE,) and "another day" in parsed.refusals[0].reason


# Numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"), ("1", "1"), ("0.0", "0.0"), ("1.000", "1.000"), ("0.65117", "0.65117"), (" 0.5 ", "0.5"),
        ("7e-05", "0.00007"), ("1.5E-3", "0.0015"), ("0.9981063485700858", "0.9981063485700858"),
    ],
)  # fmt: skip
def test_a_number_stays_the_decimal_that_it_is(text: str, number: str) -> None:
    assert epss.decimal(text) == number
    assert Decimal(number) == Decimal(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "", "-0.1", "1.1", "1.0001", "2", "9.5e-0", "1e5", "1e-999", "nan", "inf", "0,5", ".5", "5.", "0x1", "1_0",
        "+0.5", "٠.٥", "0.5\n0.6", "0." + "1" * 10**6,
    ],
)  # fmt: skip
def test_what_is_no_number_from_0_to_1_is_none(text: str) -> None:
    assert epss.decimal(text) == ""


# Rows that cannot be taken


def test_a_bad_row_is_refused_alone_with_its_line() -> None:
    rows = [
        "CVE-26-1,0.1,0.1",
        "CVE-2026-2,0.1,0.1",
        "CVE-2026-2222,1.5,0.1",
        "CVE-2026-3333,0.1,x",
        "CVE-2026-4444,0.1",
    ]
    assert [reason.partition(":")[0] for reason in reasons(*rows)] == [
        "Row 4", "Row 5", "Row 6", "Row 7", "Row 8 has 2 fields instead of 3.",
    ]  # fmt: skip
    assert "“1.5”" in reasons(rows[2])[0] and "“x”" in reasons(rows[3])[0]
    assert parse(table(ONE, *rows, TWO)).scores == (ONE, TWO)


def test_a_missing_score_is_not_0() -> None:
    assert "does not mean 0" in reasons("CVE-2026-2222,,0.1")[0]
    assert (
        "does not mean 0" in parse(answer((*ONE, "d"), ("CVE-2026-2222", 0.5), ("CVE-2026-3333",))).refusals[0].reason
    )


def test_a_cve_that_stands_twice_is_taken_once() -> None:
    assert "before" in reasons(("CVE-2026-1111", "0.9", "0.9"))[0]
    assert read(table(ONE, ("CVE-2026-1111", "0.9", "0.9"))).rows == (ONE,)


def test_of_many_bad_rows_the_first_20_are_told() -> None:
    told = reasons(*["x,0.1,0.1"] * 50)
    assert len(told) == 21 and told[-1].startswith("30 more rows")


# Files that cannot be taken


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"cve\n", b"<html>", b"[]", b"{}", b'{"data": 7}', b"\xff\xfe", b"cve,epss\n", NOTE.encode(),
        table(), table("x,y,z"), table(ONE).replace(b"0.12345", "0,½".encode()), NOTE.encode() * 9 + table(ONE),
        table('"CVE-2026-1111,0.1,0.1'), table('"a"b,0.1,0.1'), answer(("x", "y")),
        gzip.compress(table(ONE))[:-9], gzip.compress(table(ONE)) + b"x", b"\x1f\x8b" + b"\0" * 50, b"\x1f\x8b",
    ],
)  # fmt: skip
def test_what_has_no_scores_is_refused_in_words(body: bytes) -> None:
    assert refusal(body)


def test_a_bomb_is_stopped() -> None:
    bomb = gzip.compress(table(ONE) + b"\n" * 30_000_000)
    assert "bomb" in refusal(bomb)
    assert "too large" in refusal(gzip.compress(table(ONE)), limits=Limits(decoded=50))


def test_more_than_a_million_rows_refuse_the_file() -> None:
    many = b"CVE-2026-1111,0.1,0.1\n" * 1_000_010
    assert "1000000 rows" in refusal(b"cve,epss,percentile\n" + many, limits=BIG)
    assert "1000000 rows" in refusal(b'{"data":[' + b"0," * 1_000_000 + b"0]}")


def test_the_scores_of_a_day_take_a_few_seconds() -> None:
    rows = b"".join(b"CVE-2026-%d,0.%05d,0.%05d\n" % (n, n % 100_000, n % 99_999) for n in range(100_000, 400_000))
    body, start = gzip.compress(b"cve,epss,percentile\n" + rows), time.process_time()
    assert len(read(body, limits=BIG).rows) == 300_000
    assert time.process_time() - start < 10


def test_no_odd_value_in_any_place_makes_the_parser_fail() -> None:
    whole = {
        "total": 1,
        "offset": 0,
        "data": [dict(zip(("cve", "epss", "percentile", "date"), (*ONE, "d"), strict=True))],
    }
    for document in twisted(whole):
        outcome(epss.parse, as_json(document), url=API)


LINES = st.lists(st.text(alphabet='CVE-2026,.0159e"#\r\n\0 ', max_size=30), max_size=10).map("\n".join)


@given(st.binary() | LINES.map(lambda text: table(text)) | documents("data", "cve", "epss", "total").map(as_json))
def test_no_document_makes_the_parser_fail(body: bytes) -> None:
    outcome(epss.parse, body, url=API)
    outcome(epss.parse, gzip.compress(body), url=API)


@samples
@pytest.mark.parametrize("file", of_kind("epss", "*.csv*"), ids=lambda file: file.name)
def test_a_real_file_is_taken_as_it_says(file: Path) -> None:
    body = file.read_bytes()
    text = (gzip.decompress(body) if file.suffix == ".gz" else body).decode()
    rows = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))
    found = read(body, url=f"https://example.org/{file.name}")
    assert not parse(body).refusals and len(rows) == len(found.rows)
    for (cve, score, percentile), row in zip(found.rows, rows, strict=True):
        assert (cve, Decimal(score)) == (row["cve"], Decimal(row["epss"]))
        assert percentile == row.get("percentile", "")
    day = text.partition("score_date:")[2][:10] or file.name[12:22]
    assert found.date == day
    assert found.model == text.partition("model_version:")[2].partition(",")[0]
