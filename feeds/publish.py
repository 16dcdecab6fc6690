"""Files out: the only place that writes what others read. Whole files or nothing, and never outside the folder.

Knows the names that may be published and how a file is replaced; knows nothing of what is in it. One process
publishes at a time; any number may read meanwhile.
"""

import os
import re
import secrets
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path

_NAME = re.compile(
    r"index\.html|style\.css|feeds\.opml|(?:all|stories|(?:category|country|source|feed|stories)/[a-z0-9-]{1,64})\.(?:rss|atom|json|html)"
)
_FOLDERS = ("category", "country", "source", "feed", "stories")
_TEMPORARY = re.compile(r"\.khulasa-[0-9a-f]{16}\.tmp")


def is_published_name(name: str) -> bool:
    """May a file of this name stand in ``public/``? ``category/politics.atom`` may, ``../x.rss`` may not."""
    return _NAME.fullmatch(name) is not None


def publish(public: Path, name: str, body: bytes) -> bool:
    """Put ``body`` in place under ``name``. True if that changed anything, see ``publish_together``."""
    return bool(publish_together(public, {name: body}))


def publish_together(public: Path, bodies: Mapping[str, bytes]) -> tuple[str, ...]:
    """Put the files in place, one after the other, and name those that changed; unchanged bytes leave a file untouched.

    Readers see the old file or the new one, and a power cut leaves one of the two; a folder is waited for once, which
    takes as long as a file. Raises ValueError for a name that is not ours, OSError where the file system refuses (the
    old file then stays).
    """
    for name in bodies:
        if not is_published_name(name):
            raise ValueError(f"not a name to publish under: {name!r}")
    public.mkdir(parents=True, exist_ok=True)
    changed: list[str] = []
    for folder_name, names in groupby(bodies, key=lambda name: name.rpartition("/")[0]):
        with _opened_folder(public, folder_name, create=True) as folder:
            before = len(changed)
            try:
                for name in names:
                    if _put(folder, name.rpartition("/")[2], bodies[name]):
                        changed.append(name)
            finally:  # next time those that were put in place have not changed, and are not waited for
                if len(changed) > before:
                    os.fsync(folder)
    return tuple(changed)


def _put(folder: int, leaf: str, body: bytes) -> bool:
    """Replace the file, unless it holds these bytes already. The folder itself is not waited for."""
    if _holds(folder, leaf, body):
        return False
    temporary = f".khulasa-{secrets.token_hex(8)}.tmp"
    try:
        _write(folder, temporary, body)
        os.rename(temporary, leaf, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    return True


def open_published(public: Path, name: str) -> int:
    """A descriptor to read the file ``name`` from, to be closed by the caller.

    Raises FileNotFoundError if no such file is published: an unknown name, a folder, or a symbolic link on the way.
    """
    if not is_published_name(name):
        raise FileNotFoundError(name)
    folder_name, _, leaf = name.rpartition("/")
    try:
        with _opened_folder(public, folder_name) as folder:
            return _open_regular(folder, leaf)
    except OSError as fault:
        raise FileNotFoundError(name) from fault


def tidy(public: Path) -> int:
    """Remove what a killed process left half written, and say how many there were. For the start, before publishing."""
    return len(_remove(public, lambda name: _TEMPORARY.fullmatch(name.rpartition("/")[2]) is not None))


def withdraw(public: Path, keep: Collection[str]) -> tuple[str, ...]:
    """Remove the published files whose names are not in ``keep``, and say which. Files with other names stay."""
    wanted = frozenset(keep)
    return _remove(public, lambda name: is_published_name(name) and name not in wanted)


def _remove(public: Path, is_unwanted: Callable[[str], bool]) -> tuple[str, ...]:
    """Remove the files in ``public`` and its folders whose names, relative to it, are unwanted."""
    removed: list[str] = []
    for folder_name in ("", *_FOLDERS):
        with suppress(FileNotFoundError, NotADirectoryError), _opened_folder(public, folder_name) as folder:
            before = len(removed)
            with os.scandir(folder) as entries:
                leaves = sorted(entry.name for entry in entries if not entry.is_dir(follow_symlinks=False))
            for leaf in leaves:
                name = f"{folder_name}/{leaf}" if folder_name else leaf
                if is_unwanted(name):
                    os.unlink(leaf, dir_fd=folder)
                    removed.append(name)
            if len(removed) > before:
                os.fsync(folder)
    return tuple(removed)


@contextmanager
def _opened_folder(public: Path, name: str, *, create: bool = False) -> Iterator[int]:
    """A descriptor of the folder ``name`` in ``public`` ("": public itself), which may not be a symbolic link."""
    root = os.open(public, os.O_RDONLY | os.O_DIRECTORY)  # this one may be a link: the operator chose it
    try:
        if not name:
            yield root
            return
        if create:
            with suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=root)
                os.fsync(root)
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
        try:
            yield folder
        finally:
            os.close(folder)
    finally:
        os.close(root)


def _open_regular(folder: int, leaf: str) -> int:
    """Raises OSError unless ``leaf`` is a regular file, not a link to one."""
    descriptor = os.open(leaf, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)  # a FIFO would block
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError(leaf)
    return descriptor


def _holds(folder: int, leaf: str, body: bytes) -> bool:
    try:
        descriptor = _open_regular(folder, leaf)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        return os.fstat(descriptor).st_size == len(body) and file.read() == body


def _write(folder: int, name: str, body: bytes) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fchmod(descriptor, 0o644)  # whatever the umask: a web server of another user reads it
        os.fsync(descriptor)
