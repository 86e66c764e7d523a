"""What the home page of maintainers says: which part of tier I failed.

It uses the results of readiness, which every process has and which cost nothing.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.access.visitor import Visitor
from core.health.readiness import readiness
from core.hooks.items import AttentionItem


def attention(visitor: Visitor) -> Iterator[AttentionItem]:
    for result in readiness.results():
        if advice := result.what_to_do:
            yield AttentionItem(
                title=str(advice.title),
                detail=str(advice.meaning),
                link="/overview",
                action=_("See what to do"),
                key=result.service,
            )
