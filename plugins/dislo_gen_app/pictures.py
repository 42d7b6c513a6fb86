"""Pictures that the page shows, each at an address of its own."""

from __future__ import annotations

import numpy as np
from fastapi import FastAPI, Response
from numpy.typing import NDArray

from dislo_gen import Image, encode_png


class Pictures:
    """Pictures by name; a new one of the same name takes the place of the old one, and memory does not grow.

    Args:
        application: which serves them under ``/picture/NAME``.
    """

    def __init__(self, application: FastAPI) -> None:
        self._pictures: dict[str, tuple[int, bytes]] = {}
        application.get("/picture/{name}")(self._answer)

    def put(self, name: str, picture: NDArray[np.uint8], *, grainy: bool = False) -> str:
        """Keep a picture, (H, W) grey or (H, W, 3) colour, uint8, and return its address.

        Args:
            name: of it.
            picture: to be shown.
            grainy: full of noise, see `encode_png`.
        """
        version = self._pictures.get(name, (0, b""))[0] + 1
        self._pictures[name] = (version, encode_png(picture, grainy=grainy))
        return f"/picture/{name}?version={version}"

    def forget(self, name: str) -> None:
        """Drop a picture, if it is there."""
        self._pictures.pop(name, None)

    async def _answer(self, name: str) -> Response:
        if name not in self._pictures:
            return Response(status_code=404)
        return Response(self._pictures[name][1], media_type="image/png", headers={"Cache-Control": "no-store"})


def grey(image: Image) -> NDArray[np.uint8]:
    """Return a picture of values from 0 to 1 as bytes, (H, W) uint8."""
    return np.round(np.clip(image, 0, 1) * np.float32(255)).astype(np.uint8)
