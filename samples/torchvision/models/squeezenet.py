"""SqueezeNet (Iandola et al., 2016)."""

import torch
import torch.nn as nn

from ._weights import Weights, builder


class Fire(nn.Module):
    def __init__(self, inplanes, squeeze_planes, expand1x1_planes, expand3x3_planes):
        super().__init__()
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.squeeze_activation(self.squeeze(x))
        near = self.expand1x1_activation(self.expand1x1(x))
        wide = self.expand3x3_activation(self.expand3x3(x))
        return torch.cat([near, wide], 1)


# Squeezed and expanded channels of the eight Fire modules.
FIRES = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]
# Before which of them a pooling stands.
POOLS = {"1_0": (0, 3, 7), "1_1": (0, 2, 4)}


class SqueezeNet(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, version="1_0", num_classes=1000, dropout=0.5):
        super().__init__()
        self.num_classes = num_classes
        channels, kernel = (96, 7) if version == "1_0" else (64, 3)
        layers = [nn.Conv2d(3, channels, kernel_size=kernel, stride=2), nn.ReLU(inplace=True)]
        for index, (squeezed, expanded) in enumerate(FIRES):
            if index in POOLS[version]:
                layers.append(nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True))
            layers.append(Fire(channels, squeezed, expanded, expanded))
            channels = 2 * expanded
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Conv2d(512, num_classes, kernel_size=1),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d((1, 1)),
        )

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)


@builder
def squeezenet1_0(**options):
    return SqueezeNet("1_0", **options)


@builder
def squeezenet1_1(**options):
    return SqueezeNet("1_1", **options)


SqueezeNet1_0_Weights = Weights("squeezenet1_0")
SqueezeNet1_1_Weights = Weights("squeezenet1_1")
