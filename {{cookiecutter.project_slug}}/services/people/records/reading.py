"""Read the bytes of a CSV file into rows, within limits."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from .cells import unescape_formula
from .columns import header_problems, known_columns, required_columns
from .problems import Problem, quote

MAX_FILE = 64 * 1024 * 1024  # bytes
MAX_ROWS = 200_000
MAX_CELL = 4096  # characters, as many as all details of a role may have

# Stand in the place of a column in problems that concern more than one cell.
FILE, ROW = "(the file)", "(the row)"


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `cells` is column → text for the known columns of the file, with None for empty cells."""

    line: int
    cells: dict[str, str | None]


def read_rows(content: bytes, problems: list[Problem]) -> list[Row]:
    """Return the rows of a CSV file (RFC 4180, UTF-8, with a header), without empty rows.

    Adds what is wrong to `problems`, and leaves invalid rows out.
    """
    text = decode(content, problems)
    if text is None:
        return []
    records = parse(text, problems)
    _, header = next(records, (1, []))
    header = [name.strip() for name in header]
    if not any(header):
        problems.append(Problem(1, FILE, "nothing", f"a header: {', '.join(known_columns())}"))
        return []
    if len(header) == 1 and any(separator in header[0] for separator in ";\t"):
        problems.append(Problem(1, FILE, quote(header[0]), "columns separated by commas"))
        return []
    problems += header_problems(header)
    if not required_columns(header) <= set(header):
        return []
    known = set(known_columns())
    rows: list[Row] = []
    for line, record in records:
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if len(rows) == MAX_ROWS:
            problems.append(Problem(line, FILE, "too many rows", f"at most {MAX_ROWS} rows"))
            break
        if len(cells) != len(header):
            problems.append(Problem(line, ROW, f"{len(cells)} cells", f"{len(header)} cells, as in the header"))
            continue
        too_long = [name for name, cell in zip(header, cells, strict=True) if len(cell) > MAX_CELL]
        problems += [Problem(line, name, "too long a text", f"at most {MAX_CELL} characters") for name in too_long]
        if not too_long:
            by_column = zip(header, cells, strict=True)
            rows.append(
                Row(
                    line,
                    {
                        name: unescape_formula(cell).strip() if cell else None
                        for name, cell in by_column
                        if name in known
                    },
                )
            )
    return rows


def decode(content: bytes, problems: list[Problem]) -> str | None:
    """Return the text of a file; None, with a problem added, if it is too large or not UTF-8."""
    if len(content) > MAX_FILE:
        problems.append(Problem(1, FILE, "too large a file", f"at most {MAX_FILE // 1024**2} MiB"))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        position, found = error.start, f"the byte 0x{content[error.start]:02x}"
    else:
        if "\0" not in text:
            return text
        position, found = content.index(b"\0"), "a null character"
    line = content.count(b"\n", 0, position) + 1
    problems.append(Problem(line, FILE, found, "text in UTF-8, which spreadsheets call CSV UTF-8"))
    return None


def parse(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins: a quoted cell may contain line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(line, ROW, str(error), "CSV as in RFC 4180, where quotes in a cell are doubled"))
