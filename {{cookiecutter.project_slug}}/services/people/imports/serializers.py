"""Serializers of imports."""

from typing import Any

from rest_framework import serializers

from services.people.models import State
from services.people.numbered_pages import PageSerializer


class ImportUploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="CSV in UTF-8, at most 5 MB.")
    updates = serializers.BooleanField(default=False, help_text="Whether it may change people who exist already.")


class CountsSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class NewPersonExampleSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    display_name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    username = serializers.CharField()
    column = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class SummarySerializer(serializers.Serializer[Any]):
    """What an import would write: numbers, and the first 100 of each kind."""

    people = CountsSerializer()
    roles = CountsSerializer()
    new_people = NewPersonExampleSerializer(many=True)
    differences = DifferenceSerializer(many=True)
    difference_count = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[Any]):
    step = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ColumnProblemsSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    problems = serializers.IntegerField()


class ImportSerializer(serializers.Serializer[Any]):
    """A file, and how far its import is."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    updates = serializers.BooleanField()
    # No ChoiceField: the schema has one enum for all fields of this name.
    state = serializers.CharField(help_text=f"One of {', '.join(State.values)}.")
    rows = serializers.IntegerField()
    problem_count = serializers.IntegerField()
    columns = ColumnProblemsSerializer(many=True, help_text="The columns with problems, most problems first.")
    summary = SummarySerializer(allow_null=True)
    progress = ProgressSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ProblemsFilterSerializer(PageSerializer):
    column = serializers.CharField(max_length=200, allow_blank=True, default="")


class RowProblemSerializer(serializers.Serializer[Any]):
    """A problem in the row that begins at `line`: what was found, and what is allowed instead."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    found = serializers.CharField()
    allowed = serializers.CharField()


class ProblemsPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    results = RowProblemSerializer(many=True)
