"""What the home page says of polls: the open ones in which the person has not voted."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.access.visitor import Visitor
from core.hooks.items import AttentionItem

from .models import Poll

MOST = 6  # the home page shows five, and says that there are more


def attention(visitor: Visitor) -> Iterator[AttentionItem]:
    polls = Poll.objects.not_voted(visitor.person.pk).select_related("author").order_by("closes_at", "id")
    for poll in polls[:MOST]:
        yield AttentionItem(
            title=poll.question,
            detail=_("%(name)s asks") % {"name": poll.author} if poll.author else "",
            link=poll.path,
            action=_("Vote"),
            at=poll.closes_at,
            key=str(poll.pk),
        )
