"""Who may subscribe to the topics of the app, `rooms:<topic>`. The audience was checked before."""

from core.access.visitor import Visitor


def authorize(topic: str, visitor: Visitor) -> bool:
    """Let everyone in the audience see that the bookings changed."""
    return topic == "calendar"
