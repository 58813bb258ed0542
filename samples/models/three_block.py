"""Three blocks of convolution, batch normalisation and pooling: a good first network for small colour images."""

import torch.nn as nn


def block(in_channels, out_channels):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


class ThreeBlock(nn.Module):
    # input: (3, 32, 32)

    def __init__(self, in_channels=3, widths=(16, 32, 64), num_classes=10):
        super().__init__()
        first, second, third = widths
        self.block1 = block(in_channels, first)
        self.block2 = block(first, second)
        self.block3 = block(second, third)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(third, num_classes)

    def forward(self, x):
        x = self.block1(x)  # 16 x 16 x 16
        x = self.block2(x)  # 32 x 8 x 8
        x = self.block3(x)  # 64 x 4 x 4
        x = self.pool(x).flatten(1)
        return self.classifier(x)
