from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "core.people"
    label = "core_people"  # `people` is the label of services/people, which has the API and the pages
    verbose_name = "People"

    def ready(self) -> None:
        from . import signals  # noqa: F401 - connects the receivers
