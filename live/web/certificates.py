"""Makes a certificate for this machine, kept in the user's folder so that a browser asks about it once. Knows no server."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from live.core.errors import OutputError
from live.web.addresses import EVERYWHERE, own_address

if TYPE_CHECKING:
    from cryptography import x509

VALID = timedelta(days=365)
"""Apple's devices refuse certificates that are valid for more than 825 days."""
RENEWED = timedelta(days=30)
"""One that ends sooner is made anew."""


def own_certificate(host: str, folder: Path | None = None) -> tuple[Path, Path]:
    """The files of a certificate for `host` and this machine's names, and of its key. Raises OutputError.

    An earlier one is used again if it is for the same names and valid for a while. folder: None means the user's own.
    """
    from platformdirs import user_data_path

    folder = folder or user_data_path("numcam", appauthor=False)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = names_for(host)
    if not _serves(certificate, names) or not key.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(certificate, key, names)
        except OSError as error:
            raise OutputError(f"The certificate can't be written into {folder}: {error.strerror or error}.") from error
    return certificate, key


def names_for(host: str) -> list[str]:
    """The names and addresses that the certificate is for."""
    own = socket.gethostname()
    names = ["localhost", "127.0.0.1", own, f"{own.partition('.')[0]}.local", own_address()]
    if host not in EVERYWHERE:
        names.append(host)
    return sorted({name.lower() for name in names if name and len(name) <= 64})


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    """The names as a certificate has them."""
    from cryptography import x509

    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            with suppress(ValueError):  # a host name that isn't ASCII
                found.append(x509.DNSName(name))
    return x509.SubjectAlternativeName(found)


def _serves(path: Path, names: Sequence[str]) -> bool:
    """Whether a certificate is there, for these names and long enough."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        kept = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return found.not_valid_after_utc - datetime.now(UTC) > RENEWED and set(kept) == set(_alternatives(names))


def _write(certificate: Path, key: Path, names: Sequence[str]) -> None:
    """Make a key and a certificate, which only this user reads. Raises OSError."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Numcam on this machine")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(_alternatives(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for path, content in ((key, secret), (certificate, made.public_bytes(serialization.Encoding.PEM))):
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
