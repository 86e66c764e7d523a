"""The languages of the portal: `language` and `languages` of portal.yaml.

Django chooses among them: https://docs.djangoproject.com/en/stable/topics/i18n/translation/
"""

from django.conf.global_settings import LANGUAGES as ALL_LANGUAGES

from .configuration import BASE_DIRECTORY, ENVIRONMENT, PORTAL

LANGUAGE_CODE = PORTAL.language
LANGUAGES = [(code, dict(ALL_LANGUAGES)[code]) for code in PORTAL.languages]

# The catalogue of the portal's own texts. Those of the core, services and apps are in their folders: core/catalogues.
LOCALE_PATHS = [BASE_DIRECTORY / "locale"]

# The choice of a browser. The reverse proxy and the pages read it, so it is not HttpOnly.
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60  # seconds
LANGUAGE_COOKIE_SECURE = ENVIRONMENT.is_production

TIME_ZONE = PORTAL.time_zone
USE_TZ = True
