"""EfficientNet (Tan and Le, 2019) and EfficientNetV2 (2021)."""

import math
from functools import partial

import torch
import torch.nn as nn

from ._layers import Conv2dNormActivation, SqueezeExcitation, StochasticDepth, make_divisible
from ._weights import Weights, builder

# Fused (one 3 x 3 instead of 1 x 1 and depthwise), expansion, kernel, stride, input channels, output channels, blocks.
B0 = [
    (False, 1, 3, 1, 32, 16, 1),
    (False, 6, 3, 2, 16, 24, 2),
    (False, 6, 5, 2, 24, 40, 2),
    (False, 6, 3, 2, 40, 80, 3),
    (False, 6, 5, 1, 80, 112, 3),
    (False, 6, 5, 2, 112, 192, 4),
    (False, 6, 3, 1, 192, 320, 1),
]
V2_S = [
    (True, 1, 3, 1, 24, 24, 2),
    (True, 4, 3, 2, 24, 48, 4),
    (True, 4, 3, 2, 48, 64, 4),
    (False, 4, 3, 2, 64, 128, 6),
    (False, 6, 3, 1, 128, 160, 9),
    (False, 6, 3, 2, 160, 256, 15),
]
V2_M = [
    (True, 1, 3, 1, 24, 24, 3),
    (True, 4, 3, 2, 24, 48, 5),
    (True, 4, 3, 2, 48, 80, 5),
    (False, 4, 3, 2, 80, 160, 7),
    (False, 6, 3, 1, 160, 176, 14),
    (False, 6, 3, 2, 176, 304, 18),
    (False, 6, 3, 1, 304, 512, 5),
]
V2_L = [
    (True, 1, 3, 1, 32, 32, 4),
    (True, 4, 3, 2, 32, 64, 7),
    (True, 4, 3, 2, 64, 96, 7),
    (False, 4, 3, 2, 96, 192, 10),
    (False, 6, 3, 1, 192, 224, 19),
    (False, 6, 3, 2, 224, 384, 25),
    (False, 6, 3, 1, 384, 640, 7),
]


class MBConv(nn.Module):
    def __init__(self, inputs, outputs, expansion, kernel, stride, drop, norm_layer):
        super().__init__()
        self.use_res_connect = stride == 1 and inputs == outputs
        expanded = make_divisible(inputs * expansion)
        block = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        layers = [block(inputs, expanded, kernel_size=1)] if expanded != inputs else []
        layers += [
            block(expanded, expanded, kernel_size=kernel, stride=stride, groups=expanded),
            SqueezeExcitation(expanded, max(1, inputs // 4), activation=partial(nn.SiLU, inplace=True)),
            Conv2dNormActivation(expanded, outputs, kernel_size=1, norm_layer=norm_layer, activation_layer=None),
        ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop, "row")

    def forward(self, x):
        out = self.block(x)
        return self.stochastic_depth(out) + x if self.use_res_connect else out


class FusedMBConv(nn.Module):
    def __init__(self, inputs, outputs, expansion, kernel, stride, drop, norm_layer):
        super().__init__()
        self.use_res_connect = stride == 1 and inputs == outputs
        expanded = make_divisible(inputs * expansion)
        first = {"kernel_size": kernel, "stride": stride, "norm_layer": norm_layer, "activation_layer": nn.SiLU}
        if expanded == inputs:
            layers = [Conv2dNormActivation(inputs, outputs, **first)]
        else:
            layers = [
                Conv2dNormActivation(inputs, expanded, **first),
                Conv2dNormActivation(expanded, outputs, kernel_size=1, norm_layer=norm_layer, activation_layer=None),
            ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop, "row")

    def forward(self, x):
        out = self.block(x)
        return self.stochastic_depth(out) + x if self.use_res_connect else out


class EfficientNet(nn.Module):
    # input: (3, 224, 224)

    def __init__(
        self,
        rows,
        dropout,
        width=1.0,
        depth=1.0,
        last_channel=None,
        norm_layer=nn.BatchNorm2d,
        stochastic_depth_prob=0.2,
        num_classes=1000,
    ):
        super().__init__()
        scaled = [
            (fused, expansion, kernel, stride, make_divisible(inputs * width), make_divisible(outputs * width), math.ceil(n * depth))
            for fused, expansion, kernel, stride, inputs, outputs, n in rows
        ]
        channels = scaled[0][4]
        block = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        layers = [block(3, channels, kernel_size=3, stride=2)]
        count = sum(row[-1] for row in scaled)
        done = 0
        for fused, expansion, kernel, stride, _, outputs, repeats in scaled:
            stage = []
            for i in range(repeats):
                kind = FusedMBConv if fused else MBConv
                drop = stochastic_depth_prob * done / count
                stage.append(kind(channels, outputs, expansion, kernel, stride if i == 0 else 1, drop, norm_layer))
                channels = outputs
                done += 1
            layers.append(nn.Sequential(*stage))
        last = last_channel or 4 * channels
        layers.append(block(channels, last, kernel_size=1))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(last, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


LATE_NORM = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)


@builder
def efficientnet_b0(dropout=0.2, **options):
    return EfficientNet(B0, dropout, 1.0, 1.0, **options)


@builder
def efficientnet_b1(dropout=0.2, **options):
    return EfficientNet(B0, dropout, 1.0, 1.1, **options)


@builder
def efficientnet_b2(dropout=0.3, **options):
    return EfficientNet(B0, dropout, 1.1, 1.2, **options)


@builder
def efficientnet_b3(dropout=0.3, **options):
    return EfficientNet(B0, dropout, 1.2, 1.4, **options)


@builder
def efficientnet_b4(dropout=0.4, **options):
    return EfficientNet(B0, dropout, 1.4, 1.8, **options)


@builder
def efficientnet_b5(dropout=0.4, **options):
    return EfficientNet(B0, dropout, 1.6, 2.2, norm_layer=LATE_NORM, **options)


@builder
def efficientnet_b6(dropout=0.5, **options):
    return EfficientNet(B0, dropout, 1.8, 2.6, norm_layer=LATE_NORM, **options)


@builder
def efficientnet_b7(dropout=0.5, **options):
    return EfficientNet(B0, dropout, 2.0, 3.1, norm_layer=LATE_NORM, **options)


@builder
def efficientnet_v2_s(dropout=0.2, **options):
    return EfficientNet(V2_S, dropout, last_channel=1280, norm_layer=partial(nn.BatchNorm2d, eps=1e-03), **options)


@builder
def efficientnet_v2_m(dropout=0.3, **options):
    return EfficientNet(V2_M, dropout, last_channel=1280, norm_layer=partial(nn.BatchNorm2d, eps=1e-03), **options)


@builder
def efficientnet_v2_l(dropout=0.4, **options):
    return EfficientNet(V2_L, dropout, last_channel=1280, norm_layer=partial(nn.BatchNorm2d, eps=1e-03), **options)


EfficientNet_B0_Weights = Weights("efficientnet_b0")
EfficientNet_B1_Weights = Weights("efficientnet_b1")
EfficientNet_B2_Weights = Weights("efficientnet_b2")
EfficientNet_B3_Weights = Weights("efficientnet_b3")
EfficientNet_B4_Weights = Weights("efficientnet_b4")
EfficientNet_B5_Weights = Weights("efficientnet_b5")
EfficientNet_B6_Weights = Weights("efficientnet_b6")
EfficientNet_B7_Weights = Weights("efficientnet_b7")
EfficientNet_V2_S_Weights = Weights("efficientnet_v2_s")
EfficientNet_V2_M_Weights = Weights("efficientnet_v2_m")
EfficientNet_V2_L_Weights = Weights("efficientnet_v2_l")
