"""Files that people upload: stored under random names, and sent to those who may see the row, as a download."""

from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.forms import modelform_factory
from django.test.utils import isolate_apps
from django.urls import path
from rest_framework.test import APIRequestFactory, force_authenticate

from core.api.files import FileUploadView, StoredFileField
from core.files.actions import file_remove, file_set
from core.files.checks import problems_of
from core.files.errors import FileTooLarge, InvalidFile
from core.files.fields import ProtectedFileField, ProtectedImageField
from core.files.storage import ProtectedStorage, public_storage
from core.people.models import Person
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.testing.files import make_picture

commits = pytest.mark.django_db(transaction=True)  # for what happens after a commit

PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def routes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def paper_model():
    """Return a model with a file, whose rows are people: it has no table of its own."""
    with isolate_apps("core.people"):

        class Paper(models.Model):
            scan = ProtectedFileField(
                db_column="display_name", types=["pdf", "csv"], max_megabytes=1, route="scan", blank=True
            )

            class Meta:
                app_label = "core_people"
                db_table = "core_people_person"
                managed = False

            def __str__(self):
                return str(self.scan)

        yield Paper


@pytest.fixture
def paper(paper_model, make_person):
    return paper_model.objects.get(pk=make_person(display_name="").pk)


class ScanView(FileUploadView):
    """Only the first person may change the scan."""

    file_field = "scan"
    queryset = Person.objects.none()  # a test sets it

    def may_change(self, request, instance):
        return request.user.pk == instance.pk


urlpatterns = [path("scan/<int:pk>/", ScanView.as_view(), name="scan")]


@pytest.fixture
def send(paper_model, paper):
    """Call the view as a person: `send("put", person, content)`."""

    def send(method, person, content=None, *, name="a.pdf"):
        data = {"file": ContentFile(content, name=name)} if content is not None else None
        request = getattr(APIRequestFactory(), method)(f"/scan/{paper.pk}/", data, format="multipart" if data else None)
        force_authenticate(request, person)
        request.request_id = ""
        response = ScanView.as_view(queryset=paper_model.objects.all(), throttle_classes=[])(request, pk=paper.pk)
        request.close()
        return response

    return send


def stored(settings):
    return sorted(file.name for file in Path(settings.PROTECTED_ROOT).rglob("*") if file.is_file())


def pdf(name="report.pdf", content=PDF):
    return ContentFile(content, name=name)


class TestStoring:
    @commits
    def test_the_stored_name_is_random_and_the_given_one_is_kept_beside_it(self, paper, settings):
        file_set(paper, "scan", pdf("Mein Bericht (1).PDF"))
        (name,) = stored(settings)
        assert name == f"{paper.scan.name[:32]}.pdf"
        assert str(paper.scan) == "Mein_Bericht_1.pdf"
        with paper.scan.open() as file:
            assert file.read() == PDF
        assert paper.scan.size == len(PDF)

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd.pdf", "..\\..\\a.pdf", "/a/b.pdf", "x" * 300 + ".pdf", "....pdf", " .pdf"]
    )
    @commits
    def test_no_name_leaves_the_folder_or_exceeds_the_column(self, paper, settings, name):
        upload = pdf()
        upload.name = name
        file_set(paper, "scan", upload)
        (stored_name,) = stored(settings)
        assert len(stored_name) == len("x" * 32 + ".pdf")
        assert len(paper.scan.name) <= 200
        assert "/" not in str(paper.scan)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("page.html", b"<!doctype html>"),
            ("drawing.svg", b"<svg/>"),
            ("page.pdf", b"<!doctype html>"),
            ("table.csv", b"a,b\0"),
            ("noextension", PDF),
            ("empty.pdf", b""),
        ],
    )
    @commits
    def test_a_file_of_another_type_is_refused(self, paper, settings, name, content):
        with pytest.raises(InvalidFile):
            file_set(paper, "scan", pdf(name, content))
        assert stored(settings) == []

    @commits
    def test_a_file_that_is_too_large_is_refused(self, paper, settings):
        with pytest.raises(FileTooLarge, match="at most 1 MB"):
            file_set(paper, "scan", pdf(content=PDF + b"\0" * 1024 * 1024))
        assert stored(settings) == []

    @commits
    def test_a_replaced_a_removed_and_a_deleted_file_leave_nothing(self, paper, settings):
        file_set(paper, "scan", pdf("a.pdf"))
        file_set(paper, "scan", pdf("b.pdf"))
        assert stored(settings) == [f"{paper.scan.name[:32]}.pdf"]
        file_remove(paper, "scan")
        assert stored(settings) == []
        file_set(paper, "scan", pdf("c.pdf"))
        paper.delete()
        assert stored(settings) == []

    @commits
    def test_a_save_of_the_row_stores_replaces_and_empties(self, paper, paper_model, settings):
        paper.scan = pdf("a.pdf")
        paper.save()
        paper.scan = pdf("b.pdf")
        paper.save()
        assert stored(settings) == [f"{paper.scan.name[:32]}.pdf"]
        form = modelform_factory(paper_model, fields=["scan"])({"scan-clear": "on"}, instance=paper)
        form.save()
        assert stored(settings) == []

    @commits
    def test_a_rollback_keeps_the_file(self, paper, settings):
        file_set(paper, "scan", pdf())
        before = stored(settings)
        with transaction.atomic():
            file_remove(paper, "scan")
            transaction.set_rollback(True)
        assert stored(settings) == before

    @commits
    def test_a_form_says_at_the_field_what_is_wrong(self, paper, paper_model, settings):
        form = modelform_factory(paper_model, fields=["scan"])({}, {"scan": pdf("a.html")}, instance=paper)
        assert form.errors == {"scan": ["This file is not of a supported type. Upload one of: pdf, csv."]}
        assert stored(settings) == []

    def test_a_file_is_written_as_a_whole_or_not_at_all(self, settings, monkeypatch):
        def fail(descriptor):
            raise OSError("no space left")

        monkeypatch.setattr("core.files.storage.os.fsync", fail)
        with pytest.raises(OSError, match="no space left"):
            ProtectedStorage().save("files/a.pdf", pdf())
        assert stored(settings) == []

    def test_the_group_of_the_reverse_proxy_can_read_the_files(self, settings):
        ProtectedStorage().save("files/a.pdf", pdf())
        assert Path(settings.PROTECTED_ROOT, "files/a.pdf").stat().st_mode & 0o777 == 0o640

    def test_a_field_has_types_that_the_portal_knows(self):
        with pytest.raises(ValueError, match=r"found html, svg; allowed are pdf, txt"):
            ProtectedFileField(types=["svg", "html", "pdf"])
        with pytest.raises(ValueError, match="allowed are 1 to 2048 pixels"):
            ProtectedImageField(sizes={"huge": 5000})


class TestSending:
    @commits
    def test_a_file_is_a_download_with_our_type_and_no_rights_in_a_browser(self, paper, make_person, send):
        file_set(paper, "scan", pdf('Grüße".pdf'))
        response = send("get", make_person())
        assert (response.status_code, response.getvalue()) == (200, PDF)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"] == "private, no-store"

    @commits
    def test_in_production_the_reverse_proxy_sends_it(self, paper, make_person, send, monkeypatch, settings):
        file_set(paper, "scan", pdf())
        monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
        response = send("get", make_person())
        assert response["X-Accel-Redirect"] == f"/protected/files/{paper.scan.name[:32]}.pdf"
        assert response.content == b""
        assert response["Content-Disposition"] == 'attachment; filename="report.pdf"'

    @commits
    def test_those_who_may_change_it_send_and_remove_a_file(self, paper, send, make_person, settings):
        owner, other = Person.objects.get(pk=paper.pk), make_person()
        assert send("put", other, PDF).status_code == send("delete", other).status_code == 403
        response = send("put", owner, PDF)
        paper.refresh_from_db()
        assert response.data == {"name": "a.pdf", "url": f"/scan/{paper.pk}/?v={paper.scan.name[:8]}"}
        assert response.data == StoredFileField().to_representation(paper.scan)
        assert send("put", owner, b"<html>", name="a.html").status_code == 400
        assert send("put", owner, PDF + b"\0" * 1024 * 1024).status_code == 413
        assert stored(settings) == [f"{paper.scan.name[:32]}.pdf"]
        assert send("delete", owner).status_code == 204
        assert send("get", owner).status_code == 404
        assert stored(settings) == []

    @commits
    def test_a_body_that_is_too_large_is_not_read(self, paper, send, monkeypatch):
        monkeypatch.setattr("rest_framework.parsers.MultiPartParser.parse", None)
        assert send("put", Person.objects.get(pk=paper.pk), b"x" * (1024 * 1024 + 100_000)).status_code == 413


@pytest.mark.urls("config.urls")
class TestAdmin:
    @pytest.fixture(autouse=True)
    def routes(self, settings):
        """Keep the portal's own URLs."""

    @pytest.fixture
    def photographed(self, make_person, transactional_db):
        person = make_person(photo_visible_to="nobody")
        file_set(person, "photo", ContentFile(make_picture(), name="me.png"))
        return person

    @staticmethod
    def url(person):
        return f"/admin/files/core_people/person/photo/{person.pk}/"

    def test_maintainers_open_a_file_from_the_page_of_its_row(self, photographed, make_person):
        maintainer = PortalClient().sign_in(make_person(is_staff=True, is_superuser=True))
        page = maintainer.get(f"/admin/core_people/person/{photographed.pk}/change/").content.decode()
        assert f'<a href="{self.url(photographed)}">' in page
        assert maintainer.get(self.url(photographed))["Content-Type"] == "image/webp"
        assert maintainer.get(photographed.photo.url).status_code == 404, (
            "the audience of photos leaves maintainers out"
        )

    def test_others_do_not(self, photographed, make_person, visitor):
        url = self.url(photographed)
        staff = make_person(is_staff=True)
        assert visitor.get(url).status_code == 302
        assert PortalClient().sign_in(make_person()).get(url).status_code == 403
        assert PortalClient().sign_in(staff).get(url).status_code == 403
        staff.user_permissions.add(Permission.objects.get(codename="view_person"))
        assert PortalClient().sign_in(staff).get(url).status_code == 200

    @pytest.mark.parametrize("path", ["person/email", "person/nothing", "nothing/photo"])
    def test_only_files_are_sent(self, photographed, make_person, path):
        maintainer = PortalClient().sign_in(make_person(is_staff=True, is_superuser=True))
        assert maintainer.get(f"/admin/files/core_people/{path}/{photographed.pk}/").status_code == 404
        assert maintainer.get("/admin/files/core_people/person/photo/x/").status_code == 404

    def test_the_form_of_a_row_links_to_its_file(self, paper, paper_model, make_person, rf):
        paper.scan = f"{'0' * 32}/report.pdf"
        request = rf.get("/")
        request.user = make_person(is_staff=True, is_superuser=True)
        form = admin.ModelAdmin(paper_model, admin.site).get_form(request, fields=["scan"])(instance=paper)
        assert f'<a href="/admin/files/core_people/paper/scan/{paper.pk}/">report.pdf</a>' in form.as_p()


class TestChecks:
    """A mistake that publishes a file, or leaves it without a URL, is reported."""

    @staticmethod
    def found(field, **manifest):
        plugin = next(iter(installed_plugins().values()))
        plugin = type(plugin)(plugin.name, plugin.layer, plugin.directory, Manifest(title="Papers", **manifest))
        with isolate_apps("core.people"):
            model = type("Paper", (models.Model,), {"__module__": "core.people", "scan": field})
        return [message.id for message in problems_of(plugin, model, model._meta.get_field("scan"))]

    def test_a_plain_file_field_has_no_url(self):
        assert self.found(models.FileField()) == ["files.E001"]

    def test_a_public_file_field_needs_an_app_for_everyone(self):
        field = models.FileField(storage=public_storage)
        assert self.found(field) == ["files.W002"]
        assert self.found(field.clone(), audience=Audience(sign_in="optional", rings=["campus"])) == ["files.W002"]
        assert self.found(field.clone(), audience=Audience(sign_in="optional")) == []

    def test_a_protected_field_needs_a_view_and_room_for_uploads(self):
        small = ProtectedFileField(max_megabytes=1, route="nothing:here")
        assert self.found(small, uploads={"scan/": 2}) == ["files.E003"]
        large = ProtectedFileField(max_megabytes=5, route="scan")
        assert self.found(large) == ["files.W004"]
        assert self.found(large.clone(), uploads={"*/scan/": 6}) == []

    def test_the_default_storage_publishes_nothing(self):
        with pytest.raises(ValueError, match="publishes nothing"):
            ProtectedStorage().url("a.pdf")
        assert public_storage().url("a.pdf") == "/media/a.pdf"
