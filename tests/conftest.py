"""What every test may ask for."""

import os
from pathlib import Path

import pytest

from tests.feeds.publisher import publisher

__all__ = ["publisher", "shared_data"]

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The evaluation material that lives beside the checkout, never inside it."""
    data = SHARED / "data"
    if not data.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("shared/data is not beside the checkout")
        pytest.skip("shared/data is not beside the checkout")
    return data
