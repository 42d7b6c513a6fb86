"""Ready recipes, by name: each constant is the path of a TOML file beside this module."""

from pathlib import Path

_HERE = Path(__file__).parent

CLEAN = _HERE / "clean.toml"
DEFAULT = _HERE / "default.toml"
FAINT = _HERE / "faint.toml"
M1 = _HERE / "m1.toml"
M2 = _HERE / "m2.toml"
NARROW = _HERE / "narrow.toml"
PILEUPS = _HERE / "pileups.toml"
PILEUPS_TWO_BEAM = _HERE / "pileups-two-beam.toml"
WILD = _HERE / "wild.toml"
