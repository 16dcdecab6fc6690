"""Where the program begins: ``khulasa`` and ``python -m khulasa``.

A worker process imports the module that began the program anew, so nothing is imported here before it is needed.
"""


def main() -> None:
    from khulasa.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()
