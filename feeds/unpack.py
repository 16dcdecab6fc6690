"""A body out of its Content-Encoding, never more of it than the cap.

Pure: pieces of bytes go in as they come from the wire; knows no sockets and no other header.
"""

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

from news.types import Failed, Reason

if sys.version_info >= (3, 14):
    from compression import zstd as zstd  # named again: the tests pack with it too
else:
    from backports import zstd as zstd

ACCEPTED = "gzip, deflate, br, zstd"

_NONE = frozenset({"", "identity"})
_MAX_MEMBERS = 64  # each new gzip member copies what follows it: thousands of empty ones are an attack
_GZIP_WINDOW, _ZLIB_WINDOW, _RAW_WINDOW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}  # 8 MB, the most RFC 9659 allows
_BROTLI_STEP = 1 << 20  # bytes: it goes beyond a limit by up to half of it


class _Stream(Protocol):
    """One compressed stream, as zlib and zstd know it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Deflate:
    """RFC 9110, 8.4.1.2 wants a zlib wrapper; some servers send bare deflate data. The first two bytes tell."""

    def __init__(self) -> None:
        self._beginning = b""
        self._stream: _Stream | None = None

    @property
    def eof(self) -> bool:
        return self._stream is not None and self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data if self._stream else b""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        if self._stream is None:
            data = self._beginning = self._beginning + data
            if len(data) < 2:
                return b""
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(_ZLIB_WINDOW if wrapped else _RAW_WINDOW)
        return self._stream.decompress(data, max_length)


class _Brotli:
    unused_data = b""  # whatever follows the end is an error to it

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        found = bytearray(self._stream.process(data, output_buffer_limit=_BROTLI_STEP))
        while len(found) < max_length and not self._stream.can_accept_more_data():
            found += self._stream.process(b"", output_buffer_limit=_BROTLI_STEP)
        return bytes(found)


_CODINGS: dict[str, Callable[[], _Stream]] = {
    "gzip": lambda: zlib.decompressobj(_GZIP_WINDOW),
    "x-gzip": lambda: zlib.decompressobj(_GZIP_WINDOW),  # RFC 9110, 8.4.1.3
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": lambda: zstd.ZstdDecompressor(options=_ZSTD_OPTIONS),
}
# What a further member begins with; other bytes are padding, which gunzip and browsers pass over too.
_MEMBER = {"gzip": b"\x1f", "x-gzip": b"\x1f", "zstd": b""}


class Unpacker:
    """Takes one body in pieces. ``max_body`` counts bytes, before and after decoding."""

    def __init__(self, coding: str | None, *, max_body: int) -> None:
        self._coding = coding
        self._max_body = max_body
        self._stream = _CODINGS[coding]() if coding else None
        self._members = 1
        self._in_padding = False
        self._taken = 0
        self._body = bytearray()

    def take(self, piece: bytes) -> Failed | None:
        """The next piece as it came; the failure that ends the reading, or None."""
        self._taken += len(piece)
        if self._taken > self._max_body:
            return too_large(self._max_body)
        if self._stream is None:
            self._body += piece
            return None
        try:
            return self._inflate(self._stream, piece)
        except (zlib.error, brotli.error, zstd.ZstdError):
            return Failed(reason=Reason.PROTOCOL, message="the body is not in the Content-Encoding it came with")

    def finish(self) -> bytes | Failed:
        """The whole body, after the last piece."""
        if self._stream is not None and self._taken and not self._stream.eof:
            return Failed(reason=Reason.PROTOCOL, message="the compressed body is cut off")
        return bytes(self._body)

    def _inflate(self, stream: _Stream, data: bytes) -> Failed | None:
        while data:
            if stream.eof and not isinstance(stream, _Brotli):
                beginning = _MEMBER.get(self._coding or "")
                if beginning is None or self._in_padding or not data.startswith(beginning):
                    self._in_padding = True
                    return None
                self._members += 1
                if self._members > _MAX_MEMBERS:
                    return Failed(reason=Reason.PROTOCOL, message="the body is compressed in too many members")
                self._stream = stream = _CODINGS[self._coding or ""]()
            room = self._max_body - len(self._body)
            found = stream.decompress(data, room + 1)  # one byte more than fits tells that there is too much
            if len(found) > room:
                return too_large(self._max_body)
            self._body += found
            data = stream.unused_data if stream.eof else b""
        return None


def unpacker_for(content_encoding: str | None, *, max_body: int) -> Unpacker | Failed:
    """What decodes that Content-Encoding; UNSUPPORTED_ENCODING for one we never asked for, or several stacked."""
    name = (content_encoding or "").strip().lower()
    if name in _NONE:
        return Unpacker(None, max_body=max_body)
    if name not in _CODINGS:
        message = "the body came in a Content-Encoding we did not ask for"
        return Failed(reason=Reason.UNSUPPORTED_ENCODING, message=message)
    return Unpacker(name, max_body=max_body)


def too_large(max_body: int) -> Failed:
    return Failed(reason=Reason.TOO_LARGE, message=f"the body is larger than {max_body} bytes")
