"""Files are put in place whole, under our names only, and nowhere else."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.publish import is_published_name, open_published, publish, publish_together, tidy, withdraw

OURS = (
    "index.html", "style.css", "feeds.opml", "all.rss", "all.atom", "stories.rss", "category/politics.atom",
    "country/eg.rss", "source/al-rawaq.rss", "feed/a.atom", "all.json",
    "category/politics.html", f"feed/{'a' * 64}.rss",
)  # fmt: skip
NOT_OURS = (
    "", ".", "..", "../all.rss", "/all.rss", "//etc/passwd", "category/../all.rss", "category//politics.rss",
    "category/politics.rss/", "category/.rss", "category/Politics.rss", "category/سياسة.rss", "category/a\0.rss",
    "category/a.rss\n", "category\\a.rss", "category/a b.rss", "other/a.rss", "politics.rss", "all", "all.xml",
    "category/a.htm", "politics.json", "feeds.html",
    ".git/config", ".khulasa-0123456789abcdef.tmp", "khulasa.db", f"feed/{'a' * 65}.rss", "category/٣.rss",
    "category/politics/deep.rss",
)  # fmt: skip


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@pytest.mark.parametrize("name", OURS)
def test_our_names_are_published(tmp_path: Path, name: str) -> None:
    assert publish(tmp_path / "public", name, b"body")
    assert (tmp_path / "public" / name).read_bytes() == b"body"
    assert files_in(tmp_path) == [f"public/{name}"]


@pytest.mark.parametrize("name", NOT_OURS)
def test_no_other_name_is_written_or_read(tmp_path: Path, name: str) -> None:
    assert not is_published_name(name)
    with pytest.raises(ValueError, match="not a name"):
        publish(tmp_path / "public", name, b"body")
    with pytest.raises(FileNotFoundError):
        open_published(tmp_path / "public", name)
    assert files_in(tmp_path) == []


def test_unchanged_bytes_leave_the_file_untouched(tmp_path: Path) -> None:
    publish(tmp_path, "category/politics.rss", b"body")
    file = tmp_path / "category/politics.rss"
    os.utime(file, ns=(1_000, 1_000))
    before = file.stat()
    assert not publish(tmp_path, "category/politics.rss", b"body")
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_ctime_ns) == (
        before.st_ino, before.st_mtime_ns, before.st_ctime_ns,
    )  # fmt: skip


@pytest.mark.parametrize("body", [b"BODY", b"bod", b"bodyy", b""])
def test_other_bytes_replace_the_file(tmp_path: Path, body: bytes) -> None:
    publish(tmp_path, "all.rss", b"body")
    before = (tmp_path / "all.rss").stat().st_ino
    assert publish(tmp_path, "all.rss", body)
    assert (tmp_path / "all.rss").read_bytes() == body
    assert (tmp_path / "all.rss").stat().st_ino != before
    assert files_in(tmp_path) == ["all.rss"]


def test_files_are_readable_by_a_web_server_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        publish(tmp_path, "all.rss", b"body")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "all.rss").stat().st_mode) == 0o644


def test_the_bytes_are_on_the_disk_before_they_are_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_fsync(descriptor)

    def rename(old: str, new: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        steps.append("rename")
        real_rename(old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    publish(tmp_path, "all.rss", b"body")
    assert steps == ["file", "rename", "folder"]


def test_files_of_one_folder_wait_for_it_once_and_what_has_not_changed_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "category/a.json", b"same")
    waited: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: waited.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    names = ("category/a.rss", "category/a.json", "category/a.html")
    assert publish_together(tmp_path, dict.fromkeys(names, b"same")) == ("category/a.rss", "category/a.html")
    assert waited == [False, False, True]
    assert publish_together(tmp_path, dict.fromkeys(names, b"same")) == ()
    assert len(waited) == 3


def test_what_is_in_place_before_a_failure_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[bool] = []

    def fsync(descriptor: int) -> None:
        waited.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        if waited == [False, False]:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        publish_together(tmp_path, {"all.rss": b"new", "all.atom": b"new"})
    assert waited == [False, False, True]
    assert files_in(tmp_path) == ["all.rss"]


def test_a_name_that_is_not_ours_keeps_all_others_from_being_published(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a name"):
        publish_together(tmp_path, {"all.rss": b"", "../all.rss": b""})
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("step", ["fsync", "rename", "fchmod"])
def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    publish(tmp_path, "all.rss", b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(OSError, match="No space"):
            publish(tmp_path, "all.rss", b"new")
    assert (tmp_path / "all.rss").read_bytes() == b"old"
    assert files_in(tmp_path) == ["all.rss"]


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    outside, public = tmp_path / "outside", tmp_path / "public"
    outside.write_bytes(b"body")
    public.mkdir()
    (public / "all.rss").symlink_to(outside)
    with pytest.raises(FileNotFoundError):
        open_published(public, "all.rss")
    assert publish(public, "all.rss", b"body")
    assert not (public / "all.rss").is_symlink()
    publish(public, "all.rss", b"new")
    assert outside.read_bytes() == b"body"


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    outside, public = tmp_path / "outside", tmp_path / "public"
    outside.mkdir()
    (outside / "politics.rss").write_bytes(b"secret")
    (outside / ".khulasa-0123456789abcdef.tmp").write_bytes(b"x")
    public.mkdir()
    (public / "category").symlink_to(outside)
    with pytest.raises(OSError, match="category"):
        publish(public, "category/politics.rss", b"body")
    with pytest.raises(FileNotFoundError):
        open_published(public, "category/politics.rss")
    assert withdraw(public, ()) == ()
    assert tidy(public) == 0
    assert (outside / "politics.rss").read_bytes() == b"secret"


def test_a_pipe_in_the_place_of_a_file_does_not_hang_anybody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "all.rss")
    with pytest.raises(FileNotFoundError):
        open_published(tmp_path, "all.rss")
    assert publish(tmp_path, "all.rss", b"body")


def test_what_is_opened_is_read_whole_though_it_is_replaced(tmp_path: Path) -> None:
    publish(tmp_path, "feed/a.rss", b"old")
    with os.fdopen(open_published(tmp_path, "feed/a.rss"), "rb") as file:
        publish(tmp_path, "feed/a.rss", b"a longer body")
        assert file.read() == b"old"


def test_tidy_removes_what_was_left_half_written(tmp_path: Path) -> None:
    assert tidy(tmp_path / "absent") == 0
    publish(tmp_path, "category/politics.rss", b"body")
    for name in (".khulasa-0123456789abcdef.tmp", "category/.khulasa-fedcba9876543210.tmp"):
        (tmp_path / name).write_bytes(b"half")
    others = (".khulasa-notes", "category/editor.tmp", ".khulasa-0123456789abcdef.tmp.bak")
    for name in others:
        (tmp_path / name).write_bytes(b"theirs")
    assert tidy(tmp_path) == 2
    assert files_in(tmp_path) == sorted([*others, "category/politics.rss"])


def test_withdraw_removes_only_our_files_that_nobody_wants(tmp_path: Path) -> None:
    for name in ("index.html", "all.rss", "feed/old.rss", "feed/old.atom", "feed/kept.rss"):
        publish(tmp_path, name, b"body")
    theirs = ("robots.txt", "feed/notes.txt", "google123.html")
    for name in theirs:
        (tmp_path / name).write_bytes(b"theirs")
    assert withdraw(tmp_path, ["index.html", "all.rss", "feed/kept.rss"]) == ("feed/old.atom", "feed/old.rss")
    assert files_in(tmp_path) == sorted([*theirs, "index.html", "all.rss", "feed/kept.rss"])
    assert withdraw(tmp_path / "absent", []) == ()


PUBLISHER = """
import sys
from pathlib import Path
from feeds.publish import publish
n = 0
while True:
    n += 1
    publish(Path(sys.argv[1]), "category/politics.rss", b"%d\\n" % n * 20000 + b"end")
    print(n, flush=True)
"""


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    for kill_after in range(1, 9):
        with subprocess.Popen([sys.executable, "-c", PUBLISHER, str(tmp_path)], stdout=subprocess.PIPE) as publisher:
            assert publisher.stdout is not None
            for _ in range(kill_after):
                publisher.stdout.readline()
            publisher.send_signal(signal.SIGKILL)
        body = (tmp_path / "category/politics.rss").read_bytes()
        lines = body.removesuffix(b"end").splitlines()
        assert body.endswith(b"end")
        assert len(lines) == 20000
        assert len(set(lines)) == 1
    tidy(tmp_path)
    assert files_in(tmp_path) == ["category/politics.rss"]
