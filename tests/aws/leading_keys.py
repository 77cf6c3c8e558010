"""Tells MiniStack's evaluation of policies the condition key dynamodb:LeadingKeys, which AWS knows and it does not.

Tenants' sessions may touch items of their own partitions only (shared/store/src/session.rs), and a request that names no
key is refused; without this every request of theirs would be. With it the local AWS enforces what AWS does.
"""

import json

from ministack.core import iam_actions

KEYS = {None: "PK", "open": "OPK", "due": "DPK"}


def leading_keys(body: dict) -> list[str]:
    """The partition keys that a request names, of the table or of the index that it queries."""
    keys = []
    for part in body.get("TransactItems", []):
        keys += [key for action in part.values() for key in leading_keys(action)]
    for request in body.get("RequestItems", {}).values():
        if isinstance(request, dict):
            keys += [key["PK"]["S"] for key in request["Keys"]]
        else:
            keys += [key for write in request for action in write.values() for key in leading_keys(action)]
    item = body.get("Item") or body.get("Key")
    if item:
        keys.append(item["PK"]["S"])
    condition = body.get("KeyConditionExpression")
    if condition:
        name, equals, value = condition.split()[:3]
        name = body.get("ExpressionAttributeNames", {}).get(name, name)
        if (name, equals) == (KEYS.get(body.get("IndexName")), "="):
            keys.append(body["ExpressionAttributeValues"][value]["S"])
    return keys


def told() -> None:
    """From here on; fails at once when MiniStack no longer has the place where requests' keys are told."""
    others = iam_actions.dynamodb_service_context

    def context(body: bytes) -> dict:
        try:
            keys = leading_keys(json.loads(body or b"{}"))
        except (ValueError, KeyError, TypeError, AttributeError):
            keys = []
        return {**others(body), **({"dynamodb:LeadingKeys": keys} if keys else {})}

    iam_actions.dynamodb_service_context = context
