"""How Sphinx makes the documentation: `make docs`, with every warning an error."""

project = "Omniport template"
author = "The omniport-template authors"
copyright = "the omniport-template authors"  # noqa: A001 - Sphinx's own name for it

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Omniport template"
exclude_patterns = ["images"]
