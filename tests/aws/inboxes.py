"""Where people get their messages: a mail server that keeps mails, and Slack's API as far as we call it."""

import email
import email.policy
import json
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller

import loopback
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


class Slack(loopback.Server):
    """Slack's API on a free port: keeps what it is sent, each with the token it came with."""

    def __init__(self) -> None:
        self.received: list[dict] = []
        outer = self

        class Handler(loopback.Handler):
            def do_POST(self) -> None:  # noqa: N802, the library's name
                body = self.body().decode()
                kind = self.headers.get("content-type", "")
                sent = json.loads(body) if "json" in kind else {key: value[0] for key, value in parse_qs(body).items()}
                number = len(outer.received) + 1
                outer.received.append(
                    {"method": self.path.rsplit("/", 1)[-1], "token": self.headers.get("authorization", ""), **sent}
                )
                answer = json.dumps({"ok": True, "channel": "C0123456789", "ts": f"1700000000.{number:06}"}).encode()
                self.reply(200, answer, {"content-type": "application/json"})

        super().__init__(Handler)
