"""One law under atheris, which follows the code that its bytes reach: ``python -m tests.fuzz.target LAW OPTION …``.

The options are libFuzzer's.
"""

import sys

import atheris

with atheris.instrument_imports(include=["arabic", "news", "feeds", "feedparser", "html"]):
    from tests.fuzz.laws import LAWS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, LAWS[name])
    atheris.Fuzz()
