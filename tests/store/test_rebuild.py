"""What an earlier version made is made anew, the newest first; no article is lost by it and none is merged."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import news.identity
import news.refolding
import store.rebuild as rebuilding
from news.conclude import conclude
from news.types import Article, Entry, Source
from store.store import Store
from tests.news.articles import NOW
from tests.store.test_search import ask, assert_sound, index, write

WORDS = "أعلنت البلدية افتتاح حديقة جديدة على ضفة النهر بعد أعمال استمرت سنتين بحضور سكان الحي ورئيس المجلس المحلي"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "khulasa.db") as opened:
        yield opened


def concluded(key: str, text: str = WORDS) -> Article:
    entry = Entry(guid=key, title=f"خبر {key}", content=f"<p>{text} {key}</p>", published=NOW)
    return conclude(entry, source=Source(id="rawaq", title="الرواق", url=""), key=key, now=NOW)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folding, and with it the version of all that is made of it, is another from now on."""
    monkeypatch.setattr(news.identity, "FOLD_VERSION", 99)
    monkeypatch.setattr(news.refolding, "FOLD_VERSION", 99)
    monkeypatch.setattr(rebuilding, "MADE_WITH", "99.1.1")


def rebuild(memory: Store, most: int = 2) -> None:
    memory.rebuild.begin()
    while memory.rebuild.go_on(most):
        pass


def test_a_store_says_whether_a_rebuild_is_due(memory: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory.rebuild.state().is_due
    rebuild(memory)
    assert memory.rebuild.state().is_over
    monkeypatch.setattr(rebuilding, "MADE_WITH", "99.1.1")
    assert memory.rebuild.state().is_due
    assert not memory.rebuild.state().is_over


def test_articles_of_an_earlier_store_come_into_the_index(memory: Store, tmp_path: Path) -> None:
    write(memory, *(concluded(str(n)) for n in range(5)))
    index(memory)
    memory._connection._raw.executescript(
        "DELETE FROM search_documents; INSERT INTO search_terms (search_terms) VALUES ('delete-all')"
    )
    assert ask(memory, "حديقة") == []
    rebuild(memory)
    assert len(ask(memory, "حديقة")) == 5
    assert_sound(tmp_path / "khulasa.db")


def test_a_rebuild_goes_on_where_it_was_interrupted_and_old_terms_serve_meanwhile(
    memory: Store, tmp_path: Path
) -> None:
    write(memory, *(concluded(str(n)) for n in range(5)))
    index(memory)
    memory.rebuild.begin()
    assert memory.rebuild.go_on(2) == 2
    state = memory.rebuild.state()
    assert (state.is_over, state.ahead, state.of, state.share) == (False, 3, 5, 0.4)
    assert len(ask(memory, "حديقة")) == 5
    with Store(tmp_path / "khulasa.db") as another:
        assert another.rebuild.go_on(2) == 2
        assert another.rebuild.go_on(2) == 1
        assert another.rebuild.go_on(2) == 0
        assert another.rebuild.state().is_over


@pytest.mark.usefixtures("later")
def test_copies_are_recognised_by_the_new_fingerprints(memory: Store) -> None:
    first = concluded("1")
    write(memory, replace(first, fold_version=1, appearances=(replace(first.lead, fingerprint="old"),)))
    copy = concluded("1")
    assert memory.known("difaf", (copy,)).by_fingerprint == {}
    rebuild(memory)
    known = memory.known("difaf", (copy,)).by_fingerprint
    assert [article.id for article in known.values()] == [first.id]
    kept = memory.article(first.id)
    assert kept.fold_version == 99
    assert kept.lead.fingerprint == copy.lead.fingerprint
    assert kept.entry == first.entry
    outdated = replace(copy, appearances=(replace(copy.lead, fingerprint="old"),))
    assert memory.known("difaf", (outdated,)).by_fingerprint == {}


@pytest.mark.usefixtures("later")
def test_two_articles_that_the_new_folding_holds_equal_stay_two(memory: Store) -> None:
    text = concluded("1")
    one = replace(text, id="one", fold_version=1, appearances=(replace(text.lead, key="1", fingerprint="f-1"),))
    two = replace(text, id="two", fold_version=1, appearances=(replace(text.lead, key="2", fingerprint="f-2"),))
    write(memory, one, two)
    rebuild(memory)
    assert memory.counts() == {"articles": 2, "appearances": 2}
    fingerprints = {memory.article(name).lead.fingerprint for name in ("one", "two")}
    assert fingerprints == {text.lead.fingerprint, None}, "the text names one of them"
    index(memory)
    assert sorted(ask(memory, "حديقة")) == ["1", "2"]


@pytest.mark.usefixtures("later")
def test_what_never_identified_an_article_does_not_begin_to(memory: Store) -> None:
    article = concluded("1")
    other = replace(article.lead, source_id="difaf", fingerprint="of another text")
    bare = replace(article, fold_version=1, appearances=(replace(article.lead, fingerprint=None), other))
    write(memory, bare)
    rebuild(memory)
    kept = memory.article(article.id)
    assert [a.fingerprint for a in kept.appearances] == [None, "of another text"]
    assert kept.fold_version == 99


def test_of_a_fresh_store_nothing_is_made_twice(memory: Store) -> None:
    write(memory, *(concluded(str(n)) for n in range(3)))
    memory.rebuild.begin()
    assert memory.rebuild.go_on() == 0
    assert memory.rebuild.state().is_over
    index(memory)
    assert len(ask(memory, "حديقة")) == 3


def test_a_rebuild_by_the_same_version_changes_nothing(memory: Store) -> None:
    write(memory, concluded("1"))
    index(memory)
    before = memory.article(concluded("1").id)
    rebuild(memory)
    assert memory.article(before.id) == before
