"""The languages of the portal, and which of them a person reads.

A person's own choice comes first, then the language of the browser, then that of the portal. A browser keeps the choice
in the cookie `language`, so that the page is in the right language from its first byte.
"""

from core.configuration.languages import direction_of

from .choice import language_of

__all__ = ["direction_of", "language_of"]
