# SPDX-License-Identifier: MIT
"""The one table of who may do what: GO needs two switches, STOP needs none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want
from followfocus.sources.gate import MAY, NEEDS, NOT_ALLOWED, NOT_ARMED, Gate, Need

asks = st.builds(
    OutsideAsked, st.builds(Origin, st.sampled_from(SourceKind), st.text(max_size=8)), st.floats(0, 9e5),
    st.sampled_from(Want),
    st.text(max_size=8), st.none() | st.floats(), st.none() | st.integers(),
)  # fmt: skip


def test_the_table_is_whole() -> None:
    assert set(NEEDS) == set(Want)
    assert set(MAY) == set(SourceKind)


@given(asks, st.booleans(), st.booleans())
def test_go_from_outside_needs_both_and_stop_needs_nothing(asked: OutsideAsked, opened: bool, armed: bool) -> None:
    passes = not Gate(opened).refusal(asked, armed=armed)
    may = asked.what in MAY[asked.source.kind]
    if asked.what is Want.STOP:
        assert passes == may
    elif asked.what is Want.GO:
        assert passes == (may and opened and armed)
    elif passes:
        assert may


@given(asks, st.booleans())
def test_a_closed_gate_lets_nothing_turn_the_ring(asked: OutsideAsked, armed: bool) -> None:
    still = (Need.NOTHING,) if armed else (Need.NOTHING, Need.OPEN_IF_ARMED)
    if not Gate().refusal(asked, armed=armed):
        assert NEEDS[asked.what] in still


@pytest.mark.parametrize(
    "kind", [kind for kind in SourceKind if kind not in (SourceKind.MTC, SourceKind.LTC, SourceKind.CAMERA)]
)
def test_whoever_has_a_button_can_stop(kind: SourceKind) -> None:
    assert not Gate(False).refusal(OutsideAsked(Origin(kind), 0.0, Want.STOP), armed=False)


def test_a_refusal_says_what_is_missing() -> None:
    go = OutsideAsked(Origin(SourceKind.OSC, "10.0.0.2"), 0.0, Want.GO)
    assert Gate().refusal(go, armed=True) == NOT_ALLOWED
    assert Gate(True).refusal(go, armed=False) == NOT_ARMED
    assert (
        Gate(True).refusal(OutsideAsked(Origin(SourceKind.REMOTE), 0.0, Want.ARM), armed=False)
        == "remote can't ask for “arm”."
    )
