"""A generated cluster of any size behind TLS: that of tests/gen/cluster.py, as an EKS cluster would be reached."""

import base64
import datetime
import ipaddress
import ssl
import sys
import tempfile
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gen"))
from cluster import Answers  # noqa: E402, found by the line before


class Server:
    """A cluster that answers until this process ends."""

    def __init__(self, pods: int) -> None:
        self.certificate, key = certificate()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Sized", (Answers,), {"pods": pods}))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.certificate + key)
            file.flush()
            context.load_cert_chain(file.name)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def place(self) -> dict[str, str]:
        """What EKS says of it."""
        port = self.server.server_address[1]
        ca = base64.b64encode(self.certificate).decode()
        return {"endpoint": f"https://127.0.0.1:{port}", "ca": ca, "secret": "nobody asks for this one"}


def certificate() -> tuple[bytes, bytes]:
    """A certificate for 127.0.0.1, signed by itself, and its key, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "generated")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private
