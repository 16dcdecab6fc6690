"""Feed documents beside what must be read from them: ``NAME.xml`` or ``NAME.json`` and ``NAME.expected.json``.

A missing expectation fails. ``KHULASA_UPDATE_GOLDEN=1`` writes them anew, to be read before they are committed.
"""

import dataclasses
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feeds.parse import parse
from news.types import Document, Problem, Unreadable

FOLDER = Path(__file__).resolve().parents[1] / "data" / "parse"
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith((".expected.json", ".tsv")))
NOW = datetime(2026, 11, 8, tzinfo=UTC)
CONTENT_TYPES = {"windows1256_from_http.xml": "text/xml; charset=windows-1256"}


def plain(value: Any) -> Any:
    """A document as JSON, without its absent fields; of a problem only what is promised: reason and place."""
    if isinstance(value, Problem):
        return f"{value.reason} @ {value.place}"
    if isinstance(value, Unreadable):
        return {"unreadable": str(value.reason)}
    if dataclasses.is_dataclass(value):
        fields = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: field for name, field in fields.items() if field not in (None, [], {}, "")}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


def read(path: Path) -> Document | Unreadable:
    content_type = CONTENT_TYPES.get(path.name)
    return parse(
        path.read_bytes(),
        url="https://feeds.example/folder/feed",
        headers=(("content-type", content_type),) if content_type else (),
        zone=ZoneInfo("Asia/Beirut"),
        now=NOW,
    )


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) >= 20


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document_reads_as_expected(path: Path) -> None:
    expected = path.with_suffix(".expected.json")
    actual = plain(read(path))
    if os.environ.get("KHULASA_UPDATE_GOLDEN") == "1":
        expected.write_text(json.dumps(actual, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert expected.exists(), f"{expected.name} is missing"
    assert actual == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expectation_has_its_document() -> None:
    stems = {path.stem for path in DOCUMENTS}
    assert [
        path.name for path in FOLDER.glob("*.expected.json") if path.name.removesuffix(".expected.json") not in stems
    ] == []
