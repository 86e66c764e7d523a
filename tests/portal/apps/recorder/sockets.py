"""Who is signed in may subscribe to any topic of the app, and open its own socket."""

from core.access.visitor import Visitor
from core.live.consumers import TopicConsumer
from django.urls import path


def authorize(topic: str, visitor: Visitor) -> bool:
    return True


class RecorderConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return ["recorder:1"]


websocket_urlpatterns = [path("", RecorderConsumer.as_asgi())]
