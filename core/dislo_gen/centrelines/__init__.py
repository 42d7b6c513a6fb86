"""Centrelines: from the pixels of a mask to ordered curves between the pixels, and what is measured along them.

SciPy and scikit-image are imported where they are used: `import dislo_gen` takes half the time without them.
"""

from dislo_gen.centrelines.components import drop_small
from dislo_gen.centrelines.finding import centrelines
from dislo_gen.centrelines.measure import length_inside, points_inside

__all__ = ["centrelines", "drop_small", "length_inside", "points_inside"]
