"""The loss: Algorithm 1 of the paper, word for word, against what the package calculates at once."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen.learning import InstanceLoss, LossOptions
from dislo_gen.learning.channel_loss import ChannelLoss
from dislo_gen.learning.loss import UNPAIRED, dice_losses, pair


def dice_loss(truth, predicted):
    return 1 - (2 * (truth * predicted).sum() + 1) / (truth.sum() + predicted.sum() + 1)


def algorithm_1(truth, predicted):
    """Lines 1 to 13 of Algorithm 1; returns the loss and the channel of each mask."""
    remaining = list(range(len(predicted)))
    loss, channels = torch.zeros(()), []
    for mask in truth:
        least, corresponding = torch.tensor(float("inf")), None
        for channel in remaining:
            found = dice_loss(mask, predicted[channel])
            if found < least:
                least, corresponding = found, channel
        loss = loss + least
        remaining.remove(corresponding)
        channels.append(corresponding)
    return loss / len(truth), channels


def case(seed, batch=3, masks=4, channels=6, side=12):
    rng = torch.Generator().manual_seed(seed)
    logits = torch.randn(batch, channels, side, side, generator=rng) * 2
    truth = torch.rand(batch, masks, side, side, generator=rng) < 0.2
    counts = torch.randint(1, masks + 1, (batch,), generator=rng)
    for image, count in enumerate(counts):
        truth[image, count:] = False
    return logits, truth, counts


@pytest.mark.parametrize("seed", range(12))
def test_loss_matching_and_gradients_are_those_of_algorithm_1(seed):
    logits, truth, counts = case(seed)
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    losses = InstanceLoss(LossOptions(matching="in-order", empty=0))(ours, truth, counts)
    expected, pairs = [], []
    for image, count in enumerate(counts.tolist()):
        loss, channels = algorithm_1(truth[image, :count].float(), theirs[image].sigmoid())
        expected.append(loss)
        pairs.append(channels)
    torch.testing.assert_close(losses, torch.stack(expected))
    losses.sum().backward()
    torch.stack(expected).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)
    assert _pairs(logits, truth, counts, "in-order") == pairs


def _pairs(logits, truth, counts, matching):
    flat, probabilities = truth.flatten(2).float(), logits.sigmoid().flatten(2)
    costs = dice_losses(flat, probabilities, flat.sum(2), probabilities.sum(2))
    chosen = pair(costs, counts, matching)
    assert all((row[count:] == UNPAIRED).all() for row, count in zip(chosen, counts, strict=True))
    return [row[:count].tolist() for row, count in zip(chosen, counts, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_optimal_matching_has_the_least_loss_of_all(seed):
    logits, truth, counts = case(seed, batch=2, masks=3, channels=4)
    losses = InstanceLoss(LossOptions(matching="optimal", empty=0))(logits, truth, counts)
    for image, count in enumerate(counts.tolist()):
        table = [[dice_loss(t.float(), p) for p in logits[image].sigmoid()] for t in truth[image, :count]]
        least = min(
            sum(table[m][c] for m, c in enumerate(order)) / count
            for order in itertools.permutations(range(4), count)
        )
        torch.testing.assert_close(losses[image], least)


def test_in_order_is_not_optimal_where_the_first_takes_what_the_second_needs():
    truth = torch.zeros(1, 2, 4, 4, dtype=torch.bool)
    truth[0, 0, :2], truth[0, 1, 0] = True, True
    logits = torch.full((1, 2, 4, 4), -20.0)
    logits[0, 0, 0] = 20
    counts = torch.tensor([2])
    assert _pairs(logits, truth, counts, "in-order") == [[0, 1]]
    assert _pairs(logits, truth, counts, "optimal") == [[1, 0]]


@pytest.mark.parametrize("matching", ["in-order", "optimal"])
def test_more_true_masks_than_channels_count_as_missed(matching):
    truth = torch.zeros(1, 3, 4, 8, dtype=torch.bool)
    for number in range(3):
        truth[0, number, number] = True
    logits = torch.where(truth[:, :1], 30.0, -30.0).requires_grad_()
    loss = InstanceLoss(LossOptions(matching=matching, empty=0))(logits, truth, torch.tensor([3]))
    assert loss.item() == pytest.approx(2 / 3, abs=1e-5)
    loss.sum().backward()
    assert logits.grad.isfinite().all()


def test_images_without_lines_teach_emptiness_and_nothing_else():
    truth, counts = torch.zeros(1, 0, 16, 16, dtype=torch.bool), torch.tensor([0])
    logits = torch.zeros(1, 4, 16, 16, requires_grad=True)
    assert InstanceLoss(LossOptions(empty=0))(logits, truth, counts).item() == 0
    full = InstanceLoss(LossOptions(empty=1))(logits, truth, counts)
    assert 0.9 < full.item() < 1
    full.sum().backward()
    assert (logits.grad > 0).all()
    empty = InstanceLoss(LossOptions(empty=1))(torch.full((1, 4, 16, 16), -30.0), truth, counts)
    assert empty.item() == pytest.approx(0, abs=1e-6)


def test_the_weight_of_emptiness_reaches_unused_channels_only():
    truth = torch.zeros(1, 1, 16, 16, dtype=torch.bool)
    truth[0, 0, 4:6] = True
    logits = torch.where(truth, 9.0, -9.0).repeat(1, 3, 1, 1)
    logits[0, 1:] = 0
    loss = [InstanceLoss(LossOptions(empty=weight))(logits, truth, torch.tensor([1])).item() for weight in (0, 1)]
    logits[0, 1:] = -30
    emptied = InstanceLoss(LossOptions(empty=1))(logits, truth, torch.tensor([1])).item()
    assert loss[1] - loss[0] == pytest.approx(128 / (128 + 32), rel=1e-4)
    assert emptied == pytest.approx(loss[0], abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_cross_entropy_of_the_pairs_is_added(seed):
    logits, truth, counts = case(seed)
    plain = InstanceLoss(LossOptions(empty=0))(logits, truth, counts)
    both = InstanceLoss(LossOptions(empty=0, cross_entropy=3))(logits, truth, counts)
    for image, channels in enumerate(_pairs(logits, truth, counts, "optimal")):
        entropies = [
            torch.nn.functional.binary_cross_entropy(logits[image, channel].sigmoid(), truth[image, mask].float())
            for mask, channel in enumerate(channels)
        ]
        assert (both - plain)[image].item() == pytest.approx(3 * torch.stack(entropies).mean().item(), rel=1e-4)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 3), st.integers(0, 5), st.integers(1, 4), st.sampled_from(["in-order", "optimal"]),
    st.sampled_from([0.0, 0.5]), st.sampled_from([0.0, 2.0]),
)  # fmt: skip
def test_any_numbers_of_masks_and_channels(batch, masks, channels, matching, empty, entropy):
    logits = torch.randn(batch, channels, 6, 5).requires_grad_()
    truth = torch.rand(batch, masks, 6, 5) < 0.3
    counts = torch.randint(0, masks + 1, (batch,))
    losses = InstanceLoss(LossOptions(matching=matching, empty=empty, cross_entropy=entropy))(
        logits, truth, counts
    )
    assert losses.shape == (batch,)
    assert (losses >= 0).all()
    assert entropy or (losses <= 1 + empty).all()
    losses.sum().backward()
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("matching", ["in-order", "optimal"])
def test_what_is_not_a_number_stays_one(matching):
    logits, truth, counts = case(0)
    logits[1, 2] = torch.nan
    losses = InstanceLoss(LossOptions(matching=matching))(logits, truth, counts)
    assert losses.isfinite().tolist() == [True, False, True]


def test_bfloat16_logits_give_a_float32_loss():
    logits, truth, counts = case(1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = InstanceLoss()(logits.bfloat16(), truth, counts)
    assert losses.dtype == torch.float32
    torch.testing.assert_close(losses, InstanceLoss()(logits.bfloat16().float(), truth, counts))


def loss_of_channels(logits, targets):
    """The formulas as they are written: 4 times the weighted cross entropy, and the mean Dice loss of channels."""
    truth = targets.to(logits.dtype)
    weight = logits.new_tensor(2.0)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, truth, pos_weight=weight, reduction="none"
    )
    channels = zip(truth.unbind(1), logits.sigmoid().unbind(1), strict=True)
    return 4 * entropy.mean(dim=(1, 2, 3)) + torch.stack([dice_loss(*channel) for channel in channels]).mean()


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.01, 0.3]), st.sampled_from([1.0, 10.0, 40.0]))
def test_the_loss_of_channels_and_its_gradient_are_those_of_the_formulas(seed, share, size):
    rng = torch.Generator().manual_seed(seed)
    logits = torch.randn((3, 5, 6, 7), generator=rng) * size
    targets = (torch.rand((3, 5, 6, 7), generator=rng) < share).to(torch.uint8)
    weights = torch.rand(3, generator=rng)
    results = []
    for loss in (loss_of_channels, ChannelLoss()):
        own = logits.clone().requires_grad_(True)
        losses = loss(own, targets)
        (losses * weights).sum().backward()
        results.append((losses.detach(), own.grad))
    torch.testing.assert_close(results[1][0], results[0][0], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(results[1][1], results[0][1], rtol=1e-4, atol=1e-7)
