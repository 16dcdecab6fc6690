"""What the tests of the door may ask for."""

from pathlib import Path

import pytest

from tests.feeds.publisher import publisher
from tests.khulasa.door import Place

__all__ = ["place", "publisher"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder for one test, still without a sources.yml."""
    return Place(tmp_path)
