"""Notices what a developer changes, new apps and broken files included."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

FOLDERS = ("config", "core", "services", "apps")  # watched with all below them
FILES = ("portal.yaml", ".env")  # watched by their folder: editors replace a file rather than change it
ENDINGS = (".py", ".yaml", ".html", ".mo")
IGNORED = ("__pycache__", "node_modules", "frontend", "tests")


def matters(change: Change, path: str) -> bool:
    """Whether Python has to start again for this."""
    return path.endswith(ENDINGS) and not any(part in IGNORED for part in Path(path).parts)


class Watcher:
    """Calls `changed` from a thread of its own, with the paths that changed."""

    def __init__(self, base_directory: Path, changed: Callable[[list[str]], None]):
        self.base_directory = base_directory
        self.changed = changed
        self.stopped = Event()

    def start(self) -> None:
        folders = [self.base_directory / name for name in FOLDERS]
        names = {str(self.base_directory / name) for name in FILES}
        self._watch(folders, matters, recursive=True)
        self._watch([self.base_directory], lambda change, path: path in names, recursive=False)

    def _watch(self, paths: list[Path], wanted: Callable[[Change, str], bool], *, recursive: bool) -> None:
        def run() -> None:
            for changes in watch(*paths, watch_filter=wanted, recursive=recursive, stop_event=self.stopped):
                self.changed(sorted(path for _, path in changes))

        Thread(target=run, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
