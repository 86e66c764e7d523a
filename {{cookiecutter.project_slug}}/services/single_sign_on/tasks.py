from datetime import timedelta

from core.periodic import periodic

from .tokens import delete_ended


@periodic(every=timedelta(seconds=30))
def end_tokens() -> None:
    """Delete the tokens of people whose role has ended, who are deactivated or who have a new password."""
    delete_ended()
