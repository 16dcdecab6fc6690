"""Our faults, and the editor's: one small tree. Their faults are values (news.types.Reason), never exceptions.

KhulasaError
├── ConfigurationError    sources.yml is wrong: every mistake with its place        (read by the editor)
├── StoreError            the store cannot be used                                  (read by the operator)
│   └── StoreTooNew       written by a later Khulasa
├── AnotherWriter         a second process wants the same data directory            (read by the operator)
├── PortTaken             the web cannot listen where it was told to                (read by the operator)
└── NotFound              no such source, feed or article                           (read by whoever asked)
"""

from dataclasses import dataclass


class KhulasaError(Exception):
    """Something the person at the command line can mend; its text says what and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing wrong in a configuration. Lines and columns count from 1."""

    message: str
    line: int
    column: int
    hint: str | None = None  # the nearest right spelling


class ConfigurationError(KhulasaError):
    """The configuration cannot be used."""

    def __init__(self, name: str, mistakes: tuple[Mistake, ...]) -> None:
        self.name = name
        self.mistakes = mistakes
        super().__init__("\n".join(f"{name}:{m.line}:{m.column}: {m.message}" for m in mistakes))


class StoreError(KhulasaError):
    """The store cannot be used."""


class StoreTooNew(StoreError):
    """The store was written by a later Khulasa."""


class AnotherWriter(KhulasaError):
    """Another process is writing to this data directory."""


class PortTaken(KhulasaError):
    """The web cannot listen on its address."""


class NotFound(KhulasaError):
    """There is no such source, feed or article."""
