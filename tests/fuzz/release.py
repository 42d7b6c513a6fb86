"""Feed ten thousand changed files to everything that reads one, and say what came of it.

    python tests/fuzz/release.py --inputs 10000 [--seed N] [--minutes M] [--targets tiff,labelme]

Exit status 0: each was read or refused in a clear sentence; 1: there are findings, which now lie in the corpus.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from fuzzing.corpus import keep
from fuzzing.farm import Farm, Fed
from fuzzing.targets import Target, available

_KEPT_OF_EACH = 2
_SHOWN = 25


def run(targets: list[Target], inputs: int, seed: int, minutes: float) -> bool:
    """Feed inputs until there were enough or time is up; print a table, and return whether nothing was found."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    found: dict[tuple[str, str], list[Fed]] = defaultdict(list)
    rng, end, begun = np.random.default_rng(seed), time.monotonic() + 60 * minutes, time.monotonic()
    shares = np.array([target.share for target in targets], float)
    seconds: Counter[str] = Counter()
    slowest, largest = 0.0, 0
    with Farm() as farm:
        for done in range(inputs):
            if time.monotonic() > end:
                break
            target = targets[int(rng.choice(len(targets), p=shares / shares.sum()))].name
            fed = farm.feed(target, number=int(rng.integers(2**62)))
            verdict = fed.verdict
            counts[target][verdict.kind if not verdict.is_finding else "findings"] += 1
            seconds[target] += verdict.seconds
            slowest, largest = max(slowest, verdict.seconds), max(largest, verdict.grown)
            if verdict.is_finding:
                same = found[target, verdict.signature]
                same.append(fed)
                if len(same) <= _KEPT_OF_EACH:
                    print(
                        f"\n{target}: {verdict.signature}\n  {keep(farm, fed)}\n{verdict.told[-1500:]}", flush=True
                    )
            if done % 250 == 249:
                speed = (done + 1) / (time.monotonic() - begun)
                print(
                    f"{done + 1} of {inputs}, {speed:.0f}/s, {sum(map(len, found.values()))} findings", flush=True
                )
    _report(counts, found, seconds, seed)
    print(f"slowest {slowest:.1f} s of the processor's time, most memory {largest / 1e6:.0f} MB", flush=True)
    return not found


def _report(
    counts: dict[str, Counter[str]], found: dict[tuple[str, str], list[Fed]], seconds: Counter[str], seed: int
) -> None:
    headings = ("inputs", "right", "refused", "findings", "seconds")
    print(f"\nseed {seed}\n{'target':<12}" + "".join(f"{heading:>9}" for heading in headings))
    every: Counter[str] = Counter()
    for target, of_it in [*sorted(counts.items()), ("all", every)]:
        numbers = (of_it.total(), *(of_it[kind] for kind in ("right", "refused", "findings")))
        spent = seconds[target] if target in seconds else sum(seconds.values())
        print(f"{target:<12}" + "".join(f"{number:>9}" for number in numbers) + f"{spent:>9.1f}")
        if of_it is not every:
            every.update(of_it)
    for (target, signature), same in sorted(found.items(), key=lambda entry: -len(entry[1]))[:_SHOWN]:
        print(f"{len(same):>5}  {target}: {signature}")


def main() -> None:
    """Read the words, and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, help="another one each time unless it is given")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--targets", help="names, with commas between them; all by default")
    asked = parser.parse_args()
    targets = available()
    if asked.targets:
        targets = [target for target in targets if target.name in asked.targets.split(",")]
    seed = secrets.randbelow(2**32) if asked.seed is None else asked.seed
    sys.exit(0 if run(targets, asked.inputs, seed, asked.minutes) else 1)


if __name__ == "__main__":
    main()
