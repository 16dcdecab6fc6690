"""A body out of its Content-Encoding, never more of it than the cap.

Pure: pieces of bytes go in as they come from the wire; knows no sockets and no other header.
"""

import zlib

from news.types import Failed, Reason

ACCEPTED = "gzip, deflate"

_NONE = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})  # x-gzip: RFC 9110, 8.4.1.3
_MAX_MEMBERS = 64  # each new gzip member copies what follows it: thousands of empty ones are an attack
_GZIP_WINDOW, _ZLIB_WINDOW, _RAW_WINDOW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Unpacker:
    """Takes one body in pieces. ``max_body`` counts bytes, before and after decoding."""

    def __init__(self, *, gzip: bool, deflate: bool, max_body: int) -> None:
        self._gzip = gzip
        self._deflate = deflate
        self._max_body = max_body
        self._stream = zlib.decompressobj(_GZIP_WINDOW) if gzip else None
        self._members = 1
        self._taken = 0
        self._beginning = b""
        self._body = bytearray()

    def take(self, piece: bytes) -> Failed | None:
        """The next piece as it came; the failure that ends the reading, or None."""
        self._taken += len(piece)
        if self._taken > self._max_body:
            return too_large(self._max_body)
        try:
            return self._inflate(piece) if self._gzip or self._deflate else self._keep(piece)
        except zlib.error:
            return Failed(reason=Reason.PROTOCOL, message="the body is not in the Content-Encoding it came with")

    def finish(self) -> bytes | Failed:
        """The whole body, after the last piece."""
        if (self._gzip or self._deflate) and self._taken and not (self._stream and self._stream.eof):
            return Failed(reason=Reason.PROTOCOL, message="the compressed body is cut off")
        return bytes(self._body)

    def _keep(self, data: bytes) -> Failed | None:
        self._body += data
        return too_large(self._max_body) if len(self._body) > self._max_body else None

    def _inflate(self, data: bytes) -> Failed | None:
        if self._stream is None:
            self._beginning += data
            if len(self._beginning) < 2:
                return None
            data = self._beginning
            self._stream = zlib.decompressobj(_deflate_window(data))
        while data:
            if self._stream.eof:
                if not self._gzip or data[0] != 0x1F:
                    return None  # padding, which gunzip and browsers pass over too
                self._members += 1
                if self._members > _MAX_MEMBERS:
                    return Failed(reason=Reason.PROTOCOL, message="the body is gzip in too many members")
                self._stream = zlib.decompressobj(_GZIP_WINDOW)
            # One byte more than fits tells that there is too much.
            failure = self._keep(self._stream.decompress(data, self._max_body + 1 - len(self._body)))
            if failure is not None:
                return failure
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return None


def unpacker_for(content_encoding: str | None, *, max_body: int) -> Unpacker | Failed:
    """What decodes that Content-Encoding; UNSUPPORTED_ENCODING for one we never asked for, or several stacked."""
    name = (content_encoding or "").strip().lower()
    if name not in _NONE | _GZIP | {"deflate"}:
        message = "the body came in a Content-Encoding we did not ask for"
        return Failed(reason=Reason.UNSUPPORTED_ENCODING, message=message)
    return Unpacker(gzip=name in _GZIP, deflate=name == "deflate", max_body=max_body)


def too_large(max_body: int) -> Failed:
    return Failed(reason=Reason.TOO_LARGE, message=f"the body is larger than {max_body} bytes")


def _deflate_window(beginning: bytes) -> int:
    """RFC 9110, 8.4.1.2 wants a zlib wrapper; some servers send bare deflate data."""
    wrapped = beginning[0] & 0x0F == 8 and int.from_bytes(beginning[:2], "big") % 31 == 0
    return _ZLIB_WINDOW if wrapped else _RAW_WINDOW
