"""The search in all apps: GET /api/portal/search/, and the functions `search` of apps behind it."""

import pytest

from core.hooks.items import SearchResult

pytestmark = pytest.mark.usefixtures("only_apps_of_the_test")

URL = "/api/portal/search/"


def result(title="Tea", link="/tea/", **more):
    return SearchResult(title=title, link=link, **more)


def search(client, query="tea", **more):
    return client.get(URL, {"q": query, **more}).json()


class TestSearch:
    def test_an_app_gets_the_words_and_answers_with_what_it_found(self, reader, install_app):
        asked = []

        def find(visitor, query, limit):
            asked.append((query, limit))
            yield result("Green\ntea", "/tea/1/", detail="From Assam", image="/api/tea/1/photo/")

        install_app("tea", title="Tea rota", icon="calendar", search=find)
        assert search(reader, "  green \t tea ") == {
            "groups": [
                {
                    "app": "tea",
                    "title": "Tea rota",
                    "icon": "calendar",
                    "results": [
                        {
                            "title": "Green tea",
                            "detail": "From Assam",
                            "link": "/tea/1/",
                            "image": "/api/tea/1/photo/",
                        }
                    ],
                    "more": False,
                }
            ],
            "incomplete": [],
        }
        assert asked == [("green tea", 4)]

    def test_groups_are_sorted_by_title_and_apps_without_results_have_none(self, reader, install_app):
        for name, title in (("a", "zebra"), ("b", "Yak"), ("c", "aardvark")):
            install_app(name, title=title, search=lambda visitor, query, limit: [result()])
        install_app("d", search=lambda visitor, query, limit: [])
        assert [group["title"] for group in search(reader)["groups"]] == ["aardvark", "Yak", "zebra"]

    def test_three_results_of_each_app_are_shown_and_more_of_one_app_when_asked_for(self, reader, install_app):
        def find(visitor, query, limit):
            return (result(str(number), f"/tea/{number}/") for number in range(limit))

        for name in ("tea", "cake"):
            install_app(name, search=find)
        found = search(reader)["groups"]
        assert [(group["app"], len(group["results"]), group["more"]) for group in found] == [
            ("cake", 3, True),
            ("tea", 3, True),
        ]
        (group,) = search(reader, app="tea")["groups"]
        assert (group["app"], len(group["results"]), group["more"]) == ("tea", 20, True)

    def test_only_apps_that_the_visitor_can_open_are_asked(self, db, visitor, reader, install_app):
        for name, audience in (("all", {"sign_in": "optional"}), ("people_only", {}), ("role", {"roles": ["student"]})):
            install_app(name, search=lambda visitor, query, limit: [result()], **audience)
        assert [group["app"] for group in search(visitor)["groups"]] == ["all"]
        assert [group["app"] for group in search(reader)["groups"]] == ["all", "people_only"]
        assert search(reader, app="role") == {"groups": [], "incomplete": []}

    def test_a_fault_of_one_app_is_logged_and_named_and_changes_nothing_for_the_others(
        self, reader, install_app, logged
    ):
        def find(visitor, query, limit):
            yield result("First", "/tea/1/")
            yield result("Elsewhere", "https://elsewhere.example/")

        install_app("tea", search=find)
        install_app("cake", search=lambda visitor, query, limit: [result("Cake", "/cake/")])
        found = search(reader)
        assert [(group["app"], len(group["results"])) for group in found["groups"]] == [("cake", 1), ("tea", 1)]
        assert found["incomplete"] == ["tea"]
        assert logged("hook_failed")["app"] == "tea"

    def test_an_image_is_a_path_of_the_portal(self, reader, install_app):
        bad = result(image="https://elsewhere.example/track.png")
        install_app("tea", search=lambda visitor, query, limit: [bad])
        assert search(reader) == {"groups": [], "incomplete": ["tea"]}

    @pytest.mark.parametrize(
        "query",
        [{}, {"q": ""}, {"q": " t "}, {"q": "t" * 101}, {"q": "te\0a"}, {"q": "tea", "app": "../tea"}],
        ids=["none", "empty", "one letter", "too long", "a null character", "a wrong app"],
    )
    def test_other_queries_are_refused(self, reader, query):
        assert reader.get(URL, query).status_code == 400

    def test_the_answer_is_never_cached(self, reader):
        assert "no-store" in reader.get(URL, {"q": "tea"})["Cache-Control"]

    def test_it_is_limited(self, reader):
        assert [reader.get(URL, {"q": "tea"}).status_code for _ in range(121)][-2:] == [200, 429]
