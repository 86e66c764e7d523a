from django.urls import path

from core.live.consumers import TopicConsumer
from core.live.publishing import topic


class NotificationsConsumer(TopicConsumer):
    """Passes on that the inbox of the signed-in person changed."""

    async def topics(self) -> list[str]:
        return [topic("notifications", self.scope["user"].pk)]


websocket_urlpatterns = [path("", NotificationsConsumer.as_asgi())]
