"""Score weights on the yardstick: python tests/yardstick/score.py FRAMES [WEIGHTS …].

The pictures are not part of the project: FRAMES is a folder that has them, in folders of its own if it likes. The
labels beside this file were traced by hand, then moved to the darkest place within 7 px: three frames of a tilt
series (mompiou/pycotem, test/interface), and three of a film of one moving line among dirt, several times as wide
(nomelabs/insitu-TEM-annealing-Ti, frames 1770, 1775 and 1780). None of them was ever learnt from. Overlays to look
at are written to the folder --out.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from scoring import Score, labelled_frames, score_predictions

from dislo_gen.learning import predict, read_card
from dislo_gen.learning.finding_options import read_finding
from dislo_gen.ready_weights import find_weights


def main() -> None:
    """Print a line for each frame and one for each folder of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path, help="folder with the frames that are labelled, or with folders")
    parser.add_argument("weights", nargs="*", default=["starter"])
    parser.add_argument("--out", type=Path, help="where to write what is found; by default nowhere")
    parser.add_argument("--scale", type=float)
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="how lines are put together"
    )
    options = parser.parse_args()
    labelled = labelled_frames(options.images)
    if not labelled:
        parser.error(f"{options.images}: none of the pictures there is one that there are labels for")
    for weights in options.weights:
        with tempfile.TemporaryDirectory() as folder:
            out = (options.out or Path(folder)) / Path(weights).stem
            file = find_weights(weights)
            finding = read_finding(options.set, read_card(file))
            for kind, frames in labelled.items():
                found = predict(frames, file, out / kind, scale=options.scale, finding=finding)
                scores = score_predictions(found)
                for name, score in scores.items():
                    print(f"  {name}: {score}")
                print(f"{weights}, {kind}: {sum(scores.values(), Score())}")


if __name__ == "__main__":
    main()
