"""Messages, the people that they are for, and what these people chose."""

from .mail import MailDigest, MailItem
from .message import CHUNK_PEOPLE, LAST_PERSON, Chunk, Message, Recipient
from .preference import Channel, Preference
from .stale_inbox import StaleInbox

__all__ = [
    "CHUNK_PEOPLE",
    "LAST_PERSON",
    "Channel",
    "Chunk",
    "MailDigest",
    "MailItem",
    "Message",
    "Preference",
    "Recipient",
    "StaleInbox",
]
