"""The paper's network: U-Net++ with an encoder of the user's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from dislo_gen import Help, LearningError, Model, Range, component, did_you_mean
from dislo_gen_plugins.models.any_size import continue_to_multiple

if TYPE_CHECKING:
    from torch import Tensor, nn


@component
class UNetPlusPlus(Model):
    """U-Net++ (Zhou et al. 2018) of segmentation-models-pytorch; each channel is one instance, in no order.

    Source: Govind et al. 2023, section 3: ResNet-50 as the encoder, 20 channels, 512 x 512 px. Pictures of any
    size are continued to a multiple of what the encoder halves, and its output is cut back.
    """

    channels: Annotated[int, Range(1, 256), Help("instances it can tell apart in one image")] = 20
    encoder: Annotated[
        str,
        Help("encoder of segmentation-models-pytorch: resnet18, resnet50, efficientnet-b0, tu-convnext_nano, …"),
    ] = "resnet50"
    encoder_weights: Annotated[
        Literal["none", "imagenet"],
        Help("what the encoder begins with: random weights, or weights downloaded for the purpose"),
    ] = "none"
    width: Annotated[
        int, Range(2, 256), Help("features of the decoder at full resolution; each level deeper has twice as many")
    ] = 16
    depth: Annotated[int, Range(3, 5), Help("how often the encoder halves the picture")] = 5
    coordinates: Annotated[
        bool, Help("whether the network sees where a pixel is: two channels more, x and y from -1 to 1")
    ] = False

    def build(self) -> nn.Module:
        """Return a new network: (B, 1, H, W) float32 in, (B, channels, H, W) logits out.

        Raises:
            LearningError: there is no such encoder.
        """
        import segmentation_models_pytorch as smp

        self._check_encoder()
        network = smp.UnetPlusPlus(
            self.encoder,
            encoder_depth=self.depth,
            encoder_weights=None,
            decoder_channels=tuple(self.width * 2**level for level in reversed(range(self.depth))),
            in_channels=self._seen,
            classes=self.channels,
        )
        _leave_out_what_is_never_used(network, self._seen, 2 ** (self.depth + 1))
        return _with_padding(network, multiple=2**self.depth, coordinates=self.coordinates)

    def load_pretrained(self, network: Any) -> None:
        """Load the encoder's weights, downloading them if they are not in the library's cache.

        Raises:
            LearningError: there are none for this encoder, or they cannot be had.
        """
        if self.encoder_weights == "none":
            return
        from segmentation_models_pytorch.encoders import get_encoder

        weights: Any = True if self.encoder.startswith("tu-") else self.encoder_weights
        try:
            pretrained = get_encoder(self.encoder, in_channels=self._seen, depth=self.depth, weights=weights)
        except Exception as error:  # a missing name, a missing network, a broken file: each library its own
            raise LearningError(
                f"model.encoder_weights: the weights '{self.encoder_weights}' for the encoder '{self.encoder}' "
                f"cannot be had ({type(error).__name__}: {str(error).strip().splitlines()[0]}); "
                f"without --encoder-weights the encoder begins with random ones"
            ) from error
        wanted = network.network.encoder.state_dict().keys()
        network.network.encoder.load_state_dict({k: v for k, v in pretrained.state_dict().items() if k in wanted})

    @property
    def _seen(self) -> int:
        """How many channels the network looks at."""
        return 3 if self.coordinates else 1

    def _check_encoder(self) -> None:
        from segmentation_models_pytorch.encoders import get_encoder_names

        names = [name for name in get_encoder_names() if not name.startswith("mit_")]  # U-Net++ cannot use them
        if self.encoder.startswith("tu-"):
            import timm

            names = [f"tu-{name}" for name in timm.list_models()]
        if self.encoder.partition(".")[0] not in names:
            raise LearningError(
                f"model.encoder: segmentation-models-pytorch has no encoder '{self.encoder}'"
                f"{did_you_mean(self.encoder, names) or '; it has ' + ', '.join(names[:12]) + ', …'}"
            )


def _leave_out_what_is_never_used(network: nn.Module, seen: int, side: int) -> None:
    """Replace layers that no picture passes through: encoders keep the deepest ones at a smaller depth, too."""
    import torch
    from torch import nn

    used: set[nn.Module] = set()
    leaves = [module for module in network.modules() if not list(module.children())]
    hooks = [leaf.register_forward_hook(lambda module, *_: used.add(module)) for leaf in leaves]
    with torch.no_grad():
        network.eval()(torch.zeros(1, seen, side, side))
    network.train()
    for hook in hooks:
        hook.remove()
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            weights = any(True for _ in child.parameters())
            if weights and not any(module in used for module in child.modules()):
                setattr(parent, name, nn.Identity())


def _with_padding(network: nn.Module, multiple: int, coordinates: bool) -> nn.Module:
    """Return the network as one that takes pictures of any size, and sees where a pixel is if it is to.

    Without coordinates (Liu et al. 2018, CoordConv) a convolution sees equal lines side by side alike, and only
    the border tells which of them belongs in which channel.
    """
    import torch
    from torch import nn

    class AnySize(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, images: Tensor) -> Tensor:
            height, width = images.shape[-2:]
            continued = continue_to_multiple(images, multiple)
            if coordinates:
                rows, columns = continued.shape[-2:]
                y = torch.linspace(-1, 1, rows, device=images.device).view(1, 1, -1, 1)
                x = torch.linspace(-1, 1, columns, device=images.device).view(1, 1, 1, -1)
                places = [axis.expand_as(continued) for axis in (x, y)]
                continued = torch.cat((continued, *places), dim=1)
            logits: Tensor = self.network(continued)[..., :height, :width]
            return logits

    return AnySize()
