"""Sound plugins in a module that imports a heavy library, and does not need it."""

from __future__ import annotations

import skimage  # noqa: F401
from dislo_gen_test_good.background import Grain
from dislo_gen_test_good.effect import Noise
from dislo_gen_test_good.geometry import Scratches
from dislo_gen_test_good.hook import Brighten
from dislo_gen_test_good.metric import Overlap
from dislo_gen_test_good.model import Tiny
from dislo_gen_test_good.renderer import Dots
from dislo_gen_test_good.writer import Arrays

from dislo_gen import component


@component
class HeavyBackground(Grain):
    """Sound, and slow to import."""


@component
class HeavyEffect(Noise):
    """Sound, and slow to import."""


@component
class HeavyGeometry(Scratches):
    """Sound, and slow to import."""


@component
class HeavyMetric(Overlap):
    """Sound, and slow to import."""


@component
class HeavyModel(Tiny):
    """Sound, and slow to import."""


@component
class HeavyRenderer(Dots):
    """Sound, and slow to import."""


@component
class HeavyWriter(Arrays):
    """Sound, and slow to import."""


class HeavyHook(Brighten):
    """Sound, and slow to import."""
