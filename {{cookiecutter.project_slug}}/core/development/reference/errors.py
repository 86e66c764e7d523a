"""Why the reference cannot be written."""


class MissingDescription(Exception):
    """A public name, a key, a fixture or a command does not say what it does."""


class UndefinedName(Exception):
    """A module has no function or class of this name."""
