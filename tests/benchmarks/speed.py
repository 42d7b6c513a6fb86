"""How fast dislo-gen is, measured in one run against the toolchain that the paper names.

    python tests/benchmarks/speed.py [--samples N] [--json FILE]

The same work on one core: a 512x512 Perlin background with ten dislocations, the image and every mask. Each round
times one image of the paper's toolchain and then several of ours, so that a machine that slows down slows all. The
recipe `wild` does far more for an image and is measured against the same. Then the renderer `two-beam`: ten
dislocations with their tables at hand, and a table. Then one process against two, and the memory of a short run
against that of a ten times longer one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

# One core means one core; NumPy reads these when it is imported.
os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB", "NUMEXPR")})

import numpy as np
import rich
from rich.table import Table

from dislo_gen import Recipe, generate, make_sample
from dislo_gen.defaults import default_writer
from dislo_gen.workers import Job
from dislo_gen_plugins.renderers.displacement import StraightDislocation
from dislo_gen_plugins.renderers.howie_whelan import TwoBeam

LINES = 10
OURS_PER_ROUND = 5
SETTINGS = (
    "geometry.pileups=1",
    f"geometry.dislocations={LINES}",
    "geometry.slip_width=100",
    "geometry.offset=0",
    "geometry.start=0.5",
    "geometry.arrangement=free",
    "geometry.spacing=24",
    "geometry.growth=1",
    "geometry.min_visible=0",
)
TABLE = (TwoBeam(5.0, 0.4, 0.1), StraightDislocation(g_dot_b=1, inclination=60))
MEGABYTE = 2**20


@dataclass
class Row:
    """One line of the table: ``seconds`` for each image, or megabytes, and what they are compared with."""

    name: str
    values: list[float]
    unit: str
    ratio: float | None = None
    target: str = ""

    @property
    def median(self) -> float:
        """The middle one of the values."""
        return median(self.values)


def the_recipe() -> Recipe:
    """Return the recipe of the same work as the paper's toolchain does."""
    return Recipe.from_names("perlin", ["pileup"], "cairo", size=512, settings=SETTINGS)


def seconds(call: Callable[[], object]) -> float:
    """Time one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core, where the system can."""
    if sys.platform != "linux":
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def against_the_paper(samples: int, folder: Path) -> list[Row]:
    """Time the paper's toolchain, `make_sample`, and the sample written, in alternating rounds on one core."""
    import paper_toolchain

    recipe, wild = the_recipe(), Recipe.from_names(base="wild", size=512)
    job = Job(recipe, 0, default_writer(), str(folder / "ours"))
    theirs = folder / "theirs"
    theirs.mkdir()
    rng = np.random.default_rng(0)
    assert all(len(make_sample(recipe, 0, index).masks) == LINES for index in range(OURS_PER_ROUND))
    paper_toolchain.make(theirs, 0, rng)
    job.run(0)
    make_sample(wild, 0, 0)
    paper, memory, written, wilder = [], [], [], []
    numbers = itertools.count(1)
    for number in range(1, samples + 1):
        paper.append(seconds(lambda number=number: paper_toolchain.make(theirs, number, rng)))
        wild_seconds = []
        for index in itertools.islice(numbers, OURS_PER_ROUND):
            wild_seconds.append(seconds(lambda index=index: make_sample(wild, 0, index)))
            memory.append(seconds(lambda index=index: make_sample(recipe, 0, index)))
            written.append(seconds(lambda index=index: job.run(index)))
        wilder.append(sum(wild_seconds) / OURS_PER_ROUND)  # they differ in what they hold: a mean, not a median
    rows = [
        Row("the paper's toolchain, written", paper, "s", 1.0),
        Row("make_sample, in memory", memory, "s", target="25"),
        Row("make_sample, written by the folder writer", written, "s", target="12"),
        Row("make_sample of wild, in memory", wilder, "s", target="12"),
    ]
    for row in rows[1:]:
        row.ratio = rows[0].median / row.median
    return rows


def two_beam(samples: int) -> list[Row]:
    """Time the renderer two-beam on one core: ten dislocations with their tables at hand, and one table."""
    from dislo_gen_plugins.renderers.contrast_table import contrast_table

    recipe = Recipe.from_names("plain", ["pileup"], "two-beam", size=512, settings=SETTINGS)
    drawn, tables = [], []
    for index in range(samples):
        fixed = recipe.resolve(0, index)
        grey = fixed.background.paint(fixed.size, np.random.default_rng(0))
        scene = make_sample(recipe, 0, index).scene  # which has calculated other tables than the next line does
        fixed.renderer.draw(grey, scene, np.random.default_rng(index))
        before = contrast_table.cache_info().misses
        drawn.append(
            seconds(lambda: fixed.renderer.draw(grey, scene, np.random.default_rng(index)))  # noqa: B023
        )
        assert contrast_table.cache_info().misses == before
        tables.append(seconds(lambda: contrast_table.__wrapped__(*TABLE)))
    return [
        Row(f"two-beam, {LINES} dislocations, tables at hand", drawn, "s", target="40 ms"),
        Row("two-beam, one table", tables, "s", target="100 ms"),
    ]


def processes(samples: int, folder: Path) -> list[Row]:
    """Time whole runs of `generate` in one process and in two, alternately, start and preview included."""
    recipe, count = the_recipe(), 50 * samples
    rows = [Row(f"generate, {count} images, jobs={jobs}", [], "s") for jobs in (1, 2)]
    for number in range(min(2, samples)):
        for jobs, row in enumerate(rows, start=1):
            out = folder / f"jobs-{jobs}-{number}"
            row.values.append(
                seconds(lambda jobs=jobs, out=out: generate(recipe, count, 0, out, jobs=jobs)) / count
            )
    rows[0].ratio, rows[1].ratio = 1.0, rows[0].median / rows[1].median
    rows[1].target = "1.8"
    return rows


def memory(samples: int, folder: Path) -> list[Row]:
    """Measure the peak memory of two runs of `generate`, each in a process of its own."""
    rows = []
    for count in (5 * samples // 2, 25 * samples):
        words = [sys.executable, __file__, "--peak-memory", str(count), str(folder / f"memory-{count}")]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        rows.append(Row(f"peak memory of generate, {count} images", [float(done.stdout)], "MB"))
    rows[0].ratio, rows[1].ratio = 1.0, rows[1].median / rows[0].median
    rows[1].target = "1 (no growth)"
    return rows


def peak_memory(count: int, out: str) -> float:
    """Run `generate` here and return the most memory this process ever held, in MB."""
    import resource

    generate(the_recipe(), count, 0, out)
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, getrusage also counts what the parent held before this program was started
        (line,) = (text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / MEGABYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table(title=f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores")
    table.add_column("what")
    for heading in ("median", "images/s", "ratio", "target"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        timed = row.unit == "s"
        table.add_row(
            row.name,
            f"{1000 * row.median:.1f} ms" if timed else f"{row.median:.0f} MB",
            f"{1 / row.median:.1f}" if timed else "",
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
        )
    rich.print(table)


def main() -> None:
    """Measure, print, and save if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=20, metavar="N", help="rounds; all else scales with it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save every measured value")
    parser.add_argument("--peak-memory", nargs=2, metavar=("COUNT", "OUT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak_memory:
        print(peak_memory(int(asked.peak_memory[0]), asked.peak_memory[1]))
        return
    if asked.samples < 1:
        parser.error("--samples starts at 1")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with one_core():
            rows = against_the_paper(asked.samples, folder)
            rows += two_beam(asked.samples)
        rows += processes(asked.samples, folder)
        rows += memory(asked.samples, folder)
    show(rows)
    if asked.json:
        machine = {"python": platform.python_version(), "numpy": np.__version__, "cores": os.cpu_count()}
        plain = [asdict(row) | {"median": row.median} for row in rows]
        asked.json.write_text(json.dumps({"machine": machine, "rows": plain}, indent=2))


if __name__ == "__main__":
    main()
