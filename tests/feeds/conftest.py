"""What the tests of the wire may ask for."""

from tests.feeds.publisher import publisher

__all__ = ["publisher"]
