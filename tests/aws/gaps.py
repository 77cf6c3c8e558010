"""Answers for services that the local AWS does not have, or leaves hanging: each call is refused, in AWS's manner."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# As the variables AWS_ENDPOINT_URL_NAME name them. MiniStack never answers the first, and knows nothing of the second.
SERVICES = ("GUARDDUTY", "S3_CONTROL")


class Refusals:
    """A server on a free port that refuses everything."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                body = json.dumps({"__type": "AccessDeniedException", "message": "not in this account"}).encode()
                self.send_response(403)
                self.send_header("content-type", "application/json")
                self.send_header("x-amzn-errortype", "AccessDeniedException")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815, the library's names

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def environment(self) -> dict[str, str]:
        return {f"AWS_ENDPOINT_URL_{service}": self.url for service in SERVICES}

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()
