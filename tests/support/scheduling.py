"""Which tests share a process of pytest-xdist, and which of them start first.

pytest-xdist has the marker `xdist_group` for this. Its release 3.8 ignores it under pytest 9.2, without a message:
https://github.com/pytest-dev/pytest-xdist/issues/1386
"""

from collections import Counter

from xdist.scheduler import LoadScopeScheduling

BROWSER, FUZZING, REAL_SERVERS = "browser", "fuzzing", "real servers"
# What fuzzing leaves in the queues and stores is in nobody's way.
WITH_REAL_SERVERS = {FUZZING, REAL_SERVERS}

# The beginning of a test's id, and its group. The first one that fits counts.
GROUPS = {
    "tests/browser/test_build.py": None,
    "tests/browser/test_development.py": "development",
    "tests/browser/test_tutorial.py": None,
    # These two only read. They take as long as many others, and a second portal is built in twenty seconds.
    "tests/browser/test_layout_shift.py": "reading",
    "tests/browser/test_right_to_left.py": "reading",
    "tests/browser/": BROWSER,
    "tests/portal/test_developing.py": "developing",
    "tests/portal/test_client_addresses.py": None,
    "tests/portal/test_embedded.py": None,
    "tests/portal/test_own_tests.py::test_the_own_tests": None,
    "tests/portal/test_fuzzing.py": FUZZING,
    "tests/portal/test_how_to.py": "how to",
    "tests/portal/test_packages.py": None,
    "tests/portal/test_single_sign_on.py": "single sign-on",
    "tests/portal/": REAL_SERVERS,
}

# A process that began one of these last would end long after the others.
LONGEST_GROUPS = (BROWSER, REAL_SERVERS)
LONGEST = (
    "tests/portal/test_own_tests.py::test_the_own_tests_pass",
    "tests/portal/test_packages.py",
    "tests/browser/test_tutorial.py",
)


def group_of(test: str) -> str | None:
    """Return the group of a test by its id, such as `tests/portal/test_cost.py::test_x`, or None."""
    return next((group for start, group in GROUPS.items() if test.startswith(start)), None)


def sort_by_length(tests: list[str]) -> list[str]:
    """Return the ids of tests in the order in which their groups start: the longest ones, then the largest."""
    sizes = Counter(group_of(test) or test for test in tests)

    def start(test: str) -> tuple[bool, bool, int, str]:
        group = group_of(test) or test
        return group not in LONGEST_GROUPS, not test.startswith(LONGEST), -sizes[group], group

    return sorted(tests, key=start)


class GroupScheduling(LoadScopeScheduling):
    """Runs the tests of a group in one process, in their order, and every other test in the process that is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid
