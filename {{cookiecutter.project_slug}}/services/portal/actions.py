"""What people change about how they see the portal."""

from core.people.models import Person


def language_choose(*, person: Person, language: str) -> None:
    """Store the language that a person reads. An empty one stands for the browser's language."""
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])
