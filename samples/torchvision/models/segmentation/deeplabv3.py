"""DeepLabv3 (Chen et al., 2017): several dilations side by side."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .._weights import Weights, builder
from ._backbone import SegmentationModel
from .fcn import dilated, with_head


class DeepLabV3(SegmentationModel):
    pass


class ASPPConv(nn.Sequential):
    def __init__(self, in_channels, out_channels, dilation):
        super().__init__(
            nn.Conv2d(in_channels, out_channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )


class ASPPPooling(nn.Sequential):
    def __init__(self, in_channels, out_channels):
        super().__init__(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(in_channels, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )

    def forward(self, x):
        size = x.shape[-2:]
        for layer in self:
            x = layer(x)
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class ASPP(nn.Module):
    def __init__(self, in_channels, atrous_rates, out_channels=256):
        super().__init__()
        near = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU()
        )
        wide = [ASPPConv(in_channels, out_channels, rate) for rate in atrous_rates]
        self.convs = nn.ModuleList([near, *wide, ASPPPooling(in_channels, out_channels)])
        self.project = nn.Sequential(
            nn.Conv2d(len(self.convs) * out_channels, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.Dropout(0.5),
        )

    def forward(self, x):
        return self.project(torch.cat([conv(x) for conv in self.convs], dim=1))


class DeepLabHead(nn.Sequential):
    def __init__(self, in_channels, num_classes):
        super().__init__(
            ASPP(in_channels, [12, 24, 36]),
            nn.Conv2d(256, 256, 3, padding=1, bias=False),
            nn.BatchNorm2d(256),
            nn.ReLU(),
            nn.Conv2d(256, num_classes, 1),
        )


@builder
def deeplabv3_resnet50(num_classes=21, aux_loss=None):
    return with_head(DeepLabV3, dilated([3, 4, 6, 3]), DeepLabHead(2048, num_classes), num_classes, aux_loss)


@builder
def deeplabv3_resnet101(num_classes=21, aux_loss=None):
    return with_head(DeepLabV3, dilated([3, 4, 23, 3]), DeepLabHead(2048, num_classes), num_classes, aux_loss)


DeepLabV3_ResNet50_Weights = Weights("deeplabv3_resnet50")
DeepLabV3_ResNet101_Weights = Weights("deeplabv3_resnet101")
