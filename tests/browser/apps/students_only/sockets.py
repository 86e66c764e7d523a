from core.live.consumers import TopicConsumer
from core.live.publishing import topic
from django.urls import path


class StudentsOnlyConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return [topic("students_only")]


websocket_urlpatterns = [path("", StudentsOnlyConsumer.as_asgi())]
