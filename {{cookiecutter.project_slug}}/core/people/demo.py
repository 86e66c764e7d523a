"""The fictional people of a demo portal, with past, active and future roles.

Dates are relative to the current academic year, which is from August to July, so that the demo stays current.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from .models import Visibility


@dataclass(frozen=True, slots=True)
class DemoRole:
    name: str
    start: date
    end: date | None
    details: dict[str, str] = field(default_factory=dict)


# Returns the role with its dates, relative to the given day.
RoleOn = Callable[[date], DemoRole]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    display_name: str
    roles: tuple[RoleOn, ...]
    privacy: dict[str, Visibility] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.username}@example.edu"


def academic_year(today: date) -> int:
    """Return the calendar year in which the academic year of this day began."""
    return today.year if today.month >= 8 else today.year - 1


def period(today: date, since: int, years: int | None) -> tuple[date, date | None]:
    """Return the first and the last day of a period that began `since` academic years ago and lasts `years`.

    A negative `since` is in the future. With `years=None`, there is no last day.
    """
    first = academic_year(today) - since
    return date(first, 8, 1), None if years is None else date(first + years, 7, 31)


def student(programme: str, department: str, *, since: int, years: int = 4) -> RoleOn:
    return lambda today: DemoRole(
        "student", *period(today, since, years), {"programme": programme, "department": department}
    )


def faculty(position: str, department: str, *, since: int, years: int | None = None) -> RoleOn:
    return lambda today: DemoRole(
        "faculty", *period(today, since, years), {"position": position, "department": department}
    )


def staff(position: str, department: str, *, since: int, years: int | None = None) -> RoleOn:
    return lambda today: DemoRole(
        "staff", *period(today, since, years), {"position": position, "department": department}
    )


def guest(*, days_ago: int, days_left: int) -> RoleOn:
    return lambda today: DemoRole("guest", today - timedelta(days=days_ago), today + timedelta(days=days_left))


def maintainer(*, since: int) -> RoleOn:
    return lambda today: DemoRole("maintainer", *period(today, since, None))


EMAIL_HIDDEN = {"email_visible_to": Visibility.NOBODY}
EMAIL_FOR_EVERYONE = {"email_visible_to": Visibility.EVERYONE}
ROLES_ON_CAMPUS = {"roles_visible_to": Visibility.CAMPUS}
ENTRY_ON_CAMPUS = {"entry_visible_to": Visibility.CAMPUS}
ENTRY_HIDDEN = {"entry_visible_to": Visibility.NOBODY}
PHOTO_HIDDEN = {"photo_visible_to": Visibility.NOBODY}

PHYSICS, BIOLOGY, HISTORY, MATHEMATICS = "Physics", "Biology", "History", "Mathematics"
COMPUTING, ENGINEERING, ECONOMICS, MUSIC = "Computer Science", "Civil Engineering", "Economics", "Music"

PEOPLE = (
    # Faculty.
    DemoPerson("meera.iyer", "Meera Iyer", (faculty("Professor", PHYSICS, since=17),), EMAIL_FOR_EVERYONE),
    DemoPerson("kwame.asante", "Kwame Asante", (faculty("Professor", HISTORY, since=11),)),
    DemoPerson(
        "ingrid.solberg", "Ingrid Solberg", (faculty("Associate Professor", BIOLOGY, since=8),), ROLES_ON_CAMPUS
    ),
    DemoPerson("hiroshi.tanabe", "Hiroshi Tanabe (田辺 浩)", (faculty("Professor", MATHEMATICS, since=21),)),
    DemoPerson("leila.haddad", "Leila Haddad", (faculty("Assistant Professor", COMPUTING, since=3),)),
    DemoPerson("tomasz.wisniewski", "Tomasz Wiśniewski", (faculty("Lecturer", ENGINEERING, since=5),)),
    DemoPerson("renata.oliveira", "Renata Oliveira", (faculty("Associate Professor", ECONOMICS, since=9),)),
    DemoPerson("sean.gallagher", "Seán Gallagher", (faculty("Lecturer", MUSIC, since=2, years=3),)),
    # Former students who became faculty, and a student who teaches.
    DemoPerson(
        "nandini.bose",
        "Nandini Bose",
        (
            student("PhD Physics", PHYSICS, since=8, years=4),
            faculty("Postdoctoral Fellow", PHYSICS, since=4, years=3),
            faculty("Assistant Professor", PHYSICS, since=1),
        ),
    ),
    DemoPerson(
        "daniel.okafor",
        "Daniel Okafor",
        (
            student("PhD Computer Science", COMPUTING, since=2, years=4),
            faculty("Teaching Assistant", COMPUTING, since=1, years=2),
        ),
    ),
    # Future and former faculty.
    DemoPerson("aroha.ngata", "Aroha Ngata", (faculty("Professor", BIOLOGY, since=-1),)),
    DemoPerson(
        "pierre.lefevre", "Pierre Lefèvre", (faculty("Professor", ECONOMICS, since=24, years=22),), EMAIL_HIDDEN
    ),
    # Staff.
    DemoPerson("grace.mutua", "Grace Mutua", (staff("Registrar", "Registry", since=12),), EMAIL_FOR_EVERYONE),
    DemoPerson("lars.eriksson", "Lars Eriksson", (staff("Librarian", "Library", since=15),)),
    DemoPerson("fatima.alfarsi", "Fatima Al-Farsi", (staff("Nurse", "Health Centre", since=4),)),
    DemoPerson("joao.pereira", "João Pereira", (staff("Laboratory Technician", PHYSICS, since=6),)),
    DemoPerson("sunita.gurung", "Sunita Gurung", (staff("Accountant", "Finance", since=7),), ROLES_ON_CAMPUS),
    DemoPerson(
        "ines.duarte",
        "Inês Duarte",
        (staff("Systems Administrator", "IT Services", since=5), maintainer(since=2)),
    ),
    DemoPerson(
        "pavel.novak",
        "Pavel Novák",
        (
            student("BSc Computer Science", COMPUTING, since=6, years=4),
            staff("Web Developer", "IT Services", since=1),
            maintainer(since=1),
        ),
    ),
    DemoPerson("moana.tavita", "Moana Tavita", (staff("Warden", "Halls of Residence", since=3, years=4),)),
    # Students.
    DemoPerson("arjun.menon", "Arjun Menon", (student("BSc Physics", PHYSICS, since=0),)),
    DemoPerson("zainab.yusuf", "Zainab Yusuf", (student("BSc Physics", PHYSICS, since=1),), EMAIL_HIDDEN),
    DemoPerson("mai.nguyen", "Nguyễn Thị Mai", (student("BSc Biology", BIOLOGY, since=2),)),
    DemoPerson("lucas.ferreira", "Lucas Ferreira", (student("BSc Biology", BIOLOGY, since=3),)),
    DemoPerson("chloe.martin", "Chloé Martin", (student("BA History", HISTORY, since=0, years=3),)),
    DemoPerson("tariq.rahman", "Tariq Rahman", (student("BA History", HISTORY, since=2, years=3),), PHOTO_HIDDEN),
    DemoPerson("ji.woo.kim", "Kim Ji-woo (김지우)", (student("BSc Mathematics", MATHEMATICS, since=1),)),
    DemoPerson("oluwaseun.adeyemi", "Oluwaseun Adeyemi", (student("BSc Computer Science", COMPUTING, since=0),)),
    DemoPerson("anjali.deshpande", "Anjali Deshpande", (student("BSc Computer Science", COMPUTING, since=1),)),
    DemoPerson("mateo.quispe", "Mateo Quispe", (student("BSc Computer Science", COMPUTING, since=3),), ENTRY_ON_CAMPUS),
    DemoPerson("freya.jonsdottir", "Freyja Jónsdóttir", (student("BEng Civil Engineering", ENGINEERING, since=1),)),
    DemoPerson("kofi.mensah", "Kofi Mensah", (student("BEng Civil Engineering", ENGINEERING, since=2),)),
    DemoPerson("wei.lin", "Lin Wei (林薇)", (student("BA Economics", ECONOMICS, since=0, years=3),)),
    DemoPerson("olena.kovalenko", "Olena Kovalenko (Олена Коваленко)", (student("BA Music", MUSIC, since=1, years=3),)),
    DemoPerson("samuel.cohen", "Samuel Cohen", (student("MSc Economics", ECONOMICS, since=0, years=2),), ENTRY_HIDDEN),
    # A student with a job, a future student, and graduates.
    DemoPerson(
        "priya.nair",
        "Priya Nair",
        (
            student("MSc Mathematics", MATHEMATICS, since=1, years=2),
            staff("Student Assistant", "Library", since=0, years=1),
        ),
    ),
    DemoPerson("emeka.eze", "Emeka Eze", (student("BSc Physics", PHYSICS, since=-1),)),
    DemoPerson("sofia.rossi", "Sofia Rossi", (student("BA History", HISTORY, since=6, years=3),)),
    DemoPerson(
        "bayarmaa.dorj",
        "Bayarmaa Dorj",
        (student("BSc Biology", BIOLOGY, since=5), student("MSc Biology", BIOLOGY, since=1, years=2)),
    ),
    # Guests.
    DemoPerson("helena.schmidt", "Helena Schmidt", (guest(days_ago=20, days_left=10),)),
    DemoPerson("yusuf.demir", "Yusuf Demir", (guest(days_ago=5, days_left=2),), EMAIL_HIDDEN),
    DemoPerson("amara.diallo", "Amara Diallo", (guest(days_ago=60, days_left=-30),)),
)
