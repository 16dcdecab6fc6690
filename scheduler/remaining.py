"""What of a fetched document remains to be read: items that were read before cost only their digest. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from arabic.fold import FOLD_VERSION
from feeds.pieces import Pieces, pack, pieces_of, unpack
from news.types import Fetched, KnownItems, Problem, Reading, Reason, Source, Unreadable

LARGEST = 512 * 1024  # bytes of a body that is cut: a hostile one of this size holds the process for under 50 ms

_OF_AN_ENTRY = "entry "
_OF_ENCODING = frozenset({Reason.ENCODING_REPAIRED, Reason.ENCODING_SUSPECT})
_COUNTS = re.compile(r"\W*(?<![\w\-])\d.*")  # "…: repaired in 12 places, confidence 0.98"
NOTHING = KnownItems(head=b"", items=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """``unread`` holds only the items at ``places`` (from 0) of the document; None: all of it has been read before."""

    unread: Fetched | None
    places: tuple[int, ...] = ()
    pieces: Pieces | None = None  # None: the document cannot be cut
    head: bytes = b""

    @property
    def is_part(self) -> bool:
        return self.pieces is not None and 0 < len(self.places) < len(self.pieces.items)


def remaining_of(result: Fetched, source: Source, known: KnownItems) -> Remaining:
    """Compare a document with what was ``known`` of the newest one of this source."""
    pieces = pieces_of(result.body) if len(result.body) <= LARGEST else None
    if pieces is None:
        return Remaining(unread=result)
    head = _head_of(pieces, source)
    read_before = unpack(known.items) if head == known.head else frozenset()
    places = tuple(place for place, digest in enumerate(pieces.item_digests) if digest not in read_before)
    if not places:
        return Remaining(unread=None, pieces=pieces, head=head)
    if len(places) == len(pieces.items):
        return Remaining(unread=result, places=places, pieces=pieces, head=head)
    unread = replace(result, body=pieces.without(read_before))
    return Remaining(unread=unread, places=places, pieces=pieces, head=head)


def is_in_doubt(remaining: Remaining, reading: Reading | Unreadable, told: Iterable[Problem]) -> bool:
    """Must the document be read as a whole after all? ``told`` are the problems of the newest one.

    An encoding is told by the words in it, of which a part has fewer: what shows other faults of encoding than the
    whole did may have been taken for what it is not.
    """
    if not remaining.is_part:
        return False
    if isinstance(reading, Unreadable):
        return reading.reason is Reason.ENCODING_SUSPECT
    return _faults_of_encoding(reading.document.problems) != _faults_of_encoding(told)


def known_after(remaining: Remaining, reading: Reading | Unreadable | None) -> KnownItems | None:
    """What to remember after ``reading`` what remained; None: what is remembered stays.

    An item with a problem is read again each time, so that its problem is told again. A problem of the document as a
    whole may be anybody's: then nothing of it counts as read, unless it is of the encoding, which whatever is read next
    shows again (``is_in_doubt``).
    """
    if isinstance(reading, Unreadable):
        return None
    if remaining.pieces is None:
        return NOTHING
    problems = reading.document.problems if reading is not None else ()
    if any(not p.place.startswith(_OF_AN_ENTRY) and p.reason not in _OF_ENCODING for p in problems):
        return NOTHING
    troubled = {problem.place for problem in problems}
    digests = (
        digest
        for place, digest in enumerate(remaining.pieces.item_digests, start=1)
        if f"{_OF_AN_ENTRY}{place}" not in troubled
    )
    return KnownItems(head=remaining.head, items=pack(digests))


def with_true_places(reading: Reading, remaining: Remaining) -> Reading:
    """``reading`` with problems at the places that entries have in the whole document."""
    if not remaining.places:
        return reading
    problems = tuple(_moved(problem, remaining.places) for problem in reading.document.problems)
    return replace(reading, document=replace(reading.document, problems=problems))


def _faults_of_encoding(problems: Iterable[Problem]) -> frozenset[tuple[Reason, str]]:
    return frozenset((p.reason, _COUNTS.sub("", p.message)) for p in problems if p.reason in _OF_ENCODING)


def _moved(problem: Problem, places: tuple[int, ...]) -> Problem:
    number = problem.place.removeprefix(_OF_AN_ENTRY)
    if number == problem.place or not number.isdigit() or not 1 <= int(number) <= len(places):
        return problem
    return replace(problem, place=f"{_OF_AN_ENTRY}{places[int(number) - 1] + 1}")


def _head_of(pieces: Pieces, source: Source) -> bytes:
    """What an entry's reading depends on beside its own bytes: the rest of the document, the source, the folding."""
    around = repr((source.url, source.title, source.country, source.category, source.timezone, FOLD_VERSION))
    return blake2b(pieces.head_digest + around.encode(), digest_size=16).digest()
