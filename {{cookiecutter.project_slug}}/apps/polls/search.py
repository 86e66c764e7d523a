"""What the search of the portal finds in polls: questions."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.access.visitor import Visitor
from core.hooks.items import SearchResult
from core.hooks.matching import contains_words

from .models import Poll


def search(visitor: Visitor, query: str, limit: int) -> Iterator[SearchResult]:
    for poll in Poll.objects.filter(contains_words(query, "question")).order_by("-closes_at", "-id")[:limit]:
        yield SearchResult(title=poll.question, detail=_("Open") if poll.is_open else _("Closed"), link=poll.path)
