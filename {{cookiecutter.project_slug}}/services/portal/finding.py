"""What a search finds in the apps: the results of their functions `search`."""

from typing import Any

from core.access.visitor import Visitor
from core.hooks.items import SearchResult
from core.hooks.running import run_hook
from core.plugins.icons import icon_name
from core.plugins.registry import installed_plugins

MOST_RESULTS = 3  # of each app
MOST_RESULTS_OF_ONE = 20  # when the visitor asks for more of one app


def find(visitor: Visitor, query: str, app: str = "") -> dict[str, Any]:
    """Return the data of FoundSerializer: the best results of each app, or with `app`, more of this one."""
    limit = MOST_RESULTS_OF_ONE if app else MOST_RESULTS
    found = run_hook("search", visitor, query, limit + 1, most=limit + 1, item_type=SearchResult, app=app)
    groups = [
        {
            "app": name,
            "title": (plugin := installed_plugins()[name]).title,
            "icon": icon_name(plugin),
            "results": results[:limit],
            "more": len(results) > limit,
        }
        for name, results in found.by_app.items()
    ]
    return {"groups": sorted(groups, key=lambda group: group["title"].casefold()), "incomplete": found.incomplete}
