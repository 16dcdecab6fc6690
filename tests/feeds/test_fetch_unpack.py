"""Bodies out of their Content-Encoding, in pieces of any size, never beyond the cap."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.unpack import Unpacker, unpacker_for, zstd
from news.types import Failed, Reason
from tests.feeds.publisher import BOMBS, bomb

CAP = 10_000


def unpack(encoding: str | None, data: bytes, *, piece: int = 1 << 16, cap: int = CAP) -> bytes | Failed:
    unpacker = unpacker_for(encoding, max_body=cap)
    if isinstance(unpacker, Failed):
        return unpacker
    for start in range(0, len(data), piece):
        failure = unpacker.take(data[start : start + piece])
        if failure is not None:
            return failure
    return unpacker.finish()


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@given(st.sampled_from(sorted(PACKED)), st.binary(max_size=300), st.integers(1, 400))
def test_what_was_packed_comes_out(encoding: str, body: bytes, piece: int) -> None:
    assert unpack(encoding, PACKED[encoding](body), piece=piece) == body


@given(st.binary(max_size=300), st.integers(1, 400))
def test_bare_deflate_is_understood(body: bytes, piece: int) -> None:
    assert unpack("deflate", bare_deflate(body), piece=piece) == body


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.binary(max_size=3), st.integers(1, 100))
@example([b"<rss/>"], b"\x1f", 1)
def test_gzip_in_members_and_padding(bodies: list[bytes], padding: bytes, piece: int) -> None:
    packed = b"".join(gzip.compress(body) for body in bodies) + b"\0" + padding
    assert unpack("gzip", packed, piece=piece) == b"".join(bodies)


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.binary(max_size=9), st.integers(1, 100))
def test_zstd_in_frames_and_what_is_to_be_skipped(bodies: list[bytes], skipped: bytes, piece: int) -> None:
    skip = b"\x50\x2a\x4d\x18" + len(skipped).to_bytes(4, "little") + skipped  # RFC 8878, 3.1.2
    packed = skip.join(zstd.compress(body) for body in bodies) + skip
    assert unpack("zstd", packed, piece=piece) == b"".join(bodies)


@pytest.mark.parametrize("piece", [1, 1 << 16])
@pytest.mark.parametrize("encoding", ["br", "zstd"])
def test_what_follows_the_end_is_no_part_of_the_encoding(encoding: str, piece: int) -> None:
    found = unpack(encoding, PACKED[encoding](b"<rss/>") + b"\0\0\0\0\0", piece=piece)
    assert isinstance(found, Failed)
    assert found.reason is Reason.PROTOCOL


def test_a_zstd_window_larger_than_the_web_allows_is_refused() -> None:
    for window_log, allowed in ((23, True), (24, False)):
        packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
        found = unpack("zstd", packer.compress(b"<rss/>") + packer.flush())
        assert (found == b"<rss/>") is allowed


@given(st.sampled_from(["gzip", "deflate", "identity", "br", "zstd"]), st.binary(), st.integers(1, 100))
def test_garbage_is_a_value(encoding: str, data: bytes, piece: int) -> None:
    found = unpack(encoding, data, piece=piece)
    assert isinstance(found, bytes) or found.reason is Reason.PROTOCOL


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip", "gzip,deflate", "br, gzip", "zstd,zstd", "compress", "gzip;q=1", "identity, gzip"]
)
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    found = unpack(encoding, b"")
    assert isinstance(found, Failed)
    assert found.reason is Reason.UNSUPPORTED_ENCODING


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "deflate", "br", "zstd"])
def test_the_cap_is_exact(encoding: str) -> None:
    pack = PACKED.get(encoding, bytes)
    assert unpack(encoding, pack(b"x" * CAP)) == b"x" * CAP
    found = unpack(encoding, pack(b"x" * (CAP + 1)))
    assert isinstance(found, Failed)
    assert found.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_not_inflated_beyond_the_cap(encoding: str) -> None:
    unpacker = unpacker_for(encoding, max_body=CAP)
    assert isinstance(unpacker, Unpacker)
    failure = unpacker.take(bomb(50 << 20, encoding))
    assert failure is not None
    assert failure.reason is Reason.TOO_LARGE
    found = unpack(encoding, bomb(50 << 20, encoding), cap=10 << 20)
    assert isinstance(found, Failed)
    assert found.reason is Reason.TOO_LARGE


def test_the_raw_bytes_are_capped_too() -> None:
    found = unpack("gzip", gzip.compress(b"") * 10 + b"\0" * 20_000)
    assert isinstance(found, Failed)
    assert found.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_cut_off_is_told_from_a_whole_one(encoding: str) -> None:
    packed = PACKED[encoding](b"<rss/>")
    for end in range(1, len(packed)):
        found = unpack(encoding, packed[:end])
        assert isinstance(found, Failed)
        assert found.reason is Reason.PROTOCOL
    assert unpack(encoding, b"") == b""


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_thousands_of_members_are_an_attack(encoding: str) -> None:
    found = unpack(encoding, PACKED[encoding](b"") * 1000, cap=1 << 20)
    assert isinstance(found, Failed)
    assert found.reason is Reason.PROTOCOL
