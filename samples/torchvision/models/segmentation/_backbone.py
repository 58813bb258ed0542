"""A ResNet without its classifier, and what is done with its maps."""

from collections import OrderedDict

import torch.nn as nn
import torch.nn.functional as F


class Backbone(nn.ModuleDict):
    """Gives the maps of some layers of a network by name: `{"layer4": "out"}`. What stands after the last is left out."""

    def __init__(self, network, names):
        wanted = set(names)
        layers = OrderedDict()
        for name, layer in network.named_children():
            layers[name] = layer
            wanted.discard(name)
            if not wanted:
                break
        super().__init__(layers)
        self.names = names

    def forward(self, x):
        maps = OrderedDict()
        for name, layer in self.items():
            x = layer(x)
            if name in self.names:
                maps[self.names[name]] = x
        return maps


class SegmentationModel(nn.Module):
    # input: (3, 520, 520)

    def __init__(self, backbone, classifier, aux_classifier=None):
        super().__init__()
        self.backbone = backbone
        self.classifier = classifier
        self.aux_classifier = aux_classifier

    def forward(self, x):
        size = x.shape[-2:]
        maps = self.backbone(x)
        result = OrderedDict()
        result["out"] = F.interpolate(self.classifier(maps["out"]), size=size, mode="bilinear", align_corners=False)
        if self.aux_classifier is not None:
            result["aux"] = F.interpolate(self.aux_classifier(maps["aux"]), size=size, mode="bilinear", align_corners=False)
        return result
