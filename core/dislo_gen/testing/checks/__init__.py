"""Every conformance check, a module for each subject; importing this package defines them all."""

from dislo_gen.testing.checks import (
    background,
    declaration,
    effect,
    files,
    geometry,
    hook,
    metric,
    model,
    renderer,
    repeatability,
    side_effects,
    sizes,
    writer,
)

__all__ = [
    "background",
    "declaration",
    "effect",
    "files",
    "geometry",
    "hook",
    "metric",
    "model",
    "renderer",
    "repeatability",
    "side_effects",
    "sizes",
    "writer",
]
