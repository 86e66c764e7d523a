"""Write the result of a poll as CSV. It has no names: who voted for what stays secret."""

import csv
import re
from io import StringIO

from .models import Poll
from .selectors import poll_results

# Spreadsheets run cells that begin with these characters, half-width or full-width, as formulas or commands.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")


def poll_csv(poll: Poll) -> str:
    """Return a row for each choice, with the byte order mark that spreadsheets need to read it as UTF-8."""
    votes = poll_results([poll])[poll.pk]
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["question", "choice", "votes"])
    writer.writerows([text(poll.question), text(choice.text), votes.get(choice.pk, 0)] for choice in poll.choices.all())
    return f"\ufeff{file.getvalue()}"


def text(cell: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run."""
    return f"'{cell}" if FORMULA.match(cell) else cell
