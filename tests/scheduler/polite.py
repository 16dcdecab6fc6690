"""``python -m tests.scheduler.polite [OPTIONS]``: Khulasa's manners, scored by a server that plays difficult feeds.

The server is a program of its own, kept beside this checkout; OPTIONS are handed to it (``--hours``, ``--only``, …).
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

SERVER = Path(__file__).resolve().parents[3] / "shared" / "tools" / "politeness_server.py"
CONFIG = "fetch: {contact: ops@khulasa.example, allow_networks: [127.0.0.0/8]}\nsources: []\n"


def scored(*options: str) -> subprocess.CompletedProcess[str]:
    """Three simulated days, unless ``options`` say otherwise, of polls each in a process of its own.

    The exit code is 0 where no check failed. Takes about a second for each poll.
    """
    with TemporaryDirectory(prefix="khulasa-polite-") as folder:
        config = Path(folder) / "sources.yml"
        config.write_text(CONFIG, encoding="utf-8")
        khulasa = shlex.join([sys.executable, "-m", "khulasa", "--config", str(config), "--data", f"{folder}/var"])
        commands = ["--subscribe-cmd", f"{khulasa} add --no-try {{url}}", "--poll-cmd", f"{khulasa} poll --now {{now}}"]
        return subprocess.run(
            [sys.executable, str(SERVER), "steps", *commands, *options],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )


def main() -> None:
    if not SERVER.is_file():
        sys.exit(f"the politeness server is not there: it is expected beside this checkout, as {SERVER}")
    told = scored(*sys.argv[1:])
    sys.stdout.write(told.stdout)
    sys.exit(told.returncode)


if __name__ == "__main__":
    main()
