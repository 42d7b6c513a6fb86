"""Ready recipes, by name: each constant is the path of a TOML file beside this module."""

from pathlib import Path

IRRADIATED_STEEL = Path(__file__).with_name("irradiated-steel.toml")
