"""A short run before the server that scores manners; ``make polite`` makes the whole one."""

import re

import pytest

from tests.scheduler.polite import SERVER, scored


@pytest.mark.skipif(not SERVER.is_file(), reason="the politeness server is not kept beside this checkout")
def test_no_check_of_the_first_hours_fails() -> None:
    feeds = "steady,no-validators,r429,fresh304"
    told = scored("--only", feeds, "--hours", "8", "--step-minutes", "60")
    score = re.search(r"^SCORE (\d+) of (\d+) checks passed, 0 failed", told.stdout, re.MULTILINE)
    assert score is not None, told.stdout
    assert told.returncode == 0
    assert int(score[1]) >= 18
