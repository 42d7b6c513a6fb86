"""Ready recipes."""

from pathlib import Path

IRRADIATED_STEEL = Path(__file__).with_name("irradiated-steel.toml")
