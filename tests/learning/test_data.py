"""What networks learn from: any index, any worker, any process, the same example; and never one twice."""

import attrs
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from dislo_gen import (
    DISLOCATION,
    Defect,
    OpenCurve,
    Recipe,
    Sample,
    Scene,
    Size,
    generate,
    make_sample,
    open_dataset,
)
from dislo_gen.learning import (
    NO_AUGMENTATION,
    Augmentation,
    Epochs,
    Example,
    FromSamples,
    Loader,
    Mixed,
    OnTheFly,
    collate,
)
from dislo_gen.learning.windows import random_window, turn_image, turn_points, whole
from dislo_gen.rasterize import rasterize

M2 = Recipe.from_names(base="m2", size=48)
CLEAN = Recipe.from_names(base="clean", size=48)


def same(one, other):
    return torch.equal(one.image, other.image) and torch.equal(one.masks, other.masks)


def test_an_index_is_the_sample_of_that_index():
    dataset = OnTheFly([M2, CLEAN], seed=7)
    for index in (0, 1, 5, 1000):
        sample = make_sample((M2, CLEAN)[index % 2], 7, index)
        example = dataset[index]
        np.testing.assert_array_equal(example.image.numpy(), sample.image)
        np.testing.assert_array_equal(example.masks.numpy(), sample.masks)


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_workers_change_nothing(workers):
    dataset = OnTheFly([M2], seed=1, augmentation=Augmentation())
    loader = DataLoader(dataset, sampler=range(10, 18), batch_size=3, num_workers=workers, collate_fn=collate)
    batches = list(loader)
    assert [len(batch.counts) for batch in batches] == [3, 3, 2]
    expected = collate([dataset[index] for index in range(10, 13)])
    assert torch.equal(batches[0].images, expected.images)
    assert torch.equal(batches[0].masks, expected.masks)


def test_no_global_random_state_is_touched():
    np_state, torch_state = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    loader = Loader(OnTheFly([M2], augmentation=Augmentation()), Epochs(4, 2), workers=0)
    list(loader)
    np.testing.assert_array_equal(np.random.get_state()[1], np_state)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_state)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_epochs_never_repeat_an_index_and_leave_none_out(images, batch, world, count):
    given_out = []
    for epoch in range(count):
        of_epoch = []
        for rank in range(world):
            epochs = Epochs(images, batch, rank, world)
            epochs.set_epoch(epoch)
            batches = list(epochs)
            assert len(batches) == len(epochs)
            of_epoch += [index for indices in batches for index in indices]
        assert len(of_epoch) >= images
        given_out += sorted(of_epoch)
    assert given_out == list(range(len(given_out)))


def test_a_loader_goes_on_in_the_middle_of_an_epoch():
    dataset = OnTheFly([M2])
    whole_epoch = [batch.names for batch in Loader(dataset, Epochs(8, 2), workers=0)]
    first = Loader(dataset, Epochs(8, 2), workers=0)
    batches = iter(first)
    seen = [next(batches).names for _ in range(3)]
    second = Loader(dataset, Epochs(8, 2), workers=0)
    second.load_state_dict(first.state_dict())
    assert seen + [batch.names for batch in second] == whole_epoch
    assert len(list(second)) == 4  # the next epoch is whole again


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "m2"
    generate(M2, count=6, seed=3, out=folder)
    return open_dataset(folder)


def test_a_dataset_on_disk_gives_every_sample_once_a_round_in_another_order(on_disk):
    dataset = FromSamples(on_disk, seed=2)
    assert len(dataset) == 6
    rounds = [[dataset[6 * lap + k].name for k in range(6)] for lap in range(4)]
    assert all(sorted(names) == [f"sample {k}" for k in range(6)] for names in rounds)
    assert len(set(map(tuple, rounds))) > 1
    assert rounds == [[dataset[6 * lap + k].name for k in range(6)] for lap in range(4)]


def test_samples_that_come_back_look_otherwise(on_disk):
    dataset = FromSamples(on_disk, augmentation=Augmentation())
    index = next(k for k in range(6, 12) if dataset[k].name == dataset[0].name)
    assert not torch.equal(dataset[0].image, dataset[index].image)


def test_mixed_has_the_share_it_is_told_and_skips_nothing():
    class Counting(torch.utils.data.Dataset):
        def __init__(self, name):
            self.name = name

        def __getitem__(self, index):
            return Example(torch.zeros(1, 1), torch.zeros(0, 1, 1, dtype=torch.bool), f"{self.name}{index}")

    mixed = Mixed(Counting("a"), Counting("b"), share=0.3)
    names = [mixed[k].name for k in range(100)]
    assert [n for n in names if n[0] == "a"] == [f"a{k}" for k in range(70)]
    assert [n for n in names if n[0] == "b"] == [f"b{k}" for k in range(30)]


def test_collate_lays_lists_of_masks_of_different_length_and_sizes_together():
    def example(height, width, count):
        return Example(torch.rand(height, width), torch.ones(count, height, width, dtype=torch.bool), "x")

    batch = collate([example(8, 6, 3), example(5, 9, 0), example(8, 9, 1)])
    assert batch.images.shape == (3, 1, 8, 9)
    assert batch.masks.shape == (3, 3, 8, 9)
    assert batch.counts.tolist() == [3, 0, 1]
    assert batch.masks[0, :, :8, :6].all()
    assert batch.masks.sum() == 3 * 48 + 72
    assert torch.equal(batch.images[0, 0, :, 6], batch.images[0, 0, :, 5])  # continued by its border


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_augmentation_keeps_pictures_pictures_and_the_given_one_as_it_was(seed):
    image = np.linspace(0, 1, 20 * 24, dtype=np.float32).reshape(20, 24)
    before = image.copy()
    strong = Augmentation(
        share=1, noise=0.5, contrast=0.9, brightness=0.5, gamma=3, blur=5, equalise=0.5, invert=0.5
    )
    changed = strong.apply(image, np.random.default_rng(seed))
    assert changed.dtype == np.float32
    assert changed.shape == image.shape
    assert changed.min() >= 0
    assert changed.max() <= 1
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(strong.apply(image, np.random.default_rng(seed)), changed)
    np.testing.assert_array_equal(NO_AUGMENTATION.apply(image, np.random.default_rng(seed)), image)


@pytest.mark.parametrize(
    ("only", "changed"),
    [
        ({"noise": 0.2}, lambda a, b: np.std(b - a) > 0.01),
        ({"brightness": 0.3}, lambda a, b: abs(np.mean(b) - np.mean(a)) > 0.01 and np.std(b - a) < 0.01),
        ({"contrast": 0.5}, lambda a, b: abs(np.std(b) / np.std(a) - 1) > 0.02),
        ({"gamma": 2.0}, lambda a, b: np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.9 and not np.allclose(a, b)),
        ({"blur": 3.0}, lambda a, b: np.abs(np.diff(b)).mean() < 0.9 * np.abs(np.diff(a)).mean()),
    ],
)
def test_each_augmentation_does_what_it_says(only, changed):
    nothing = {"noise": 0, "brightness": 0, "contrast": 0, "gamma": 1, "blur": 0, "equalise": 0, "invert": 0}
    image = np.random.default_rng(0).uniform(0.35, 0.65, (32, 32)).astype(np.float32)
    apply = Augmentation(share=1, **{**nothing, **only}).apply
    results = [apply(image, np.random.default_rng(seed)) for seed in range(8)]
    assert sum(bool(changed(image, result)) for result in results) >= 5


def test_inversion_and_equalisation():
    image = np.full((4, 4), 0.25, dtype=np.float32)
    quiet = {"share": 0, "equalise": 0, "invert": 0}
    inverted = Augmentation(**{**quiet, "invert": 1}).apply(image, np.random.default_rng(0))
    np.testing.assert_allclose(inverted, 0.75)
    skewed = np.random.default_rng(0).beta(1, 6, (64, 64)).astype(np.float32)
    flat = Augmentation(**{**quiet, "equalise": 1}).apply(skewed, np.random.default_rng(0))
    np.testing.assert_allclose(np.histogram(flat, 4, (0, 1))[0] / flat.size, 0.25, atol=0.02)


@pytest.mark.parametrize("turn", range(8))
def test_turned_pictures_and_turned_curves_belong_together(turn):
    size = Size(40, 28)
    curve = OpenCurve(np.array([(5.0, 4.0), (30.0, 10.0), (34.0, 24.0)]))
    scene = Scene([Defect(DISLOCATION, curve)])
    mask = rasterize(scene, size, 3.0)[0]
    turned = turn_image(mask, turn)
    moved = scene.map_points(lambda points: turn_points(points, turn, size))
    again = rasterize(moved, Size(*turned.shape[::-1]), 3.0)[0]
    assert (turned ^ again).sum() <= 2  # pixels that are half covered


def frame(size=(200, 150)):
    """A frame whose picture is dark where its labelled line runs."""
    curve = OpenCurve(np.array([(20.0, 30.0), (120.0, 60.0), (180.0, 140.0)]) * np.array(size) / (200, 150))
    scene = Scene([Defect(DISLOCATION, curve)])
    mask = rasterize(scene, Size(*size), 9.0)
    return Sample(np.where(mask[0], 0.1, 0.8).astype(np.float32), mask, scene, 0, 0)


def test_windows_show_the_lines_where_their_masks_are():
    sample, found = frame(), 0
    for seed in range(40):
        image, masks = random_window(sample, Size(64, 64), 3.0, np.random.default_rng(seed))
        assert max(image.shape) <= 64
        if len(masks):
            found += 1
            assert masks.shape[1:] == image.shape
            assert image[masks[0]].mean() < 0.35
            assert image[~masks[0]].mean() > 0.55
    assert found > 15


def test_a_whole_frame_is_scaled_with_its_curves():
    scaled = whole(frame(), Size(100, 100), 3.0)
    assert scaled.image.shape == (75, 100)
    np.testing.assert_allclose(scaled.scene.labelled[0].shape.points[-1], (90, 70))
    assert scaled.image[scaled.masks[0]].mean() < 0.3
    same_size = attrs.evolve(frame((100, 75)))
    assert whole(same_size, Size(100, 100), 3.0) is same_size
