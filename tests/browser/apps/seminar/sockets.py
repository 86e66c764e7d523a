from core.live.consumers import HintConsumer
from core.live.publishing import topic
from django.urls import path


class SeminarConsumer(HintConsumer):
    async def topics(self) -> list[str]:
        return [topic("seminar")]


websocket_urlpatterns = [path("", SeminarConsumer.as_asgi())]
