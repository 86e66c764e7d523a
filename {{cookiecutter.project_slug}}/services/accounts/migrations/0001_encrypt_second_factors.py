"""Encrypts the second factors that were written before the portal encrypted them."""

from django.db import migrations

from core.encryption import decrypt, encrypt, is_encrypted

SECRETS = ("secret", "seed")


def change_all(apps, change):
    authenticators = apps.get_model("mfa", "Authenticator").objects
    for row in authenticators.select_for_update().order_by("pk").iterator():
        row.data |= {name: change(row.data[name]) for name in SECRETS if name in row.data}
        row.save(update_fields=["data"])


def encrypt_text(text):
    return text if is_encrypted(text) else encrypt(text, purpose="second-factor")


def encrypt_all(apps, schema_editor):
    change_all(apps, encrypt_text)


def decrypt_all(apps, schema_editor):
    change_all(apps, lambda text: decrypt(text, purpose="second-factor"))


class Migration(migrations.Migration):
    dependencies = [("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(encrypt_all, decrypt_all)]
