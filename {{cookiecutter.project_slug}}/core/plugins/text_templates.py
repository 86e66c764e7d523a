"""Texts with named parameters in braces, such as `New: {what}`, which the manifests declare.

Nothing but a name may stand in the braces, and no text has other braces. So a template can read no attribute of a
parameter, and translators see the same syntax as in the messages of the pages.
"""

import re
from collections.abc import Mapping

BRACES = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def parameter_names(template: str) -> frozenset[str]:
    """Return the names of the template's parameters. Raises ValueError for braces with anything else inside."""
    names = BRACES.findall(template)
    if wrong := [name for name in names if not NAME.fullmatch(name)]:
        raise ValueError(
            f"a text with parameters such as {{what}}: lower-case letters, digits and _ in braces, not {{{wrong[0]}}}"
        )
    if re.search(r"[{}]", BRACES.sub("", template)):
        raise ValueError("a text in which every { has its }, with the name of a parameter between them")
    return frozenset(names)


def fill(template: str, parameters: Mapping[str, object]) -> str:
    """Return the text with the values of its parameters. Raises KeyError if one is missing.

    Braces in a value stay as they are.
    """
    return BRACES.sub(lambda match: str(parameters[match[1]]), template)
