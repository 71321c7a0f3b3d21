"""TLS through the guard: the address dialled is the one checked, the name proved is the one asked for."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from advisories.collect.base import CollectError
from members.web.http import Fetched
from tests.advisories.collect.conftest import Site, get

NAME = "feeds.example.org"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for NAME with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def asked(certificate: Path, site: Site) -> Iterator[list[str | None]]:
    """The names that clients asked the server for."""
    names: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    server.sni_callback = lambda sock, name, context: names.append(name)
    site.server.socket = server.wrap_socket(site.server.socket, server_side=True)
    site.gives("/feed.xml", b"<rss/>")
    yield names


def over_tls(site: Site, host: str) -> Fetched:
    return get(f"https://{host}:{site.port}/feed.xml", resolve=lambda host, port: ["127.0.0.1"])


def test_the_name_is_asked_for_and_proved_though_the_address_is_dialled(
    site: Site, asked: list[str | None], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert over_tls(site, NAME).body == b"<rss/>"
    assert asked == [NAME]


def test_a_server_that_proves_another_name_is_not_believed(
    site: Site, asked: list[str | None], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(CollectError) as caught:
        over_tls(site, "other.example.org")
    assert "could not prove who it is" in str(caught.value) and "other.example.org" in str(caught.value)
    assert site.seen == []


def test_a_certificate_that_nobody_trusts_is_not_believed(site: Site, asked: list[str | None]) -> None:
    with pytest.raises(CollectError) as caught:
        over_tls(site, NAME)
    assert "could not prove who it is" in str(caught.value) and not caught.value.refused
    assert site.seen == []
