from django.urls import path

from core.live.consumers import TopicConsumer
from core.live.publishing import topic


class PollConsumer(TopicConsumer):
    """Passes on that a poll changed."""

    async def topics(self) -> list[str]:
        return [topic("polls", self.scope["url_route"]["kwargs"]["pk"])]


websocket_urlpatterns = [path("<int:pk>/", PollConsumer.as_asgi())]
