"""RegNet (Radosavovic et al., 2020): widths and depths that follow one line."""

import math
from collections import OrderedDict
from itertools import groupby

import torch
import torch.nn as nn

from ._layers import Conv2dNormActivation, SqueezeExcitation, make_divisible
from ._weights import Weights, builder


class BottleneckTransform(nn.Sequential):
    def __init__(self, width_in, width_out, stride, group_width, se_ratio):
        layers = OrderedDict()
        layers["a"] = Conv2dNormActivation(width_in, width_out, kernel_size=1)
        layers["b"] = Conv2dNormActivation(width_out, width_out, stride=stride, groups=width_out // group_width)
        if se_ratio:
            layers["se"] = SqueezeExcitation(width_out, int(round(se_ratio * width_in)))
        layers["c"] = Conv2dNormActivation(width_out, width_out, kernel_size=1, activation_layer=None)
        super().__init__(layers)


class ResBottleneckBlock(nn.Module):
    def __init__(self, width_in, width_out, stride, group_width, se_ratio):
        super().__init__()
        self.proj = None
        if width_in != width_out or stride != 1:
            self.proj = Conv2dNormActivation(width_in, width_out, kernel_size=1, stride=stride, activation_layer=None)
        self.f = BottleneckTransform(width_in, width_out, stride, group_width, se_ratio)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x):
        if self.proj is not None:
            return self.activation(self.proj(x) + self.f(x))
        return self.activation(x + self.f(x))


def stages(depth, w_0, w_a, w_m, group_width):
    """Width and depth of each stage: w_0 + w_a·i, rounded to w_0·w_m^k and to multiples of 8 and of the group's width."""
    widths = []
    for i in range(depth):
        capacity = round(math.log((w_0 + w_a * i) / w_0) / math.log(w_m))
        widths.append(int(round(w_0 * w_m**capacity / 8) * 8))
    for width, blocks in groupby(widths):
        group = min(group_width, width)
        yield make_divisible(width, group), len(list(blocks)), group


class RegNet(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, depth, w_0, w_a, w_m, group_width, se_ratio=None, stem_width=32, num_classes=1000):
        super().__init__()
        self.stem = Conv2dNormActivation(3, stem_width, kernel_size=3, stride=2)
        trunk = OrderedDict()
        channels = stem_width
        for number, (width, blocks, group) in enumerate(stages(depth, w_0, w_a, w_m, group_width), 1):
            stage = nn.Sequential()
            for i in range(blocks):
                block = ResBottleneckBlock(channels, width, 2 if i == 0 else 1, group, se_ratio)
                stage.add_module(f"block{number}-{i}", block)
                channels = width
            trunk[f"block{number}"] = stage
        self.trunk_output = nn.Sequential(trunk)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = self.avgpool(self.trunk_output(self.stem(x)))
        return self.fc(x.flatten(start_dim=1))


@builder
def regnet_y_400mf(**options):
    return RegNet(16, 48, 27.89, 2.09, 8, se_ratio=0.25, **options)


@builder
def regnet_y_800mf(**options):
    return RegNet(14, 56, 38.84, 2.4, 16, se_ratio=0.25, **options)


@builder
def regnet_y_1_6gf(**options):
    return RegNet(27, 48, 20.71, 2.65, 24, se_ratio=0.25, **options)


@builder
def regnet_y_3_2gf(**options):
    return RegNet(21, 80, 42.63, 2.66, 24, se_ratio=0.25, **options)


@builder
def regnet_y_8gf(**options):
    return RegNet(17, 192, 76.82, 2.19, 56, se_ratio=0.25, **options)


@builder
def regnet_y_16gf(**options):
    return RegNet(18, 200, 106.23, 2.48, 112, se_ratio=0.25, **options)


@builder
def regnet_y_32gf(**options):
    return RegNet(20, 232, 115.89, 2.53, 232, se_ratio=0.25, **options)


@builder
def regnet_y_128gf(**options):
    return RegNet(27, 456, 160.83, 2.52, 264, se_ratio=0.25, **options)


@builder
def regnet_x_400mf(**options):
    return RegNet(22, 24, 24.48, 2.54, 16, **options)


@builder
def regnet_x_800mf(**options):
    return RegNet(16, 56, 35.73, 2.28, 16, **options)


@builder
def regnet_x_1_6gf(**options):
    return RegNet(18, 80, 34.01, 2.25, 24, **options)


@builder
def regnet_x_3_2gf(**options):
    return RegNet(25, 88, 26.31, 2.25, 48, **options)


@builder
def regnet_x_8gf(**options):
    return RegNet(23, 80, 49.56, 2.88, 120, **options)


@builder
def regnet_x_16gf(**options):
    return RegNet(22, 216, 55.59, 2.1, 128, **options)


@builder
def regnet_x_32gf(**options):
    return RegNet(23, 320, 69.86, 2.0, 168, **options)


RegNet_Y_400MF_Weights = Weights("regnet_y_400mf")
RegNet_Y_800MF_Weights = Weights("regnet_y_800mf")
RegNet_Y_1_6GF_Weights = Weights("regnet_y_1_6gf")
RegNet_Y_3_2GF_Weights = Weights("regnet_y_3_2gf")
RegNet_Y_8GF_Weights = Weights("regnet_y_8gf")
RegNet_Y_16GF_Weights = Weights("regnet_y_16gf")
RegNet_Y_32GF_Weights = Weights("regnet_y_32gf")
RegNet_Y_128GF_Weights = Weights("regnet_y_128gf")
RegNet_X_400MF_Weights = Weights("regnet_x_400mf")
RegNet_X_800MF_Weights = Weights("regnet_x_800mf")
RegNet_X_1_6GF_Weights = Weights("regnet_x_1_6gf")
RegNet_X_3_2GF_Weights = Weights("regnet_x_3_2gf")
RegNet_X_8GF_Weights = Weights("regnet_x_8gf")
RegNet_X_16GF_Weights = Weights("regnet_x_16gf")
RegNet_X_32GF_Weights = Weights("regnet_x_32gf")
