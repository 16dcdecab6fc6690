"""Every law by its name: a function of bytes that raises where they break it. And the bytes kept for each."""

from collections.abc import Callable
from pathlib import Path

from tests.fuzz import documents, texts

HERE = Path(__file__).resolve().parent

LAWS: dict[str, Callable[[bytes], None]] = {
    "parse": documents.document_read,
    "pieces": documents.cut_into_pieces,
    "html": texts.cleaned_html,
    "text": texts.cleaned_text,
    "fold": texts.folded,
    "decode": texts.decoded,
    "dates": texts.dated,
    "rules": texts.ruled,
    "lists": documents.listed,
    "sources": documents.sources_read,
}


def seeds(name: str) -> list[Path]:
    """What we wrote to begin with, and what once broke the law."""
    return [path for folder in ("corpus", "found") for path in sorted((HERE / folder / name).glob("*"))]
