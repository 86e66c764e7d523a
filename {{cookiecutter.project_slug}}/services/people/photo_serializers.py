from rest_framework import serializers


class PhotoUploadSerializer(serializers.Serializer):
    photo = serializers.FileField(
        help_text="A JPEG, PNG, WebP or GIF of 5 MB at most. What it is, its content says; of it, the middle is kept."
    )


class PhotoSerializer(serializers.Serializer):
    """Where a photo is: WebP, 96 and 384 pixels a side. Another photo has other addresses."""

    small = serializers.CharField()
    large = serializers.CharField()
