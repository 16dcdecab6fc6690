"""Cutting a document: its pieces are its bytes, and what is left out changes nothing of what is left in.

The heads and what counts as a change of them are in tests/data/pieces/heads.tsv.
"""

import csv
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse import parse
from feeds.pieces import DIGEST, MAX_BODY, MAX_DIGESTS, MAX_HEAD, MAX_ITEMS, Pieces, pack, pieces_of, unpack
from news.types import Document, Entry

DATA = Path(__file__).resolve().parents[1] / "data"
NEWSROOM = Path(__file__).resolve().parents[2] / "khulasa" / "demo" / "newsroom" / "documents"
NOW = datetime(2026, 11, 8, tzinfo=UTC)
RSS_1 = (
    'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def read(body: bytes) -> Document:
    result = parse(body, url="https://feeds.example/rss", headers=(), zone=None, now=NOW)
    assert isinstance(result, Document), result
    return result


def cut(body: bytes | str) -> Pieces:
    pieces = pieces_of(body.encode() if isinstance(body, str) else body)
    assert pieces is not None
    return pieces


def rss(*items: str, head: str = "<title>المرفأ</title>", tail: str = "") -> str:
    return f'<rss version="2.0"><channel>{head}{"".join(items)}{tail}</channel></rss>'


def atom(*entries: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>ق</title>{"".join(entries)}</feed>'


def item(number: int, more: str = "") -> str:
    return f"<item><title>خبر {number}</title><guid>{number}</guid>{more}</item>"


def without_entries(document: Document) -> Document:
    return replace(document, entries=(), problems=(), encoding="")  # ASCII alone is in any


def entries_by_item(document: Document, items: int) -> tuple[Entry, ...]:
    """What each item of a document became."""
    assert len(document.entries) == items
    return document.entries


def assert_the_others_are_left(whole: Document, pieces: Pieces, known: Collection[bytes]) -> None:
    left = read(pieces.without(known))
    by_item = entries_by_item(whole, len(pieces.items))
    expected = [e for e, digest in zip(by_item, pieces.item_digests, strict=True) if digest not in known]
    assert list(left.entries) == expected
    assert without_entries(left) == without_entries(whole)


# --- laws over generated documents ----------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(["خبر", "عاجل", "سوق", "ميناء", "&amp;", "&#1633;", "&lt;item&gt;", "lang=", " base='x' ", ":id "]),
    min_size=1,
    max_size=6,
).map(" ".join)
DECOYS = st.sampled_from([
    "",
    "<!-- </item> <item> -->",
    "<![CDATA[<item></entry><!-- <guid>1</guid>]]>",
    "<![CDATA[]]]]><![CDATA[>]]>",
    "<?php echo '<item>' ?>",
])  # fmt: skip
WHITE = st.sampled_from(["", "\n", "\n\t\t", " <!-- <item> --> "])
DATES = st.sampled_from(["Sat, 07 Nov 2026 10:00:00 GMT", "2026-11-07T10:00:00Z", "أمس", ""])


@st.composite
def items_of_rss(draw: st.DrawFn, number: int) -> str:
    guid = draw(
        st.sampled_from([f"<guid>https://a.example/{number}</guid>", f"<guid isPermaLink='false'>{number}</guid>", ""])
    )
    date = draw(DATES)
    fields = [
        f"<title>{draw(WORDS)}{draw(DECOYS)}</title>" if draw(st.booleans()) else "",
        f"<link>https://a.example/?id={number}&amp;utm_source=rss</link>" if draw(st.booleans()) else "",
        guid,
        f"<pubDate>{date}</pubDate>" if date else "",
        f"<description>{draw(WORDS)}{draw(DECOYS)}</description>",
        draw(st.sampled_from(["", '<enclosure url="https://a.example/a.mp3" type="audio/mpeg" length="1"/>', "<x/>"])),
        draw(DECOYS),
    ]
    return f"<item>{''.join(draw(st.permutations(fields)))}</item>"


@st.composite
def items_of_rdf(draw: st.DrawFn, number: int) -> str:
    return (
        f'<item rdf:about="https://a.example/{number}"><title>{draw(WORDS)}</title>{draw(DECOYS)}'
        f"<link>https://a.example/{number}</link><dc:date>{draw(DATES)}</dc:date></item>"
    )


@st.composite
def entries_of_atom(draw: st.DrawFn, number: int, a: str, languages: bool) -> str:
    language = draw(st.sampled_from(["", ' xml:lang="ar"', ' xml:lang="en"'])) if languages else ""
    body = f"<{a}content type='html'>&lt;p&gt;{draw(WORDS)}{draw(DECOYS)}</{a}content>"
    if not languages and draw(st.booleans()):
        body = f"<{a}content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>{draw(WORDS)}</p></div></{a}content>"
    return (
        f"<{a}entry{language}><{a}title>{draw(WORDS)}</{a}title><{a}id>urn:x:{number}</{a}id>"
        f"<{a}link href='/{number}'/><{a}updated>{draw(DATES)}</{a}updated>{body}</{a}entry >"
    )


@st.composite
def documents(draw: st.DrawFn, white: st.SearchStrategy[str] = WHITE) -> tuple[bytes, int]:
    """A document, and how many items it has."""
    count = draw(st.integers(1, 5))
    start = draw(st.sampled_from(["", "\ufeff", '<?xml version="1.0" encoding="UTF-8"?>\n', "<!-- <rss> -->\n"]))
    title = f"<title>{draw(WORDS)}</title>"
    kind = draw(st.sampled_from(["rss", "rdf", "feed", "prefixed"]))
    if kind == "rss":
        items = [draw(items_of_rss(number)) for number in range(count)]
        opened, closed = (
            '<rss version="2.0"><channel>',
            f"{draw(st.sampled_from(['', '<ttl>5</ttl>']))}</channel></rss>\n",
        )
        head = f"{title}<link>https://a.example/</link><image><title>ص</title></image><lastBuildDate>{draw(DATES)}</lastBuildDate>"
    elif kind == "rdf":
        items = [draw(items_of_rdf(number)) for number in range(count)]
        opened, closed = f"<rdf:RDF {RSS_1}>", "</rdf:RDF>"
        lines = "".join(f'<rdf:li rdf:resource="https://a.example/{number}"/>' for number in range(count))
        head = f"<channel>{title}<items><rdf:Seq>{lines}</rdf:Seq></items></channel>"
    else:
        a = "a:" if kind == "prefixed" else ""
        languages = draw(st.booleans())
        items = [draw(entries_of_atom(number, a, languages)) for number in range(count)]
        opened = f'<{a}feed xmlns{":a" if a else ""}="http://www.w3.org/2005/Atom" xml:lang="fa">'
        closed = f"</{a}feed>"
        head = f"<{a}title>{draw(WORDS)}</{a}title><{a}author><{a}name>هدى</{a}name></{a}author>"
    middle = "".join(piece + draw(white) for piece in items)
    return (
        f"{start}{opened}{draw(DECOYS if kind == 'rdf' else WHITE)}{head}{draw(white)}{middle}{closed}".encode(),
        count,
    )


@given(documents())
def test_the_pieces_are_the_document(made: tuple[bytes, int]) -> None:
    body, count = made
    pieces = cut(body)
    assert len(pieces.items) == len(pieces.item_digests) == len(pieces.head) - 1 == count
    between = [piece for pair in zip(pieces.items, pieces.head[1:], strict=True) for piece in pair]
    assert b"".join([pieces.head[0], *between]) == body
    assert pieces.without(()) == body


@given(documents(), st.data())
def test_leaving_items_out_leaves_the_others_as_they_were(made: tuple[bytes, int], data: st.DataObject) -> None:
    body, _ = made
    pieces = cut(body)
    known = data.draw(st.lists(st.sampled_from(pieces.item_digests), unique=True))
    assert_the_others_are_left(read(body), pieces, known)


@given(documents(st.sampled_from(["\n", " ", "<!-- 0.3 s -->\n"])), st.data())
def test_the_head_of_what_is_left_is_the_same(made: tuple[bytes, int], data: st.DataObject) -> None:
    """So what is known stays known when items come and go."""
    pieces = cut(made[0])
    known = data.draw(st.lists(st.sampled_from(pieces.item_digests), unique=True))
    if not set(pieces.item_digests) <= set(known):
        left = cut(pieces.without(known))
        assert left.head_digest == pieces.head_digest
        assert left.item_digests == tuple(d for d in pieces.item_digests if d not in known)


@given(st.binary(max_size=200) | st.text("<>/!?-[]CDATA item'\"=\n:", max_size=60).map(str.encode))
def test_any_bytes_end_as_a_value(body: bytes) -> None:
    for document in (body, b"<rss><channel>" + body + item(1).encode() + body + b"</channel></rss>"):
        pieces = pieces_of(document)
        assert pieces is None or pieces.without(()) == document


# --- the digests ----------------------------------------------------------------------------------------------------


def heads() -> list[dict[str, str]]:
    with (DATA / "pieces" / "heads.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [{name: cell.replace("\\n", "\n").replace("\\t", "\t") for name, cell in row.items()} for row in rows]


@pytest.mark.parametrize("row", heads(), ids=lambda row: row["why"])
@pytest.mark.parametrize("place", ["head", "tail"])
def test_a_head_is_known_by_what_it_says(row: dict[str, str], place: str) -> None:
    before, after = (
        cut(rss(item(1), head=text if place == "head" else "", tail="" if place == "head" else text))
        for text in (row["before"], row["after"])
    )
    assert (before.head_digest == after.head_digest) is (row["same"] == "yes")
    assert before.item_digests == after.item_digests


def test_an_item_is_known_by_its_bytes() -> None:
    before = cut(rss(item(1), item(2), item(3)))
    after = cut(rss(item(4), "\n", item(1), item(2, " "), item(3)))
    assert [digest in before.item_digests for digest in after.item_digests] == [False, True, False, True]
    assert all(len(digest) == DIGEST for digest in (before.head_digest, *before.item_digests))


def test_equal_items_are_left_out_together() -> None:
    nameless = "<item><title>خبر</title></item>"
    pieces = cut(rss(nameless, item(1), nameless))
    assert [e.title for e in read(pieces.without({pieces.item_digests[0]})).entries] == ["خبر 1"]


@given(st.lists(st.binary(min_size=DIGEST, max_size=DIGEST)))
def test_what_was_packed_is_unpacked(digests: list[bytes]) -> None:
    assert unpack(pack(digests)) == frozenset(digests)
    assert pack(digests) == pack([*digests, *digests])


def test_of_too_many_digests_the_first_are_packed() -> None:
    digests = [number.to_bytes(DIGEST) for number in range(MAX_DIGESTS + 1)]
    assert unpack(pack(digests)) == frozenset(digests[:MAX_DIGESTS])


def test_what_is_no_pack_holds_nothing() -> None:
    assert unpack(b"") == unpack(b"x" * (DIGEST + 1)) == unpack(b"x" * DIGEST * (MAX_DIGESTS + 1)) == frozenset()


# --- what is read as a whole ----------------------------------------------------------------------------------------

WHOLE: dict[str, str | bytes] = {
    "nothing": "",
    "JSON": '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "<item></item>"}]}',
    "HTML": f"<html><body>{item(1)}</body></html>",
    "no items": rss(),
    "UTF-16": rss(item(1)).encode("utf-16"),
    "an encoding whose letters may hold ASCII": f'<?xml version="1.0" encoding="gb2312"?>{rss(item(1))}',
    "a document type": f"<!DOCTYPE rss>{rss(item(1))}",
    "entities": f'<!DOCTYPE rss [<!ENTITY a "aaaa">]>{rss(item(1))}',
    "an entity in the middle": rss(item(1), '<!ENTITY a "b">'),
    "text before": f"Warning: line 3\n{rss(item(1))}",
    "text after": f"{rss(item(1))}<script>track()</script>",
    "cut off in an item": rss(item(1), item(2))[:-30],
    "cut off after an item": f"<rss><channel>{item(1)}",
    "an item in an item": rss(f"<item>{item(1)}</item>"),
    "an entry in an item": rss(item(1, "<entry></entry>")),
    "an entry with a prefix in an item": rss(item(1, "<atom:entry></atom:entry>")),
    "an item that ends under another name": rss("<item><title>ق</title></entry>"),
    "an item that ends under another prefix": rss("<a:item><title>ق</title></b:item>"),
    "an item that ends twice": rss(item(1), "</item>"),
    "an item that does not end": rss(item(1), "<item><title>ق</title>"),
    "an empty item": rss(item(1), '<item a="b"/>'),
    "an item in capitals": rss(item(1), "<ITEM><title>ق</title></ITEM>"),
    "an item whose attributes do not end": rss("<item a='b><title>ق</title></item>"),
    "a channel in an item": rss(item(1, "<channel></channel>")),
    "a CDATA section that does not end": rss(item(1, "<![CDATA[ ]>")),
    "a comment that does not end": rss(item(1), "<!-- ->"),
    "an instruction that does not end": rss(item(1), "<?php >"),
    "something between items": rss(item(1), "<language>ar</language>", item(2)),
    "words between items": rss(item(1), "كلام", item(2)),
    "items beside the channel": f"<rss><channel></channel>{item(1)}</rss>",
    "items in something else": rss(f"<x>{item(1)}</x>"),
    "tags crossed before the items": f"<rss><channel><a><b></a></b>{item(1)}</channel></rss>",
    "RDF of no dialect": f"<RDF>{item(1)}</RDF>",
    "one guid twice": rss(item(1), item(1, " "), item(2)),
    "one guid twice, in CDATA": rss(item(1), "<item><guid> <![CDATA[1]]></guid></item>"),
    "one guid twice, with a prefix": rss("<a:item><a:id>1</a:id></a:item>", item(1)),
    "one link twice without guids": rss(
        "<item><link>https://a.example/?utm_source=a&amp;id=1</link></item>",
        "<item><link>https://a.example/?id=1#top</link></item>",
    ),
    "a guid that is a link": rss("<item><link>http://a.example/1</link></item>", item(0), item(1).replace("1<", "http://a.example/1<")),
    "an xml:base in an item": atom('<entry xml:base="https://a.example/"><id>1</id></entry>'),
    "an xml:base in a text": atom('<entry><id>1</id><content xml:lang="ar" xml:base = "/a/">ق</content></entry>'),
    "a <div> nobody escaped, and a language": atom('<entry xml:lang="ar"><id>1</id><content><div/></content></entry>'),
    "too many items": rss(*(item(number) for number in range(MAX_ITEMS + 1))),
    "too long": rss(item(1, " " * MAX_BODY)),
    "too much beside the items": rss(item(1), head="<title>ق</title>" + " " * MAX_HEAD),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_not_plain_is_read_as_a_whole(name: str) -> None:
    body = WHOLE[name]
    assert pieces_of(body.encode() if isinstance(body, str) else body) is None


CUT = {
    "the most items": rss(*(item(number) for number in range(MAX_ITEMS))),
    "a byte order mark and blank lines": f"\ufeff\n\n{rss(item(1))}\n",
    "UTF-8 declared": f"<?xml version='1.0' encoding='utf-8' ?>{rss(item(1))}",
    "a stylesheet": f'<?xml-stylesheet href="a.xsl"?>{rss(item(1))}',
    "comments between items": rss(item(1), "<!-- اعلان -->", item(2)),
    "attributes with brackets": rss("""<item a="b>c" d='"'><guid>1</guid></item>"""),
    "one link twice with guids": rss(item(1, "<link>/a</link>"), item(2, "<link>/a</link>")),
    "links that differ in a parameter": rss("<item><link>/?id=1</link></item>", "<item><link>/?id=2</link></item>"),
    "empty guids": rss("<item><guid></guid><link>/1</link></item>", "<item><guid/><link>/2</link></item>"),
    "a language of its own": atom('<entry xml:lang="ar"><id>1</id></entry>'),
    "a base of the whole": atom("<entry><id>1</id></entry>").replace("<feed", '<feed xml:base="https://a.example/"'),
    "words that look like attributes": rss(item(1, "<description>&lt;p lang='ar'> xml:base='x'</description>")),
    "<items> and <itemised>": rss(item(1, "<itemised/><items></items>")),
    "another root's name in capitals": rss(item(1, "<description>&lt;CHANNEL></description>")),
}


@pytest.mark.parametrize("name", CUT)
def test_what_is_plain_is_cut(name: str) -> None:
    assert cut(CUT[name]).without(()) == CUT[name].encode()


# --- bombs ----------------------------------------------------------------------------------------------------------

BOMBS: dict[str, tuple[str, str, str]] = {
    "comments": (rss(item(1))[:-20], "<!--", ""),
    "comments nearly ended": (rss(item(1))[:-20], "<!-- -- >", ""),
    "CDATA": ("<rss><channel><item>", "<![CDATA[", ""),
    "CDATA nearly ended": ("<rss><channel><item>", "<![CDATA[]] >", ""),
    "CDATA, one end": ("<rss><channel><item><title>", "<![CDATA[<pubDate>", "]]></title></item></channel></rss>"),
    "brackets": ("<rss><channel><item><title><![CDATA[", "]", "]]></title></item></channel></rss>"),
    "instructions": ("<rss><channel><item>", "<?", ""),
    "items that do not end": ("<rss><channel>", "<item>", ""),
    "starts of items": ("<rss><channel>", "<item ", ""),
    "quotes in items": ("<rss><channel>", "<item a='", ""),
    "attributes of an item": ("<rss><channel><item", " a='b'", "><title>ق</title></item></channel></rss>"),
    "guids": ("<rss><channel><item>", "<guid>", "</item></channel></rss>"),
    "guids, all different": ("<rss><channel><item>", "<id>1</id>", "</item></channel></rss>"),
    "guids in CDATA": ("<rss><channel><item>", "<guid><![CDATA[", "]]></guid></item></channel></rss>"),
    "links": ("<rss><channel><item>", "<link>", "</item></channel></rss>"),
    "a long link": ("<rss><channel><item><link>/?", "a&", "</link></item></channel></rss>"),
    "almost bases": ("<rss><channel><item><a", " base", "></a></item></channel></rss>"),
    "almost languages": ("<rss><channel><item>", "<a l bang lang", "</item></channel></rss>"),
    "a long name": ("<rss><channel><item><", "a", "></item></channel></rss>"),
    "prefixes": ("<rss><channel><a:item>", "<a:", "></a:item></channel></rss>"),
    "opening brackets": ("<rss><channel><item>", "<", "</item></channel></rss>"),
    "white space": ("<rss><channel><item>", "<guid>   ", "</item></channel></rss>"),
}  # fmt: skip
HEAD_BOMBS: dict[str, tuple[str, str, str]] = {
    "dates": ("<rss><channel>", "<pubDate>", f"{item(1)}</channel></rss>"),
    "dates in CDATA": ("<rss><channel><title><![CDATA[", "<pubDate><![CDATA[", f"]]></title>{item(1)}</channel></rss>"),
    "comments in CDATA": ("<rss><channel><title><![CDATA[", "<!--", f"]]></title>{item(1)}</channel></rss>"),
    "lists of items": ("<rss><channel>", "<items><rdf:li>", f"{item(1)}</channel></rss>"),
    "a long name": ("<rss><channel><", "a", f"/>{item(1)}</channel></rss>"),
    "slashes": ("<rss><channel><a ", "/", f">{item(1)}</channel></rss>"),
    "depth": ("<rss><channel>", "<a>", f"{item(1)}</channel></rss>"),
    "instructions and comments": ("<rss><channel><?php ", "<!--<?", f"?>{item(1)}</channel></rss>"),
}


def seconds(bomb: tuple[str, str, str], size: int) -> float:
    """Of this process, for a bomb of ``size`` bytes: the best of three."""
    before, again, after = bomb
    body = (before + again * ((size - len(before) - len(after)) // len(again)) + after).encode()
    taken = []
    for _ in range(3):
        start = time.process_time()
        pieces_of(body)
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize(
    ("bomb", "size"),
    [
        *(pytest.param(bomb, MAX_BODY, id=name) for name, bomb in BOMBS.items()),
        *(pytest.param(bomb, MAX_HEAD, id=f"head: {name}") for name, bomb in HEAD_BOMBS.items()),
    ],
)
def test_bombs_take_time_in_proportion_to_their_length(bomb: tuple[str, str, str], size: int) -> None:
    small, large = seconds(bomb, size // 8), seconds(bomb, size)
    assert large < 1
    assert large < 24 * small + 0.01  # eight times the length; squared, it would be 64 times the time


# --- real documents -------------------------------------------------------------------------------------------------


def samples(digests: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """Some subsets: none, all, all but one, each half, every other one."""
    middle = len(digests) // 2
    some = [
        (),
        tuple(digests),
        tuple(digests[:middle]),
        tuple(digests[middle:]),
        tuple(digests[::2]),
        tuple(digests[1::2]),
    ]
    return [*some, *list(combinations(digests, max(len(digests) - 1, 0)))[:8]]


def assert_cut_rightly(body: bytes) -> None:
    pieces, whole = cut(body), read(body)
    for known in samples(pieces.item_digests):
        assert_the_others_are_left(whole, pieces, known)


@pytest.mark.parametrize("name", sorted(path.name for path in NEWSROOM.iterdir()))
def test_the_documents_of_the_newsroom_are_cut(name: str) -> None:
    body = (NEWSROOM / name).read_bytes()
    if name in ("ghadtech.json", "nafitha.xml"):
        assert pieces_of(body) is None
    else:
        assert_cut_rightly(body)


READ_AS_A_WHOLE = (
    "atom10_full", "atom_entry", "xml_base", "rss091", "utf16_with_bom",
)  # fmt: skip


@pytest.mark.parametrize("path", sorted((DATA / "parse").glob("*.xml")), ids=lambda path: path.name)
def test_the_documents_of_parsing_are_cut_or_left(path: Path) -> None:
    body = path.read_bytes()
    result = parse(body, url="https://feeds.example/rss", headers=(), zone=None, now=NOW)
    clean = isinstance(result, Document) and not any(p.place[:5] != "entry" for p in result.problems)
    if clean and isinstance(result, Document) and result.entries and path.stem not in READ_AS_A_WHOLE:
        assert_cut_rightly(body)
    elif clean:
        assert pieces_of(body) is None


def test_most_documents_of_the_wild_are_cut(shared_data: Path) -> None:
    bodies = [path.read_bytes() for path in sorted((shared_data / "feeds").glob("*.xml"))]
    whole = [body for body in bodies if pieces_of(body) is None]
    assert len(whole) <= 5
    for body in bodies:
        if body not in whole:
            assert_cut_rightly(body)
