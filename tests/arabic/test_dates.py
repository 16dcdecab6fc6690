"""Dates as people write them: a table, whatever can be rendered, and whatever can be typed."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hijridate import Gregorian
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.date_words import words
from arabic.dates import MAX_TEXT, WrittenDate, is_relative, read
from tests.arabic.tables import table

ROWS = table("dates")
NOW = datetime(2026, 11, 24, 14, tzinfo=ZoneInfo("Asia/Qatar"))

MONTHS = (
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
    [
        "كانون الثاني",
        "شباط",
        "آذار",
        "نيسان",
        "أيار",
        "حزيران",
        "تموز",
        "آب",
        "أيلول",
        "تشرين الأول",
        "تشرين الثاني",
        "كانون الأول",
    ],
    ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
    ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
)
HIJRI_MONTHS = [
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعدة",
    "ذو الحجة",
]
WEEKDAYS = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
STYLES = (
    "{weekday} {day} {month} {year}",
    "{weekday}، {day} {month} {year}م",
    "{day} من {month} {year}",
    "{month} {day}، {year}",
    "{day}-{month}-{year}",
    "{year} {month} {day}",
    "{day} {month}/{other} {year}",
    "{day} {month} ({other}) {year} م",
    "{year}/{number}/{day}",
    "{weekday} {day}/{number}/{year}م",
)
TIMES = ("{h24:02}:{minute:02}", "- {h12}:{minute:02} {half}", "الساعة {h12:02}:{minute:02} {part}")
ARABIC_INDIC = str.maketrans("0123456789", "".join(map(chr, range(0x660, 0x66A))))
PERSIAN = str.maketrans("0123456789", "".join(map(chr, range(0x6F0, 0x6FA))))


def moment_of(written: WrittenDate, zone: ZoneInfo) -> datetime:
    return written.at.replace(tzinfo=written.zone or zone).astimezone(UTC)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['text']} {row['zone']}")
def test_dates_as_in_the_table(row: dict[str, str]) -> None:
    zone = ZoneInfo(row["zone"])
    found = read(row["text"], now=datetime.fromisoformat(row["now"]).astimezone(zone))
    expected = None if row["expected"] == "-" else datetime.fromisoformat(row["expected"])
    assert (found and moment_of(found, zone)) == expected


def test_the_table_is_as_large_as_promised() -> None:
    assert len(ROWS) >= 200
    assert sum(row["expected"] == "-" for row in ROWS) >= 50


def test_no_word_says_two_things() -> None:
    assert len(words()) > 500  # a word in two rows that say different things is a ValueError


@settings(max_examples=500, deadline=None)
@given(
    moment=st.datetimes(datetime.fromisoformat("1925-01-01"), datetime.fromisoformat("2076-12-31")),
    style=st.sampled_from(STYLES),
    clock=st.sampled_from(("", *TIMES)),
    names=st.sampled_from(MONTHS),
    digits=st.sampled_from(({}, ARABIC_INDIC, PERSIAN)),
)
def test_a_date_rendered_in_any_style_reads_as_itself(
    moment: datetime, style: str, clock: str, names: list[str], digits: dict[int, str]
) -> None:
    h12 = moment.hour % 12 or 12
    text = style.format(
        weekday=WEEKDAYS[moment.weekday()], day=moment.day, month=names[moment.month - 1],
        other=MONTHS[0][moment.month - 1], number=moment.month, year=moment.year,
    )  # fmt: skip
    half, part = ("ص", "صباحاً") if moment.hour < 12 else ("م", "مساءً")
    text = f"{text} {clock.format(h24=moment.hour, h12=h12, minute=moment.minute, half=half, part=part)}".strip()
    wall = moment.replace(second=0, microsecond=0) if clock else datetime.combine(moment, datetime.min.time())
    assert read(text.translate(digits), now=NOW) == WrittenDate(at=wall)


@settings(max_examples=300, deadline=None)
@given(
    day=st.dates(date(1925, 1, 1), date(2076, 12, 31)),
    style=st.sampled_from(
        ("{d} {name} {y}هـ", "{d} من {name} {y}", "{d}/{m}/{y} هـ", "{y}/{m}/{d}هـ", "{w} {d} {name} {y}")
    ),
    both=st.booleans(),
)
def test_a_hijri_date_reads_as_its_gregorian_day(day: date, style: str, both: bool) -> None:
    hijri = Gregorian.fromdate(day).to_hijri()
    text = style.format(
        d=hijri.day, m=hijri.month, y=hijri.year, name=HIJRI_MONTHS[hijri.month - 1], w=WEEKDAYS[day.weekday()]
    )
    if both:
        text += f" الموافق {day.day} {MONTHS[0][day.month - 1]} {day.year}م"
    assert read(text, now=NOW) == WrittenDate(at=datetime.combine(day, datetime.min.time()))


@given(
    count=st.integers(3, 10),
    unit=st.sampled_from((("دقائق", 60), ("ساعات", 3600), ("أيام", 86400), ("أسابيع", 604800))),
    since=st.sampled_from(("منذ", "قبل")),
)
def test_what_is_so_long_ago_is_counted_from_now(count: int, unit: tuple[str, int], since: str) -> None:
    at = NOW.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=count * unit[1])
    assert read(f"{since} {count} {unit[0]}", now=NOW) == WrittenDate(at=at, zone=UTC)


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=MAX_TEXT + 20)
    | st.lists(
        st.sampled_from(
            [*sorted(words()), *"0123456789/:-.,()+ ", "2026", "1448", "10:30", "هـ", "٠٧", "\N{RIGHT-TO-LEFT MARK}"]
        ),
        max_size=20,
    ).map(" ".join)
)
def test_any_text_is_read_or_not_and_marks_change_nothing(text: str) -> None:
    found = read(text, now=NOW)
    if found is not None:
        assert 1583 <= found.at.year < 3000 or "1" in text or found.zone is UTC
        assert found.at.tzinfo is None
    marked = "\N{RIGHT-TO-LEFT MARK}" + text + "\N{LEFT-TO-RIGHT MARK}"
    if len(marked) <= MAX_TEXT:
        assert read(marked, now=NOW) == found


@pytest.mark.parametrize(
    "bomb", ["1" * MAX_TEXT, "/" * MAX_TEXT, "م " * 50, "1/" * 50, "1 مساء " * 14, "1:1" * 33, "منذ 1 يوم" * 11]
)
def test_the_longest_texts_cost_little(bomb: str) -> None:
    start = time.process_time()
    for _ in range(10):
        read(bomb, now=NOW)
    assert time.process_time() - start < 0.5


def test_longer_texts_are_no_dates() -> None:
    assert read("7 نوفمبر 2026" + " " * MAX_TEXT, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("منذ 5 دقائق", True),
        ("مُنذُ ٥ دقائق", True),
        ("قبل ساعتين", True),
        ("الآن", True),
        ("أمس الجمعة الساعة 10:30", True),
        ("اليوم", True),
        ("Yesterday 10:30", True),
        ("hier", True),
        ("اليوم السبت 7 نوفمبر 2026", False),
        ("7 نوفمبر 2026 قبل الظهر", False),
        ("Sat, 07 Nov 2026 10:00:00 GMT", False),
        ("2026-11-07T10:00:00Z", False),
        ("", False),
    ],
)
def test_what_says_another_moment_each_time_it_is_read_is_relative(text: str, relative: bool) -> None:
    assert is_relative(text) is relative
