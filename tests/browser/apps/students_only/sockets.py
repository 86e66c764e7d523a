from core.access.visitor import Visitor
from core.live.consumers import TopicConsumer
from django.urls import path


def authorize(topic: str, visitor: Visitor) -> bool:
    return topic == "all"


class StudentsOnlyConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return ["students_only:all"]


websocket_urlpatterns = [path("", StudentsOnlyConsumer.as_asgi())]
