"""Doctor and the overview show whether the institute's provider answers, where it is configured."""

from core.health.institute_sign_in import InstituteSignInCheck
from core.health.stack import health_checks


def result():
    check = InstituteSignInCheck()
    return check.run(check.round_trip)


def test_doctor_has_the_part_only_where_it_is_configured(institute, settings):
    assert "institute-sign-in" in [check.service for check in health_checks()]
    settings.PORTAL = settings.PORTAL.model_copy(update={"institute_sign_in": None})
    assert "institute-sign-in" not in [check.service for check in health_checks()]


def test_a_provider_that_works(institute):
    assert (result().status, result().detail) == ("ok", f"{institute.issuer} has 1 keys that sign")


def test_a_provider_that_does_not_answer(institute):
    institute.before["/keys"] = lambda handler: handler.answer(503, {}) or True
    found = result()
    assert (found.status, found.down) == ("degraded", True)
    assert found.detail == f"Unavailable: {institute.issuer}/keys answered 503"
    assert str(found.what_to_do.title) == "The institute's provider does not answer as it should"


def test_a_provider_with_another_issuer(institute):
    institute.metadata = {"issuer": "https://sso.example.edu/"}
    assert "names the issuer https://sso.example.edu/, and portal.yaml" in result().detail
