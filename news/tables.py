"""Reading the tables in news/data: tab-separated, one header line, lines that begin with # are remarks."""

from importlib.resources import files


def read_table(name: str, columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Rows of ``news/data/<name>.tsv``, each as long as ``columns``. Raises ValueError with the line number."""
    lines = files("news").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows: list[tuple[str, ...]] = []
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        cells = tuple(cell.strip() for cell in line.split("\t"))
        if len(cells) != len(columns):
            raise ValueError(f"news/data/{name}.tsv:{number}: {len(columns)} cells expected, {len(cells)} found")
        rows.append(cells)
    if not rows or rows[0] != columns:
        raise ValueError(f"news/data/{name}.tsv: the header must be {' '.join(columns)}")
    return tuple(rows[1:])
