# SPDX-License-Identifier: MIT
"""Serial ports behind a port server, `rfc2217://host:port`: pyserial's client, made to end well whatever the server is.

The client takes no write timeout (its socket has one of its own) and waits for answers about DTR and RTS that a server
whose port has no modem lines never gives. A unit needs neither line, so those answers are waited for only where the
lines are needed: to reset a board for its bootloader.
"""

from __future__ import annotations

import struct
from urllib.parse import urlsplit

from serial import rfc2217

from followfocus.errors import LineError, NoUnitError, RequestError

_NO_ANSWERS = "ign_set_control"


class Rfc2217Port(rfc2217.Serial):
    """The client. What a server sends that is no Telnet ends the connection, and without a thread's traceback."""

    def _telnet_read_loop(self) -> None:
        try:
            super()._telnet_read_loop()
        except (OSError, TypeError, ValueError, LookupError, AttributeError, struct.error):  # on odd Telnet
            # Who waits in `read` waits on this queue: None is pyserial's own word that no more will come.
            self._read_buffer.put(None)

    def close(self) -> None:
        """Hang up. pyserial leaves the socket open where the other end is gone already."""
        line = self._socket
        super().close()
        if line is not None:
            line.close()


def rfc2217_port(name: str, baud: int, *, modem_lines: bool) -> Rfc2217Port:
    """The port of this URL, not open yet. Raises RequestError where it is no address.

    Without `modem_lines` nobody waits to hear that DTR and RTS were set.
    """
    try:
        url = urlsplit(name)
        sound = bool(url.hostname and url.port)
    except ValueError:
        sound = False
    if not sound:
        raise RequestError(f"{name} is not an address.", "Write rfc2217://host:port.")
    if not modem_lines and _NO_ANSWERS not in url.query:
        name += f"{'&' if url.query else '?'}{_NO_ANSWERS}"
    port = Rfc2217Port(baudrate=baud)
    port.port = name
    return port


def cannot_open(name: str, baud: int, error: Exception) -> LineError | RequestError:
    """Why a port server doesn't give us its port, and what to do."""
    text = str(error)
    if "expected a string in the form" in text:
        reason = text.rpartition('": ')[2]
        return RequestError(f"{name} is not an address: {reason}.", "Write rfc2217://host:port.")
    if "'control'" in text:
        return LineError(
            f"The port behind {name} has no modem lines: nothing can reset the board over it.",
            "Plug the board into this computer to write its firmware; a unit can be used over it all the same.",
        )
    if "'baudrate'" in text or "parameter change" in text:
        return LineError(
            f"The server on {name} does not set its port to {baud} baud.", "Set it up for that rate there."
        )
    if "does not seem to support" in text or "waiting for option" in text:
        return NoUnitError(
            f"What listens on {name} is not an RFC 2217 server, or does not answer as one.",
            "Where it passes bytes on as they are, write socket://host:port.",
        )
    reason = text.rpartition("] ")[2].rpartition("port ")[2] or "no answer in time"
    return NoUnitError(f"Can't connect to {name}: {reason}.", "Check that the server listens there.")
