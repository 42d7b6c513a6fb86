"""Ready weights, by name: each constant is the path of a safetensors file beside this module, with its card."""

from pathlib import Path

STARTER = Path(__file__).parent / "starter.safetensors"
