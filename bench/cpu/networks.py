"""The networks of the benchmark, as both sides read them: PyTorch runs this file, CNN Lab reads it."""

import torch.nn as nn
from samples.models.lenet import LeNet
from samples.models.mnist_net import MnistNet
from samples.models.three_block import ThreeBlock
from samples.torchvision.models.mobilenetv2 import mobilenet_v2
from samples.torchvision.models.resnet import resnet18 as torchvision_resnet18
from samples.torchvision.models.vgg import make_features


def lenet():
    return LeNet()


def mnist_net():
    return MnistNet()


def three_block():
    return ThreeBlock()


def resnet18():
    return torchvision_resnet18(num_classes=10)


def mobilenetv2():
    return mobilenet_v2(num_classes=10)


def vgg11():
    """For images of 32 x 32: the five poolings leave one pixel, so that one Linear layer is the head."""
    return nn.Sequential(make_features(11, False), nn.Flatten(), nn.Linear(512, 10))
