"""ConvNeXt (Liu et al., 2022): a ResNet brought up to date with what vision transformers do."""

from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F

from ._layers import Conv2dNormActivation, StochasticDepth
from ._weights import Weights, builder


class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation over the channels of an image."""

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class Permute(nn.Module):
    def __init__(self, dims):
        super().__init__()
        self.dims = dims

    def forward(self, x):
        return torch.permute(x, self.dims)


class CNBlock(nn.Module):
    def __init__(self, dim, layer_scale, stochastic_depth_prob):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim, bias=True),
            Permute([0, 2, 3, 1]),
            nn.LayerNorm(dim, eps=1e-6),
            nn.Linear(dim, 4 * dim),
            nn.GELU(),
            nn.Linear(4 * dim, dim),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = nn.Parameter(torch.ones(dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, x):
        return self.stochastic_depth(self.layer_scale * self.block(x)) + x


class ConvNeXt(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, widths, depths, stochastic_depth_prob=0.0, layer_scale=1e-6, num_classes=1000):
        super().__init__()
        norm_layer = partial(LayerNorm2d, eps=1e-6)
        stem = Conv2dNormActivation(
            3, widths[0], kernel_size=4, stride=4, padding=0, norm_layer=norm_layer, activation_layer=None, bias=True
        )
        layers = [stem]
        done = 0
        for stage, (width, depth) in enumerate(zip(widths, depths)):
            if stage > 0:
                before = widths[stage - 1]
                layers.append(nn.Sequential(norm_layer(before), nn.Conv2d(before, width, kernel_size=2, stride=2)))
            blocks = []
            for _ in range(depth):
                blocks.append(CNBlock(width, layer_scale, stochastic_depth_prob * done / (sum(depths) - 1.0)))
                done += 1
            layers.append(nn.Sequential(*blocks))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(norm_layer(widths[-1]), nn.Flatten(1), nn.Linear(widths[-1], num_classes))

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)))


@builder
def convnext_tiny(stochastic_depth_prob=0.1, **options):
    return ConvNeXt([96, 192, 384, 768], [3, 3, 9, 3], stochastic_depth_prob, **options)


@builder
def convnext_small(stochastic_depth_prob=0.4, **options):
    return ConvNeXt([96, 192, 384, 768], [3, 3, 27, 3], stochastic_depth_prob, **options)


@builder
def convnext_base(stochastic_depth_prob=0.5, **options):
    return ConvNeXt([128, 256, 512, 1024], [3, 3, 27, 3], stochastic_depth_prob, **options)


@builder
def convnext_large(stochastic_depth_prob=0.5, **options):
    return ConvNeXt([192, 384, 768, 1536], [3, 3, 27, 3], stochastic_depth_prob, **options)


ConvNeXt_Tiny_Weights = Weights("convnext_tiny")
ConvNeXt_Small_Weights = Weights("convnext_small")
ConvNeXt_Base_Weights = Weights("convnext_base")
ConvNeXt_Large_Weights = Weights("convnext_large")
