from core.access.visitor import Visitor


def authorize(topic: str, visitor: Visitor) -> bool:
    """Let everyone in the audience subscribe to the lists, in which each sees what is for them."""
    return topic == "list"
