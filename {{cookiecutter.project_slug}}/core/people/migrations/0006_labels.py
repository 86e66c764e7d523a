"""Labels and messages that people read in the admin. The tables do not change."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0005_plain_names"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="rolechange",
            options={"ordering": ["-id"], "verbose_name": "role change", "verbose_name_plural": "role changes"},
        ),
        migrations.AlterField(
            model_name="person",
            name="email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="email"),
        ),
        migrations.AlterField(
            model_name="person",
            name="email_visible_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who is signed in"),
                    ("campus", "people on campus"),
                    ("nobody", "nobody else"),
                ],
                default="campus",
                max_length=8,
                verbose_name="email visible to",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="entry_visible_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who is signed in"),
                    ("campus", "people on campus"),
                    ("nobody", "nobody else"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="profile visible to",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="is_active",
            field=models.BooleanField(
                default=True,
                help_text="Inactive people cannot sign in, and no one sees their profile.",
                verbose_name="active",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="is_staff",
            field=models.BooleanField(default=False, verbose_name="can use /admin/"),
        ),
        migrations.AlterField(
            model_name="person",
            name="photo_visible_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who is signed in"),
                    ("campus", "people on campus"),
                    ("nobody", "nobody else"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="photo visible to",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="roles_visible_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who is signed in"),
                    ("campus", "people on campus"),
                    ("nobody", "nobody else"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="roles visible to",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="username",
            field=models.CharField(
                max_length=64,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[\\w][\\w.+-]*\\Z",
                        "A username has letters, digits and . _ + - and begins with a letter, a digit or _.",
                    )
                ],
                verbose_name="username",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="end",
            field=models.DateField(
                blank=True, help_text="Empty if the role has no last day.", null=True, verbose_name="last day"
            ),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="changed at"),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="changed by",
            ),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("granted", "Granted"),
                    ("ended", "Ended"),
                    ("extended", "Extended"),
                    ("changed", "Changed"),
                    ("removed", "Removed"),
                ],
                max_length=9,
                verbose_name="change",
            ),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="why",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason"),
        ),
    ]
