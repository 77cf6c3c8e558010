"""Answers for services that the local AWS does not have, or leaves hanging: each call is refused, in AWS's manner."""

import json

import loopback

# As the variables AWS_ENDPOINT_URL_NAME name them. MiniStack never answers the first, and knows nothing of the second.
SERVICES = ("GUARDDUTY", "S3_CONTROL")


class Refusals(loopback.Server):
    """A server on a free port that refuses everything."""

    def __init__(self) -> None:
        class Handler(loopback.Handler):
            def answer(self) -> None:
                self.body()
                body = json.dumps({"__type": "AccessDeniedException", "message": "not in this account"}).encode()
                kind = {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}
                self.reply(403, body, kind)

            do_GET = do_POST = answer  # noqa: N815, the library's names

        super().__init__(Handler)

    def environment(self) -> dict[str, str]:
        return {f"AWS_ENDPOINT_URL_{service}": self.url for service in SERVICES}
