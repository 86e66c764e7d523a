"""Writes what NGINX puts into the frontend's page: what portal.yaml says of it, and the visitor's language.

infrastructure/nginx/snippets/document.conf serves the page. A text of portal.yaml reaches NGINX as character references
(core/frontend/document.py), so it can end no string of the configuration.
"""

from core.configuration.languages import direction_of
from core.configuration.portal import Portal
from core.frontend.document import LANGUAGE, digest, portal_texts


def document_filters(portal: Portal) -> str:
    """Return the directives that write into the page."""
    texts = {**portal_texts(portal), LANGUAGE: 'lang="$document_language" dir="$document_direction"'}
    return "".join(f"sub_filter '{found}' '{replacement}';\n" for found, replacement in texts.items())


def document_variables(portal: Portal) -> str:
    """Return `$document_language`, `$document_direction` and `$document_configuration`, for NGINX's http block.

    The language is that of the `language` cookie, else the first one in Accept-Language that the portal has, else the
    portal's. Browsers list the languages in the order of preference.
    """
    languages = sorted(portal.languages, key=len, reverse=True)  # pt-br before pt
    same = "".join(f"    {language} {language};\n" for language in languages)
    right_to_left = "".join(f"    {language} rtl;\n" for language in languages if direction_of(language) == "rtl")
    return f"""\
map $http_accept_language $listed_language {{
    "~*(?:^|[, ])(?<first_language>{"|".join(languages)})(?=[-;, ]|$)" $first_language;
    default '';
}}
map $listed_language $accepted_language {{
    default {portal.language};
{same}}}
map $cookie_language $document_language {{
    default $accepted_language;
{same}}}
map $document_language $document_direction {{
    default ltr;
{right_to_left}}}
map $host $document_configuration {{
    default {digest(portal_texts(portal).values())};
}}
"""
