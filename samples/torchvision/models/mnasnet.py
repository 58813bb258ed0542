"""MNASNet (Tan et al., 2018): a mobile network found by search."""

import torch
import torch.nn as nn

from ._weights import Weights, builder

# Weight of the newest batch in the running statistics.
MOMENTUM = 1 - 0.9997
# Kernel, stride, expansion, blocks of the six stages.
STAGES = [(3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1)]


def scaled(width, alpha):
    """The nearest multiple of 8; never more than a tenth below."""
    value = width * alpha
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * value else rounded + 8


class _InvertedResidual(nn.Module):
    def __init__(self, in_ch, out_ch, kernel_size, stride, expansion_factor):
        super().__init__()
        mid = in_ch * expansion_factor
        self.apply_residual = in_ch == out_ch and stride == 1
        self.layers = nn.Sequential(
            nn.Conv2d(in_ch, mid, 1, bias=False),
            nn.BatchNorm2d(mid, momentum=MOMENTUM),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid, mid, kernel_size, padding=kernel_size // 2, stride=stride, groups=mid, bias=False),
            nn.BatchNorm2d(mid, momentum=MOMENTUM),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid, out_ch, 1, bias=False),
            nn.BatchNorm2d(out_ch, momentum=MOMENTUM),
        )

    def forward(self, x):
        return self.layers(x) + x if self.apply_residual else self.layers(x)


def _stack(in_ch, out_ch, kernel_size, stride, expansion, repeats):
    blocks = [_InvertedResidual(in_ch, out_ch, kernel_size, stride, expansion)]
    blocks += [_InvertedResidual(out_ch, out_ch, kernel_size, 1, expansion) for _ in range(1, repeats)]
    return nn.Sequential(*blocks)


class MNASNet(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, alpha, num_classes=1000, dropout=0.2):
        super().__init__()
        widths = [scaled(width, alpha) for width in (32, 16, 24, 40, 80, 96, 192, 320)]
        layers = [
            nn.Conv2d(3, widths[0], 3, padding=1, stride=2, bias=False),
            nn.BatchNorm2d(widths[0], momentum=MOMENTUM),
            nn.ReLU(inplace=True),
            nn.Conv2d(widths[0], widths[0], 3, padding=1, stride=1, groups=widths[0], bias=False),
            nn.BatchNorm2d(widths[0], momentum=MOMENTUM),
            nn.ReLU(inplace=True),
            nn.Conv2d(widths[0], widths[1], 1, bias=False),
            nn.BatchNorm2d(widths[1], momentum=MOMENTUM),
        ]
        layers += [_stack(before, after, *stage) for before, after, stage in zip(widths[1:], widths[2:], STAGES)]
        layers += [
            nn.Conv2d(widths[-1], 1280, 1, bias=False),
            nn.BatchNorm2d(1280, momentum=MOMENTUM),
            nn.ReLU(inplace=True),
        ]
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(1280, num_classes))

    def forward(self, x):
        return self.classifier(self.layers(x).mean([2, 3]))


@builder
def mnasnet0_5(**options):
    return MNASNet(0.5, **options)


@builder
def mnasnet0_75(**options):
    return MNASNet(0.75, **options)


@builder
def mnasnet1_0(**options):
    return MNASNet(1.0, **options)


@builder
def mnasnet1_3(**options):
    return MNASNet(1.3, **options)


MNASNet0_5_Weights = Weights("mnasnet0_5")
MNASNet0_75_Weights = Weights("mnasnet0_75")
MNASNet1_0_Weights = Weights("mnasnet1_0")
MNASNet1_3_Weights = Weights("mnasnet1_3")
