"""How Sphinx builds the book. `make docs` puts the template's pages and the portal's (in portal/) side by side."""

from sphinx.application import Sphinx

# Where the pages of this folder link to those of the portal, as GitHub shows them.
PORTAL = "../{{cookiecutter.project_slug}}/docs/"

project = "Omniport template"
author = "The omniport-template authors"
copyright = "the omniport-template authors"  # noqa: A001 - Sphinx's own name for it

extensions = ["myst_parser", "sphinxcontrib.svgbob"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Omniport template"
exclude_patterns = ["images", "portal/index.md"]  # the index of a portal that stands alone


def link_portal_pages(app: Sphinx, name: str, source: list[str]) -> None:
    """Change links to the portal's pages into links within the book."""
    source[0] = source[0].replace(PORTAL, "portal/")


def setup(app: Sphinx) -> None:
    app.connect("source-read", link_portal_pages)
