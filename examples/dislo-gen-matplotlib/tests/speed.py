"""Time `draw` of the built-in renderer and of this one, in turn, on the same scenes."""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
from dislo_gen import Defect, OpenCurve, Recipe, Scene, make_sample
from dislo_gen.testing import resolve

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
x = np.linspace(0, 1, 60)
lines = [np.stack((100 + 30 * n + 30 * np.sin(3 * x), 120 + 250 * x), axis=1) for n in range(10)]
scene = Scene(Defect("dislocation", OpenCurve(line)) for line in lines)
recipes = {name: Recipe.from_names(renderer=name, size=512) for name in ("cairo", "matplotlib")}
image = make_sample(recipes["cairo"], seed=1).image
renderers = {name: resolve(recipe.renderer) for name, recipe in recipes.items()}
times: dict[str, list[float]] = {name: [] for name in renderers}
for n in range(-3, ROUNDS):
    for name, renderer in renderers.items():
        start = time.perf_counter()
        renderer.draw(image, scene, np.random.default_rng(n + 3))
        if n >= 0:
            times[name].append(1000 * (time.perf_counter() - start))
for name, values in times.items():
    low, high = np.quantile(values, (0.25, 0.75))
    print(f"{name}: {statistics.median(values):.1f} ms (quartiles {low:.1f} to {high:.1f})")
