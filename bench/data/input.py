"""Images per second of PyTorch's DataLoader with torchvision and Pillow: a JSON object by the number of workers. Called by input.mjs."""
import json
import sys
import time

import torch
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

folder, batch_size = sys.argv[1], int(sys.argv[2])
change = transforms.Compose([
    transforms.RandomResizedCrop(224),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])
rates = {}
for workers in (0, 1, 2):
    # Without workers the main thread has all cores; each worker has one.
    torch.set_num_threads(2 if workers == 0 else 1)
    loader = DataLoader(ImageFolder(folder, change), batch_size=batch_size, shuffle=True, num_workers=workers)
    started = time.perf_counter()
    images = sum(batch.shape[0] for batch, _ in loader)
    rates[workers] = images / (time.perf_counter() - started)
print(json.dumps(rates))
