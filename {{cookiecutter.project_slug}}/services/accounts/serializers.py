from typing import Any

from rest_framework import serializers


class PhotoUploadSerializer(serializers.Serializer[Any]):
    photo = serializers.FileField(
        help_text="A JPEG, PNG, WebP or GIF file of at most 5 MB. Its content decides its type. It is cropped to a"
        " square."
    )


class PhotoSerializer(serializers.Serializer[Any]):
    """The URLs of a photo: WebP, 96 and 384 pixels a side. A new photo gets new URLs."""

    small = serializers.CharField()
    large = serializers.CharField()
