"""The tasks of people: Celery finds them in this module."""

from .imports import tasks

__all__ = ["tasks"]
