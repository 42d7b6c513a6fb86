"""Ready recipes, by name: each constant is the path of a TOML file beside this module."""

from pathlib import Path

_HERE = Path(__file__).parent

CLEAN = _HERE / "clean.toml"
DEFAULT = _HERE / "default.toml"
M2 = _HERE / "m2.toml"
NARROW = _HERE / "narrow.toml"
WILD = _HERE / "wild.toml"
