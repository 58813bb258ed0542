"""ShuffleNetV2 (Ma et al., 2018): half of the channels pass by, the other half is worked on, then they are shuffled."""

import torch
import torch.nn as nn

from ._weights import Weights, builder


def channel_shuffle(x, groups):
    batch, channels, height, width = x.size()
    x = x.view(batch, groups, channels // groups, height, width)
    x = torch.transpose(x, 1, 2).contiguous()
    return x.view(batch, channels, height, width)


def pointwise(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, kernel_size=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


def depthwise(channels, stride):
    convolution = nn.Conv2d(channels, channels, kernel_size=3, stride=stride, padding=1, groups=channels, bias=False)
    return [convolution, nn.BatchNorm2d(channels)]


class InvertedResidual(nn.Module):
    def __init__(self, inp, oup, stride):
        super().__init__()
        self.stride = stride
        half = oup // 2
        self.branch1 = nn.Sequential()
        if stride > 1:
            self.branch1 = nn.Sequential(*depthwise(inp, stride), *pointwise(inp, half))
        entering = inp if stride > 1 else half
        self.branch2 = nn.Sequential(*pointwise(entering, half), *depthwise(half, stride), *pointwise(half, half))

    def forward(self, x):
        if self.stride == 1:
            passed, worked = x.chunk(2, dim=1)
            out = torch.cat((passed, self.branch2(worked)), dim=1)
        else:
            out = torch.cat((self.branch1(x), self.branch2(x)), dim=1)
        return channel_shuffle(out, 2)


class ShuffleNetV2(nn.Module):
    # input: (3, 224, 224)

    def __init__(self, stages_repeats, stages_out_channels, num_classes=1000):
        super().__init__()
        first, *widths, last = stages_out_channels
        self.conv1 = nn.Sequential(
            nn.Conv2d(3, first, 3, 2, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True)
        )
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        channels = first
        for stage, (repeats, width) in enumerate(zip(stages_repeats, widths), 2):
            blocks = [InvertedResidual(channels, width, 2)]
            blocks += [InvertedResidual(width, width, 1) for _ in range(repeats - 1)]
            setattr(self, f"stage{stage}", nn.Sequential(*blocks))
            channels = width
        self.conv5 = nn.Sequential(*pointwise(channels, last))
        self.fc = nn.Linear(last, num_classes)

    def forward(self, x):
        x = self.maxpool(self.conv1(x))
        x = self.stage4(self.stage3(self.stage2(x)))
        x = self.conv5(x).mean([2, 3])
        return self.fc(x)


@builder
def shufflenet_v2_x0_5(**options):
    return ShuffleNetV2([4, 8, 4], [24, 48, 96, 192, 1024], **options)


@builder
def shufflenet_v2_x1_0(**options):
    return ShuffleNetV2([4, 8, 4], [24, 116, 232, 464, 1024], **options)


@builder
def shufflenet_v2_x1_5(**options):
    return ShuffleNetV2([4, 8, 4], [24, 176, 352, 704, 1024], **options)


@builder
def shufflenet_v2_x2_0(**options):
    return ShuffleNetV2([4, 8, 4], [24, 244, 488, 976, 2048], **options)


ShuffleNet_V2_X0_5_Weights = Weights("shufflenet_v2_x0_5")
ShuffleNet_V2_X1_0_Weights = Weights("shufflenet_v2_x1_0")
ShuffleNet_V2_X1_5_Weights = Weights("shufflenet_v2_x1_5")
ShuffleNet_V2_X2_0_Weights = Weights("shufflenet_v2_x2_0")
