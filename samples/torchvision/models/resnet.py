"""ResNet (He et al., 2015), ResNeXt (Xie et al., 2016) and Wide ResNet (Zagoruyko and Komodakis, 2016).

In the bottleneck the stride stands in the 3 x 3 convolution ("ResNet v1.5").
"""

import torch
import torch.nn as nn

from ._weights import Weights, builder


def conv3x3(in_planes, out_planes, stride=1, groups=1, dilation=1):
    return nn.Conv2d(
        in_planes, out_planes, kernel_size=3, stride=stride, padding=dilation, groups=groups, bias=False, dilation=dilation
    )


def conv1x1(in_planes, out_planes, stride=1):
    return nn.Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(
        self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=nn.BatchNorm2d
    ):
        super().__init__()
        if groups != 1 or base_width != 64:
            raise ValueError("BasicBlock only supports groups=1 and base_width=64")
        if dilation > 1:
            raise NotImplementedError("BasicBlock has no dilation")
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            x = self.downsample(x)
        return self.relu(out + x)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(
        self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=nn.BatchNorm2d
    ):
        super().__init__()
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm_layer(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.downsample is not None:
            x = self.downsample(x)
        return self.relu(out + x)


class ResNet(nn.Module):
    # input: (3, 224, 224)

    def __init__(
        self,
        block,
        layers,
        num_classes=1000,
        zero_init_residual=False,
        groups=1,
        width_per_group=64,
        replace_stride_with_dilation=None,
        norm_layer=None,
    ):
        super().__init__()
        self._norm_layer = nn.BatchNorm2d if norm_layer is None else norm_layer
        self.inplanes = 64
        self.dilation = 1
        dilate = replace_stride_with_dilation or [False, False, False]
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        before = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        downsample = None
        if stride != 1 or self.inplanes != planes * block.expansion:
            downsample = nn.Sequential(
                conv1x1(self.inplanes, planes * block.expansion, stride),
                self._norm_layer(planes * block.expansion),
            )
        shared = {"groups": self.groups, "base_width": self.base_width, "norm_layer": self._norm_layer}
        layers = [block(self.inplanes, planes, stride, downsample, dilation=before, **shared)]
        self.inplanes = planes * block.expansion
        for _ in range(1, blocks):
            layers.append(block(self.inplanes, planes, dilation=self.dilation, **shared))
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


@builder
def resnet18(**options):
    return ResNet(BasicBlock, [2, 2, 2, 2], **options)


@builder
def resnet34(**options):
    return ResNet(BasicBlock, [3, 4, 6, 3], **options)


@builder
def resnet50(**options):
    return ResNet(Bottleneck, [3, 4, 6, 3], **options)


@builder
def resnet101(**options):
    return ResNet(Bottleneck, [3, 4, 23, 3], **options)


@builder
def resnet152(**options):
    return ResNet(Bottleneck, [3, 8, 36, 3], **options)


@builder
def resnext50_32x4d(**options):
    return ResNet(Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4, **options)


@builder
def resnext101_32x8d(**options):
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=8, **options)


@builder
def resnext101_64x4d(**options):
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=64, width_per_group=4, **options)


@builder
def wide_resnet50_2(**options):
    return ResNet(Bottleneck, [3, 4, 6, 3], width_per_group=128, **options)


@builder
def wide_resnet101_2(**options):
    return ResNet(Bottleneck, [3, 4, 23, 3], width_per_group=128, **options)


ResNet18_Weights = Weights("resnet18")
ResNet34_Weights = Weights("resnet34")
ResNet50_Weights = Weights("resnet50")
ResNet101_Weights = Weights("resnet101")
ResNet152_Weights = Weights("resnet152")
ResNeXt50_32X4D_Weights = Weights("resnext50_32x4d")
ResNeXt101_32X8D_Weights = Weights("resnext101_32x8d")
ResNeXt101_64X4D_Weights = Weights("resnext101_64x4d")
Wide_ResNet50_2_Weights = Weights("wide_resnet50_2")
Wide_ResNet101_2_Weights = Weights("wide_resnet101_2")
