"""A command's output as a text file, for what writes to one, such as rich and csv."""

import io
from typing import IO, cast

from django.core.management.base import OutputWrapper


class OutputFile(io.TextIOBase):
    """Writes text as it is, where Django's OutputWrapper ends each write() with a line break and may colour it."""

    def __init__(self, output: OutputWrapper):
        self.output = output

    def write(self, text: str) -> int:
        self.output.write(text, style_func=str, ending="")
        return len(text)

    def flush(self) -> None:
        self.output.flush()

    def isatty(self) -> bool:
        return self.output.isatty()


def text_file(output: OutputWrapper) -> IO[str]:
    """Return a file that writes to a command's `stdout` or `stderr`."""
    return cast(IO[str], OutputFile(output))
