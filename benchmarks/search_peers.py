"""Other engines over the same documents: SQLite's FTS5 with its own tokenizers, PostgreSQL with its Arabic stemmer.

A query is read by Khulasa's grammar and taken apart; each engine answers for words and phrases, and what it says is put
together alike for all.
"""

import os
import shutil
import sqlite3  # noqa: TID251 – a peer's store, not ours
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from types import TracebackType
from typing import Protocol, Self

from news.expressions import All, Either, Not, Tree, Words, read_expression
from news.query import GRAMMAR, Asked, Mark, read_query
from news.searchable import SOURCE

_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root


class MissingPeer(Exception):
    """The peer is not on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    keys: frozenset[str]  # of the article and its copies
    title: str
    text: str
    marks: frozenset[str]  # s:riwaq, c:politics, …
    date: datetime


class Engine(Protocol):
    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def ask(self, query: str) -> frozenset[str]: ...


class _Peer:
    """What all peers share: the query's grammar, fields and dates."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._documents = {str(number): document for number, document in enumerate(documents)}
        marks = {mark for document in documents for mark in document.marks}
        self._sources = {mark.removeprefix(SOURCE): "" for mark in marks if mark.startswith(SOURCE)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError

    def find(self, words: str, *, in_title: bool) -> frozenset[str]:
        """The numbers of the documents that hold these words side by side."""
        raise NotImplementedError

    def ask(self, query: str) -> frozenset[str]:
        numbers = self._put_together(read_expression(query, GRAMMAR))
        return frozenset(key for number in numbers for key in self._documents[number].keys)

    def _put_together(self, tree: Tree[Words]) -> frozenset[str]:
        match tree:
            case Not(part):
                return frozenset(self._documents) - self._put_together(part)
            case All(parts):
                return frozenset.intersection(*map(self._put_together, parts))
            case Either(parts):
                return frozenset.union(*map(self._put_together, parts))
            case Words(field=None | "title" as field, text=text):
                return self.find(text, in_title=field is not None)
            case Words() as leaf:
                return frozenset(n for n, d in self._documents.items() if _has(d, leaf, self._sources))


def _has(document: Document, leaf: Words, sources: Mapping[str, str]) -> bool:
    if leaf.field in {"after", "before"}:
        query = read_query(f"{leaf.field}:{leaf.text}", {})
        return (query.since or document.date) <= document.date and (query.until is None or document.date < query.until)
    mark = Asked(sources).leaf(leaf)
    return isinstance(mark, Mark) and mark.text in document.marks


class Fts5(_Peer):
    """SQLite's full-text index with one of its own tokenizers."""

    def __init__(self, documents: tuple[Document, ...], tokenizer: str) -> None:
        super().__init__(documents)
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            f"CREATE VIRTUAL TABLE articles USING fts5(key UNINDEXED, title, text, tokenize = '{tokenizer}')"
        )
        rows = [(number, d.title, d.text) for number, d in self._documents.items()]
        self._database.executemany("INSERT INTO articles VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        self._database.close()

    def find(self, words: str, *, in_title: bool) -> frozenset[str]:
        quoted = '"{}"'.format(words.replace('"', " "))
        expression = f"title : {quoted}" if in_title else quoted
        rows = self._database.execute("SELECT key FROM articles WHERE articles MATCH ?", (expression,))
        return frozenset(row[0] for row in rows)


class PostgreSQL(_Peer):
    """A cluster of its own in a temporary folder, behind a socket there. Raises MissingPeer."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        super().__init__(documents)
        self._programs = _programs()
        self._folder = Path(mkdtemp(prefix="pg-"))
        self._found: dict[tuple[str, bool], frozenset[str]] = {}
        try:
            if os.geteuid() == 0:
                shutil.chown(self._folder, _ACCOUNT)
            cluster = str(self._folder / "cluster")
            self._run("initdb", "-D", cluster, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
            options = f"-k {self._folder} -c listen_addresses= -c fsync=off"
            self._run("pg_ctl", "-D", cluster, "-o", options, "-l", f"{self._folder}/log", "-w", "start")
            self._sql(_TABLE + "".join(_insert(number, document) for number, document in self._documents.items()))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if (self._folder / "cluster" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._folder / "cluster"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def find(self, words: str, *, in_title: bool) -> frozenset[str]:
        if (words, in_title) not in self._found:
            vector = "title" if in_title else "title || body"
            asked = f"phraseto_tsquery('arabic', {_literal(words)})"
            told = self._sql(f"SELECT key FROM articles WHERE ({vector}) @@ {asked};")  # noqa: S608 – our own words
            self._found[words, in_title] = frozenset(told.split())
        return self._found[words, in_title]

    def _sql(self, text: str) -> str:
        return self._run("psql", "-h", str(self._folder), "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1", text=text)

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        account = (
            ["setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups"] if os.geteuid() == 0 else []
        )
        command = [*account, str(self._programs / program), *arguments]
        # Not a pipe for its output: the server that pg_ctl leaves behind would hold it open.
        with TemporaryFile() as told:
            subprocess.run(command, input=text.encode(), stdout=told, check=True, cwd=self._folder, timeout=120)
            told.seek(0)
            return told.read().decode()


_TABLE = "CREATE TABLE articles (key text, title tsvector, body tsvector);\n"


def _insert(number: str, document: Document) -> str:
    title, body = (f"to_tsvector('arabic', {_literal(text)})" for text in (document.title, document.text))
    return f"INSERT INTO articles VALUES ({_literal(number)}, {title}, {body});\n"  # noqa: S608 – our own words


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))


def _programs() -> Path:
    """The folder of PostgreSQL's programs."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        raise MissingPeer("no postgres server is installed: left out")
    return folders[-1]
