from core.live.consumers import HintConsumer
from core.live.publishing import topic
from django.urls import path


class BackstageConsumer(HintConsumer):
    async def topics(self) -> list[str]:
        return [topic("backstage")]


websocket_urlpatterns = [path("", BackstageConsumer.as_asgi())]
