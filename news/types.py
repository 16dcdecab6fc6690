"""The glossary: every noun of the project, top to bottom in the order an article meets them.

Frozen values; tuples, never lists; aware UTC datetimes only. A *source* is a place we read, an *entry* is theirs,
an *article* is ours, a *feed* is what we publish.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# --- what the editor wrote: sources.yml ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place we read, as written in ``sources.yml``."""

    id: str  # [a-z0-9-]{1,64}
    title: str
    url: str
    country: str | None = None  # ISO 3166-1 alpha-2, upper case
    category: str | None = None  # a hint: each article is still judged
    every: timedelta | None = None  # the editor's interval; None: the default of news/schedule.py
    schedule: str | None = None  # five crontab fields, in the source's timezone; wins over ``every``
    timezone: str | None = None  # IANA name, for dates without a zone
    alone: bool = False  # refusals of its host concern no other source, and those that others met do not concern it


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRule:
    """One entry of ``feeds:`` in ``sources.yml``: a selection the editor made. Empty conditions do not restrict."""

    id: str
    title: str
    match: str | None = None  # a match expression over folded text, see news/rules.py
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What we call ourselves, and the public address of what we publish."""

    title: str = "خلاصة"
    url: str = "http://127.0.0.1:8080/"  # always ends with a slash
    description: str = "أخبار عربية مصنفة من مصادرها، كل خبر مرة واحدة"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How we knock at other people's doors. Sizes in bytes of decoded body."""

    contact: str | None = None  # goes into the User-Agent
    allow_networks: tuple[str, ...] = ()  # CIDR; private networks are refused unless listed
    deadline: timedelta = timedelta(seconds=30)  # one request, redirects included
    max_body: int = 10 * 1024 * 1024
    at_once: int = 32  # requests in flight
    at_once_per_host: int = 2  # … to one registrable domain
    spacing: timedelta = timedelta(seconds=1)  # between the starts of two requests to one registrable domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The whole of ``sources.yml``, checked."""

    site: Site
    fetch: FetchSettings
    sources: tuple[Source, ...]
    feeds: tuple[FeedRule, ...]


# --- what a request gave ------------------------------------------------------------------------------------------


class Reason(StrEnum):
    """Why something of theirs could not be used, or was repaired. Codes are stored and published: never rename one."""

    # the address
    BAD_URL = "bad_url"
    BAD_SCHEME = "bad_scheme"
    BAD_PORT = "bad_port"
    PRIVATE_ADDRESS = "private_address"
    # the connection
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    # the answer
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"  # 401, 403, 451
    BLOCKED = "blocked"  # a challenge page in place of the feed
    NOT_FOUND = "not_found"
    HTTP_ERROR = "http_error"  # any other status that is no success
    SERVER_ERROR = "server_error"
    TOO_LARGE = "too_large"
    UNSUPPORTED_ENCODING = "unsupported_encoding"  # a Content-Encoding we do not decode
    # the document
    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    ENCODING_REPAIRED = "encoding_repaired"
    ENCODING_SUSPECT = "encoding_suspect"
    MALFORMED = "malformed"
    HOSTILE = "hostile"  # a document built to exhaust us
    PARSE_TIMEOUT = "parse_timeout"
    PARSER_DIED = "parser_died"
    TOO_MANY_ENTRIES = "too_many_entries"
    # one entry
    NOTHING_TO_SHOW = "nothing_to_show"  # neither title nor text
    DATE_UNREADABLE = "date_unreadable"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    DATE_IN_FUTURE = "date_in_future"
    DATES_DISAGREE = "dates_disagree"  # the Hijri and the Gregorian date beside each other
    BAD_LINK = "bad_link"
    MIXED_SCRIPTS = "mixed_scripts"  # a host that may look like another: Latin letters beside Cyrillic or Greek ones
    TITLE_COMPLETED = "title_completed"  # it was cut off, and the text begins with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a publisher gave us to ask "has it changed?" with: sent back byte for byte, never invented."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a response or a document asks of our next visit. Lower bounds, unclamped."""

    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None  # max-age, Expires, ttl, sy:update*
    skip_hours: tuple[int, ...] = ()  # of the day, UTC: in these it wants no visit
    skip_days: tuple[int, ...] = ()  # of the week, UTC, Monday 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body came, under the cap and decoded from its Content-Encoding. Header names are lower case."""

    url: str  # where it was in the end found
    headers: tuple[tuple[str, str], ...]
    body: bytes
    validators: Validators = Validators()
    advice: Advice = Advice()
    moved_to: str | None = None  # set when every hop to ``url`` was a permanent redirect


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: nothing new. Its validators replace the old ones where it gave any."""

    validators: Validators = Validators()
    advice: Advice = Advice()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWait:
    """A host group (a registrable domain) asked everybody to leave it alone for a while: 429 or 503, Retry-After."""

    group: str  # see feeds/address.py
    until: datetime
    why: str  # one sentence for the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing usable came. A value, not an exception: their fault."""

    reason: Reason
    message: str  # for people; holds no secret of the URL
    status: int | None = None
    advice: Advice = Advice()
    wait: HostWait | None = None  # what it asks of all who ask this host group


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Nobody was asked: the host group wants to be left alone, as another of its addresses told us."""

    wait: HostWait


FetchResult = Fetched | NotModified | Failed | Postponed


# --- what a document said -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with what they sent, and where ("entry 3", "line 12", "document")."""

    reason: Reason
    message: str
    place: str = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    url: str
    type: str | None = None
    length: int | None = None  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as its publisher wrote it, cleaned but not judged. Nothing of ours in it.

    Text fields are plain text without markup; ``summary`` and ``content`` are cleaned HTML.
    """

    guid: str | None = None
    link: str | None = None  # absolute, http or https
    title: str = ""
    author: str | None = None
    summary: str | None = None
    content: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    date_text: str | None = None  # the date as written, readable or not
    zone_known: bool = True  # False: the date as written names no zone
    language: str | None = None  # as declared, BCP 47
    categories: tuple[str, ...] = ()
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def body(self) -> str:
        """The text of the article: the longer of content and summary, whatever the publisher called it."""
        return max(self.content or "", self.summary or "", key=len)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one feed document said: its own description, its entries in document order, what was wrong with it."""

    dialect: str  # rss20, rss10, atom10, json11, …
    encoding: str  # what its bytes were decoded with
    id: str | None = None
    title: str | None = None
    link: str | None = None
    self_link: str | None = None
    description: str | None = None
    language: str | None = None
    updated: datetime | None = None
    rights: str | None = None
    author: str | None = None
    image: str | None = None
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    advice: Advice = Advice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Bytes that are no feed, or that must not be published."""

    reason: Reason
    message: str


# --- what we concluded --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One judgement with its weight and its ground: a category or a country."""

    id: str
    score: float  # 0 … 1
    why: str  # "source hint", "publisher: رياضة", "words: مباراة، هدف"


class DateSource(StrEnum):
    """Where an article's date is from."""

    PUBLISHED = "published"
    UPDATED = "updated"
    FIRST_SEEN = "first_seen"  # the publisher gave none that can be read


class DateConfidence(StrEnum):
    EXACT = "exact"  # with a zone
    ZONE_ASSUMED = "zone_assumed"  # the source's, or its country's, or UTC
    CLAMPED = "clamped"  # it lay in the future: taken as the moment of the fetch
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One place where an Article was seen. A duplicate adds an Appearance, never an Article."""

    source_id: str
    key: str  # names the entry within its source, see news/identity.py
    title: str
    link: str | None
    guid: str | None
    author: str | None
    date: datetime
    date_source: DateSource
    first_seen: datetime
    entry_hash: str  # of everything the publisher wrote: equal means unchanged
    fingerprint: str | None  # the content hash; None: too short to identify an article
    byline: str | None = None  # as this place credits it
    agency: str | None = None
    is_agency: bool = False  # this place is a news agency: the text is its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An Entry plus what we concluded. ``entry`` is the lead's: an agency's own, else the one published first."""

    id: str
    entry: Entry
    appearances: tuple[Appearance, ...]  # the lead first, then by date and source
    date: datetime
    date_confidence: DateConfidence
    updated: datetime  # the date, or the moment a correction was seen
    fold_version: int
    language: str | None  # detected, BCP 47
    byline: str | None  # of the first appearance that names one
    agency: str | None
    related: tuple[str, ...]  # headlines of other stories in the middle of the text: displayed, not judged
    categories: tuple[Label, ...]  # the best first
    countries: tuple[Label, ...]
    copies: tuple[Appearance, ...] = ()  # of articles whose text is this one cut, retitled or under another byline

    @property
    def lead(self) -> Appearance:
        return self.appearances[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles that tell one event. Its id is that of the article that founded it, and stays."""

    id: str
    members: tuple[Article, ...]  # the lead first, then by date
    date: datetime  # of the first of them
    updated: datetime  # of the last

    @property
    def lead(self) -> Article:
        return self.members[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a worker process makes of a fetched body: the document, its entries concluded into articles."""

    document: Document  # without its entries
    articles: tuple[Article, ...]


# --- what the store keeps -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we remember about a Source between two visits."""

    source_id: str
    url: str  # as in sources.yml when this was remembered; another URL there starts afresh
    moved_to: str | None = None  # a permanent redirect, followed from now on
    validators: Validators = Validators()
    body_hash: str | None = None
    asks: Advice = Advice()  # what the newest document asks: a 304 brings none
    next_check: datetime | None = None  # None: never asked, due at once
    last_check: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0  # in a row
    reason: Reason | None = None  # of the last failure; None after a success
    message: str | None = None
    gone: bool = False  # 410: never asked again
    why_next: str = ""  # one sentence for the operator


HOURS_OF_A_WEEK = 7 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What the visits to a source have shown of how often it publishes. Numbers of articles, faded, as at ``asked``."""

    since: datetime | None = None  # from when on we know what it published; None: never asked
    asked: datetime | None = None
    week: tuple[float, ...] = (0.0,) * HOURS_OF_A_WEEK  # by the hour of the week, Monday 00:00 UTC first
    recent: float = 0.0  # of the last half hour or so
    missed: float = 0.0  # that were to be expected since the newest one


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the next check of a source depends on, beside the source and its answer."""

    planned: datetime | None = None  # the next moment of its own ``schedule``, where it has one
    rhythm: Rhythm = Rhythm()
    newest_success: datetime | None = None  # of any source
    sources: int = 0  # configured


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing we decided about an article, kept for ``khulasa explain``."""

    article_id: str
    at: datetime
    what: str  # new, merged, corrected, refreshed, dissolved, not_merged
    why: str
    score: float | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store already knows of the entries of one document: all that a decision reads.

    ``by_key`` holds the source's own entries by key, ``by_fingerprint`` anybody's articles by content hash,
    ``by_place`` the newest of its own by link, else title, for entries of which nobody knows the key.
    """

    by_key: dict[str, Article]
    by_fingerprint: dict[str, Article]
    by_place: dict[str, Article] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItems:
    """Digests of what a source's newest document was made of (feeds/pieces.py): what is among them was read before."""

    head: bytes
    items: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Everything one fetch asks the store to write: built purely, applied in one transaction.

    ``articles`` are whole and replace what the store has under their ids (appearances included).
    """

    at: datetime
    state: SourceState
    outcome: str  # ok, unchanged, not_modified, postponed, or a Reason
    articles: tuple[Article, ...] = ()
    dissolved: tuple[tuple[str, str], ...] = ()  # (id, id of the article that took over its last appearance)
    new: int = 0
    merged: int = 0
    corrected: int = 0
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    document_title: str | None = None
    rhythm: Rhythm | None = None  # None: nothing was learnt of it
    host_wait: HostWait | None = None  # that the source was told of
    known_items: KnownItems | None = None  # None: those of before
    touched: frozenset[str] = frozenset()  # feeds that no longer show what the store says


# --- what we publish ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who brought an article: shown under it."""

    title: str
    link: str | None
    headline: str | None = None  # theirs, where it is another


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article or story as a feed shows it. HTML in ``summary`` and ``content`` is clean, all else plain text."""

    id: str  # a tag: URI, for ever the same
    title: str
    link: str | None
    date: datetime
    updated: datetime
    language: str | None
    author: str | None
    summary: str | None
    content: str | None
    categories: tuple[tuple[str, str], ...]  # (id, Arabic name)
    credits: tuple[Credit, ...]
    enclosures: tuple[Enclosure, ...]
    image: str | None = None  # an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A selection we publish."""

    id: str  # its path below public/: all, category/politics, country/eg, source/…, feed/…
    title: str
    description: str
    site_url: str
    updated: datetime
    items: tuple[Item, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What stands in ``public/`` under a feed's id."""

    feed_id: str
    title: str
    digest: str  # of its definition and of the code that renders it
    items: int
    size: int  # bytes of all its files
    since: datetime  # when it was first published
    updated: datetime  # as its files say
    published: datetime  # when its files last changed
