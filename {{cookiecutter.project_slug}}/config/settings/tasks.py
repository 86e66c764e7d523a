"""Tasks: work that Celery does, over the message broker (RabbitMQ, `MESSAGE_BROKER_URL`).

https://docs.celeryq.dev/en/stable/userguide/configuration.html. Celery itself reads CELERY_ names: config/celery.py.

Every task must be idempotent: a task whose worker was killed runs again, and `.delay()` may raise an error although it
published the task.
"""

import ssl
from datetime import timedelta

from kombu import Exchange, Queue

from core.tasks import BULK, route

from .configuration import CONFIGURATION, ENVIRONMENT, KEY_PREFIX, PORTAL

CELERY_BROKER_URL = CONFIGURATION.url("MESSAGE_BROKER_URL") or "memory://localhost"
# With amqps://, the certificate is checked against CA_CERTIFICATE or the public authorities, and for the URL's host.
CELERY_BROKER_USE_SSL = CELERY_BROKER_URL.startswith("amqps:") and {
    "cert_reqs": ssl.CERT_REQUIRED,
    "ca_certs": ENVIRONMENT.ca_certificate or None,
    "server_hostname": None,  # kombu sets it
}
HAS_BROKER = not CONFIGURATION.is_embedded("MESSAGE_BROKER_URL")

# Tests run their tasks themselves: a worker beside them would use another database.
CELERY_TASK_ALWAYS_EAGER = ENVIRONMENT.is_testing or not HAS_BROKER
# A task that raises must fail its test. Outside tests it must not fail the request that it came from.
CELERY_TASK_EAGER_PROPAGATES = ENVIRONMENT.is_testing
AFTER_COMMIT_RAISES = ENVIRONMENT.is_testing  # the same for core.transactions.after_commit

# Quorum queues survive a crash of the broker. Their native countdowns need a topic exchange.
NAME = KEY_PREFIX.replace(":", ".")
CELERY_TASK_DEFAULT_QUEUE = NAME
CELERY_TASK_DEFAULT_EXCHANGE = f"{NAME}.tasks"
CELERY_TASK_DEFAULT_EXCHANGE_TYPE = "topic"
CELERY_TASK_DEFAULT_ROUTING_KEY = NAME
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
# Work that may wait has a queue of its own, so that it delays nothing else: core/tasks.py.
CELERY_TASK_QUEUES = [
    Queue(
        name,
        Exchange(f"{NAME}.tasks", type="topic"),
        routing_key=name,
        queue_arguments={"x-queue-type": "quorum"},
    )
    for name in (NAME, f"{NAME}.{BULK}")
]
CELERY_TASK_ROUTES = (route,)
CELERY_WORKER_DETECT_QUORUM_QUEUES = True

CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 120  # seconds until the task gets an exception
CELERY_TASK_TIME_LIMIT = 150  # seconds until its process is killed
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = PORTAL.time_zone  # of crontabs

# `.delay()` in a request fails soon when the broker is down, silent or hung: every wait is limited, and there are few
# retries. Durations are in seconds.
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_POOL_LIMIT = 10
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
RABBITMQ_OPTIONS = {
    "confirm_publish": True,
    "max_retries": 1,
    "connect_retries_timeout": 0.5,
    "read_timeout": 0.4,
    "write_timeout": 0.4,
}
CELERY_BROKER_TRANSPORT_OPTIONS = RABBITMQ_OPTIONS if HAS_BROKER else {}

# config/celery.py adds the tasks of core.periodic. Each scheduler sends a heartbeat of its own.
CELERY_BEAT_SCHEDULE = {
    "scheduler-heartbeat": {"task": "core.health.heartbeat", "schedule": timedelta(seconds=30)},
}
