"""DenseNet-BC (Huang et al., 2016) for small images: every layer of a block sees what all layers before it made."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class DenseLayer(nn.Module):
    def __init__(self, in_channels, growth_rate, bottleneck=4):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, bottleneck * growth_rate, kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(bottleneck * growth_rate)
        self.conv2 = nn.Conv2d(bottleneck * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False)

    def forward(self, x):
        new = self.conv1(F.relu(self.bn1(x)))
        new = self.conv2(F.relu(self.bn2(new)))
        return torch.cat([x, new], 1)


class Transition(nn.Sequential):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.add_module("norm", nn.BatchNorm2d(in_channels))
        self.add_module("relu", nn.ReLU())
        self.add_module("conv", nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False))
        self.add_module("pool", nn.AvgPool2d(2))


class DenseNet(nn.Module):
    # input: (3, 32, 32)

    def __init__(self, layers_per_block=(6, 6, 6), growth_rate=12, in_channels=3, num_classes=10):
        super().__init__()
        channels = 2 * growth_rate
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(in_channels, channels, 3, padding=1, bias=False))
        for i, layers in enumerate(layers_per_block, start=1):
            block = nn.Sequential(*[DenseLayer(channels + j * growth_rate, growth_rate) for j in range(layers)])
            self.features.add_module(f"block{i}", block)
            channels += layers * growth_rate
            if i < len(layers_per_block):
                self.features.add_module(f"transition{i}", Transition(channels, channels // 2))
                channels //= 2
        self.features.add_module("norm", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = F.relu(self.features(x))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.classifier(x)
