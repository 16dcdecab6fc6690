"""Puts another store in the place of the one there is, which is kept. A kill at any moment leaves one of the two whole.

The caller holds the lock of the data folder: nobody else writes.
"""

import os
import sqlite3
import stat
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from news.errors import StoreError
from store.backup import BESIDE, Holding, copy_of, forget, sync
from store.store import Store

STAGED = ".restoring"  # how the name of a store ends until it is in place
_KEPT = "khulasa-replaced-"  # how the name of one that was replaced begins; the moment follows
PATIENCE = 5.0  # seconds in which others who read the store may end: the web has it open for a moment only
_BETWEEN = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    holding: Holding  # what is the store now
    kept: Path | None  # where the one is that was; None: there was none


def put_back(file: Path, store: Path, *, now: datetime) -> Restored:
    """Make a copy of ``file`` the store; the one there was is kept in its folder, under a name that says when.

    The copy is checked and brought to our schema first, and knows that everything published is to be rendered anew.
    Raises StoreError where ``file`` is no whole store of ours, or somebody has the store open: nothing has changed.
    """
    store = store.resolve()  # whoever keeps it on another disk, by a link, keeps the link
    if store.exists() and file.samefile(store):
        raise StoreError(f"{file}: is the store itself")
    there_was = store.exists()
    mode = stat.S_IMODE(store.stat().st_mode) if there_was else 0o644  # as SQLite makes its files
    staged = store.with_name(f"{store.name}{STAGED}")
    kept = _free_name(store, now)
    forget(staged)
    try:
        holding = copy_of(file, staged, mode=mode)
        _make_ready(staged)
        if there_was:
            staged.chmod(mode)
            _fold(store)
            _forget_second_names(store)
            os.link(store, kept)  # a second name: the first is never without a store
        _set_aside(store, kept)
        sync(store.parent)
        staged.replace(store)
    except BaseException:
        forget(staged)
        if there_was:
            _forget_second_names(store)
        raise
    sync(store.parent)
    return Restored(holding=holding, kept=kept if there_was else None)


def _free_name(store: Path, now: datetime) -> Path:
    name = f"{_KEPT}{now:%Y%m%dT%H%M%SZ}"
    names = (store.with_name(f"{name}{more}.sqlite") for more in chain([""], (f"-{n}" for n in count(2))))
    return next(path for path in names if not path.exists())


def _make_ready(staged: Path) -> None:
    with Store(staged) as opened:
        opened.publications.all_stale()
    with closing(sqlite3.connect(staged)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")  # one file, which one rename puts in place
    sync(staged)


def _fold(store: Path) -> None:
    """Bring what is in the store's journal into its one file, which SQLite allows to whom alone has it open.

    It must be alone: who has the old file open would take the new one's journal for its own
    (https://www.sqlite.org/howtocorrupt.html, section 2.4).
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with closing(sqlite3.connect(store)) as raw:
                raw.execute("PRAGMA journal_mode = DELETE")
            return
        except sqlite3.DatabaseError as fault:
            if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return  # damaged: it is kept as it is, and its journal with it
            if time.monotonic() > until:
                raise StoreError(f"{store}: somebody else has it open; nothing was changed") from fault
        time.sleep(_BETWEEN)


def _forget_second_names(store: Path) -> None:
    """Those that somebody got who was killed before another store had the first."""
    for kept in store.parent.glob(f"{_KEPT}*"):
        if kept.is_file() and not kept.is_symlink() and kept.samefile(store):
            kept.unlink()


def _set_aside(store: Path, kept: Path) -> None:
    """What is still beside it could not be folded in, and would be taken for the new store's."""
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{store}{ending}").rename(f"{kept}{ending}")
