"""A certificate of our own, made when it is needed: the SDK speaks Live over TLS only."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID = datetime.timedelta(days=30)


class SelfSigned:
    """A self-signed certificate for names and addresses of this machine, valid for 30 days.

    Attributes:
        certificate: PEM; whoever trusts it trusts the server.
    """

    def __init__(self, hosts: Sequence[str] = ("localhost", "127.0.0.1", "::1")) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rivermouth emulator of model vendors")])
        now = datetime.datetime.now(datetime.UTC)
        identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + _VALID)
            .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .add_extension(_KEY_USAGE, True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .add_extension(identity, False)
            .sign(key, hashes.SHA256())
        )
        self.certificate = built.public_bytes(serialization.Encoding.PEM)
        self._key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def server_context(self) -> ssl.SSLContext:
        """For a server that shows it."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        with tempfile.TemporaryDirectory() as folder:  # readable by this user only; gone when this is done
            chain = Path(folder, "chain.pem")
            chain.write_bytes(self._key + self.certificate)
            context.load_cert_chain(chain)
        return context


_KEY_USAGE = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
