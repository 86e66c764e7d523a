from core.live.consumers import TopicConsumer
from django.urls import path


class MaintainersOnlyConsumer(TopicConsumer):
    async def topics(self) -> list[str]:
        return ["maintainers_only:all"]


websocket_urlpatterns = [path("", MaintainersOnlyConsumer.as_asgi())]
