"""The certificate of the institute's provider is of a public authority, or of one that CA_CERTIFICATE names."""

import ssl
from dataclasses import replace

import pytest

from core.deployment.certificates import CertificateFiles, load_or_make_authority, make_certificate
from core.openid.errors import Unavailable
from core.openid.fetching import tls_context
from core.openid.provider import Provider
from core.testing.openid_provider import OpenIdProvider


@pytest.fixture
def authority(tmp_path):
    """The file of an authority that no system trusts."""
    return tmp_path / "authority.crt"


@pytest.fixture
def provider(authority):
    """Return a provider whose certificate this authority has signed."""
    signer = load_or_make_authority(authority.parent, published=authority)
    files = CertificateFiles(authority.with_name("provider.crt"), authority.with_name("provider.key"))
    make_certificate(files, ["localhost"], signer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    running = OpenIdProvider()
    running.server.socket = context.wrap_socket(running.server.socket, server_side=True)
    running.issuer = f"https://localhost:{running.server.server_port}"
    with running:
        yield Provider(running.issuer)


@pytest.fixture
def trust(settings):
    def trust(file):
        environment = settings.CONFIGURATION.environment.model_copy(update={"ca_certificate": str(file)})
        settings.CONFIGURATION = replace(settings.CONFIGURATION, environment=environment)

    return trust


def test_an_authority_that_is_not_known_is_refused(provider):
    with pytest.raises(Unavailable, match="certificate verify failed"):
        provider.metadata()


def test_the_authority_of_ca_certificate_is_trusted(provider, authority, trust):
    trust(authority)
    assert provider.metadata().issuer == provider.issuer
    assert len(provider.keys()) == 1


def test_public_authorities_are_trusted_beside_it(provider, authority, trust):
    public = tls_context().cert_store_stats()["x509_ca"]
    trust(authority)
    assert tls_context().cert_store_stats()["x509_ca"] == public + 1


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_cannot_be_used_is_named(provider, authority, trust, content):
    file = authority.with_name("other.crt")
    if content:
        file.write_text(content)
    trust(file)
    with pytest.raises(Unavailable, match="CA_CERTIFICATE names a file that cannot be used"):
        provider.metadata()
