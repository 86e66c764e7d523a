from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "core.people"
    label = "core_people"  # `people` is the label of services/people, which has the API and the pages
    verbose_name = _("People")

    def ready(self) -> None:
        from . import signals  # noqa: F401 - connects the receivers
