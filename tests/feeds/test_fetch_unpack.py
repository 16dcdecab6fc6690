"""Bodies out of their Content-Encoding, in pieces of any size, never beyond the cap."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.unpack import Unpacker, unpacker_for
from news.types import Failed, Reason
from tests.feeds.publisher import bomb

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
}


@given(st.sampled_from(sorted(PACKED)), st.binary(max_size=300), st.integers(1, 400))
def test_what_was_packed_comes_out(encoding: str, body: bytes, piece: int) -> None:
    assert unpack(encoding, PACKED[encoding](body), piece=piece) == body


@given(st.binary(max_size=300), st.integers(1, 400))
def test_bare_deflate_is_understood(body: bytes, piece: int) -> None:
    assert unpack("deflate", bare_deflate(body), piece=piece) == body


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.binary(max_size=3), st.integers(1, 100))
def test_gzip_in_members_and_padding(bodies: list[bytes], padding: bytes, piece: int) -> None:
    packed = b"".join(gzip.compress(body) for body in bodies) + b"\0" + padding
    assert unpack("gzip", packed, piece=piece) == b"".join(bodies)


@given(st.sampled_from(["gzip", "deflate", "identity"]), st.binary(), st.integers(1, 100))
def test_garbage_is_a_value(encoding: str, data: bytes, piece: int) -> None:
    found = unpack(encoding, data, piece=piece)
    assert isinstance(found, bytes) or found.reason is Reason.PROTOCOL


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "compress", "gzip;q=1", "identity, gzip"]
)
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    found = unpack(encoding, b"")
    assert isinstance(found, Failed)
    assert found.reason is Reason.UNSUPPORTED_ENCODING


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "deflate"])
def test_the_cap_is_exact(encoding: str) -> None:
    pack = PACKED.get(encoding, bytes)
    assert unpack(encoding, pack(b"x" * CAP)) == b"x" * CAP
    found = unpack(encoding, pack(b"x" * (CAP + 1)))
    assert isinstance(found, Failed)
    assert found.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
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


def test_a_body_cut_off_is_told_from_a_whole_one() -> None:
    found = unpack("gzip", gzip.compress(b"<rss/>")[:-9])
    assert isinstance(found, Failed)
    assert found.reason is Reason.PROTOCOL
    assert unpack("gzip", b"") == b""


def test_thousands_of_gzip_members_are_an_attack() -> None:
    found = unpack("gzip", gzip.compress(b"") * 1000, cap=1 << 20)
    assert isinstance(found, Failed)
    assert found.reason is Reason.PROTOCOL
