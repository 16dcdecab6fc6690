"""The table of events told by several newsrooms keeps its rules; what the judgement makes of it is asked elsewhere."""

from collections import defaultdict
from datetime import timedelta
from itertools import combinations

from arabic.tokens import tokens
from tests.news.cases import cases
from tests.news.tellings import BEGIN, PARAGRAPH, Retold, tellings

RUN = 8  # words that two newsrooms do not write alike by chance
EVENTS = 45
FEWEST_WORDS, MOST_WORDS = 20, 160  # a flash, a report
DAYS, APART = timedelta(days=9), timedelta(hours=30)


def test_every_row_has_the_columns_and_one_line_of_paragraphs() -> None:
    for row in cases("tellings"):
        assert tuple(row) == ("event", "telling", "minutes", "title", "text")
        assert all(cell == cell.strip() and cell for cell in row.values()), row
        assert "|" not in row["text"].replace(PARAGRAPH, ""), row


def test_at_least_forty_five_events_are_told_twice_or_more_often() -> None:
    told = {event: [one.telling for one in those] for event, those in _events().items()}
    assert len(told) >= EVENTS
    assert {event: names for event, names in told.items() if names not in (["a", "b"], ["a", "b", "c"])} == {}


def test_tellings_are_published_in_order_within_thirty_hours() -> None:
    for event, those in _events().items():
        moments = [one.published for one in those]
        assert moments == sorted(set(moments)), event
        assert moments[0] >= BEGIN, event
        assert moments[-1] <= BEGIN + DAYS, event
        assert moments[-1] - moments[0] <= APART, event


def test_tellings_are_as_long_as_a_flash_or_a_report() -> None:
    lengths = {(one.event, one.telling): len(tokens(one.text)) for one in tellings()}
    assert {name: size for name, size in lengths.items() if not FEWEST_WORDS <= size <= MOST_WORDS} == {}


def test_no_two_tellings_share_a_run_of_words() -> None:
    shared = {
        (one.event, one.telling, other.telling): runs
        for those in _events().values()
        for one, other in combinations(those, 2)
        if (runs := _runs(one) & _runs(other))
    }
    assert shared == {}


def test_no_two_articles_have_one_title() -> None:
    titles = [one.title for one in tellings()]
    assert len(titles) == len(set(titles))


def _events() -> dict[str, list[Retold]]:
    events = defaultdict(list)
    for one in tellings():
        events[one.event].append(one)
    return events


def _runs(one: Retold) -> set[tuple[str, ...]]:
    """Every run of folded words in the title or the text."""
    parts = [tokens(one.title), tokens(one.text)]
    return {tuple(part[at : at + RUN]) for part in parts for at in range(len(part) - RUN + 1)}
