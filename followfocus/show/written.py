# SPDX-License-Identifier: MIT
"""Lenses and pulls as they stand in the show file."""

from __future__ import annotations

import dataclasses
import json

from followfocus.lens.drift import NO_DRIFT
from followfocus.lens.map import lens_to_json
from followfocus.lens.subjects import SubjectTrack
from followfocus.show.show import ShowLens, ShowPull
from followfocus.show.still import OwnStill

ShowJson = dict[str, object]


def lens_document(entry: ShowLens) -> ShowJson:
    """A lens as it stands in the file; its drift where it has one."""
    document: ShowJson = {"id": entry.id, "lens": json.loads(lens_to_json(entry.lens))}
    return document if entry.drift == NO_DRIFT else {**document, "drift": dataclasses.asdict(entry.drift)}


def pull_document(pull: ShowPull) -> ShowJson:
    """A pull as it stands in the file."""
    walkers = [
        {
            "name": subject.name,
            "walk": [
                {"at_s": at_s, "distance_m": distance_m}
                for at_s, distance_m in zip(subject.where.times_s, subject.where.distances_m, strict=True)
            ],
        }
        for subject in pull.subjects
        if isinstance(subject.where, SubjectTrack)
    ]
    document: ShowJson = {**dataclasses.asdict(pull), "subjects": walkers}
    del document["still"]
    return document if pull.still is None else {**document, "still": _still_document(pull.still)}


def _still_document(still: OwnStill) -> ShowJson:
    known = [dataclasses.asdict(spot) for spot in still.known]
    return {"picture": str(still.picture), "depth": str(still.depth), "known": known}
