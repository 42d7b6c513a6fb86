"""What a network gives for a picture is kept: lines are found with other settings without it, and are the same."""

import os
import subprocess
import sys

import attrs
import numpy as np
import pytest
from PIL import Image

from dislo_gen import LearningError, open_predictions, read_micrograph
from dislo_gen.learning import Seeker, read_card
from dislo_gen.learning.outputs import Outputs
from dislo_gen.learning.windows import resize, resize_mask
from dislo_gen.size import Size


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def frame(here):
    """A picture of grey grain with two dark lines across, the lower one short."""
    pixels = np.clip(np.random.default_rng(0).normal(170, 6, (64, 96)), 0, 255)
    pixels[19:22, 8:-8] = pixels[44:47, 30:-30] = 30
    Image.fromarray(pixels.astype(np.uint8)).save(here / "frame.png")
    return here / "frame.png"


@pytest.fixture
def no_network(monkeypatch):
    def forbid():
        monkeypatch.setattr("dislo_gen.learning.network.predict_channels", None)

    return forbid


def kept(here):
    return sorted((here / "cache/dislo-gen/outputs").glob("*"))


def same(one, other):
    assert len(one.lines) == len(other.lines)
    for a, b in zip(one.lines, other.lines, strict=True):
        assert (a.curve.points == b.curve.points).all()
        assert (a.mask == b.mask).all()
        assert a.confidence == b.confidence


def test_looking_again_takes_what_was_kept_and_lines_are_the_same(here, frame, dark_weights, no_network):
    picture = read_micrograph(frame)
    bare = Seeker(dark_weights, cache=False)
    unkept = bare.look(picture)
    assert kept(here) == []
    first = Seeker(dark_weights)
    seen = first.look(picture)
    assert not seen.cached
    assert first.is_loaded
    no_network()
    second = Seeker(dark_weights)
    again = second.look(picture)
    assert again.cached
    assert not second.is_loaded
    assert again.channels.dtype == np.uint8
    assert (again.channels == seen.channels).all()
    assert (again.channels == unkept.channels).all()
    assert (
        (again.box, again.scale, again.shape)
        == (seen.box, seen.scale, seen.shape)
        == ((0, 0, 96, 64), 1, (64, 96))
    )
    for finding in (None, attrs.evolve(second.finding, shortest=300)):
        same(second.find(again, finding), bare.find(unkept, finding))
    found = [second.find(again, attrs.evolve(second.finding, shortest=t)) for t in (20, 300)]
    assert [len(each.lines) for each in found] == [
        2,
        1,
    ]


def test_it_is_kept_by_content_and_by_how_it_was_looked_at(here, frame, dark_weights):
    picture = read_micrograph(frame)
    seeker = Seeker(dark_weights)
    seeker.look(picture)
    assert seeker.look(attrs.evolve(picture, name="another", image=picture.image.copy())).cached
    assert seeker.look(picture.image).cached  # without title bars all of it is looked at
    assert seeker.look(picture.image, box=(0, 0, 96, 64), scale=1).cached
    assert not seeker.look(picture, scale=2).cached
    assert not seeker.look(picture.image, box=(0, 0, 96, 60)).cached
    assert not seeker.look(attrs.evolve(picture, image=picture.image * np.float32(0.5))).cached
    assert not Seeker(dark_weights, mirrored=False).look(picture).cached
    assert len(kept(here)) == 5
    with pytest.raises(LearningError, match="longer than"):
        seeker.look(picture, scale=1000)


@pytest.mark.parametrize("harm", ["emptied", "cut", "longer", "other size", "a bit", "a folder", "other file"])
def test_what_is_damaged_is_as_if_it_were_not_there(here, frame, dark_weights, harm):
    seeker = Seeker(dark_weights)
    picture = read_micrograph(frame)
    seen = seeker.look(picture)
    (path,) = kept(here)
    data = path.read_bytes()
    if harm == "a folder":
        path.unlink()
        path.mkdir()
    else:
        changed = {
            "emptied": b"",
            "cut": data[:-3],
            "longer": data[:8] + b"\xff" * 12 + data[20:],
            "other size": data[:8] + data[12:20] + data[8:12] + data[20:],
            "a bit": data[:-10] + bytes([data[-10] ^ 1]) + data[-9:],
            "other file": os.urandom(400_000),
        }
        path.write_bytes(changed[harm])
    again = seeker.look(picture)
    assert not again.cached
    assert (again.channels == seen.channels).all()
    assert harm == "a folder" or path.read_bytes() == data


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {f"{k:02d}": rng.integers(0, 256, (1, 100, 100), dtype=np.uint8) for k in range(14)}
    outputs = Outputs(tmp_path, most=100_000)
    for at, (key, array) in enumerate(arrays.items()):
        outputs.put(key, array)
        os.utime(tmp_path / f"{key}.channels", (at, at))
        assert (outputs.get("00", (1, 100, 100)) == arrays["00"]).all()  # and so it counts as used now
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000
    left = [key for key in arrays if outputs.get(key, (1, 100, 100)) is not None]
    assert left == ["00", *list(arrays)[-len(left) + 1 :]]
    assert 6 <= len(left) <= 9
    outputs.put("large", rng.integers(0, 256, (1, 300, 300), dtype=np.uint8))
    assert outputs.get("large", (1, 300, 300)) is None


def test_a_folder_that_takes_nothing_is_said_once_and_no_error(here, frame, dark_weights, dislo_gen):
    (here / "cache").write_text("a file lies where the folder would")
    text = dislo_gen("predict", frame, "--model", dark_weights)
    assert text.count("note: what the network gives is not kept") == 1
    assert "frame: 2 lines" in text


@pytest.mark.parametrize(("size", "status"), [("0", 0), ("much", 2), ("-1", 2)])
def test_how_much_is_kept(here, frame, dark_weights, dislo_gen, monkeypatch, size, status):
    monkeypatch.setenv("DISLO_GEN_CACHE_MB", size)
    text = dislo_gen("predict", frame, "--model", dark_weights, status=status)
    assert kept(here) == []
    if status:
        assert f"error: DISLO_GEN_CACHE_MB={size}: must be how many megabytes are kept at most, 0 for none" in text


def test_other_settings_need_neither_network_nor_torch(here, frame, dark_weights, dislo_gen):
    words = ["predict", str(frame), "--model", str(dark_weights)]
    dislo_gen(*words, "--no-cache", "-o", "one")
    assert kept(here) == []
    dislo_gen(*words, "-o", "two")
    script = (
        "import sys\nfrom dislo_gen.cli import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        "    print(sorted({'torch', 'lightning', 'matplotlib'} & set(sys.modules)))"
    )
    words += ["-o", "three", "--set", "shortest=300"]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
    assert "frame: 1 line" in done.stdout
    records = [open_predictions(out).record("frame") for out in ("one", "two")]
    assert records[0] == records[1]


def test_a_network_that_cannot_be_used_ends_the_work_before_anything_is_written(
    here, frame, dark_weights, dislo_gen
):
    data = dark_weights.read_bytes()
    (here / "cut.safetensors").write_bytes(
        data.replace(b'"channels": 1', b'"channels": 2').replace(b'\\"channels\\": 1', b'\\"channels\\": 2')
    )
    assert read_card("cut.safetensors").model["channels"] == 2
    text = dislo_gen("predict", frame, frame, "--model", "cut.safetensors", "-o", "out", status=2)
    assert text.count("the weights do not fit the network") == 1
    assert not (here / "out").exists()


@pytest.mark.parametrize("seed", range(6))
def test_a_mask_is_resized_as_a_picture_is(seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        mask = rng.random(rng.integers(1, 60, 2)) < rng.choice([0.02, 0.5, 1])
        mask[: rng.integers(0, 20)] = mask[:, rng.integers(20, 60) :] = False
        size = Size(*rng.integers(1, 120, 2).tolist())
        assert (resize_mask(mask, size) == (resize(mask.astype(np.float32), size) >= 0.5)).all()
