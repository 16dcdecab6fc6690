"""``khulasa add``: from an address to a source in sources.yml."""

import pytest

from feeds.sources_values import LONGEST_LINE
from khulasa import compose
from tests.feeds.publisher import Publisher, answer, redirect
from tests.khulasa.door import Place, rss, sources_yml

STORY = ("افتتاح خط السكة الحديدية", "https://riwaq.example/news/1", "نص الخبر")
HERE = "fetch: {allow_networks: [127.0.0.0/8]}\n"
COMMENTED = f"""\
# ما نقرأ
{HERE}
sources:
  # صحف
  - id: nil    # في القاهرة
    title: "يوميات النيل"
    url: https://nil.example/feed
"""


def page(*feeds: tuple[str, str]) -> bytes:
    """A page that declares feeds: (address, title)."""
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{address}">'
        for address, title in feeds
    )
    return f"<!doctype html><html><head><title>الرواق</title>{links}</head><body><p>أهلا</p></body></html>".encode()


def test_the_feed_that_a_page_declares_is_tried_shown_and_appended(place: Place, publisher: Publisher) -> None:
    place.write(COMMENTED)
    address = publisher.script("/", answer(body=page(("/out/1.xml", "أخبار الرواق"))))
    publisher.script("/out/1.xml", answer(body=rss("صحيفة الرواق", STORY)))
    told = place.say("add", address)
    assert (told.code, told.err) == (0, "")
    added = compose.load(place.config).sources[-1]
    assert (added.title, added.url) == ("صحيفة الرواق", publisher.url("/out/1.xml"))
    assert STORY[0] in told.out
    assert told.out.endswith(f"added to {place.config} as {added.id}: صحيفة الرواق\n")
    text = place.config.read_text(encoding="utf-8")
    assert text.startswith(COMMENTED)
    assert [request.path for request in publisher.requests] == ["/", "/out/1.xml"]


def test_the_address_of_a_feed_is_asked_once_and_appended(place: Place, publisher: Publisher) -> None:
    place.write(HERE)  # no sources yet
    address = publisher.script("/feed", answer(body=rss("صحيفة الرواق", STORY)))
    assert place.say("add", address).code == 0
    assert [source.url for source in compose.load(place.config).sources] == [address]
    assert len(publisher.requests) == 1


def test_what_was_added_is_polled(place: Place, publisher: Publisher) -> None:
    place.write(HERE + "sources: []\n")
    address = publisher.script("/feed", answer(404))
    assert place.say("add", "--no-try", address).code == 0
    assert publisher.requests == []
    (told,) = place.say("poll", "--json").json["sources"]
    assert told["outcome"] == "not_found"


def test_of_several_feeds_the_first_that_can_be_read_is_taken(place: Place, publisher: Publisher) -> None:
    place.write(COMMENTED)
    declared = (
        ("/comments/feed", "تعليقات"),
        ("/broken.xml", "أخبار"),
        ("/good.xml", "أخبار"),
        ("/other.xml", "رياضة"),
    )
    address = publisher.script("/", answer(body=page(*declared)))
    publisher.script("/broken.xml", answer(body=b"<html>busy</html>"))
    for name in ("/good.xml", "/other.xml", "/comments/feed"):
        publisher.script(name, answer(body=rss(name, STORY)))
    assert place.say("add", address).code == 0
    assert compose.load(place.config).sources[-1].url == publisher.url("/good.xml")
    assert [request.path for request in publisher.requests] == ["/", "/broken.xml", "/good.xml"]


def test_a_page_that_declares_none_is_asked_where_feeds_often_are(place: Place, publisher: Publisher) -> None:
    place.write(COMMENTED)
    address = publisher.script("/news", answer(body=page()))
    publisher.script("/rss.xml", answer(body=rss("صحيفة الرواق", STORY)))
    assert place.say("add", address).code == 0
    assert compose.load(place.config).sources[-1].url == publisher.url("/rss.xml")


def test_where_no_feed_is_found_everything_that_was_tried_is_listed(place: Place, publisher: Publisher) -> None:
    place.write(COMMENTED)
    address = publisher.script("/news", answer(body=page(("/feed?token=s3cret", "الرواق"), ("/rss", "مرة أخرى"))))
    publisher.script("/feed", answer(body=b'{"message": "\x1b[2J\\u202e"}'))
    told = place.say("add", address)
    assert (told.code, told.out) == (1, "")
    first, *tried = told.err.splitlines()
    assert first == "no feed was found there:"
    assert tried[0].startswith(f"  {address}: ")
    assert tried[1].startswith(f"  {publisher.url('/feed')}?token=***: ")
    assert tried[2] == f"  {publisher.url('/rss')}: HTTP 404: not found (not_found)"
    assert len(tried) == len(publisher.requests)
    asked = [request.target for request in publisher.requests]
    assert len(set(asked)) == len(asked) <= 9  # the page, and a few tries, nothing twice
    assert place.config.read_text(encoding="utf-8") == COMMENTED


def test_a_failing_address_is_said(place: Place, publisher: Publisher) -> None:
    place.write(COMMENTED)
    told = place.say("add", publisher.url("/none"))
    assert (told.code, told.out) == (1, "")
    assert told.err == f"{publisher.url('/none')}: HTTP 404: not found (not_found)\n"


def test_an_address_that_is_there_already_is_refused_however_it_is_written(place: Place, publisher: Publisher) -> None:
    address = publisher.script("/", answer(body=rss("صحيفة الرواق", STORY)))
    before = sources_yml(("riwaq", "الرواق", address))
    place.write(before)
    for words in (["--no-try", address], [address], ["--no-try", address.upper().removesuffix("/")]):
        told = place.say("add", *words)
        assert told.code == 1, words
        assert told.err.endswith(" is there already, as 'riwaq' (الرواق)\n"), words
    assert place.config.read_text(encoding="utf-8") == before


def test_a_permanent_move_is_written_down_as_the_new_address(place: Place, publisher: Publisher) -> None:
    place.write(HERE)
    publisher.script("/new", answer(body=rss("صحيفة الرواق", STORY)))
    assert place.say("add", publisher.script("/old", redirect("/new", 301))).code == 0
    assert place.say("add", publisher.script("/for-now", redirect("/new", 302))).code == 0
    urls = [source.url for source in compose.load(place.config).sources]
    assert urls == [publisher.url("/new"), publisher.url("/for-now")]


def test_the_title_given_wins_and_an_unnamed_feed_is_called_by_its_id(place: Place, publisher: Publisher) -> None:
    place.write(HERE)
    named = publisher.script("/named", answer(body=rss("صحيفة الرواق", STORY)))
    unnamed = publisher.script("/unnamed", answer(body=rss("", STORY)))
    assert place.say("add", named, "--title", "رواقنا").code == 0
    assert place.say("add", unnamed).code == 0
    assert place.say("add", "--no-try", "https://www.nakheel.example/rss", "--title", "صوت النخيل: # 1").code == 0
    first, second, third = compose.load(place.config).sources
    assert (first.title, second.title) == ("رواقنا", second.id)
    assert (third.id, third.title) == ("nakheel", "صوت النخيل: # 1")


@pytest.mark.parametrize(
    "title",
    ["x" * 3 * LONGEST_LINE, "[bold]a: 'b' # [/nope]", "&#x202e;a&#x2066;b&#x85;c", "- a\n\n: b", "{a: b}", "&quot;"],
)
def test_a_hostile_title_leaves_a_file_that_reads_well(title: str, place: Place, publisher: Publisher) -> None:
    place.write(HERE)
    address = publisher.script("/feed", answer(body=rss(title, STORY)))
    told = place.say("add", address)
    assert (told.code, told.err) == (0, "")
    (added,) = compose.load(place.config).sources
    assert added.url == address
    assert 0 < len(added.title) <= LONGEST_LINE
    assert "\x1b" not in told.out
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in told.out


def test_a_title_that_no_file_may_hold_changes_nothing(place: Place) -> None:
    place.write(COMMENTED)
    told = place.say("add", "--no-try", "https://riwaq.example/feed", "--title", "a\nb")
    assert (told.code, told.out) == (1, "")
    assert "one line" in told.err
    assert place.config.read_text(encoding="utf-8") == COMMENTED


def test_a_private_address_is_refused_unless_the_file_allows_it(place: Place, publisher: Publisher) -> None:
    address = publisher.script("/feed", answer(body=rss("صحيفة الرواق", STORY)))
    place.write(COMMENTED.replace(HERE, ""))
    told = place.say("add", address)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"{address}: ")
    assert told.err.endswith("(private_address)\n")
    assert publisher.connections == 0


@pytest.mark.parametrize("url", ["ftp://riwaq.example/feed", "riwaq.example", "https://", "file:///etc/passwd", ""])
@pytest.mark.parametrize("words", [["--no-try"], []], ids=["untried", "tried"])
def test_what_is_no_address_of_a_feed_is_refused(url: str, words: list[str], place: Place) -> None:
    place.write(COMMENTED)
    told = place.say("add", *words, url)
    assert (told.code, told.out) == (1, "")
    assert len(told.err.splitlines()) == 1
    assert place.config.read_text(encoding="utf-8") == COMMENTED


def test_line_ends_and_a_byte_order_mark_stay(place: Place) -> None:
    before = ("\N{ZERO WIDTH NO-BREAK SPACE}" + COMMENTED.replace("\n", "\r\n")).encode()
    place.config.write_bytes(before)
    assert place.say("add", "--no-try", "https://riwaq.example/feed").code == 0
    after = place.config.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\r\n") == after.count(b"\n")
    assert [source.id for source in compose.load(place.config).sources] == ["nil", "riwaq"]


def test_a_secret_is_written_down_and_never_said(place: Place, publisher: Publisher) -> None:
    place.write(HERE)
    publisher.script("/feed", answer(body=rss("", STORY)))
    secret = publisher.url("/feed?key=s3cret").replace("//", "//reader:s3cret@")
    told = [place.say("add", secret), place.say("add", secret), place.say("add", "--no-try", f"{secret}\n")]
    assert [answered.code for answered in told] == [0, 1, 1]
    assert not any("s3cret" in answered.out + answered.err for answered in told)
    (added,) = compose.load(place.config).sources
    assert added.url == secret
