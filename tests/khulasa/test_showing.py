"""Text of publishers on terminals and in logs is one line and inert; secrets in addresses are shown nowhere."""

import dataclasses
import io
import re
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from khulasa import showing
from khulasa.logs import configure_logs, one_line
from khulasa.streams import read_line
from news.errors import Mistake
from news.types import (
    Appearance,
    Article,
    Configuration,
    DateConfidence,
    DateSource,
    Decision,
    Document,
    Entry,
    FetchSettings,
    Label,
    Problem,
    Publication,
    Reason,
    Site,
    Source,
    SourceState,
    Update,
)
from tests.feeds.publisher import Publisher, answer, redirect
from tests.khulasa.door import WIDE, Place, rss, sources_yml

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RLO, ISOLATE = "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{RIGHT-TO-LEFT ISOLATE}"
HOSTILE = f"عاجل\n\r\x1b[2J\x07\x9b31m{RLO}{ISOLATE}\u2028\x85[bold red]x[/nope][link=https://evil.example]:smile:"
SHOWN = (
    r"عاجل\u000a\u000d\u001b[2J\u0007\u009b31m\u202e\u2067\u2028\u0085[bold red]x[/nope][link=https://evil.example]"
    ":smile:"
)
SOURCE = Source(id="riwaq", title=HOSTILE, url="https://riwaq.example/rss")
STATE = SourceState(
    source_id="riwaq",
    url=SOURCE.url,
    last_check=NOW,
    next_check=NOW + timedelta(minutes=5),
    failures=2,
    reason=Reason.TLS,
    message=HOSTILE,
    why_next=HOSTILE,
)
PROBLEM = Problem(reason=Reason.BAD_LINK, message=HOSTILE, place=HOSTILE)
UPDATE = Update(at=NOW, state=STATE, outcome="tls", problems=(PROBLEM,))
ENTRY = Entry(guid=HOSTILE, title=HOSTILE, author=HOSTILE, date_text=HOSTILE, published=NOW)
APPEARANCE = Appearance(
    source_id="riwaq",
    key="k",
    title=HOSTILE,
    link=None,
    guid=HOSTILE,
    author=HOSTILE,
    date=NOW,
    date_source=DateSource.PUBLISHED,
    first_seen=NOW,
    entry_hash="h",
    fingerprint=None,
)
ARTICLE = Article(
    id="a1",
    entry=ENTRY,
    appearances=(APPEARANCE, dataclasses.replace(APPEARANCE, source_id="nil")),
    date=NOW,
    date_confidence=DateConfidence.EXACT,
    updated=NOW,
    fold_version=1,
    language="ar",
    byline=HOSTILE,
    agency=HOSTILE,
    related=(HOSTILE,),
    categories=(Label(id="politics", score=0.5, why=HOSTILE),),
    countries=(),
)
DECISION = Decision(article_id="a1", at=NOW, what="new", why=HOSTILE, source_id="riwaq")
PUBLICATION = Publication(
    feed_id="all", title=HOSTILE, digest="d", items=1, size=1, since=NOW, updated=NOW, published=NOW
)
DOCUMENT = Document(dialect="rss20", encoding="utf-8", title=HOSTILE, entries=(ENTRY,))
CONFIGURATION = Configuration(
    site=Site(), fetch=FetchSettings(), sources=(SOURCE, dataclasses.replace(SOURCE, id="new")), feeds=()
)
LINE = {
    "feed": {"title": HOSTILE},
    "entries": [{"published": None, "title": HOSTILE, "link": HOSTILE}],
    "problems": [{"place": HOSTILE, "reason": "bad_link", "message": HOSTILE}],
    "error": None,
}
UNREAD = {"error": {"reason": "not_a_feed", "message": HOSTILE}}

TABLES: dict[str, tuple[RenderableType, int]] = {  # and how often the hostile text stands in it
    "poll": (showing.poll_table([(SOURCE, UPDATE)], title=HOSTILE), 3),
    "publications": (showing.publication_table([PUBLICATION], HOSTILE, NOW), 2),
    "status": (showing.status_table(CONFIGURATION, {"riwaq": STATE}, {}, NOW), 4),
    "source": (showing.source_explained(SOURCE, STATE, [PROBLEM], NOW), 5),
    "article": (showing.article_explained(ARTICLE, [DECISION], HOSTILE), 10),
    "copies": (showing.copies_table([ARTICLE], {"riwaq": HOSTILE, "nil": HOSTILE}), 3),
    "document": (showing.document_shown(HOSTILE, LINE), 6),
    "unread document": (showing.document_shown(HOSTILE, UNREAD), 2),
    "found": (showing.found_shown("https://riwaq.example/", DOCUMENT), 2),
}


def on_a_terminal(shown: RenderableType) -> str:
    """What a terminal is sent, without the colours that are ours."""
    sent = io.StringIO()
    Console(file=sent, width=WIDE, force_terminal=True, color_system="truecolor", highlight=False).print(shown)
    return re.sub(r"\x1b\[[0-9;]*m", "", sent.getvalue())


@pytest.mark.parametrize("name", TABLES)
def test_a_hostile_text_is_one_line_and_inert_wherever_it_is_shown(name: str) -> None:
    shown, times = TABLES[name]
    sent = on_a_terminal(shown)
    assert sent.count(SHOWN) == times
    assert all(one_line(line) == line for line in sent.split("\n"))


def test_a_title_that_is_ours_is_told_from_one_that_was_given() -> None:
    untitled = dataclasses.replace(ARTICLE, entry=Entry(content="<p>نص بلا عنوان</p>"))
    assert "نص بلا عنوان (ours: the publisher gave none)" in on_a_terminal(showing.article_explained(untitled, [], ""))
    assert "(ours" not in on_a_terminal(showing.article_explained(ARTICLE, [], ""))


def test_a_mistake_is_one_line() -> None:
    sent = io.StringIO()
    mistake = Mistake(message=HOSTILE, line=1, column=2, hint=HOSTILE)
    showing.say_mistakes(Console(file=sent, width=40), HOSTILE, [mistake])
    assert sent.getvalue() == f"{SHOWN}:1:2: {SHOWN} – did you mean {SHOWN}?\n"


@given(st.text(alphabet=st.characters()))
def test_one_line_keeps_what_is_harmless_and_is_always_one_line(text: str) -> None:
    line = one_line(text)
    assert len(f"{line}.".splitlines()) == 1
    assert one_line(line) == line
    assert line == text or "\\u" in line


def test_arabic_and_its_marks_stay_as_they_are() -> None:
    marks = "\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}\N{ZERO WIDTH NON-JOINER}\N{ARABIC SHADDA}\N{ARABIC TATWEEL}"
    assert one_line(f"«خلاصة» {marks} [١٢٣]") == f"«خلاصة» {marks} [١٢٣]"


# --- the log --------------------------------------------------------------------------------------------------------


def logged(say: Callable[[structlog.typing.FilteringBoundLogger], object], *, verbose: bool = True) -> str:
    """What ``say`` writes into the log."""
    with redirect_stderr(io.StringIO()) as written:
        configure_logs(verbose=verbose)
        try:
            say(structlog.get_logger())
        finally:
            structlog.reset_defaults()
    return written.getvalue()


def test_an_event_is_one_line_of_the_log_whatever_it_carries() -> None:
    said = {"title": HOSTILE, "titles": (HOSTILE,), "fault": ValueError(HOSTILE), "new": 3, "gone": False, "why": None}
    line = logged(lambda log: log.info("source", **said)).removesuffix("\n")
    assert one_line(line) == line
    assert line.startswith("at=")
    assert "level=info event=source" in line
    assert line.count("[bold red]x[/nope]") == 3
    assert "new=3 gone=false why=" in line


def test_a_title_cannot_pretend_to_be_a_field_or_another_event() -> None:
    title = 'x" level=error event="stopped\nat=2026 level=error'
    line = logged(lambda log: log.warning("source", title=title)).removesuffix("\n")
    assert "\n" not in line
    head, _, value = line.partition(" title=")
    assert head.endswith("level=warning event=source")
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', value)


def test_a_traceback_is_one_line_too() -> None:
    def fail(log: structlog.typing.FilteringBoundLogger) -> None:
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            log.exception("visit failed")

    line = logged(fail).removesuffix("\n")
    assert one_line(line) == line
    assert "Traceback" in line
    assert "[bold red]x[/nope]" in line


def test_quiet_means_warnings_and_worse() -> None:
    def say(log: structlog.typing.FilteringBoundLogger) -> None:
        log.info("source")
        log.warning("source")

    assert [line.split()[1] for line in logged(say, verbose=False).splitlines()] == ["level=warning"]


# --- through the door -----------------------------------------------------------------------------------------------


def test_a_hostile_feed_is_inert_from_poll_to_explain(place: Place, publisher: Publisher) -> None:
    name = "[bold]عاجل[/nope]&#x202e;&#10;&#x9b;2J :smile:"
    body = rss(name, (name, "https://riwaq.example/1", "نص"))
    place.write(sources_yml(("riwaq", "[red]الرواق[/nope]", publisher.script("/feed", answer(body=body)))))
    told = [
        place.say("--verbose", "poll"),
        place.say("status"),
        place.say("explain", "riwaq"),
        place.say("explain", "https://riwaq.example/1"),
        place.say("read", publisher.url("/feed")),
    ]
    assert [answered.code for answered in told] == [0] * 5
    for answered in told:
        for line in (answered.out + answered.err).split("\n"):
            assert one_line(line) == line
    assert all("[red]الرواق[/nope]" in answered.out for answered in told[:3])
    assert all("[bold]عاجل[/nope]" in answered.out for answered in told[3:])


@pytest.mark.parametrize("outcome", ["ok", "failing", "moved", "refused"])
def test_a_secret_in_an_address_is_sent_to_its_publisher_and_shown_to_nobody(
    outcome: str, place: Place, publisher: Publisher
) -> None:
    behaviours = {
        "ok": answer(body=rss("الرواق", ("افتتاح", "https://riwaq.example/1", "نص"))),
        "failing": answer(500),
        "moved": redirect("/elsewhere?token=s3cret", 301),
        "refused": redirect("http://reader:s3cret@192.168.0.1/?key=s3cret", 302),
    }
    publisher.script("/elsewhere", answer(404))
    address = publisher.script("/feed", behaviours[outcome]).replace("//", "//reader:s3cret@")
    place.write(sources_yml(("riwaq", "الرواق", f"{address}?x=1&token=s3cret")))
    told = [
        place.say(*words)
        for words in (
            ["check"],
            ["--verbose", "poll"],
            ["poll", "riwaq", "--json"],
            ["publish", "all"],
            ["status"],
            ["status", "--json"],
            ["explain", "riwaq"],
            ["explain", "riwaq", "--json"],
            ["read", f"{address}?x=1&token=s3cret"],
        )
    ]
    assert [answered.code for answered in told] == [0] * len(told)
    assert not [answered for answered in told if "s3cret" in answered.out + answered.err]
    assert told[7].json["source"]["url"] == publisher.url("/feed?x=1&token=***").replace("//", "//***@")
    assert publisher.asked("/feed")[0].target.endswith("token=s3cret")
    assert "authorization" in publisher.asked("/feed")[0].headers
    files = [path for path in place.public.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"s3cret" in path.read_bytes()]


def test_a_document_is_shown_by_what_read_says_of_it() -> None:
    body = rss("الرواق", ("افتتاح", "https://riwaq.example/1", "نص"))
    line = read_line("https://reader:s3cret@riwaq.example/", body, url="", headers={}, now=NOW)
    sent = on_a_terminal(showing.document_shown("https://reader:s3cret@riwaq.example/", line))
    assert sent.splitlines()[0] == "https://***@riwaq.example/: الرواق"
    assert "https://riwaq.example/1" in sent
