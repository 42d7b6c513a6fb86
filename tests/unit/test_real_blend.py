from __future__ import annotations

import json
import logging
import shutil

import attrs
import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from dislo_gen import DatasetError, PluginError, Recipe, Size, make_sample, open_film, replay
from dislo_gen_plugins.backgrounds import bank_files, real_blend
from dislo_gen_plugins.backgrounds.real_blend import RealBlend

SIZE = Size(50, 40)


def grain(seed, height=90, width=120):
    return np.random.default_rng(seed).integers(30, 220, (height, width), dtype=np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    PillowImage.fromarray(pixels).save(path)


@pytest.fixture
def bank(tmp_path):
    folder = tmp_path / "bank"
    for seed in range(4):
        save(folder / f"patch-{seed}.png", grain(seed))
    return folder


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch):
    monkeypatch.setattr(real_blend, "_said", set())


def fixed(bank, seed=0, size=SIZE, **given):
    return RealBlend(patches=bank, **{"opacity": 0.5, **given}).fix(size, np.random.default_rng(seed))


def paint(background, size=SIZE):
    return background.paint(size, np.random.default_rng(99))


def by_hand(bank, cut):
    """What a cut's words mean."""
    left, top, right, bottom = cut.box
    picture = np.asarray(PillowImage.open(bank / cut.file), dtype=np.float64)[top:bottom, left:right] / 255
    picture = np.rot90(picture, cut.turns)
    return picture[:, ::-1] if cut.flipped else picture


@pytest.mark.parametrize("opacity", [0.0, 0.25, 1.0])
def test_the_picture_is_the_two_cuts_superimposed(bank, opacity):
    for seed in range(8):
        background = fixed(bank, seed, opacity=opacity)
        first, second = (by_hand(bank, cut) for cut in background.cuts)
        picture = paint(background)
        assert picture.dtype == np.float32
        np.testing.assert_allclose(picture, (1 - opacity) * first + opacity * second, atol=1e-5)


def test_two_different_patches_are_drawn_and_each_gets_its_turn(bank):
    drawn = [fixed(bank, seed).cuts for seed in range(60)]
    assert all(first.file != second.file for first, second in drawn)
    assert {first.file for first, _ in drawn} == {f"patch-{n}.png" for n in range(4)}
    assert {cut.turns for pair in drawn for cut in pair} == {0, 1, 2, 3}
    assert {cut.flipped for pair in drawn for cut in pair} == {False, True}
    assert len({cut.box for pair in drawn for cut in pair}) > 60


def test_a_bank_of_one_picture_is_enough(tmp_path):
    save(tmp_path / "one.png", grain(0))
    background = fixed(tmp_path)
    assert [cut.file for cut in background.cuts] == ["one.png", "one.png"]
    assert paint(background).shape == SIZE.shape


def recipe(bank, **background):
    plain = {
        "size": [50, 40],
        "background": {"use": "real-blend", "patches": str(bank), **background},
        "geometry": [{"use": "pileup", "scale": 0.1}],
        "renderer": "cairo",
    }
    return Recipe.from_dict(plain)


def test_a_record_replays_the_same_bytes_even_when_the_bank_has_grown(bank):
    sample = make_sample(recipe(bank), seed=1, index=2)
    record = json.loads(json.dumps(sample.record))
    assert len(record["recipe"]["background"]["cuts"]) == 2
    for seed in range(10, 20):
        save(bank / "more" / f"a-{seed}.png", grain(seed))
    assert np.array_equal(replay(record).image, sample.image)
    again = make_sample(recipe(bank), seed=1, index=2)
    assert again.record["recipe"]["background"]["cuts"] != record["recipe"]["background"]["cuts"]


def test_another_recipe_over_the_same_cuts_paints_the_same_background(bank):
    background = fixed(bank, opacity=0.3)
    assert np.array_equal(paint(background), paint(background))
    assert background.fix(SIZE, np.random.default_rng(5)) is background


def test_a_missing_patch_is_named(bank):
    sample = make_sample(recipe(bank))
    name = sample.record["recipe"]["background"]["cuts"][1]["file"]
    (bank / name).unlink()
    with pytest.raises(DatasetError, match=f"{name} of the record is missing"):
        replay(sample.record)


def test_a_changed_patch_is_named(bank):
    sample = make_sample(recipe(bank))
    name = sample.record["recipe"]["background"]["cuts"][0]["file"]
    save(bank / name, grain(77))
    with pytest.raises(DatasetError, match=f"{name} has changed"):
        replay(sample.record)


def test_a_moved_bank_can_be_named_anew(bank, tmp_path):
    sample = make_sample(recipe(bank))
    shutil.move(bank, tmp_path / "moved")
    again = replay(sample.record, [f"background.patches={tmp_path / 'moved'}"])
    assert np.array_equal(again.image, sample.image)


@pytest.mark.parametrize("name", ["../outside.png", "/etc/hostname", "link.png"])
def test_a_path_out_of_the_bank_is_refused(bank, name):
    save(bank.parent / "outside.png", grain(50))
    (bank / "link.png").symlink_to(bank.parent / "outside.png")
    background = fixed(bank)
    strayed = background.evolve(cuts=(attrs.evolve(background.cuts[0], file=name), background.cuts[1]))
    with pytest.raises(DatasetError, match="lies outside the bank"):
        paint(strayed)


@pytest.mark.parametrize(
    "box", [(-1, 0, 49, 40), (100, 0, 150, 40), (0, 60, 50, 100), (9, 9, 9, 9), (40, 30, 10, 5)]
)
def test_a_box_that_does_not_lie_inside_the_patch_is_refused(bank, box):
    background = fixed(bank)
    with pytest.raises(DatasetError, match="box"):
        paint(background.evolve(cuts=(attrs.evolve(background.cuts[0], box=box), background.cuts[1])))


def test_one_cut_or_three_are_refused(bank):
    background = fixed(bank)
    with pytest.raises(DatasetError, match="two patches"):
        paint(background.evolve(cuts=background.cuts[:1]))


@pytest.mark.parametrize("small", ["mirror", "scale"])
@pytest.mark.parametrize("shape", [(30, 30), (20, 200), (200, 20), (7, 9), (1, 1)])
def test_small_pictures_are_brought_to_size_and_said_to_be(tmp_path, caplog, small, shape):
    for seed in range(2):
        save(tmp_path / f"{seed}.png", grain(seed, *shape))
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        picture = paint(fixed(tmp_path, small=small))
    assert picture.shape == SIZE.shape
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert "smaller than the image" in caplog.text
    assert ("mirrored" if small == "mirror" else "scaled up") in caplog.text


def test_mirroring_adds_no_seam_and_no_new_grey_value(tmp_path):
    save(tmp_path / "one.png", grain(0, 30, 30))
    background = fixed(tmp_path, opacity=0.0, small="mirror")
    picture = np.round(paint(background) * 255).astype(int)
    inside = np.round(by_hand(tmp_path, background.cuts[0]) * 255).astype(int)
    top, left = (40 - 30) // 2, (50 - 30) // 2
    assert np.array_equal(picture[top : top + 30, left : left + 30], inside)
    assert np.array_equal(picture[top - 1, left : left + 30], inside[0])
    assert np.array_equal(picture[top : top + 30, left + 30], inside[:, -1])


@pytest.mark.parametrize(
    ("patch", "scaled"),
    [((10, 10), (25, 25)), ((8, 200), (20, 50)), ((200, 5), (40, 25)), ((19, 25), (20, 26))],
    ids=str,
)
def test_mirroring_shows_nothing_more_than_twice(tmp_path, caplog, patch, scaled):
    # Half of the image, 50 x 40 px, is filled with the scaled patch, and the other half with its mirror images.
    save(tmp_path / "one.png", grain(0, *patch))
    background = fixed(tmp_path, opacity=0.0, small="mirror")
    background = background.evolve(
        cuts=tuple(attrs.evolve(cut, turns=0, flipped=False, box=(0, 0, *patch[::-1])) for cut in background.cuts)
    )
    picture = paint(background)
    height, width = scaled
    top, left = (40 - height) // 2, (50 - width) // 2
    inside = picture[top : top + height, left : left + width]
    expected = np.pad(
        inside, [(top, 40 - height - top), (left, 50 - width - left)], mode="symmetric", reflect_type="even"
    )
    assert max(top, 40 - height - top) <= height / 2 + 1
    assert max(left, 50 - width - left) <= width / 2 + 1
    assert np.array_equal(picture, expected)
    # The patch is larger here, not repeated: neighbours are more alike than in its grain.
    assert np.abs(np.diff(inside, axis=1)).mean() < np.abs(np.diff(grain(0, *patch) / 255, axis=1)).mean()
    assert "and mirrored at its edges" in caplog.text


def test_a_patch_that_will_be_scaled_gives_no_more_than_will_show(tmp_path):
    save(tmp_path / "one.png", grain(0, 8, 200))
    for seed in range(6):
        for cut in fixed(tmp_path, seed, small="mirror").cuts:
            left, top, right, bottom = cut.box
            assert (right - left, bottom - top) == ((20, 8) if cut.turns % 2 == 0 else (13, 8))


def test_scaling_keeps_the_proportions(tmp_path):
    save(tmp_path / "one.png", grain(0, 30, 30))
    for seed in range(6):
        for cut in fixed(tmp_path, seed, small="scale").cuts:
            left, top, right, bottom = cut.box
            width, height = (right - left, bottom - top) if cut.turns % 2 == 0 else (bottom - top, right - left)
            assert width / height == pytest.approx(50 / 40, rel=0.05)


def test_frames_of_the_pictures_stay_out(tmp_path):
    for seed in range(2):
        pixels = np.zeros((140, 160), dtype=np.uint8)
        pixels[20:110, 15:135] = grain(seed)
        save(tmp_path / f"{seed}.png", pixels)
    for seed in range(10):
        assert paint(fixed(tmp_path, seed)).min() > 0.1


def test_every_frame_of_a_film_is_a_patch(bank):
    film = np.stack([grain(seed) for seed in range(20, 23)])
    tifffile.imwrite(bank / "film.tif", film, photometric="minisblack")
    drawn = {cut.file: cut for seed in range(80) for cut in fixed(bank, seed, opacity=0.0).cuts}
    assert set(drawn) == {*(f"patch-{n}.png" for n in range(4)), *(f"film.tif#{n}" for n in range(3))}
    assert set(RealBlend(patches=bank).inputs()) == {"film.tif", *(f"patch-{n}.png" for n in range(4))}
    background = fixed(bank, opacity=0.0)
    for number in range(3):
        cut = attrs.evolve(drawn[f"film.tif#{number}"], box=(3, 5, 53, 45), turns=0, flipped=False)
        picture = paint(background.evolve(cuts=(cut, background.cuts[1])))
        np.testing.assert_allclose(picture, film[number, 5:45, 3:53] / 255, atol=1e-6)
    # Records of earlier versions name a film's file alone, and mean its first frame.
    first = paint(background.evolve(cuts=(attrs.evolve(cut, file="film.tif"), background.cuts[1])))
    np.testing.assert_allclose(first, film[0, 5:45, 3:53] / 255, atol=1e-6)


def test_a_frame_that_a_film_does_not_have_is_named(bank):
    tifffile.imwrite(bank / "film.tif", np.stack([grain(1), grain(2)]), photometric="minisblack")
    background = fixed(bank)
    cut = attrs.evolve(background.cuts[0], file="film.tif#7")
    with pytest.raises(DatasetError, match=r"film\.tif#7 of the record.*no frame 7"):
        paint(background.evolve(cuts=(cut, background.cuts[1])))


def test_a_picture_with_a_cross_in_its_name_is_no_film(tmp_path):
    save(tmp_path / "area#1.png", grain(0))
    assert {cut.file for cut in fixed(tmp_path).cuts} == {"area#1.png"}
    assert paint(fixed(tmp_path)).shape == SIZE.shape


def test_an_empty_and_a_missing_bank_are_named(tmp_path):
    (tmp_path / "empty").mkdir()
    for name, says in (("empty", "no picture"), ("nowhere", "no such folder")):
        with pytest.raises((DatasetError, PluginError), match=f"{name}.*{says}"):
            make_sample(recipe(tmp_path / name))


def test_a_broken_picture_is_named(bank):
    for file in bank.iterdir():
        file.write_bytes(b"broken")
    with pytest.raises((DatasetError, PluginError), match=r"patch-\d\.png"):
        make_sample(recipe(bank))


def test_pictures_are_decoded_once_for_their_checksums(bank, monkeypatch):
    decoded = []

    def read(path):
        decoded.append(path.name)
        return open_film(path)

    monkeypatch.setattr(bank_files, "open_film", read)
    RealBlend(patches=bank).inputs()
    RealBlend(patches=bank).inputs()
    assert sorted(decoded) == [f"patch-{n}.png" for n in range(4)]
    (bank / "patch-1.png").write_bytes(b"broken since")
    with pytest.raises(DatasetError, match=r"patch-1\.png"):
        RealBlend(patches=bank).inputs()


def test_inputs_are_the_files_checksums(bank):
    inputs = RealBlend(patches=bank).inputs()
    assert set(inputs) == {f"patch-{n}.png" for n in range(4)}
    save(bank / "patch-0.png", grain(70))
    changed = RealBlend(patches=bank).inputs()
    assert [name for name in inputs if inputs[name] != changed[name]] == ["patch-0.png"]


def test_stand_ins_say_what_they_are_and_download_nothing(monkeypatch):
    from skimage.data import _fetchers

    def refuse(*args, **kwargs):
        raise AssertionError("a download was tried")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    if _fetchers._image_fetcher is not None:
        monkeypatch.setattr(_fetchers._image_fetcher, "fetch", refuse)
    [remark] = RealBlend().remarks()
    assert "background.patches=" in remark
    size = Size(40, 40)
    seen = set()
    for seed in range(12):
        background = RealBlend(opacity=0.5).fix(size, np.random.default_rng(seed))
        seen |= {cut.file for cut in background.cuts}
        picture = background.paint(size, np.random.default_rng(seed))
        assert picture.shape == (40, 40)
        assert 0.01 < picture.std() < 0.25
    assert len(seen) >= 5
    assert all(name.startswith("skimage:") for name in seen)
