"""Looks for bytes that break a law: ``python -m tests.fuzz [--time SECONDS] [LAW …]`` (``make fuzz``).

The laws take turns, each with its share of the time. What breaks one is kept in tests/fuzz/found, where the ordinary
tests meet it from then on; what reached new code goes on in var/fuzz.
"""

import argparse
import re
import subprocess
import sys

from tests.fuzz.laws import HERE, LAWS, seeds

WORK = HERE.parents[1] / "var" / "fuzz"
LONGEST = 4096  # bytes
SLOWEST = 20  # seconds for one input, on a machine that does other things too
MEMORY = 2048  # MB


def command(name: str, seconds: int) -> list[str]:
    grown, found = WORK / name, HERE / "found" / name
    for folder in (grown, found):
        folder.mkdir(parents=True, exist_ok=True)
    limits = {"max_total_time": seconds, "max_len": LONGEST, "timeout": SLOWEST, "rss_limit_mb": MEMORY}
    options = [f"-{key}={value}" for key, value in limits.items()]
    words = HERE / "dictionaries" / f"{name}.txt"
    if words.exists():
        options.append(f"-dict={words}")
    places = [grown, *(folder for folder in (HERE / "corpus" / name, found) if folder.exists())]
    return [
        *(sys.executable, "-m", "tests.fuzz.target", name, *options),
        *(f"-artifact_prefix={found}/", "-print_final_stats=1", *map(str, places)),
    ]


def search(name: str, seconds: int) -> bool:
    """Whether the law held; says so in one line."""
    before = set(seeds(name))
    WORK.mkdir(parents=True, exist_ok=True)
    log = WORK / f"{name}.log"
    with log.open("wb") as said:
        code = subprocess.run(command(name, seconds), stdout=said, stderr=said, check=False).returncode
    told = re.search(r"number_of_executed_units: (\d+)", log.read_text(errors="replace"))
    became = "held" if code == 0 else f"BROKEN, see {log}"
    tried = f"{int(told[1]):,}" if told else "?"
    sys.stdout.write(f"{name:8}  {seconds:4} s  {tried:>9} inputs  {became}\n")
    for path in sorted(set(seeds(name)) - before):
        sys.stdout.write(f"          {path}\n")
    sys.stdout.flush()
    return code == 0


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--time", type=int, default=600, help="seconds for all laws together")
    asked.add_argument("laws", nargs="*", metavar="LAW", help=f"of {', '.join(LAWS)}; all if none is named")
    given = asked.parse_args(arguments)
    if unknown := set(given.laws) - set(LAWS):
        asked.error(f"no such law: {', '.join(sorted(unknown))}")
    names = given.laws or list(LAWS)
    return 0 if all([search(name, max(1, given.time // len(names))) for name in names]) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
