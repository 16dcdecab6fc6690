"""What one fetch means: every case of an entry, and of a source's state."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.decide import body_hash, decide
from news.identity import entry_hash
from news.types import (
    Advice,
    Article,
    DateSource,
    Document,
    Failed,
    Fetched,
    Known,
    Label,
    NotModified,
    Reading,
    Reason,
    Source,
    SourceState,
    Unreadable,
    Update,
    Validators,
)
from tests.news import articles
from tests.news.articles import NOW

RIWAQ = Source(id="riwaq", title="الرواق", url="https://riwaq.example/rss")
STATE = SourceState(source_id="riwaq", url=RIWAQ.url)
HARVEST = "أعلنت وزارة الزراعة أن موسم القمح تجاوز التوقعات بعد أمطار وفيرة في المحافظات الشمالية"
BRIDGE = "افتتحت بلدية المدينة جسرا جديدا فوق النهر يربط الضفتين ويختصر الطريق إلى نصف ساعة"


def article(
    key: str = "1",
    *,
    source: str = "riwaq",
    title: str = "موسم القمح يتجاوز التوقعات",
    text: str = HARVEST,
    fingerprint: str | None = "f-harvest",
    link: str | None = None,
    date: datetime = NOW - timedelta(hours=2),
    date_source: DateSource = DateSource.PUBLISHED,
    category: str = "economy",
    byline: str | None = None,
) -> Article:
    """An entry as it comes from a worker: concluded, with one appearance, named by its text."""
    made = articles.article(
        source,
        key,
        title=title,
        content=f"<p>{text}</p>",
        link=link or f"https://{source}.example/{key}",
        date=date,
        date_source=date_source,
        fingerprint=fingerprint,
        byline=byline,
        categories=(Label(id=category, score=0.9, why="words"),),
    )
    return replace(made, id=fingerprint or made.id)


def known(*articles: Article) -> Known:
    return Known(
        by_key={a.key: x for x in articles for a in x.appearances if a.source_id == "riwaq"},
        by_fingerprint={a.fingerprint: x for x in articles for a in x.appearances if a.fingerprint},
        by_place={a.link or a.title: x for x in articles for a in x.appearances if a.source_id == "riwaq"},
    )


def decided(*found: Article, knowing: Known | None = None) -> Update:
    return decide(
        source=RIWAQ,
        state=STATE,
        result=Fetched(url=RIWAQ.url, headers=(), body=b"<rss/>"),
        reading=Reading(document=Document(dialect="rss20", encoding="utf-8"), articles=found),
        known=knowing or known(),
        now=NOW,
    )


# --- entries ----------------------------------------------------------------------------------------------------------


def test_an_unknown_text_is_a_new_article() -> None:
    update = decided(article())
    assert (update.new, update.merged, update.corrected) == (1, 0, 0)
    assert update.state.last_new == NOW
    assert update.touched == {"all", "category/economy", "source/riwaq"}


def test_an_unchanged_entry_writes_nothing() -> None:
    update = decided(article(), knowing=known(article()))
    assert (update.articles, update.decisions, update.touched) == ((), (), frozenset())


def test_the_same_text_elsewhere_adds_an_appearance_and_credits_both() -> None:
    theirs = article("9", source="difaf", byline="سعاد المصري")
    update = decided(article(), knowing=known(theirs))
    (merged,) = update.articles
    assert (update.new, update.merged) == (0, 1)
    assert merged.id == theirs.id
    assert [a.source_id for a in merged.appearances] == ["difaf", "riwaq"]
    assert merged.byline == "سعاد المصري"
    assert update.touched == {"all", "category/economy", "source/riwaq", "source/difaf"}


def test_who_published_first_leads_whoever_comes_first() -> None:
    early = article(date=NOW - timedelta(hours=5), title="موسم القمح يتجاوز كل التوقعات")
    update = decided(early, knowing=known(article("9", source="difaf")))
    (merged,) = update.articles
    assert merged.lead.source_id == "riwaq"
    assert merged.entry.title == early.entry.title
    assert merged.date == early.date


def test_labels_of_all_copies_count() -> None:
    update = decided(article(category="society"), knowing=known(article("9", source="difaf")))
    assert {label.id for label in update.articles[0].categories} == {"economy", "society"}


def test_one_text_twice_in_a_document_is_one_article() -> None:
    update = decided(article("1"), article("2"))
    (merged,) = update.articles
    assert (update.new, update.merged, len(merged.appearances)) == (1, 1, 2)


def test_one_text_under_two_titles_of_one_source_is_boilerplate_not_a_copy() -> None:
    update = decided(article("1"), article("2", title="حالة الطرق مساء اليوم"))
    assert update.new == 2
    assert len({a.id for a in update.articles}) == 2
    assert update.articles[1].lead.fingerprint is None


def test_texts_too_short_to_compare_stay_apart() -> None:
    def bare(key: str, *, source: str = "riwaq") -> Article:
        return article(key, source=source, title="حالة الطقس اليوم", text="", fingerprint=None)

    update = decided(bare("1"), bare("2"), knowing=known(bare("9", source="difaf")))
    assert update.new == 2
    assert len(update.articles) == 2


def test_a_correction_keeps_the_article_its_date_and_its_place() -> None:
    before = article()
    after = article(text=HARVEST + " وفق بيان لاحق", fingerprint="f-corrected", date=NOW)
    update = decided(after, knowing=known(before))
    (corrected,) = update.articles
    assert (update.new, update.corrected) == (0, 1)
    assert corrected.id == before.id
    assert (corrected.date, corrected.updated) == (before.date, NOW)
    assert "بيان لاحق" in (corrected.entry.content or "")


def test_a_correction_replaces_the_labels_of_a_sole_appearance() -> None:
    update = decided(
        article(text=HARVEST + " وفق بيان", fingerprint="f2", category="society"), knowing=known(article())
    )
    assert [label.id for label in update.articles[0].categories] == ["society"]
    assert "category/economy" in update.touched, "the feed it left is stale too"


def about(found: Article, *codes: str) -> Article:
    return replace(found, countries=tuple(Label(id=code, score=0.7, why="places") for code in codes))


def test_a_correction_leaves_the_feeds_of_countries_it_is_no_longer_about() -> None:
    before = about(article(), "EG", "SY")
    after = about(article(text=HARVEST + " وفق بيان", fingerprint="f2"), "SY", "LB")
    update = decided(after, knowing=known(before))
    assert [label.id for label in update.articles[0].countries] == ["SY", "LB"]
    assert {name for name in update.touched if name.startswith("country/")} == {
        *("country/eg", "country/sy", "country/lb"),
    }


def test_what_comes_back_under_another_guid_leaves_the_feeds_it_was_in() -> None:
    before = about(article("1", category="society"), "EG")
    after = article("2", text=HARVEST + " وفق بيان لاحق", fingerprint="f2")
    after = replace(after, appearances=(replace(after.lead, link=before.lead.link),))
    update = decided(after, knowing=replace(known(before), by_key={}, by_fingerprint={}))
    assert [a.id for a in update.articles] == [before.id]
    assert {"category/society", "country/eg", "category/economy"} <= update.touched


def test_an_article_that_dissolves_leaves_the_feeds_of_its_countries() -> None:
    other = about(article("9", source="difaf"), "LB")
    before = about(article("1", text=BRIDGE, fingerprint="f-bridge"), "EG")
    update = decided(about(article("1"), "LB"), knowing=known(before, other))
    assert update.dissolved == ((before.id, other.id),)
    assert {"country/eg", "country/lb"} <= update.touched


def test_a_changed_detail_beside_the_text_is_no_correction() -> None:
    before = article()
    after = replace(before, appearances=(replace(before.lead, entry_hash="other"),))
    update = decided(after, knowing=known(before))
    assert (update.corrected, update.decisions[0].what) == (0, "refreshed")
    assert update.articles[0].updated == before.updated


def test_an_undated_entry_keeps_the_moment_it_was_first_seen() -> None:
    seen = NOW - timedelta(days=2)
    undated = article(date=seen, date_source=DateSource.FIRST_SEEN)
    before = replace(undated, appearances=(replace(undated.lead, first_seen=seen),))
    after = article(text=HARVEST + " وفق بيان", fingerprint="f2", date=NOW, date_source=DateSource.FIRST_SEEN)
    (corrected,) = decided(after, knowing=known(before)).articles
    assert (corrected.date, corrected.lead.first_seen) == (seen, seen)


SHORT = "بلا متن"
LINK = "https://riwaq.example/one"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (article("1", link=LINK), article("2", link=LINK)),
        (article("1", link=LINK), article("2", link=f"{LINK}?utm_source=x", date=NOW)),
        (article("1", link=LINK, text=SHORT, fingerprint=None), article("2", link=LINK, text=SHORT, fingerprint=None)),
    ],
    ids=["the same", "a text that names itself, dated anew", "a short text of the same date"],
)
def test_a_guid_that_changes_at_every_visit_makes_nothing_new(before: Article, after: Article) -> None:
    update = decided(after, knowing=known(before))
    assert (update.new, update.merged) == (0, 0)
    assert all(len(changed.appearances) == 1 for changed in update.articles)
    again = decided(replace(after, appearances=(replace(after.lead, key="3"),)), knowing=known(before))
    assert (again.new, again.merged) == (0, 0)


def test_nothing_is_written_where_only_the_guid_changed() -> None:
    one, two = (article(key, link=LINK) for key in "12")
    before, after = (
        replace(a, appearances=(replace(a.lead, entry_hash=entry_hash(a.entry), guid=a.entry.guid),))
        for a in (one, two)
    )
    assert before.lead.entry_hash != after.lead.entry_hash
    update = decided(after, knowing=known(before))
    assert (update.articles, update.decisions) == ((), ())


@pytest.mark.parametrize(
    "after",
    [
        article("2", link=LINK, text=SHORT, fingerprint=None, date=NOW + timedelta(days=1)),
        article("2", link=LINK, title="أسعار الخضار", text="نص آخر", fingerprint=None),
        article("2", link="https://riwaq.example/two", text=SHORT, fingerprint=None),
    ],
    ids=["tomorrow's bulletin at one address", "another text at one address", "another address"],
)
def test_a_new_guid_is_a_new_entry_where_it_may_be_one(after: Article) -> None:
    before = article("1", link=LINK, text=SHORT, fingerprint=None)
    assert decided(after, knowing=known(before)).new == 1


def test_two_guids_in_one_document_are_two_entries() -> None:
    one, two = (article(key, link=LINK, text=SHORT, fingerprint=None) for key in "12")
    assert decided(one, two, knowing=known(one)).new == 1


def test_a_recycled_guid_does_not_swallow_the_old_article() -> None:
    before = article()
    other = article(title="جسر جديد فوق النهر", text=BRIDGE, fingerprint="f-bridge", link="https://riwaq.example/2")
    update = decided(other, knowing=known(before))
    kept, new = update.articles
    assert (kept.id, new.id, update.new) == ("f-harvest", "f-bridge", 1)
    assert kept.lead.key != new.lead.key


def test_an_entry_that_becomes_a_copy_moves_and_its_old_article_leads_on() -> None:
    breaking = article(text="عاجل موسم القمح", fingerprint=None)
    wire = article("9", source="difaf")
    update = decided(article(), knowing=known(breaking, wire))
    (merged,) = update.articles
    assert merged.id == wire.id
    assert update.dissolved == ((breaking.id, wire.id),)


def test_an_entry_that_becomes_a_copy_keeps_the_dates_of_the_first_time() -> None:
    then = NOW - timedelta(hours=5)
    breaking = article(text="عاجل موسم القمح", fingerprint=None, date=then, date_source=DateSource.FIRST_SEEN)
    changed = article(date=NOW, date_source=DateSource.FIRST_SEEN)
    update = decided(changed, knowing=known(breaking, article("9", source="difaf")))
    (moved,) = (a for a in update.articles[0].appearances if a.source_id == RIWAQ.id)
    assert (moved.date, moved.first_seen) == (then, breaking.lead.first_seen)


# --- the state of the source ------------------------------------------------------------------------------------------


def test_validators_are_renewed_even_when_the_body_is_the_same() -> None:
    state = replace(STATE, body_hash=body_hash(b"<rss/>"), validators=Validators(etag='"old"'))
    result = Fetched(url=RIWAQ.url, headers=(), body=b"<rss/>", validators=Validators(etag='"new"'))
    update = decide(source=RIWAQ, state=state, result=result, reading=None, known=known(), now=NOW)
    assert update.outcome == "unchanged"
    assert update.state.validators == Validators(etag='"new"')


def test_validators_of_what_is_no_feed_are_not_kept() -> None:
    state = replace(STATE, validators=Validators(etag='"good"'), body_hash="good")
    result = Fetched(url=RIWAQ.url, headers=(), body=b"<html>", validators=Validators(etag='"bad"'))
    page = Unreadable(reason=Reason.NOT_A_FEED, message="an HTML page")
    update = decide(source=RIWAQ, state=state, result=result, reading=page, known=known(), now=NOW)
    assert (update.state.validators, update.state.body_hash) == (Validators(etag='"good"'), "good")
    assert (update.state.reason, update.state.failures) == (Reason.NOT_A_FEED, 1)


def test_a_304_renews_what_it_names() -> None:
    state = replace(STATE, validators=Validators(etag='"a"', last_modified="yesterday"), failures=3)
    result = NotModified(validators=Validators(etag='"b"'))
    update = decide(source=RIWAQ, state=state, result=result, reading=None, known=known(), now=NOW)
    assert update.state.validators == Validators(etag='"b"', last_modified="yesterday")
    assert (update.state.failures, update.outcome) == (0, "not_modified")


def test_a_failure_forgets_nothing_and_is_counted() -> None:
    state = replace(STATE, validators=Validators(etag='"a"'), body_hash="x", last_success=NOW, failures=2)
    result = Failed(reason=Reason.SERVER_ERROR, message="500", advice=Advice())
    update = decide(source=RIWAQ, state=state, result=result, reading=None, known=known(), now=NOW)
    assert (update.state.failures, update.state.validators, update.state.body_hash) == (3, state.validators, "x")
    assert (update.outcome, update.state.last_success) == ("server_error", NOW)


def test_gone_ends_it() -> None:
    result = Failed(reason=Reason.GONE, message="410", status=410)
    update = decide(source=RIWAQ, state=STATE, result=result, reading=None, known=known(), now=NOW)
    assert update.state.gone
    assert update.state.next_check is None
