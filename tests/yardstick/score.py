"""Score weights on the yardstick: python tests/yardstick/score.py ../shared/data/cemes-tilt [WEIGHTS …].

The pictures are not part of the project; the labels beside this file are of three frames of a tilt series
(mompiou/pycotem, test/interface) and were traced by hand, then moved to the darkest place within 7 px. None of
them was ever learnt from. Overlays to look at are written to the folder --out.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from scoring import Score, score_predictions

from dislo_gen.learning import predict, read_card
from dislo_gen.learning.planning import read_finding
from dislo_gen.ready_weights import find_weights


def main() -> None:
    """Print a line for each frame and one for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path, help="folder with the frames that are labelled")
    parser.add_argument("weights", nargs="*", default=["starter"])
    parser.add_argument("--out", type=Path, help="where to write what is found; by default nowhere")
    parser.add_argument("--scale", type=float)
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="how lines are put together"
    )
    options = parser.parse_args()
    for weights in options.weights:
        with tempfile.TemporaryDirectory() as folder:
            out = (options.out or Path(folder)) / Path(weights).stem
            file = find_weights(weights)
            finding = read_finding(options.set, read_card(file))
            found = predict([options.images], file, out, scale=options.scale, finding=finding)
            scores = score_predictions(found)
        for name, score in scores.items():
            print(f"  {name}: {score}")
        print(f"{weights}: {sum(scores.values(), Score())}")


if __name__ == "__main__":
    main()
