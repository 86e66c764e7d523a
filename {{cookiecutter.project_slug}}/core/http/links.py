"""Links to pages of the portal."""

MAX_LINK_LENGTH = 300


def check_link(link: str) -> str:
    """Return `link`, a path of this portal such as `/polls/7/`, or nothing. Raises ValueError for anything else."""
    if not isinstance(link, str):
        raise ValueError(f"A link is a text, such as /polls/7/, not {link!r:.100}.")
    is_path = link.startswith("/") and not link.startswith("//") and link.isprintable()
    if link and (not is_path or " " in link or "\\" in link or len(link) > MAX_LINK_LENGTH):
        raise ValueError(
            f"A link is a path of this portal, such as /polls/7/, without spaces or backslashes and with at most "
            f"{MAX_LINK_LENGTH} characters. It is not {link!r:.100}."
        )
    return link
