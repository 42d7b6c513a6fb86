"""Who may talk to the page: a browser on this machine that was given the key, and no other program's page."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REFUSED = (
    "This page is for the person who started it. Open the address that 'dislo-gen app' printed, with its key.\n"
)
_HEADERS = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        # NiceGUI has scripts in its page and compiles templates; from elsewhere nothing may come or go.
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'; "
        b"form-action 'self'; base-uri 'self'",
    ),
)


class Guard:
    """Lets a request through if it has the key, and comes from this page by name of the host and origin.

    The key arrives in the address (``?token=…``) and is kept in a cookie that no script reads. It wraps the whole
    application, so that web sockets are covered as well. The host is checked because a stranger's name may be made
    to point at this machine, the origin because other pages in the same browser may send requests here.

    Args:
        app: to be guarded.
        token: the key.
        port: that the page is served on.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._cookie = f"dislo_gen_{port}"  # cookies know no ports
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not self._is_from_here(scope):
            await _refuse(scope, receive, send)
        elif self._has_cookie(scope):
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "http" and scope["method"] == "GET" and self._is_key(_query(scope).get("token", "")):
            await self._take_key(scope, send)
        else:
            await _refuse(scope, receive, send)

    def _is_from_here(self, scope: Scope) -> bool:
        host, origin = _header(scope, b"host"), _header(scope, b"origin")
        changes = scope["type"] == "websocket" or scope.get("method") not in ("GET", "HEAD")
        return host in self._hosts and (origin in self._origins if origin else not changes)

    def _has_cookie(self, scope: Scope) -> bool:
        try:
            cookies = SimpleCookie(_header(scope, b"cookie"))
        except CookieError:
            return False
        return self._cookie in cookies and self._is_key(cookies[self._cookie].value)

    def _is_key(self, given: str) -> bool:
        return secrets.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    async def _take_key(self, scope: Scope, send: Send) -> None:
        """Put the key into a cookie and lead on to the address without it."""
        rest = urlencode({name: value for name, value in _query(scope).items() if name != "token"})
        target = "/" + scope["path"].lstrip("/") + (f"?{rest}" if rest else "")
        cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
        headers = [
            (b"location", target.encode()),
            (b"set-cookie", cookie.encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": [*headers, *_HEADERS]})
        await send({"type": "http.response.body", "body": b""})


def _header(scope: Scope, name: bytes) -> str:
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_HEADERS]
        await send(message)

    return with_headers


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # that it would like to connect
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED.encode()})
