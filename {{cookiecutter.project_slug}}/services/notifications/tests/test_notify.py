"""What notify() accepts, refuses and costs."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from core.people.models import Person
from core.plugins.manifest import Audience
from core.testing.counting import counted_round_trips
from core.testing.notifications import notified
from services.notifications import notify
from services.notifications.models import Chunk, Message, Preference, Recipient

pytestmark = pytest.mark.django_db

KIND = "notifications.test"
WHAT = {"what": "Hello"}


@pytest.fixture
def crowd():
    """Return a function that creates people without the cost of passwords."""

    def crowd(number):
        first = Person.objects.count()
        return Person.objects.bulk_create(Person(username=f"crowd{first + n}") for n in range(number))

    return crowd


class TestRecipients:
    def test_a_person_gets_a_message(self, person):
        message = notify(KIND, to=person, params=WHAT, link="/polls/7/")
        assert notified(person, KIND) == [message]
        assert (message.title, message.link) == ("Hello", "/polls/7/")

    def test_people_get_one_message_together(self, make_person):
        people = [make_person(), make_person()]
        message = notify(KIND, to=(person for person in [*people, *people]), params=WHAT)
        assert [notified(person, KIND) for person in people] == [[message], [message]]
        assert Message.objects.count() == 1

    def test_a_query_is_fixed_in_the_transaction(self, make_person):
        asha, ben = make_person("asha"), make_person("ben")
        notify(KIND, to=Person.objects.filter(username__startswith="a"), params=WHAT)
        Person.objects.filter(pk=ben.pk).update(username="aben")
        assert notified(asha, KIND)
        assert not notified(ben, KIND)

    @pytest.mark.parametrize(
        "narrow",
        [
            lambda people: people.order_by("-username")[:2],
            lambda people: people.order_by().filter(username="a").union(people.order_by().filter(username="c")),
            lambda people: people.filter(roles__name="student").distinct(),
            lambda people: people.only("username").annotate(number=Count("roles")),
        ],
        ids=["slice", "union", "join", "annotation"],
    )
    def test_any_query_of_people_can_be_used(self, make_person, give_role, narrow):
        for name in "abc":
            person = make_person(name)
            today = timezone.localdate()
            give_role(person, "student", start=today - timedelta(days=9), end=today - timedelta(days=8))
            give_role(person, "student", start=today)
        query = narrow(Person.objects.all())
        expected = {person.pk for person in query}
        notify(KIND, to=query, params=WHAT)
        assert set(Recipient.objects.values_list("person_id", flat=True)) == expected

    @pytest.mark.parametrize("nobody", [[], (), Person.objects.none(), Person.objects.filter(username="x")])
    def test_nobody_gets_nothing(self, nobody):
        assert notify(KIND, to=nobody, params=WHAT) is None
        assert not Message.objects.exists()

    def test_people_who_were_deleted_meanwhile_are_left_out(self, make_person):
        gone, there = make_person(), make_person()
        Person.objects.filter(pk=gone.pk).delete()
        notify(KIND, to=[gone, there], params=WHAT)
        assert list(Recipient.objects.values_list("person_id", flat=True)) == [there.pk]

    @pytest.mark.parametrize(
        "wrong", ["asha", b"asha", 7, None, {"asha": 1}, [7], ["asha"], AnonymousUser(), [AnonymousUser()]]
    )
    def test_anything_but_people_is_refused(self, wrong):
        with pytest.raises(TypeError, match="to "):
            notify(KIND, to=wrong, params=WHAT)

    def test_a_query_of_something_else_is_refused(self):
        with pytest.raises(TypeError, match=r"a query of people.*not of Message"):
            notify(KIND, to=Message.objects.all(), params=WHAT)

    def test_a_person_who_is_not_saved_is_refused(self):
        with pytest.raises(ValueError, match="asha is not saved"):
            notify(KIND, to=Person(username="asha"), params=WHAT)

    def test_a_rollback_takes_the_message_back(self, person):
        with transaction.atomic():
            notify(KIND, to=person, params=WHAT)
            transaction.set_rollback(True)
        assert not Message.objects.exists()

    @pytest.mark.parametrize("query", [True, False], ids=["query", "list"])
    def test_the_number_of_statements_does_not_depend_on_the_number_of_people(self, crowd, query):
        numbers = set()
        for number in (1, 40, 3000):
            people = crowd(number)
            to = Person.objects.filter(pk__gte=people[0].pk) if query else people
            with counted_round_trips() as counted:
                notify(KIND, to=to, params=WHAT)
            assert Recipient.objects.count() >= number
            numbers.add(len(counted.sql))
            assert not counted.stores
        assert max(numbers) <= 5, counted  # a savepoint, the message, the recipients, and a chunk or a mark
        assert len(numbers) == 1

    def test_fifty_thousand_people_fit_into_one_statement(self, crowd):
        people = crowd(50_000)
        notify(KIND, to=people, params=WHAT)
        assert Recipient.objects.count() == 50_000


class TestAudiences:
    def test_an_audience_is_people_with_one_of_its_roles(
        self, django_capture_on_commit_callbacks, make_person, give_role
    ):
        student, past, inactive, other = (make_person() for _ in range(4))
        today = timezone.localdate()
        give_role(student, "student")
        give_role(past, "student", start=today - timedelta(days=9), end=today - timedelta(days=1))
        give_role(inactive, "student")
        Person.objects.filter(pk=inactive.pk).update(is_active=False)
        with django_capture_on_commit_callbacks(execute=True):
            notify(KIND, to=Audience(roles=["student", "faculty"]), params=WHAT)
        assert [bool(notified(person, KIND)) for person in (student, past, inactive, other)] == [
            True,
            False,
            False,
            False,
        ]

    def test_an_audience_without_roles_is_everyone(self, django_capture_on_commit_callbacks, make_person):
        people = [make_person(), make_person()]
        Person.objects.create_user("inactive", is_active=False)
        with django_capture_on_commit_callbacks(execute=True):
            notify(KIND, to=Audience(), params=WHAT)
        assert set(Recipient.objects.values_list("person_id", flat=True)) == {person.pk for person in people}

    def test_an_audience_of_nobody_gets_nothing(self, django_capture_on_commit_callbacks, person):
        with django_capture_on_commit_callbacks(execute=True):
            message = notify(KIND, to=Audience(roles=["faculty"]), params=WHAT)
        message.refresh_from_db()
        assert message.started_at
        assert not Recipient.objects.exists()

    def test_it_costs_the_same_for_everyone(self, crowd):
        crowd(2000)
        with counted_round_trips() as counted:
            notify(KIND, to=Audience(), params=WHAT)
        assert len(counted.sql) == 1

    def test_an_unknown_role_is_refused(self):
        with pytest.raises(ValueError, match=r"no role pope\. Its roles are: .*student"):
            notify(KIND, to=Audience(roles=["pope", "student"]), params=WHAT)

    def test_rings_name_no_people(self):
        with pytest.raises(ValueError, match=r"rings only \(campus\) names networks, not people"):
            notify(KIND, to=Audience(rings=["campus"]), params=WHAT)


class TestKeys:
    def test_a_repeated_call_creates_nothing(self, person):
        assert notify(KIND, to=person, params=WHAT, key="7")
        assert notify(KIND, to=person, params={"what": "again"}, key="7") is None
        assert Message.objects.count() == Recipient.objects.count() == Chunk.objects.count() == 1

    def test_people_who_come_later_get_it_once(self, make_person):
        asha, ben = make_person(), make_person()
        notify(KIND, to=asha, params=WHAT, key="7")
        notify(KIND, to=[asha, ben], params=WHAT, key="7")
        assert [len(notified(person, KIND)) for person in (asha, ben)] == [1, 1]

    def test_another_key_and_another_kind_are_other_messages(self, person, declare):
        declare("other", title="{what}")
        for kind, key in ((KIND, "7"), (KIND, "8"), ("notifications.other", "7"), (KIND, ""), (KIND, "")):
            assert notify(kind, to=person, params=WHAT, key=key)
        assert Recipient.objects.count() == 5

    def test_an_audience_gets_it_once(self, django_capture_on_commit_callbacks, make_person):
        people = [make_person()]
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                notify(KIND, to=Audience(), params=WHAT, key="7")
            people.append(make_person())
        assert [len(notified(person, KIND)) for person in people] == [1, 1, 0]

    @pytest.mark.parametrize("wrong", ["x" * 201, "a\0b", 7, None])
    def test_a_wrong_key_is_refused(self, person, wrong):
        with pytest.raises(ValueError, match="A key is a text of at most 200 characters"):
            notify(KIND, to=person, params=WHAT, key=wrong)


class TestPreferences:
    def test_an_optional_kind_that_was_turned_off_is_left_out(self, make_person, declare):
        declare("news", title="News", optional=True)
        off, on, mail_off = make_person(), make_person(), make_person()
        for person, channel in ((off, "inbox"), (mail_off, "mail")):
            Preference.objects.create(person=person, app="notifications", kind="news", channel=channel)
        notify("notifications.news", to=[off, on, mail_off])
        assert [bool(notified(person, "notifications.news")) for person in (off, on, mail_off)] == [False, True, True]
        assert Recipient.objects.count() == 3  # the mail of the first is another matter

    def test_a_mandatory_kind_cannot_be_turned_off(self, person):
        Preference.objects.create(person=person, app="notifications", kind="test", channel="inbox")
        notify(KIND, to=person, params=WHAT)
        assert notified(person, KIND)

    def test_a_kind_for_mail_only_is_in_no_inbox(self, person, declare):
        declare("mailed", title="Mail", channels=["mail"])
        notify("notifications.mailed", to=person)
        assert not notified(person, "notifications.mailed")
        assert Recipient.objects.get().is_hidden


class TestContents:
    @pytest.mark.parametrize(
        "kind", ["notifications.surprise", "nothing.test", "test", "", "notifications.test.more", None]
    )
    def test_an_unknown_kind_is_refused_with_the_declared_ones(self, person, kind):
        with pytest.raises(ValueError, match=rf"No manifest declares.*{kind}.*notifications\.test"):
            notify(kind, to=person, params=WHAT)

    def test_a_missing_parameter_is_named(self, person):
        with pytest.raises(ValueError, match=r"needs the parameters what\. Missing: what\."):
            notify(KIND, to=person)

    def test_an_unknown_parameter_is_named(self, person):
        with pytest.raises(ValueError, match=r"has the parameters what\. Unknown: waht\."):
            notify(KIND, to=person, params={"what": "x", "waht": "y"})

    @pytest.mark.parametrize("wrong", ["what", [("what", "a book")], 7])
    def test_parameters_have_names(self, person, wrong):
        with pytest.raises(ValueError, match="are a mapping of names to values"):
            notify(KIND, to=person, params=wrong)

    def test_a_parameter_that_no_text_shows_is_declared(self, person, declare):
        declare("published", title="{title}", parameters=["announcement"])
        notify("notifications.published", to=person, params={"title": "Hi", "announcement": {"id": 7, "tags": ["x"]}})
        (message,) = notified(person, "notifications.published")
        assert message.params["announcement"] == {"id": 7, "tags": ["x"]}

    @pytest.mark.parametrize("value", [None, True, ["a"], {"a": 1}, timezone.now()])
    def test_the_text_shows_texts_and_numbers_only(self, person, value):
        with pytest.raises(ValueError, match="what is part of the text"):
            notify(KIND, to=person, params={"what": value})

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (float("nan"), "must be JSON"),
            ("\ud800", "must be JSON"),
            ("a\0b", "must not contain the character NUL"),
            ("x" * 4096, "take 4108 bytes as JSON, and may take 4096"),
            ("न" * 1400, "may take 4096"),
            ("x" * 100_000, "may take 4096"),
        ],
        ids=["nan", "surrogate", "nul", "long", "long in bytes", "100 kB"],
    )
    def test_parameters_are_short_json(self, person, value, message):
        with pytest.raises(ValueError, match=message):
            notify(KIND, to=person, params={"what": value})
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "/\t/evil.example/",
            "/\n/evil.example/",
            " /polls/",
            "/a b/",
            "polls/7/",
            "/a\u202eb/",
            "/" + "x" * 300,
            "data:text/html,x",
        ],
    )
    def test_a_link_that_is_no_path_of_the_portal_is_refused(self, person, link):
        with pytest.raises(ValueError, match="A link is a path of this portal"):
            notify(KIND, to=person, params=WHAT, link=link)

    @pytest.mark.parametrize("wrong", [None, 7, b"/polls/7/"])
    def test_a_link_is_a_text(self, person, wrong):
        with pytest.raises(ValueError, match="A link is a text"):
            notify(KIND, to=person, params=WHAT, link=wrong)

    @pytest.mark.parametrize("link", ["", "/", "/polls/7/?page=2#votes", "/people/आशा/", "/a%20b/"])
    def test_a_path_of_the_portal_is_accepted(self, person, link):
        assert notify(KIND, to=person, params=WHAT, link=link).link == link
