from core.live.consumers import TopicConsumer
from core.live.publishing import topic
from django.urls import path


class RestrictedConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return [topic("restricted")]


websocket_urlpatterns = [path("", RestrictedConsumer.as_asgi())]
