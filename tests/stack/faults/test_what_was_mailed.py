"""The e-mails of the messages that were committed while each part was killed. It is last: see RETRY_SECONDS."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from tests.stack.faults.conftest import Faults
from tests.stack.faults.test_kills import INBOX, get
from tests.support.compose import Stack
from tests.support.mail_server import Mail, MailServer
from tests.support.notifier import ALARM, committed
from tests.support.waiting import wait_until

Report = Callable[[str], None]

# A mail that a killed worker was sending is tried again after three minutes, because the worker may still send it. The
# periodic task then needs up to half a minute.
RETRY_SECONDS = 3 * 60 + 40
PROMISE_SECONDS = 60
DIGEST_SECONDS = 90  # two runs of the periodic tasks: one composes the mails, one sends what a lost task has not

# Ten minutes pass: what is not urgent waits for so long. Prints how many people wait for a mail.
PASS_TIME = """
import json, os
from django.utils import timezone
from services.notifications.models.mail import MailDigest
print(MailDigest.objects.filter(person__in=json.loads(os.environ["PEOPLE"])).update(due_at=timezone.now()))
"""


def check_copies(mails: Iterable[Mail]) -> Counter[int]:
    """Fail unless all copies of a mail are equal. Returns number of copies → mails."""
    copies = defaultdict(list)
    for mail in mails:
        assert mail.message_id
        copies[mail.message_id].append((mail.recipients, mail.subject, mail.text))
    assert not {key: found for key, found in copies.items() if len(set(found)) != 1}, "two mails share a Message-ID"
    return Counter(len(found) for found in copies.values())


def test_every_urgent_mail_arrived_and_its_copies_have_one_message_id(
    stack: Stack, faults: Faults, mail_server: MailServer, report: Report
) -> None:
    alarms = [one for one in committed(stack, faults.members).of_kind(ALARM) if one.key.startswith(faults.run)]
    addresses = {member.id: member.email for member in faults.members}
    wanted = {
        (addresses[person], f"Alarm {alarm.params['number']}")
        for alarm in alarms
        for person in alarm.people & set(addresses)
    }
    assert len(wanted) > 50

    def copies() -> dict[tuple[str, str], list[Mail]]:
        found = defaultdict(list)
        for mail in mail_server.mails():
            (recipient,) = mail.recipients
            found[recipient, mail.subject[mail.subject.find("Alarm ") :]].append(mail)
        return {key: found[key] for key in wanted if key in found}

    deadline = max(faults.healthy_at + PROMISE_SECONDS, faults.killed_at["worker"] + RETRY_SECONDS)
    try:
        wait_until(lambda: len(copies()) == len(wanted), seconds=max(0.0, deadline - time.monotonic()), every=0.5)
    except TimeoutError:
        missing = wanted - set(copies())
        raise AssertionError(f"{len(missing)} of {len(wanted)} mails never arrived: {sorted(missing)[:5]}") from None
    found = copies()
    several = {key: ids for key, mails in found.items() if len(ids := {mail.message_id for mail in mails}) != 1}
    assert not several, f"copies of one mail with several Message-IDs: {several}"
    number_of = check_copies(mail for mails in found.values() for mail in mails)
    report(f"urgent mails: {len(wanted)} of {len(alarms)} messages all arrived; copies → mails: {dict(number_of)}")


def test_what_is_not_urgent_is_in_one_mail_for_each_person(
    stack: Stack, faults: Faults, mail_server: MailServer, report: Report
) -> None:
    """The mail has every message of the polls that its reader has not read in the portal."""
    wanted = {
        member.email: [
            one["title"]
            for one in get(member, f"/api/notifications/?page_size={INBOX}")["results"]
            if one["app"] == "polls" and not one["read"]
        ]
        for member in faults.members
    }
    number = sum(map(len, wanted.values()))
    assert number > len(faults.members)
    ids = json.dumps([member.id for member in faults.members])
    waiting = stack.python(PASS_TIME, variables={"PEOPLE": ids})
    assert waiting <= len(faults.members)

    def digests() -> dict[str, list[Mail]]:
        found = defaultdict(list)
        for mail in mail_server.mails():
            if "Alarm " not in mail.subject:
                found[mail.recipients[0]].append(mail)
        return found

    def missing() -> list[tuple[str, str]]:
        found = digests()
        return [
            (address, title)
            for address, titles in wanted.items()
            for title in titles
            if not any(title in mail.text for mail in found[address])
        ]

    try:
        wait_until(lambda: not missing(), seconds=DIGEST_SECONDS, every=1)
    except TimeoutError:
        raise AssertionError(f"{len(missing())} of {number} messages are in no mail: {missing()[:5]}") from None
    found = {address: mails for address, mails in digests().items() if address in wanted}
    number_of = check_copies(mail for mails in found.values() for mail in mails)
    report(f"mails about polls: {number} messages in {number_of.total()} mails; copies → mails: {dict(number_of)}")
    more = {address: len({mail.message_id for mail in mails}) for address, mails in found.items()}
    assert max(more.values()) == 1, f"more than one mail within ten minutes: {more}"
