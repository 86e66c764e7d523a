"""Announcements reach those whom they are for, at their time, once; those who write them can cancel them before."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils import timezone

from core.audit.models import AuditEntry
from core.people.seeding import seed_people
from core.testing.client import PortalClient
from services.announcements.actions import TooLate, announcement_cancel, announcement_schedule
from services.announcements.demo import seed
from services.announcements.markdown import MAX_CHARACTERS
from services.announcements.models import MAX_TITLE, Announcement
from services.announcements.permissions import PERMISSION
from services.announcements.throttling import PreviewThrottle, ReachThrottle

URL = "/api/announcements/"
HOUR = timedelta(hours=1)


def allow(person):
    """Grant the permission to write announcements, as /admin/ does."""
    codename = PERMISSION.partition(".")[2]
    person.user_permissions.add(Permission.objects.get(content_type__app_label="announcements", codename=codename))
    return person


@pytest.fixture
def composer(make_person):
    """Return a client of a person who can write announcements."""
    return PortalClient().sign_in(allow(make_person("composer")))


@pytest.fixture
def make(make_person):
    """Return a function that schedules an announcement, and sets fields of its row."""

    def make(title="Library", text="It is **closed**.", roles=(), **fields):
        author = make_person()
        announcement = announcement_schedule(author=author, title=title, text=text, roles=roles, send_at=later())
        Announcement.objects.filter(pk=announcement.pk).update(**fields)
        announcement.refresh_from_db()
        return announcement

    return make


@pytest.fixture
def make_sent(make):
    return lambda *arguments, **fields: make(*arguments, **{"sent_at": timezone.now(), **fields})


def later(distance=HOUR):
    return timezone.now() + distance


def new(**changes):
    return {"title": "Library", "text": "It is **closed**.", "roles": ["student"], "send_at": later()} | changes


def fields_of(answer):
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    return {error["field"].split(".")[0]: error["message"] for error in answer.json()["errors"]}


# Reading


def test_anonymous_visitors_see_no_announcement(visitor, make_sent):
    for path in (URL, f"{URL}{make_sent().pk}/", f"{URL}options/", f"{URL}all/", f"{URL}reach/"):
        assert visitor.get(path).status_code == 401
    assert visitor.post_json(f"{URL}preview/", {"text": "a"}).status_code == 401


def test_people_see_what_was_sent_to_them_newest_first(reader, person, give_role, make, make_sent):
    give_role(person, "student")
    make_sent("To everyone", sent_at=later(-2 * HOUR))
    make_sent("To students", roles=["student", "faculty"])
    make_sent("To faculty", roles=["faculty"])
    make_sent("Expired", expires_at=later(-HOUR))
    make("Scheduled")
    make("Cancelled", cancelled_at=timezone.now())
    results = reader.get(URL).json()["results"]
    assert [result["title"] for result in results] == ["To students", "To everyone"]
    assert results[0]["summary"] == "It is closed."


def test_a_role_that_ended_no_longer_opens_an_announcement(reader, person, give_role, make_sent):
    give_role(
        person, "student", start=timezone.localdate() - timedelta(days=9), end=timezone.localdate() - timedelta(1)
    )
    announcement = make_sent(roles=["student"])
    assert reader.get(URL).json()["results"] == []
    assert reader.get(f"{URL}{announcement.pk}/").status_code == 404


def test_an_announcement_is_a_tree_without_html(reader, make_sent):
    announcement = make_sent(text="<script>alert(1)</script> [a](javascript:alert(1))")
    answer = reader.get(f"{URL}{announcement.pk}/").json()
    text = "<script>alert(1)</script> [a](javascript:alert(1))"
    assert answer["tree"] == [{"type": "paragraph", "children": [{"type": "text", "text": text}]}]
    assert "text" not in answer
    assert answer["state"] == "sent"


def test_an_expired_announcement_says_so_on_its_page(reader, make_sent):
    announcement = make_sent(expires_at=later(-HOUR))
    assert reader.get(f"{URL}{announcement.pk}/").json()["state"] == "expired"


def test_only_those_who_write_announcements_see_what_was_not_sent(reader, composer, make):
    for announcement in (make(), make(cancelled_at=timezone.now())):
        assert reader.get(f"{URL}{announcement.pk}/").status_code == 404
        assert composer.get(f"{URL}{announcement.pk}/").status_code == 200
    assert composer.get(f"{URL}999999/").status_code == 404


def test_a_deleted_author_leaves_the_announcement(reader, make_sent):
    announcement = make_sent()
    announcement.author.delete()
    assert reader.get(f"{URL}{announcement.pk}/").json()["author"] == ""


def test_a_long_list_costs_no_more_round_trips(reader, make_sent, round_trips):
    for number in range(20):
        make_sent(str(number), roles=["guest"] if number % 2 else [])
    reader.get(URL)
    with round_trips(
        sql=3, stores=2
    ):  # the person, the announcements with their authors, their roles; session and roles
        assert len(reader.get(URL).json()["results"]) == 10


def test_a_page_is_made_of_markdown_once(reader, make_sent, round_trips, monkeypatch):
    path = f"{URL}{make_sent().pk}/"
    first = reader.get(path).json()
    monkeypatch.setattr("services.announcements.selectors.parse_markdown", None)
    with round_trips(sql=3, stores=3):
        assert reader.get(path).json() == first


# Writing


def test_a_person_with_the_permission_schedules_an_announcement(composer):
    answer = composer.post_json(URL, new(title=" The  library ", roles=["student", "faculty", "student"]))
    assert answer.status_code == 201
    announcement = Announcement.objects.get(pk=answer.json()["id"])
    assert (announcement.title, announcement.author.username) == ("The library", "composer")
    assert announcement.role_names == ["faculty", "student"]
    assert (answer.json()["state"], answer.json()["delivered"]) == ("scheduled", None)
    assert [role["title"] for role in answer.json()["roles"]] == [
        settings.PORTAL.roles[name].title for name in ("faculty", "student")
    ]


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("get", "all/", None),
        ("get", "reach/", None),
        ("post_json", "", {"title": "A", "text": "B"}),
        ("post_json", "preview/", {"text": "A"}),
        ("post_json", "1/cancel/", {}),
        ("get", "1/source/", None),
        ("put_json", "1/source/", {"title": "A", "text": "B"}),
    ],
)
def test_others_cannot_write_announcements(reader, make_person, method, path, data):
    staff = PortalClient().sign_in(make_person(is_staff=True))
    for client in (reader, staff):
        answer = getattr(client, method)(URL + path, *([] if data is None else [data]))
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            f"Only for people with the permission {PERMISSION}.",
        )
    assert reader.get(f"{URL}options/").json()["composing"] == "refused"


@pytest.mark.parametrize(
    ("site", "second_factor", "composing", "status"),
    [
        ("intranet", False, "allowed", 200),
        ("internet", False, "intranet_site", 403),
        ("intranet", True, "second_factor", 403),
    ],
)
def test_the_permission_holds_where_powers_do(settings, make_person, site, second_factor, composing, status):
    people = allow(make_person()), make_person(is_superuser=True)
    settings.SITE, settings.SECOND_FACTOR_FOR_MAINTAINERS = site, second_factor
    for client in [PortalClient().sign_in(person) for person in people]:
        assert client.get(f"{URL}options/").json()["composing"] == composing
        answer = client.get(f"{URL}all/")
        assert answer.status_code == status
        if status == 403:
            assert "permission" not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", ""),
        ({"title": "x" * 121}, "title", "120"),
        ({"text": ""}, "text", ""),
        ({"text": "*" * 100_000}, "text", "10000"),
        ({"text": "> " * 9 + "a"}, "text", "nested too deep"),
        ({"text": "- a\n" * 2_400}, "text", "too many elements"),
        ({"text": "[a]: /people"}, "text", "Nothing of this text"),
        ({"text": ["a"]}, "text", ""),
        ({"roles": ["pope"]}, "roles", "Unknown role 'pope'. The roles are: student"),
        ({"roles": "student"}, "roles", ""),
        ({"roles": ["student"] * 51}, "roles", "50"),
        ({"roles": ["x" * 41]}, "roles", "40"),
        ({"send_at": "2020-01-01T00:00:00Z"}, "send_at", "This time has passed"),
        ({"send_at": "2999-01-01T00:00:00Z"}, "send_at", "within a year"),
        ({"send_at": "soon"}, "send_at", ""),
        ({"send_at": None, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "before it is sent"),
        ({"send_at": later(2 * HOUR), "expires_at": later()}, "expires_at", "before it is sent"),
    ],
)
def test_an_unsuitable_announcement_is_refused(composer, changes, field, message):
    """An empty `message` stands for one of Django REST framework's, which is in the language of the portal."""
    assert message in fields_of(composer.post_json(URL, new(**changes)))[field]
    assert not Announcement.objects.exists()


def test_a_million_asterisks_are_refused(composer):
    for path, data in ((URL, new(text="*" * 1_000_000)), (f"{URL}preview/", {"text": "*" * 1_000_000})):
        assert composer.post_json(path, data).status_code in {400, 413}


def test_the_preview_is_what_readers_see(composer, make_sent, reader):
    text = "# A\n\n- **b** <i>"
    tree = composer.post_json(f"{URL}preview/", {"text": text}).json()["tree"]
    assert tree == reader.get(f"{URL}{make_sent(text=text).pk}/").json()["tree"]
    assert composer.post_json(f"{URL}preview/", {"text": ""}).json()["tree"] == []
    assert "nested too deep" in fields_of(composer.post_json(f"{URL}preview/", {"text": "> " * 9 + "a"}))["text"]


def test_the_reach_counts_active_people_with_a_role_today(composer, make_person, give_role, round_trips):
    student, both, former, inactive = (make_person() for _ in range(4))
    for person, name in ((student, "student"), (both, "student"), (both, "faculty"), (inactive, "student")):
        give_role(person, name)
    yesterday = timezone.localdate() - timedelta(days=1)
    give_role(former, "student", start=yesterday, end=yesterday)
    inactive.is_active = False
    inactive.save()

    def reach(roles):
        return composer.get(f"{URL}reach/", {"roles": roles}).json()["people"]

    assert (reach("student"), reach("student, faculty"), reach("faculty"), reach("guest")) == (2, 2, 1, 0)
    assert reach("") == 4
    with round_trips(sql=4, stores=3):  # the person, two for the permission, the count; session and throttle
        reach("student")
    assert "Unknown role 'pope'" in fields_of(composer.get(f"{URL}reach/", {"roles": "student,pope"}))["roles"]


@pytest.mark.parametrize("throttle", [PreviewThrottle, ReachThrottle])
def test_previews_and_counts_are_limited(composer, monkeypatch, throttle):
    monkeypatch.setattr(throttle, "rate", "2/minute")
    send = {
        PreviewThrottle: lambda: composer.post_json(f"{URL}preview/", {"text": "a"}),
        ReachThrottle: lambda: composer.get(f"{URL}reach/"),
    }[throttle]
    assert [send().status_code for _ in range(3)] == [200, 200, 429]


def test_a_draft_is_kept_for_those_who_write(composer, reader):
    path = f"{URL}draft/"
    draft = {"title": "Half a", "text": " **", "everyone": False, "roles": ["student"], "later": True, "send_at": ""}
    assert composer.get(path).status_code == 204
    assert composer.put_json(path, draft).status_code == 200
    assert composer.get(path).json() | {"saved_at": ""} == draft | {"saved_at": ""}
    assert composer.delete(path).status_code == 204
    assert [reader.get(path).status_code, reader.put_json(path, draft).status_code] == [403, 403]
    assert "text" in fields_of(composer.put_json(path, {"text": "x" * 10_001}))


# Changing


def test_a_scheduled_announcement_can_be_changed(composer, make, give_role, make_person):
    announcement = make(roles=["student"])
    path = f"{URL}{announcement.pk}/source/"
    source = composer.get(path).json()
    assert source == {
        "title": announcement.title,
        "text": announcement.text,
        "roles": ["student"],
        "send_at": source["send_at"],
        "expires_at": None,
    }
    composer.get(f"{URL}{announcement.pk}/")  # which caches the tree
    change = new(
        title="Other", text="**Later**", roles=["faculty"], send_at=later(2 * HOUR), expires_at=later(3 * HOUR)
    )
    answer = composer.put_json(path, change)
    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["summary"]) == ("Other", "Later")
    assert [role["name"] for role in answer.json()["roles"]] == ["faculty"]
    page = composer.get(f"{URL}{announcement.pk}/").json()
    assert page["tree"][0]["children"][0]["type"] == "strong"
    assert (page["title"], page["state"], page["author"]) == ("Other", "scheduled", str(announcement.author))
    assert composer.get(path).json()["text"] == "**Later**"


def test_a_changed_announcement_without_a_time_leaves_at_once(
    composer, make, reader, django_capture_on_commit_callbacks
):
    path, change = f"{URL}{make().pk}/source/", new(title="Now", roles=[], send_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert composer.put_json(path, change).status_code == 200
    assert [entry["title"] for entry in reader.get(URL).json()["results"]] == ["Now"]


@pytest.mark.parametrize("field", ["sent_at", "cancelled_at"])
def test_an_announcement_that_was_sent_or_cancelled_cannot_be_changed(composer, make, field):
    path = f"{URL}{make(**{field: timezone.now()}).pk}/source/"
    for answer in (composer.get(path), composer.put_json(path, new())):
        assert answer.status_code == 409
        assert answer.json()["detail"] == "This announcement was sent or cancelled before."


def test_a_wrong_change_is_refused_and_changes_nothing(composer, make):
    announcement = make()
    path = f"{URL}{announcement.pk}/source/"
    assert "send_at" in fields_of(composer.put_json(path, new(title="Other", send_at=later(-HOUR))))
    assert composer.get(path).json()["title"] == announcement.title
    assert composer.put_json(f"{URL}999/source/", new()).status_code == 404


@pytest.mark.parametrize("letter", ["a", "न", "😀", '"'])
def test_the_draft_of_the_longest_announcement_is_kept_in_any_script(composer, letter):
    draft = {"title": letter * MAX_TITLE, "text": letter * MAX_CHARACTERS}
    assert composer.put_json(f"{URL}draft/", draft).status_code == 200
    assert composer.get(f"{URL}draft/").json()["text"] == draft["text"]


# Cancelling


def test_a_scheduled_announcement_is_cancelled_once(composer, make):
    path = f"{URL}{make().pk}/cancel/"
    answer = composer.post_json(path, {})
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert composer.post_json(path, {}).status_code == 409
    assert composer.post_json(f"{URL}999999/cancel/", {}).status_code == 404


def test_a_sent_announcement_cannot_be_cancelled(composer, make_sent):
    announcement = make_sent()
    assert composer.post_json(f"{URL}{announcement.pk}/cancel/", {}).status_code == 409
    with pytest.raises(TooLate):
        announcement_cancel(announcement=announcement, by=announcement.author)


def test_those_who_write_see_what_waits_apart_from_the_rest(composer, make, make_sent):
    make("Waits")
    make_sent("Sent")
    make("Cancelled", cancelled_at=timezone.now())
    make("Never sent", send_at=later(-2 * HOUR), expires_at=later(-HOUR))

    def titles(query):
        results = composer.get(f"{URL}all/", query).json()["results"]
        return [(result["title"], result["state"]) for result in results]

    assert titles({"scheduled": "true"}) == [("Waits", "scheduled")]
    assert titles({}) == [("Never sent", "expired"), ("Cancelled", "cancelled"), ("Sent", "sent")]
    assert "scheduled" in fields_of(composer.get(f"{URL}all/", {"scheduled": "perhaps"}))


def test_the_audit_log_says_who_published_and_changed_and_cancelled(composer):
    pk = composer.post_json(URL, new()).json()["id"]
    composer.put_json(f"{URL}{pk}/source/", new(title="Other", roles=[]))
    composer.post_json(f"{URL}{pk}/cancel/", {})
    entries = AuditEntry.objects.filter(event__startswith="announcement_").order_by("id")
    assert [(entry.event, entry.by) for entry in entries] == [
        (f"announcement_{verb}", "composer") for verb in ("published", "changed", "cancelled")
    ]
    published, changed, _ = entries
    assert (changed.details["title"], changed.details["roles"]) == ("Other", [])
    assert published.details | {"send_at": ""} == {
        "announcement": pk, "title": "Library", "roles": ["student"], "send_at": "", "expires_at": None,
    }  # fmt: skip


def test_the_demo_has_one_announcement(db, reader):
    for _ in range(2):
        seed(seed_people())
    assert Announcement.objects.count() == 1
