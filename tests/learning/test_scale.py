"""Scale: how wide lines are, what a network knows, and by how much pictures are scaled in each command."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from dislo_gen import (
    DISLOCATION,
    Defect,
    OpenCurve,
    Recipe,
    Region,
    Sample,
    Scene,
    Size,
    encode_png,
    open_predictions,
    read_labelled,
    write_labelme,
)
from dislo_gen.learning import (
    LineWidths,
    evaluate,
    find_source,
    found_widths,
    given_scale,
    known_widths,
    load_weights,
    measure_lines,
    read_card,
    read_evaluation,
    save_weights,
    scale_for,
)
from dislo_gen.learning.windows import random_window, whole

KNOWN = LineWidths(4.0, 2.0, 5.0, 50)
SIDE = 192


def picture(width: float, sign: int = -1, *, beside: float = 0.0, contrast: float = 0.4, seed: int = 0) -> Sample:
    """Three straight lines of a known full width at half maximum on a slope, in noise; labels lie beside them."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    image = 0.45 + 0.1 * x / SIDE + 0.02 * rng.normal(size=x.shape)
    defects = []
    for number, angle in enumerate((0.1, 0.2, 0.15)):
        cos, sin, middle = np.cos(angle), np.sin(angle), SIDE * (1 + 2 * number) / 6
        away = (x - SIDE / 2) * -sin + (y - middle) * cos
        image += sign * contrast * np.exp(-4 * np.log(2) * (away / width) ** 2)
        along = np.linspace(-0.4, 0.4, 7) * SIDE
        wrong = rng.uniform(-beside, beside, 7)
        points = np.stack([SIDE / 2 + along * cos - wrong * sin, middle + along * sin + wrong * cos], axis=1)
        defects.append(Defect(DISLOCATION, OpenCurve(points)))
    masks: NDArray[np.bool_] = np.zeros((3, SIDE, SIDE), dtype=np.bool_)
    return Sample(image.clip(0, 1).astype(np.float32), masks, Scene(defects), 0, 0)


@pytest.mark.parametrize("width", [3.0, 6.0, 14.0])
@pytest.mark.parametrize("sign", [-1, 1])
def test_lines_are_measured_though_labels_lie_beside_them(width: float, sign: int) -> None:
    found = measure_lines([picture(width, sign, beside=1.5)])
    assert found is not None
    assert found.lines == 3
    assert found.median == pytest.approx(width, rel=0.15, abs=0.5)


def test_what_is_no_clear_line_is_not_measured() -> None:
    assert measure_lines([picture(6.0, contrast=0.0)]) is None
    assert measure_lines([]) is None
    nothing = picture(6.0)
    corner = Defect(DISLOCATION, OpenCurve([(1, 1), (4, 2)]))
    assert measure_lines([attrs.evolve(nothing, scene=Scene([corner]))]) is None


def test_areas_as_thin_as_lines_have_a_width_of_their_own() -> None:
    strip = Defect(DISLOCATION, Region([(10, 10), (170, 10), (170, 15), (10, 15)]))
    disc = Defect("loop", Region([(60, 60), (120, 60), (120, 120), (60, 120)]))
    found = measure_lines([attrs.evolve(picture(6.0), scene=Scene([strip, disc]))])
    assert found is None, "of two only one is a line"
    found = measure_lines([attrs.evolve(picture(6.0), scene=Scene([strip]))])
    assert found is not None
    assert found.median == pytest.approx(5, abs=0.3)


def test_labels_decide_only_where_the_network_would_not_know_the_lines() -> None:
    size = Size(SIDE, SIDE)
    kept = scale_for([picture(4.5)], size, KNOWN)
    assert kept.factor is None
    assert "px as the network sees them" in str(kept)
    wide = scale_for([picture(14.0)], size, KNOWN)
    assert wide.factor == pytest.approx(4 / 14, rel=0.15)
    assert wide.seen is not None
    assert wide.seen.median == pytest.approx(4, rel=0.02)
    assert scale_for([picture(14.0)], size, KNOWN, usual=0.3).factor == 0.3, "as it was tuned"
    assert scale_for([picture(14.0)], size, KNOWN, given=0.9).factor == 0.9
    assert scale_for([picture(14.0)], size, None).factor is None
    unsure = scale_for([picture(14.0, contrast=0.0)], size, KNOWN)
    assert unsure.factor is None
    assert "too faint to be measured" in str(unsure)


def test_windows_and_whole_frames_have_the_same_scale() -> None:
    sample, size = picture(14.0), Size(64, 64)
    assert whole(sample, size, 3.0).image.shape == (64, 64)
    assert whole(sample, size, 3.0, 0.5).image.shape == (96, 96), "a whole frame, however large"
    image, masks = random_window(sample, size, 3.0, np.random.default_rng(0), 0.5)
    assert image.shape == (64, 64) == masks.shape[1:]
    assert random_window(sample, size, 3.0, np.random.default_rng(0), 0.1)[0].shape < (40, 40)


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two labelled frames whose lines are 14 px wide."""
    folder = tmp_path_factory.mktemp("wide") / "wide"
    folder.mkdir()
    for number in range(2):
        sample = picture(14.0, seed=number)
        (folder / f"{number}.png").write_bytes(encode_png((sample.image * 255).astype(np.uint8)))
        write_labelme(folder / f"{number}.json", sample.scene, f"{number}.png", Size(SIDE, SIDE))
    return folder


@pytest.fixture(scope="module")
def knowing(dark_weights: Any) -> Any:
    """Weights whose card says how wide the lines were, and the same that say at which scale they were tuned."""
    network, card = load_weights(dark_weights)
    plain = json.loads(json.dumps(attrs.asdict(card)))
    path = dark_weights.with_name("knowing.safetensors")
    save_weights(path, network, {**plain, "line_widths": attrs.asdict(KNOWN)})
    save_weights(path.with_name("tuned.safetensors"), network, {**plain, "scale": 0.3})
    return path


def test_every_command_takes_the_scale_and_says_and_records_it(
    knowing: Any, frames: Any, dislo_gen: Any, tmp_path: Any
) -> None:
    out = tmp_path / "found"
    said = dislo_gen("predict", frames / "0.png", "--model", knowing, "--line-width", "16", "-o", out)
    assert "Each was scaled by 0.25 for the network." in said
    assert open_predictions(out).record("0").scale == 0.25
    judge = ("evaluate", knowing, "--on", frames, "--metric", "centreline", "-o", tmp_path / "judged")
    said = dislo_gen(*judge)
    assert "chosen by the labels" in said
    assert "px as the network sees them" in said
    scale = read_evaluation(tmp_path / "judged").results[0].scale
    assert scale == pytest.approx(4 / 14, rel=0.15)
    dislo_gen(*judge, "--scale", "0.5")
    assert read_evaluation(tmp_path / "judged").results[0].scale == 0.5
    tuned = knowing.with_name("tuned.safetensors")
    dislo_gen("predict", frames / "0.png", "--model", tuned, "-o", tmp_path / "as-tuned")
    assert open_predictions(tmp_path / "as-tuned").record("0").scale == 0.3


def test_where_nothing_is_found_it_is_said_what_to_try(
    knowing: Any, dislo_gen: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "white.png").write_bytes(encode_png(np.full((96, 96), 255, np.uint8)))
    said = " ".join(dislo_gen("predict", "white.png", "--model", knowing).split())
    assert "no line was found in any picture: the network knows lines of 2 to 5 px, 4 px in the middle" in said
    assert "--line-width" in said
    assert "--set confidence=" in said


def test_judging_says_so_too(knowing: Any, tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    from dislo_gen.learning.planning import find_metrics

    folder = tmp_path / "empty"
    folder.mkdir()
    sample = picture(6.0, 1)  # bright lines, and the network finds what is dark
    (folder / "a.png").write_bytes(encode_png((sample.image * 255).astype(np.uint8)))
    write_labelme(folder / "a.json", sample.scene, "a.png", Size(SIDE, SIDE))
    metrics, _ = find_metrics(["centreline"])
    evaluate([knowing], [find_source(str(folder))], metrics, tmp_path / "judged")
    assert "nothing that is labelled was found: the network knows lines of 2 to 5 px" in caplog.text
    assert len(read_labelled(folder)) == 1


def test_mistakes_get_one_sentence(
    knowing: Any, dark_weights: Any, frames: Any, dislo_gen: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    both = ("--scale", "1", "--line-width", "3")
    sentence = "--scale and --line-width: give one of them, since either decides the other"
    assert sentence in dislo_gen("predict", frames, "--model", knowing, *both, status=2)
    assert sentence in dislo_gen("evaluate", knowing, "--on", frames, *both, status=2)
    assert sentence in dislo_gen("train", "--from", knowing, "--labelled", frames, *both, status=2)
    said = dislo_gen("predict", frames, "--model", dark_weights, "--line-width", "3", status=2)
    assert "how wide the lines were that this network learnt from is not known; use --scale instead" in said
    said = dislo_gen("predict", frames, "--model", knowing, "--line-width", "-3", status=2)
    assert "must be between 0.5 and 1000 px" in said
    said = dislo_gen("evaluate", knowing, "--on", frames, "--scale", "90", status=2)
    assert "would be longer than 8192 px" in said
    said = dislo_gen("train", "clean", "--scale", "2", status=2)
    assert "--scale and --line-width are for labelled frames, and there are none" in said


def test_weights_without_the_entries_are_read_as_before(dark_weights: Any) -> None:
    card = read_card(dark_weights)
    assert card.scale is None
    assert card.line_widths is None
    assert known_widths(card) is None
    assert given_scale(card) is None


def test_what_recipes_draw_is_what_a_network_knows(dark_weights: Any) -> None:
    from dislo_gen import Recipe

    recipe = Recipe.from_names(base="clean", size=96, settings=["renderer.width=5"])
    found = known_widths(attrs.evolve(read_card(dark_weights), recipes=(recipe.to_dict(),)))
    assert found is not None
    assert found.median == pytest.approx(5, rel=0.3)


def test_lines_of_a_width_that_the_network_does_not_know_are_told(
    knowing: Any, dislo_gen: Any, tmp_path: Any
) -> None:
    for name, width in (("wide", 14.0), ("known", 4.0)):
        (tmp_path / f"{name}.png").write_bytes(encode_png((picture(width).image * 255).astype(np.uint8)))
    find = ("predict", tmp_path / "wide.png", "--model", knowing, "--scale", "1", "-o", tmp_path / "found")
    said = " ".join(dislo_gen(*find).split())
    assert "wider than most that it learnt from (2 to 5 px, 4 px in the middle)" in said
    (width,) = re.findall(r"--line-width ([\d.]+) finds", said)
    assert 12 <= float(width) <= 16
    said = dislo_gen(*("predict", tmp_path / "known.png", *find[2:-1], tmp_path / "other"))
    assert "than most that it learnt from" not in said


def test_what_a_network_knows_is_kept_for_the_hint(knowing: Any, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    card = attrs.evolve(read_card(knowing), line_widths=None, recipes=(Recipe.from_names(size=128).to_dict(),))
    known = found_widths._known(card, cache=True)
    assert known == known_widths(card)
    (kept,) = tmp_path.rglob("*.json")
    kept.write_text(kept.read_text().replace(f'"lines": {known.lines}', '"lines": 12345'))
    assert found_widths._known(card, cache=True).lines == 12345
    assert found_widths._known(card, cache=False) == known
    monkeypatch.setenv("DISLO_GEN_CACHE_MB", "0")
    assert found_widths._known(card, cache=True) == known
    monkeypatch.delenv("DISLO_GEN_CACHE_MB")
    kept.write_text("[" * 5000)
    assert found_widths._known(card, cache=True) == known
