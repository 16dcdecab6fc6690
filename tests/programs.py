"""Programs of other people that tests use as a user would."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Its path. Under CI=true a missing program is a failure, elsewhere the test is skipped."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed: .ci/run should have done it")
        pytest.skip(f"{name} is not installed")
    return found
