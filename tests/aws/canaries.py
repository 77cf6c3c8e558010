"""Secrets that are planted at the beginning and that nothing we keep or send may hold at the end."""

import base64
import json
import urllib.parse

import zstandard

# By where each lies: an environment value, a machine's user data, a kept copy of a manifest, and what opens Slack for each
# of two tenants.
ENVIRONMENT = "canary-Aw3kV9environment"
USER_DATA = "canary-Bx5mW2user-data"
ANNOTATION = "canary-Cy7nX4annotation"
SLACK_TOKEN = "xoxb-canary-Dz9pY6slack-token"
OTHER_SLACK_TOKEN = "xoxb-canary-Ev1qR7other-token"
ALL = (ENVIRONMENT, USER_DATA, ANNOTATION, SLACK_TOKEN, OTHER_SLACK_TOKEN)


def found_in(place) -> list[str]:
    """Where canaries are: in tables, objects, queues, logs, or messages."""
    vendor = place.service.account
    places = {"a mail": [mail.as_string() for mail in place.mails.received]}
    # The token has to reach Slack, as what authorizes the call; nothing of a message may hold it.
    places["Slack"] = [json.dumps({**sent, "token": ""}) for sent in place.slack.received]
    for name in ("TenantData", "Control"):
        pages = vendor.client("dynamodb").get_paginator("scan").paginate(TableName=place.service.resources[name])
        places[f"table {name}"] = [json.dumps(item, default=text) for page in pages for item in page["Items"]]
    bucket, store = place.service.resources["Objects"], vendor.client("s3")
    listed = store.list_objects_v2(Bucket=bucket).get("Contents", [])
    for key in (entry["Key"] for entry in listed):
        places[f"object {key}"] = [unpacked(store.get_object(Bucket=bucket, Key=key)["Body"].read())]
    for name in place.service.resources:
        if name.endswith("Logs"):
            places[f"log {name}"] = place.service.logs(name.removesuffix("Logs"))
        elif name.endswith("DeadLetters"):
            queue = place.service.resources[name]
            received = vendor.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
            places[f"queue {name}"] = [message["Body"] for message in received.get("Messages", [])]
    assert sum(len(texts) for texts in places.values()) > 100, "there is nothing to search"
    return [f"{secret} in {where}" for where, texts in places.items() for secret in ALL if is_in(secret, texts)]


def is_in(secret: str, texts: list[str]) -> bool:
    """Whether a secret stands in one of the texts, plain or as one of its usual disguises."""
    disguises = {secret, urllib.parse.quote(secret, safe=""), secret.encode().hex()}
    for shift in range(3):
        # Base64 looks different by where in a text the secret begins; the characters at the ends hold neighbours too.
        encoded = base64.b64encode(b"." * shift + secret.encode() + b"...").decode()
        disguises.add(encoded[4:-8])
    return any(disguise in text for text in texts for disguise in disguises)


def unpacked(content: bytes) -> str:
    """An object's text; ours are compressed."""
    if content[:4] == b"\x28\xb5\x2f\xfd":
        # One frame for each list that was read.
        content = zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True).read()
    return content.decode(errors="replace")


def text(value) -> str:
    return unpacked(bytes(value)) if isinstance(value, bytes) else str(value)
