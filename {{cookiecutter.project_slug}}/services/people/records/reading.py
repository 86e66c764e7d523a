"""From the bytes of a file to rows of cells, within limits."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from .cells import unescape_formula
from .columns import header_problems, known_columns, needed_columns
from .problems import Problem, quote

LARGEST_FILE = 64 * 1024 * 1024  # bytes
MOST_ROWS = 200_000
LONGEST_CELL = 4096  # characters: as many as all details of a role may have


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` has the known columns that the file has: column → text, or None where the cell is empty."""

    line: int
    cells: dict[str, str | None]


def read_rows(content: bytes, problems: list[Problem]) -> list[Row]:
    """The rows of a CSV file (RFC 4180, UTF-8, with a header), without those in which every cell is empty.

    What is wrong is added to `problems`; a row of which something is wrong is left out.
    """
    text = decoded(content, problems)
    if text is None:
        return []
    records = split(text, problems)
    _, header = next(records, (1, []))
    header = [name.strip() for name in header]
    if not any(header):
        problems.append(Problem(1, "(the file)", "nothing", f"a header: {', '.join(known_columns())}"))
        return []
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        problems.append(Problem(1, "(the file)", quote(header[0]), "columns with a comma between them"))
        return []
    problems += header_problems(header)
    if not needed_columns(header) <= set(header):
        return []
    known = set(known_columns())
    rows: list[Row] = []
    for line, record in records:
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if len(rows) == MOST_ROWS:
            problems.append(Problem(line, "(the file)", "more rows", f"at most {MOST_ROWS} in one file"))
            break
        if len(cells) != len(header):
            problems.append(Problem(line, "(the row)", f"{len(cells)} cells", f"{len(header)}, as in the header"))
            continue
        long = [name for name, cell in zip(header, cells, strict=True) if len(cell) > LONGEST_CELL]
        problems += [Problem(line, name, "a longer text", f"at most {LONGEST_CELL} characters") for name in long]
        if not long:
            named = zip(header, cells, strict=True)
            rows.append(
                Row(
                    line,
                    {name: unescape_formula(cell).strip() if cell else None for name, cell in named if name in known},
                )
            )
    return rows


def decoded(content: bytes, problems: list[Problem]) -> str | None:
    if len(content) > LARGEST_FILE:
        problems.append(Problem(1, "(the file)", "a larger file", f"at most {LARGEST_FILE // 1024**2} MiB"))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        position, found = error.start, f"the byte 0x{content[error.start]:02x}"
    else:
        if "\0" not in text:
            return text
        position, found = content.index(b"\0"), "the character 0"
    line = content.count(b"\n", 0, position) + 1
    problems.append(Problem(line, "(the file)", found, "text in UTF-8 (spreadsheets call it CSV UTF-8)"))
    return None


def split(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The records with the line at which each begins: a cell in quotes may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(line, "(the row)", str(error), "CSV as in RFC 4180: quotes in a cell are doubled"))
