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


@migrations()
def m005_stories(db: Database) -> None:
    """Which articles tell one event, what that was judged by, and what the editor said."""
    for statement in _M005.split(";\n"):
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

_M005 = """
ALTER TABLE appearances ADD COLUMN is_agency INTEGER NOT NULL DEFAULT 0;

CREATE TABLE stories (
    id TEXT PRIMARY KEY, -- that of the article that founded it
    lead TEXT NOT NULL, -- the article whose text is shown
    date INTEGER NOT NULL, -- of the first of its articles
    updated INTEGER NOT NULL -- of the last
) STRICT, WITHOUT ROWID;
CREATE INDEX stories_newest ON stories (date DESC, id);
CREATE INDEX stories_led ON stories (lead);

CREATE TABLE story_members (
    number INTEGER PRIMARY KEY, -- names the article among the keys
    article_id TEXT NOT NULL UNIQUE REFERENCES articles ON DELETE CASCADE,
    story_id TEXT NOT NULL,
    published INTEGER NOT NULL,
    copy_of TEXT, -- the article that is shown for this one
    is_agencys INTEGER NOT NULL,
    traits BLOB -- see news/traits.py; none: too old to be compared
) STRICT;
CREATE INDEX story_members_of ON story_members (story_id);
CREATE INDEX story_members_copies ON story_members (copy_of) WHERE copy_of IS NOT NULL;
CREATE INDEX story_members_compared ON story_members (published) WHERE traits IS NOT NULL;

-- Under which keys an article is found. A number whose member is gone finds nothing.
CREATE TABLE story_keys (
    key INTEGER NOT NULL,
    published INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (key, published, number)
) STRICT, WITHOUT ROWID;

-- What the comparison of two articles of one neighbourhood gave; the smaller id first.
CREATE TABLE story_links (
    a TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    b TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    score REAL NOT NULL,
    copy INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_links_back ON story_links (b);

-- Old ids of stories that became part of another.
CREATE TABLE story_aliases (
    id TEXT PRIMARY KEY,
    leads_to TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX story_aliases_back ON story_aliases (leads_to);

-- What the editor said of two articles, for good.
CREATE TABLE story_verdicts (
    a TEXT NOT NULL,
    b TEXT NOT NULL,
    joined INTEGER NOT NULL, -- 1: one story, 0: not one story
    at INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_verdicts_back ON story_verdicts (b);

-- Articles that are to be placed; written with the change itself, so a kill forgets none.
CREATE TABLE story_queue (
    article_id TEXT PRIMARY KEY,
    anew INTEGER NOT NULL DEFAULT 0 -- 1: even if its text is the one that was compared
) STRICT, WITHOUT ROWID;
INSERT INTO story_queue (article_id) SELECT id FROM articles
"""
