"""Where people get their messages: a mail server that keeps mails, and Slack's API as far as we call it."""

import email
import email.policy
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller

from programs import free_ports


class Mails:
    """A mail server on a free port."""

    def __init__(self) -> None:
        self.received: list[email.message.EmailMessage] = []
        (self.port,) = free_ports(1)
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)
        self.controller.start()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802, the library's name
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 kept"

    def to(self, address: str) -> list[email.message.EmailMessage]:
        return [mail for mail in self.received if address in (mail["To"] or "")]

    def end(self) -> None:
        self.controller.stop()


class Slack:
    """Slack's API on a free port: keeps what it is sent, each with the token it came with."""

    def __init__(self) -> None:
        self.received: list[dict] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802, the library's name
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                kind = self.headers.get("content-type", "")
                sent = json.loads(body) if "json" in kind else {key: value[0] for key, value in parse_qs(body).items()}
                number = len(outer.received) + 1
                outer.received.append(
                    {"method": self.path.rsplit("/", 1)[-1], "token": self.headers.get("authorization", ""), **sent}
                )
                answer = json.dumps({"ok": True, "channel": "C0123456789", "ts": f"1700000000.{number:06}"}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()
