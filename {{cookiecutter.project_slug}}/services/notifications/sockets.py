from django.urls import path

from core.live.consumers import TopicConsumer
from core.live.publishing import topic


class NotificationsConsumer(TopicConsumer):
    """Tells a person's pages that their inbox changed."""

    async def topics(self) -> list[str]:
        return [topic("notifications", self.scope["user"].pk)]


websocket_urlpatterns = [path("", NotificationsConsumer.as_asgi())]
