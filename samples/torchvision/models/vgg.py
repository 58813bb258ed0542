"""VGG (Simonyan and Zisserman, 2014), with and without batch normalisation."""

import torch
import torch.nn as nn

from ._weights import Weights, builder

# Convolutions in each of the five stages.
DEPTHS = {11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}
WIDTHS = [64, 128, 256, 512, 512]


class VGG(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, features, num_classes=1000, init_weights=True, dropout=0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(x, 1))


def make_features(depth, batch_norm):
    layers = []
    channels = 3
    for width, count in zip(WIDTHS, DEPTHS[depth]):
        for _ in range(count):
            layers.append(nn.Conv2d(channels, width, kernel_size=3, padding=1))
            if batch_norm:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU(inplace=True))
            channels = width
        layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    return nn.Sequential(*layers)


@builder
def vgg11(**options):
    return VGG(make_features(11, False), **options)


@builder
def vgg11_bn(**options):
    return VGG(make_features(11, True), **options)


@builder
def vgg13(**options):
    return VGG(make_features(13, False), **options)


@builder
def vgg13_bn(**options):
    return VGG(make_features(13, True), **options)


@builder
def vgg16(**options):
    return VGG(make_features(16, False), **options)


@builder
def vgg16_bn(**options):
    return VGG(make_features(16, True), **options)


@builder
def vgg19(**options):
    return VGG(make_features(19, False), **options)


@builder
def vgg19_bn(**options):
    return VGG(make_features(19, True), **options)


VGG11_Weights = Weights("vgg11")
VGG11_BN_Weights = Weights("vgg11_bn")
VGG13_Weights = Weights("vgg13")
VGG13_BN_Weights = Weights("vgg13_bn")
VGG16_Weights = Weights("vgg16")
VGG16_BN_Weights = Weights("vgg16_bn")
VGG19_Weights = Weights("vgg19")
VGG19_BN_Weights = Weights("vgg19_bn")
