"""How the log reads: one line an event, ``key=value``, on standard error; no text of a publisher can break a line."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure_logs(*, verbose: bool = False) -> None:
    """Log warnings and above, or everything if ``verbose``."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True, key="at"),
            structlog.processors.format_exc_info,
            _escape,
            structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info" if verbose else "warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def one_line(text: str) -> str:
    """``text`` with everything that could break, hide or reorder a line written out: \\n, ESC, U+202E …"""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(lambda c: f"\\u{ord(c[0]):04x}", text)


# Controls, surrogates, the two separators of lines and paragraphs, and the marks that reorder text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029"
    "\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}]"
)


def _escape(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if value is not None and not isinstance(value, bool):
            event[key] = "\n".join(map(one_line, str(value).split("\n")))  # the renderer writes line ends as \n
    return event
