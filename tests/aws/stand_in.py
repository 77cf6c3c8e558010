"""Passes calls on to a stand-in for AWS, and notes each operation and whether it was answered."""

import re
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import botocore.session

import loopback

SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")
DROPPED = ("host", "connection", "content-length", "transfer-encoding")


class Names:
    """What a request asks for, by botocore's service models."""

    def __init__(self, operations: list[tuple[str, str]]) -> None:
        session = botocore.session.get_session()
        self.paths: list[tuple[str, str, re.Pattern, set, tuple]] = []
        self.by_name: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for service, name in operations:
            model = session.get_service_model(service)
            http = model.operation_model(name).http
            path, _, query = http["requestUri"].partition("?")
            pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + "/?")
            asks = set(parse_qs(query, keep_blank_values=True))
            self.paths.append((model.signing_name, http["method"], pattern, asks, (service, name)))
            self.by_name.setdefault((model.signing_name, name), []).append((service, name))
        self.versions = {s: session.get_service_model(s).api_version for s, _ in operations}

    def of(self, signed_for: str, method: str, url: str, target: str, body: bytes) -> tuple[str, str]:
        """Service and operation."""
        parts = urlsplit(url)
        form = parse_qs(body.decode(errors="replace"))
        if target or "Action" in form:
            name = target.rsplit(".", 1)[-1] if target else form["Action"][0]
            found = self.by_name.get((signed_for, name), [(signed_for, name)])
            version = form.get("Version", [""])[0]
            return next((one for one in found if self.versions.get(one[0]) == version), found[0])
        query = set(parse_qs(parts.query, keep_blank_values=True))
        for signing, verb, pattern, asks, named in self.paths:
            if (signing, verb) == (signed_for, method) and pattern.fullmatch(parts.path) and asks <= query:
                return named
        return signed_for, f"{method} {parts.path}"


class Recorder(loopback.Server):
    """A server on a free port that passes everything on to `url`."""

    def __init__(self, url: str, names: Names) -> None:
        self.answered: dict[tuple[str, str], list[int]] = {}
        recorder = self

        class Handler(loopback.Handler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.body()
                signed = SIGNED_FOR.search(self.headers.get("authorization", ""))
                named = names.of(
                    signed.group(1) if signed else "", self.command, self.path,
                    self.headers.get("x-amz-target", ""), body,
                )  # fmt: skip
                kept = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
                request = urllib.request.Request(url + self.path, data=body or None, headers=kept, method=self.command)
                try:
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        status, headers, text = answer.status, answer.headers, answer.read()
                except urllib.error.HTTPError as refused:
                    status, headers, text = refused.code, refused.headers, refused.read()
                except (TimeoutError, urllib.error.URLError):
                    status, headers, text = 504, {}, b""
                recorder.answered.setdefault(named, []).append(status)
                kept = {name: value for name, value in headers.items() if name.lower() not in DROPPED}
                self.reply(status, text, kept)

            do_GET = do_POST = answer  # noqa: N815, the library's names

        super().__init__(Handler)
