"""The page's server: on loopback only, for whoever has the key."""

from dislo_gen_app.server.guard import Guard
from dislo_gen_app.server.running import run_server

__all__ = ["Guard", "run_server"]
