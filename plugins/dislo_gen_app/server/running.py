"""Running the page's server until Ctrl-C."""

from __future__ import annotations

import asyncio
import secrets
import socket
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from dislo_gen import DisloGenError
from dislo_gen_app.server.guard import Guard

LOOPBACK = "127.0.0.1"
_SECONDS_TO_END = 1


class _Server(uvicorn.Server):
    """A server that tells when it has begun."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], object]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then tell."""
        await super().startup(sockets)
        if self.started:
            await asyncio.to_thread(self._begun)


def run_server(application: FastAPI, port: int, browser: bool, tell: Callable[[str], object]) -> None:
    """Serve an application on loopback until Ctrl-C.

    Args:
        application: what to serve.
        port: 0 takes one that is free.
        browser: whether to open the page.
        tell: called with the page's address, key included, once it answers.

    Raises:
        DisloGenError: the port is taken.
        KeyboardInterrupt: Ctrl-C came, and the server has ended.
    """
    token = secrets.token_urlsafe(24)
    with _listening(port) as listener:
        port = listener.getsockname()[1]
        address = f"http://{LOOPBACK}:{port}/?token={token}"

        def begun() -> None:
            tell(address)
            if browser:
                webbrowser.open(address)

        config = uvicorn.Config(
            Guard(application, token, port),
            log_level="warning",
            access_log=False,
            ws="wsproto",
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        _Server(config, begun).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise DisloGenError(
            f"--port {port}: this port cannot be had ({error.strerror}); leave --port out to take one that is free"
        ) from None
    return listener
