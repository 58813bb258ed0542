"""MobileNetV3 (Howard et al., 2019)."""

from functools import partial

import torch
import torch.nn as nn

from ._layers import Conv2dNormActivation, SqueezeExcitation, make_divisible
from ._weights import Weights, builder

# Input channels, kernel, expanded channels, output channels, squeeze-excitation, hard swish (else ReLU), stride.
LARGE = [
    (16, 3, 16, 16, False, False, 1),
    (16, 3, 64, 24, False, False, 2),
    (24, 3, 72, 24, False, False, 1),
    (24, 5, 72, 40, True, False, 2),
    (40, 5, 120, 40, True, False, 1),
    (40, 5, 120, 40, True, False, 1),
    (40, 3, 240, 80, False, True, 2),
    (80, 3, 200, 80, False, True, 1),
    (80, 3, 184, 80, False, True, 1),
    (80, 3, 184, 80, False, True, 1),
    (80, 3, 480, 112, True, True, 1),
    (112, 3, 672, 112, True, True, 1),
    (112, 5, 672, 160, True, True, 2),
    (160, 5, 960, 160, True, True, 1),
    (160, 5, 960, 160, True, True, 1),
]
SMALL = [
    (16, 3, 16, 16, True, False, 2),
    (16, 3, 72, 24, False, False, 2),
    (24, 3, 88, 24, False, False, 1),
    (24, 5, 96, 40, True, True, 2),
    (40, 5, 240, 40, True, True, 1),
    (40, 5, 240, 40, True, True, 1),
    (40, 5, 120, 48, True, True, 1),
    (48, 5, 144, 48, True, True, 1),
    (48, 5, 288, 96, True, True, 2),
    (96, 5, 576, 96, True, True, 1),
    (96, 5, 576, 96, True, True, 1),
]


class InvertedResidual(nn.Module):
    def __init__(self, row, norm_layer):
        super().__init__()
        inputs, kernel, expanded, outputs, squeeze, hard_swish, stride = row
        activation = nn.Hardswish if hard_swish else nn.ReLU
        layers = []
        if expanded != inputs:
            layers.append(
                Conv2dNormActivation(inputs, expanded, kernel_size=1, norm_layer=norm_layer, activation_layer=activation)
            )
        layers.append(
            Conv2dNormActivation(
                expanded,
                expanded,
                kernel_size=kernel,
                stride=stride,
                groups=expanded,
                norm_layer=norm_layer,
                activation_layer=activation,
            )
        )
        if squeeze:
            layers.append(SqueezeExcitation(expanded, make_divisible(expanded // 4), scale_activation=nn.Hardsigmoid))
        layers.append(
            Conv2dNormActivation(expanded, outputs, kernel_size=1, norm_layer=norm_layer, activation_layer=None)
        )
        self.block = nn.Sequential(*layers)
        self.use_res_connect = stride == 1 and inputs == outputs

    def forward(self, x):
        out = self.block(x)
        return out + x if self.use_res_connect else out


class MobileNetV3(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, rows, last_channel, num_classes=1000, dropout=0.2):
        super().__init__()
        norm_layer = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        hard_swish = {"norm_layer": norm_layer, "activation_layer": nn.Hardswish}
        layers = [Conv2dNormActivation(3, rows[0][0], kernel_size=3, stride=2, **hard_swish)]
        layers += [InvertedResidual(row, norm_layer) for row in rows]
        channels = rows[-1][3]
        layers.append(Conv2dNormActivation(channels, 6 * channels, kernel_size=1, **hard_swish))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * channels, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


@builder
def mobilenet_v3_large(**options):
    return MobileNetV3(LARGE, 1280, **options)


@builder
def mobilenet_v3_small(**options):
    return MobileNetV3(SMALL, 1024, **options)


MobileNet_V3_Large_Weights = Weights("mobilenet_v3_large")
MobileNet_V3_Small_Weights = Weights("mobilenet_v3_small")
