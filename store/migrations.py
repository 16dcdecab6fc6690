"""The shape of the store, step by step. A step that has been released is never edited, only followed by another.

Moments are whole seconds since 1970 UTC; lists are JSON arrays.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("khulasa")


@migrations()
def m001_the_main_job(db: Database) -> None:
    """Sources' states, articles with their appearances and labels, decisions, publications."""
    # One statement at a time: executescript() would commit the migration's own transaction (python/cpython#74778).
    for statement in _M001.split(";\n"):
        db.conn.execute(statement)


@migrations()
def m002_manners(db: Database) -> None:
    """What documents ask of our visits, how often sources publish, and which hosts want to be left alone."""
    for statement in _M002.split(";\n"):
        db.conn.execute(statement)


@migrations()
def m003_known_items(db: Database) -> None:
    """Digests of the items of each source's newest document, which need no reading again; who is due, by an index."""
    for statement in _M003.split(";\n"):
        db.conn.execute(statement)


@migrations()
def m004_search(db: Database) -> None:
    """The index of words, what waits to be indexed, and how far what was made by the Arabic layer has been rebuilt."""
    for statement in _M004.split(";\n"):
        db.conn.execute(statement)


_M001 = """
CREATE TABLE source_states (
    source_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    moved_to TEXT,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    next_check INTEGER,
    last_check INTEGER,
    last_success INTEGER,
    last_new INTEGER,
    failures INTEGER NOT NULL,
    reason TEXT,
    message TEXT,
    gone INTEGER NOT NULL,
    why_next TEXT NOT NULL,
    document_title TEXT
) STRICT;

-- What was wrong with the newest document of each source.
CREATE TABLE problems (
    source_id TEXT NOT NULL REFERENCES source_states ON DELETE CASCADE,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    place TEXT NOT NULL
) STRICT;
CREATE INDEX problems_of_source ON problems (source_id);

-- An article shows the entry of its lead; the first columns are that entry as its publisher wrote it.
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    guid TEXT,
    link TEXT,
    title TEXT NOT NULL,
    author TEXT,
    summary TEXT,
    content TEXT,
    published INTEGER,
    entry_updated INTEGER,
    date_text TEXT,
    zone_known INTEGER NOT NULL,
    declared_language TEXT,
    publisher_categories TEXT NOT NULL,
    image TEXT,
    enclosures TEXT NOT NULL,
    date INTEGER NOT NULL,
    date_confidence TEXT NOT NULL,
    updated INTEGER NOT NULL,
    fold_version INTEGER NOT NULL,
    language TEXT,
    byline TEXT,
    agency TEXT,
    related TEXT NOT NULL
) STRICT;
CREATE INDEX articles_newest ON articles (date DESC, id);

CREATE TABLE appearances (
    source_id TEXT NOT NULL,
    key TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    position INTEGER NOT NULL, -- 0: the lead
    title TEXT NOT NULL,
    link TEXT,
    guid TEXT,
    author TEXT,
    date INTEGER NOT NULL,
    date_source TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    entry_hash TEXT NOT NULL,
    fingerprint TEXT,
    byline TEXT,
    agency TEXT,
    PRIMARY KEY (source_id, key)
) STRICT;
CREATE INDEX appearances_of_article ON appearances (article_id);
CREATE INDEX appearances_newest ON appearances (source_id, date DESC);

-- Every text an article has had: a late copy of an uncorrected text still finds it.
CREATE TABLE fingerprints (
    fingerprint TEXT PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX fingerprints_of_article ON fingerprints (article_id);

CREATE TABLE labels (
    article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    kind TEXT NOT NULL, -- category or country
    label TEXT NOT NULL,
    score REAL NOT NULL,
    why TEXT NOT NULL,
    date INTEGER NOT NULL, -- the article's, so that the newest of a category is one walk along an index
    PRIMARY KEY (article_id, kind, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_newest ON labels (kind, label, date DESC);

-- Old ids of articles that turned out to be copies.
CREATE TABLE redirects (
    article_id TEXT PRIMARY KEY,
    leads_to TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- No reference to articles: what was decided about a dissolved article stays told.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    score REAL,
    source_id TEXT
) STRICT;
CREATE INDEX decisions_of_article ON decisions (article_id);

-- Feeds whose files no longer show what the store says; written with the change itself, so a kill forgets none.
CREATE TABLE stale_feeds (
    feed_id TEXT PRIMARY KEY,
    mark INTEGER NOT NULL -- grows with each change, so that one made while the file is rendered is not forgotten
) STRICT, WITHOUT ROWID;

CREATE TABLE publications (
    feed_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    digest TEXT NOT NULL, -- of its definition and of the code that renders it
    items INTEGER NOT NULL,
    size INTEGER NOT NULL, -- bytes of all its files
    since INTEGER NOT NULL, -- when it was first published
    updated INTEGER NOT NULL, -- as its files say
    published INTEGER NOT NULL -- when its files last changed
) STRICT
"""

_M002 = """
-- What the newest document asks of our visits; a length in seconds.
ALTER TABLE source_states ADD COLUMN asks_fresh_for INTEGER;
ALTER TABLE source_states ADD COLUMN asks_skip_hours TEXT NOT NULL DEFAULT '[]';
ALTER TABLE source_states ADD COLUMN asks_skip_days TEXT NOT NULL DEFAULT '[]';
CREATE INDEX source_states_last_success ON source_states (last_success);

-- Apart from the states, which are read with every tick of the clock.
CREATE TABLE rhythms (
    source_id TEXT PRIMARY KEY REFERENCES source_states ON DELETE CASCADE,
    rhythm BLOB NOT NULL -- see news/rhythm.py
) STRICT;

CREATE TABLE host_waits (
    host_group TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""

_M003 = """
CREATE TABLE known_items (
    source_id TEXT PRIMARY KEY REFERENCES source_states ON DELETE CASCADE,
    head BLOB NOT NULL,
    items BLOB NOT NULL
) STRICT;

CREATE INDEX source_states_due ON source_states (next_check) WHERE gone = 0
"""

_M004 = """
-- What each row of the index was made of: an index without content can only forget what it is told word for word.
CREATE TABLE search_documents (
    place INTEGER PRIMARY KEY, -- grows with the article's date: see store/search.py
    article_id TEXT NOT NULL UNIQUE,
    terms BLOB NOT NULL -- marks, terms of the title, terms of the text: a line each, compressed
) STRICT;

-- Terms are words already (arabic/stems.py); marks such as s:riwaq and c:politics are the fields that can be asked for.
CREATE VIRTUAL TABLE search_terms USING fts5 (
    marks, title, text, content = '', columnsize = 0, tokenize = "ascii tokenchars '.:-'"
);

-- Articles whose place in the index is not true any more; written with the change itself, so a kill forgets none.
CREATE TABLE search_queue (
    article_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- One row at most: which version of the Arabic layer all that is kept was made with, or is being made with again, the
-- newest articles first.
CREATE TABLE rebuild (
    version TEXT NOT NULL,
    ahead INTEGER NOT NULL, -- articles up to this rowid are still to be dealt with
    of INTEGER NOT NULL
) STRICT
"""
