"""LeNet-5 (LeCun et al., 1998) with ReLU and max pooling, as it is usually taught today."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet(nn.Module):
    # input: (1, 28, 28)

    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, num_classes)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))  # 6 x 14 x 14
        x = self.pool(F.relu(self.conv2(x)))  # 16 x 5 x 5
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
