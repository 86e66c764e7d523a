from core.live.consumers import TopicConsumer
from core.live.publishing import topic
from django.urls import path


class SeminarConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return [topic("seminar")]


websocket_urlpatterns = [path("", SeminarConsumer.as_asgi())]
