"""The catalogues of Python: the translations of texts in Python, in templates, in manifests and in portal.yaml.

A catalogue is a file locale/<language>/LC_MESSAGES/django.po in the folder of the core, of a service or of an app, or
in that of the portal. Babel collects the texts and compiles the catalogues, so that no programs of gettext are needed.
The pages have catalogues of their own, beside these: frontend/lingui.config.mjs.

This package imports nothing of Django's models, so that `python -m core.catalogues` compiles while an image is built.
"""
