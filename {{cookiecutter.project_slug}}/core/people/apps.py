from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "core.people"
    label = "core_people"  # `people` alone is the name of the service that has the pages
    verbose_name = "People"

    def ready(self) -> None:
        from . import signals  # noqa: F401 - connects them
