# SPDX-License-Identifier: MIT
"""Blackmagic's published documents on REC, as data: names, types, and which are needed.

They are OpenAPI "Transport Control" 1.1.0 and AsyncAPI "Notification websocket" 1.1.0, of a PYXIS 6K.

`/transports/0/clip` isn't in them: older documents have it, and a camera that lacks it answers 404.
"""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
RECORD_PATH, STOP_PATH = "/transports/0/record", "/transports/0/stop"
GET_RECORD: Shape = {"recording": bool}
PUT_RECORD: Shape = {"recording!": bool, "clipName": str}
POST_RECORD: Shape = {"clipName": str}
ANSWERS = {
    ("GET", RECORD_PATH): {200},
    ("PUT", RECORD_PATH): {204, 400, 500},
    ("POST", RECORD_PATH): {204, 400, 500},
    ("POST", STOP_PATH): {204, 500},
}
BODIES: dict[tuple[str, str], Shape] = {
    ("PUT", RECORD_PATH): PUT_RECORD,
    ("POST", RECORD_PATH): POST_RECORD,
    ("POST", STOP_PATH): {},
}
ACTIONS = ("subscribe", "unsubscribe", "listSubscriptions", "listProperties")
REQUEST: Shape = {"type": ("request",), "id": (int, float), "data": {"action": ACTIONS, "properties": [str]}}
OPENED: Shape = {"type": ("event",), "data": {"action": ("websocketOpened",)}}
RESPONSE: Shape = {
    "type": ("response",), "id": (int, float),
    "data": {"action": ACTIONS, "properties": [str], "values": dict, "success": bool},
}  # fmt: skip
EVENT: Shape = {
    "type": ("event",), "data": {"action": ("propertyValueChanged",), "property": str, "value": GET_RECORD},
}  # fmt: skip


def unlike(value: object, shape: Any, where: str = "it") -> str:
    """How a value is unlike a shape, in words; empty where it is alike.

    A shape is a type, a tuple of types or of words, a list with one shape, or a dictionary of shapes; "!" is needed.
    """
    if isinstance(shape, dict):
        return _unlike_object(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{where} is no list"
        return next(filter(None, (unlike(one, shape[0], f"{where}[{n}]") for n, one in enumerate(value))), "")
    if isinstance(shape, tuple) and all(isinstance(one, str) for one in shape):
        return "" if value in shape else f"{where} is {value!r}, and not one of {shape}"
    exact = isinstance(value, bool) == (shape is bool)  # to Python a truth is a number too
    return "" if isinstance(value, shape) and exact else f"{where} is {value!r}"


def _unlike_object(value: object, shape: Shape, where: str) -> str:
    if not isinstance(value, dict):
        return f"{where} is no object"
    known = {name.removesuffix("!"): one for name, one in shape.items()}
    missing = [name for name in shape if name.endswith("!") and name[:-1] not in value]
    strange = [name for name in value if name not in known]
    if missing or strange:
        return f"{where} lacks {missing} and has {strange}"
    return next(filter(None, (unlike(one, known[name], f"{where}.{name}") for name, one in value.items())), "")
