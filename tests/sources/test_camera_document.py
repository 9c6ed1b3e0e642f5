# SPDX-License-Identifier: MIT
"""The camera's fake and what we ask of it, held against what the maker publishes."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want
from followfocus.sources.places import CameraPlace
from tests.stage.scenarios import short
from tests.support.camera_document import EVENT, GET_RECORD, PUT_RECORD, REQUEST, RESPONSE, unlike
from tests.support.cameras import FakeBlackmagic, in_loop
from tests.support.served import served


@pytest.mark.parametrize(("value", "shape", "words"), [
    ({"recording": True}, GET_RECORD, ""),
    ({"recording": 1}, GET_RECORD, "it.recording is 1"),
    ({"rec": True}, GET_RECORD, "it lacks [] and has ['rec']"),
    ({}, PUT_RECORD, "it lacks ['recording!'] and has []"),
    ([], PUT_RECORD, "it is no object"),
    ({"type": "event"}, REQUEST, "it.type is 'event', and not one of ('request',)"),
    ({"type": "request", "data": {"action": "subscribe", "properties": [1]}}, REQUEST, "it.data.properties[0] is 1"),
    ({"type": "request", "data": {"action": "subscribe", "properties": "x"}}, REQUEST, "it.data.properties is no list"),
    ({"type": "response", "id": True}, RESPONSE, "it.id is True"),
    ({"type": "event", "data": {"action": "changed"}}, EVENT, "it.data.action is 'changed', and not"),
])  # fmt: skip
def test_what_is_unlike_the_document_is_found(value: object, shape: object, words: str) -> None:
    said = unlike(value, shape)
    assert said.startswith(words)
    assert bool(said) == bool(words)


@pytest.mark.parametrize("puts", [True, False])
def test_rec_and_its_end_are_asked_for_as_the_document_says_with_the_put_and_without_it(puts: bool) -> None:
    camera, show = FakeBlackmagic(puts=puts), short(0.5)
    cue = dataclasses.replace(show.cues[0], rec_hold_s=0.1, stop_rec_s=0.1)
    with served(dataclasses.replace(show, cues=(cue,))) as one:
        port = in_loop(camera.start(), one.loop.loop)
        one.listening.open(CameraPlace("blackmagic", "127.0.0.1", port))
        one.serving.cameras = one.listening.cameras
        one.wait(lambda: one.serving.outside.recording is False)
        one.arm()
        one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), one.unit.clock.now(), Want.GO))
        one.wait(lambda: one.takes and one.serving.outside.recording is False)
        in_loop(camera.stop(), one.loop.loop)
    way = "PUT" if puts else "POST"
    assert [(method, what) for method, what, _ in camera.asked] == [
        (way, "record"),
        (way, "record" if puts else "stop"),
    ]
    assert not camera.faults, "what was said on the line is as published"
    assert camera.checked > 6
