# SPDX-License-Identifier: MIT
"""Why the unit would not: a sentence and what to do for every reason and every fault that the protocol has."""

from __future__ import annotations

import pytest

from followfocus.wire.messages import Ack, Arm, ClearFault, Fault, Goto, Hello, Message, Result
from followfocus.wire.refusals import fault_words, faulted, refusal

REASONS = [result for result in Result if result is not Result.OK]
COMMANDS = [Goto(0, 0), Arm(1, 0), ClearFault(), Hello(1, 1, 0, 0)]


@pytest.mark.parametrize("result", REASONS, ids=lambda result: result.name)
@pytest.mark.parametrize(
    "command", [Goto(0, 0), Arm(1, 0), ClearFault(), Hello(1, 1, 0, 0)], ids=lambda c: type(c).__name__
)
def test_every_reason_is_a_sentence_with_what_to_do(command: Message, result: Result) -> None:
    error = refusal(command, Ack(command.TYPE, result, 7))
    assert error.message.startswith("The unit ")
    assert error.message.endswith(".")
    assert error.remedy.endswith(".")
    assert result.name not in error.message
    assert error.reason == result.name.lower()
    assert ("segment 7" in error.message) is (result in (Result.TOO_FAST, Result.REVERSAL_TOO_CLOSE))


def test_a_unit_without_a_fault_is_not_called_busy() -> None:
    error = refusal(ClearFault(), Ack(ClearFault.TYPE, Result.WRONG_STATE, 0))
    assert str(error) == "The unit holds no fault. There is nothing to clear."
    assert "busy" in refusal(Goto(0, 0), Ack(Goto.TYPE, Result.WRONG_STATE, 0)).message


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE], ids=lambda fault: fault.name)
def test_every_fault_has_its_own_words_and_ends_in_how_to_go_on(fault: Fault) -> None:
    assert fault_words(fault) != "no fault"
    error = faulted(fault)
    assert fault_words(fault) in error.message
    assert error.remedy.endswith("lear the fault.")


def test_no_fault_is_called_so() -> None:
    assert fault_words(Fault.NONE) == "no fault"
