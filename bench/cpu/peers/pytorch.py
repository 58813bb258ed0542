"""PyTorch's side of the benchmark: answers one JSON line for each on stdin, until that is closed. See pytorch.mjs."""
import json
import os
import pathlib
import re
import resource
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
sys.path.insert(1, str(ROOT / "bench" / "cpu"))

import torch
import torch.nn.functional as F


class Peer:
    def open(self, target, input, threads, **_):
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        import networks

        self.input = input
        self.model = getattr(networks, target)()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-5)
        return {"torch": torch.__version__, "threads": torch.get_num_threads(), "blas": loaded_blas()}

    def train(self, batch, seconds, classes, least=2, **_):
        self.model.train()
        labels = torch.arange(batch) % classes
        return self.time_for(seconds, least, lambda images: self.training_step(images, labels), batch)

    def infer(self, batch, seconds, least=2, **_):
        self.model.eval()
        with torch.no_grad():
            return self.time_for(seconds, least, self.model, batch)

    def training_step(self, images, labels):
        self.optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(self.model(images), labels).backward()
        self.optimizer.step()

    def time_for(self, seconds, least, step, batch):
        images = 2 * torch.rand(batch, *self.input) - 1
        times = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < least:
            started = time.perf_counter()
            step(images)
            times.append(1000 * (time.perf_counter() - started))
        return {"times": times}

    def cpu(self, **_):
        return {"seconds": time.process_time()}

    def memory(self, **_):
        return {"peakMiB": peak_kib() / 1024}


def peak_kib():
    """Of this program: getrusage also counts what its process was before it became Python."""
    try:
        status = pathlib.Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+) kB", status).group(1))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def loaded_blas():
    """Which library does the matrix products that oneDNN does not: one that is there under any name, or the reference."""
    torch.mm(torch.rand(4, 4), torch.rand(4, 4))
    try:
        maps = pathlib.Path("/proc/self/maps").read_text()
    except OSError:
        return None
    paths = {line.split()[-1] for line in maps.splitlines() if re.search(r"/lib(open)?blas|/libmkl|/libblis", line)}
    return sorted(os.path.realpath(path) for path in paths) or None


def main(peer):
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(getattr(peer, request.pop("call"))(**request)) + "\n")


if __name__ == "__main__":
    main(Peer())
