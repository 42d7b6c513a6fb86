from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dislo_gen import dice_losses, pair_in_order, pair_optimally

LOSSES = st.tuples(st.integers(0, 5), st.integers(0, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1) | st.just(np.inf))
)


def test_dice_loss_by_hand():
    truth = np.zeros((2, 2, 4), dtype=bool)
    truth[0, 0] = True
    truth[1, 1, :2] = True
    predicted = np.zeros((3, 2, 4), dtype=np.float32)
    predicted[0, 0, :2] = 1  # half of the first mask
    predicted[1, 1] = 0.5  # the second mask and as much beside it, all half certain
    expected = [[1 - 4 / 6, 1, 1], [1, 1 - 2 / 4, 1]]
    assert dice_losses(truth, predicted) == pytest.approx(np.array(expected), abs=1e-6)


def test_dice_loss_of_equal_masks_is_0_and_so_is_that_of_empty_ones():
    masks = np.zeros((2, 5, 5), dtype=bool)
    masks[0, 2] = True
    losses = dice_losses(masks, masks.astype(np.float32))
    assert losses == pytest.approx(np.array([[0, 1], [1, 0]]), abs=1e-6)
    assert losses.dtype == np.float64


@pytest.mark.parametrize(("masks", "channels"), [(0, 3), (2, 0), (0, 0)])
def test_none_of_either(masks, channels):
    losses = dice_losses(np.ones((masks, 4, 4), dtype=bool), np.ones((channels, 4, 4), dtype=np.float32))
    assert losses.shape == (masks, channels)
    assert pair_in_order(losses) == pair_optimally(losses) == ()


def test_in_order_the_first_mask_takes_what_suits_another_better():
    losses = np.array([[0.2, 0.3], [0.1, 0.9]])
    assert pair_in_order(losses) == ((0, 0), (1, 1))
    assert pair_optimally(losses) == ((0, 1), (1, 0))


def test_the_paper_leaves_masks_over_when_channels_run_out():
    losses = np.array([[0.9, 0.8], [0.1, 0.2], [0.0, 0.0]])
    assert pair_in_order(losses) == ((0, 1), (1, 0))
    assert {mask for mask, _ in pair_optimally(losses)} == {1, 2}


def test_infinite_losses_are_never_paired():
    losses = np.array([[np.inf, np.inf, 0.9], [np.inf, 0.5, 0.1]])
    assert pair_in_order(losses) == ((0, 2), (1, 1))
    assert pair_optimally(losses) == ((0, 2), (1, 1))
    assert pair_in_order(np.full((2, 2), np.inf)) == pair_optimally(np.full((2, 2), np.inf)) == ()


@given(losses=LOSSES)
@settings(max_examples=100, deadline=None)
def test_a_pairing_uses_nothing_twice_and_the_best_is_the_best(losses):
    before = losses.copy()
    for pairs in (pair_in_order(losses), pair_optimally(losses)):
        masks, channels = [mask for mask, _ in pairs], [channel for _, channel in pairs]
        assert masks == sorted(set(masks))
        assert len(set(channels)) == len(channels)
        assert all(np.isfinite(losses[pair]) for pair in pairs)
    assert np.array_equal(losses, before)
    best = pair_optimally(losses)
    cost = sum(losses[pair] for pair in best)
    for size in range(len(best), min(losses.shape) + 1):
        for chosen in itertools.combinations(range(losses.shape[0]), size):
            for taken in itertools.permutations(range(losses.shape[1]), size):
                other = sum(losses[pair] for pair in zip(chosen, taken, strict=True))
                assert other == np.inf or (size == len(best) and other >= cost - 1e-9)
