"""lemon24/reader as a measured program, in an environment of its own: ``add|update|search FOLDER WORKERS``."""

import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reader import make_reader  # type: ignore[import-not-found]  # in an environment of its own

from benchmarks.measured import own_work, tell


def main() -> None:
    verb, folder, workers = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    told: dict[str, float] = {}
    with own_work(told), closing(make_reader(str(folder / "reader.db"))) as reader:
        match verb:
            case "add":
                for url in (folder / "urls").read_text().split():
                    reader.add_feed(url)
            case "update":
                reader.update_feeds(scheduled=False, workers=workers)  # all of them: scheduled ones wait for an hour
            case _:
                reader.enable_search()
                reader.update_search()
    tell(told)


if __name__ == "__main__":
    main()
