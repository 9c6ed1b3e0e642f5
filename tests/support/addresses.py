# SPDX-License-Identifier: MIT
"""TCP ports of this computer that stay a test's own while nobody listens on them."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def kept_port() -> Iterator[int]:
    """A port at which nobody is, till somebody listens there by its number; no other program is given it meanwhile.

    A free one that was only asked for may be another test's by the time it is used. As long as a socket is bound to it
    the system gives its number to none that asks for any, and who connects there is refused.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server with it too may listen there
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]
