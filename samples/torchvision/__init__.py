"""torchvision's networks in readable code of our own, under torchvision's names: what `import torchvision` finds where no
torchvision is installed. Layers, names of weights and shapes are torchvision's; nothing is downloaded."""

from . import models
