"""``python -m khulasa``: the same as ``khulasa``."""

from khulasa.cli import main

main()
