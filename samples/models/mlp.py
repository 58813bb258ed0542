"""A multilayer perceptron: the simplest network that learns digits. It sees pixels, not pictures."""

import torch.nn as nn


class MLP(nn.Module):
    # input: (1, 28, 28)

    def __init__(self, in_features=784, hidden=(256, 128), num_classes=10):
        super().__init__()
        layers = []
        for width in hidden:
            layers += [nn.Linear(in_features, width), nn.ReLU()]
            in_features = width
        self.hidden = nn.Sequential(*layers)
        self.output = nn.Linear(in_features, num_classes)

    def forward(self, x):
        x = x.flatten(1)
        return self.output(self.hidden(x))
