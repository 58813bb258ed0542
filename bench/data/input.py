"""Images per second, and milliseconds of CPU for each, of PyTorch's DataLoader with torchvision and Pillow: a JSON object by the number of workers. Called by input.mjs."""
import json
import resource
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


def cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


rates = {}
for workers in (0, 1, 2):
    # Without workers the main thread has all cores; each worker has one.
    torch.set_num_threads(2 if workers == 0 else 1)
    loader = DataLoader(ImageFolder(folder, change), batch_size=batch_size, shuffle=True, num_workers=workers)
    started, cpu = time.perf_counter(), cpu_seconds()
    images = sum(batch.shape[0] for batch, _ in loader)
    rate = images / (time.perf_counter() - started)
    rates[workers] = {'rate': rate, 'cpuMs': 1000 * (cpu_seconds() - cpu) / images}
print(json.dumps(rates))
