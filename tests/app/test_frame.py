"""The page's frame: who may see it, what it asks for, how it ends."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("frame")
    with served(folder) as found:
        yield found
    assert {path.name for path in folder.iterdir()} == {"app.log"}  # nothing is left lying about


def ask(address: str, path: str = "/", method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(address).port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_the_key_opens_the_page_and_goes_from_its_address(address: str, look: Any) -> None:
    page = look(address)
    page.get_by_role("tab", name="Make").wait_for()
    assert "token" not in page.url
    page.reload()
    page.get_by_role("tab", name="Make").wait_for()


def test_without_the_key_there_is_nothing(address: str) -> None:
    parts = urlsplit(address)
    assert ask(address).status == 403
    assert ask(address, "/?token=guessed").status == 403
    assert ask(address, "/picture/made").status == 403
    assert ask(address, "/drop/x", "POST").status == 403
    assert ask(address, "/_nicegui_ws/socket.io/?EIO=4&transport=polling").status == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": f"http://127.0.0.1:{parts.port}"}
    assert ask(address, "/_nicegui_ws/socket.io/?EIO=4&transport=websocket", **upgrade, **key).status == 403


def test_other_pages_in_the_same_browser_reach_nothing(address: str) -> None:
    parts = urlsplit(address)
    opened = ask(address, f"/?{parts.query}")
    assert opened.status == 303
    cookie = str(opened.getheader("set-cookie"))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    mine = {"Cookie": cookie.partition(";")[0]}
    assert ask(address, **mine).status == 200
    assert ask(address, **mine, Host="attacker.example").status == 403
    assert ask(address, **mine, Origin="http://attacker.example").status == 403
    assert ask(address, "/drop/x", "POST", **mine).status == 403  # what changes something says whence it comes


def test_only_this_machine_is_listened_to(address: str) -> None:
    port = f"{urlsplit(address).port:04X}"
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert [local for local in listening if local.endswith(f":{port}") and not local.startswith("0100007F")] == []


def test_keys_switch_sides_and_light(address: str, look: Any) -> None:
    page = look(address)
    page.get_by_role("tab", name="Make").wait_for()
    page.keyboard.press("f")
    page.locator(".q-tab--active", has_text="Find").wait_for()
    page.keyboard.press("d")
    page.locator("body.body--dark").wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("light or dark").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_begins_as_light_or_dark_as_the_browser_is(address: str, look: Any, scheme: str) -> None:
    look(address, scheme=scheme).locator(f"body.body--{scheme}").wait_for()
