from core.live.consumers import TopicConsumer
from core.live.publishing import topic
from django.urls import path


class MaintainersOnlyConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return [topic("maintainers_only")]


websocket_urlpatterns = [path("", MaintainersOnlyConsumer.as_asgi())]
