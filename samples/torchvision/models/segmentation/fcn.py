"""Fully convolutional network (Long et al., 2015) on a dilated ResNet."""

import torch.nn as nn

from .._weights import Weights, builder
from ..resnet import BasicBlock, Bottleneck, ResNet
from ._backbone import Backbone, SegmentationModel


class FCN(SegmentationModel):
    pass


class FCNHead(nn.Sequential):
    def __init__(self, in_channels, channels):
        inner = in_channels // 4
        super().__init__(
            nn.Conv2d(in_channels, inner, 3, padding=1, bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Conv2d(inner, channels, 1),
        )


def dilated(layers):
    return ResNet(Bottleneck, layers, replace_stride_with_dilation=[False, True, True])


def with_head(kind, backbone, head, num_classes, aux_loss):
    names = {"layer3": "aux", "layer4": "out"} if aux_loss else {"layer4": "out"}
    aux = FCNHead(1024, num_classes) if aux_loss else None
    return kind(Backbone(backbone, names), head, aux)


@builder
def fcn_resnet50(num_classes=21, aux_loss=None):
    return with_head(FCN, dilated([3, 4, 6, 3]), FCNHead(2048, num_classes), num_classes, aux_loss)


@builder
def fcn_resnet101(num_classes=21, aux_loss=None):
    return with_head(FCN, dilated([3, 4, 23, 3]), FCNHead(2048, num_classes), num_classes, aux_loss)


FCN_ResNet50_Weights = Weights("fcn_resnet50")
FCN_ResNet101_Weights = Weights("fcn_resnet101")
