"""What searching finds in the bundled newsroom is held by floors; `python -m benchmarks search` prints more of it."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from benchmarks import search, search_peers

# kind → the least recall and precision. Only ever raised.
FLOORS = {
    "variant": (1.0, 1.0),
    "clitic": (0.98, 0.97),
    "plural": (0.99, 0.98),
    "digit": (1.0, 1.0),
    "name": (1.0, 0.96),
    "phrase": (0.91, 1.0),
    "field": (0.99, 1.0),
    "operator": (1.0, 1.0),
    "negative": (None, 1.0),
}
OF_ALL = (0.99, 0.98)
DIGEST = "85c88e757e6334c2"  # of the judged queries


def test_the_judged_queries_are_those_that_the_floors_were_set_on() -> None:
    assert sha256((search.DATA / "queries.tsv").read_bytes()).hexdigest()[:16] == DIGEST
    queries = search.judged()
    assert len(queries) >= 150
    assert len({query.query for query in queries}) == len(queries)
    assert {query.kind for query in queries} == FLOORS.keys()


Room = tuple[search.Khulasa, tuple[search_peers.Document, ...]]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    khulasa, documents = search.of_newsroom(tmp_path_factory.mktemp("search") / "newsroom")
    yield khulasa, documents
    khulasa.close()


def test_what_is_found_is_right_and_complete(room: Room) -> None:
    khulasa, _ = room
    answered = search.measured(khulasa.ask, search.judged())
    wrong = [(a.judged.query, sorted(a.missed), sorted(a.surplus)) for a in answered if a.missed or a.surplus]
    by_kind = {kind: search.shares(a for a in answered if a.judged.kind == kind) for kind in FLOORS}
    below = {kind: shares for kind, shares in by_kind.items() if not _reaches(shares, FLOORS[kind])}
    assert not below, wrong
    assert _reaches(search.shares(answered), OF_ALL), wrong


def _reaches(shares: tuple[float | None, float | None], floor: tuple[float | None, float | None]) -> bool:
    return all(least is None or (share or 0.0) >= least for share, least in zip(shares, floor, strict=True))


def test_each_of_the_eleven_spellings_finds_its_sentence() -> None:
    found = dict(zip(search.spelled(), search.spellings_found(), strict=True))
    assert len(search.spelled()) == 11
    assert [words for words, is_found in found.items() if not is_found] == []


def test_every_article_that_is_judged_is_in_the_newsroom(room: Room) -> None:
    _, documents = room
    keys = {key for document in documents for key in document.keys}
    for query in search.judged():
        assert query.right | (query.wrong or frozenset()) <= keys, query.query


@pytest.mark.parametrize("tokenizer", ["unicode61", "trigram"])
def test_a_peer_answers_the_same_queries(tokenizer: str, room: Room) -> None:
    _, documents = room
    with search_peers.Fts5(documents, tokenizer) as peer:
        recall, _ = search.shares(search.measured(peer.ask, search.judged()))
    assert recall is not None
    assert 0.4 < recall < 0.8
