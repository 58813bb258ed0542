"""PyTorch on a CUDA device for the benchmark, eager or compiled: one JSON line for each on stdin. See ../training.mjs."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "cpu" / "peers"))

import torch
from pytorch import Peer, main


class CudaPeer(Peer):
    def open(self, target, input, threads, compiled=False, **_):
        if not torch.cuda.is_available():
            return {"torch": torch.__version__, "cuda": None, "compiles": False}
        info = super().open(target, input, threads)
        # Both sides compute in 32 bits.
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = True
        self.model = self.model.cuda()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-5)
        compiles = hasattr(torch, "compile")
        if compiled and compiles:
            self.model = torch.compile(self.model)
        return {**info, "cuda": torch.version.cuda, "device": torch.cuda.get_device_name(), "compiles": compiles}

    def train(self, batch, seconds, classes, least=2, **_):
        self.model.train()
        labels = (torch.arange(batch) % classes).cuda()
        return self.time_for(seconds, least, lambda images: self.training_step(images, labels), batch)

    def time_for(self, seconds, least, step, batch):
        """Several steps are timed together: to wait for the device after each would leave it idle."""
        images = (2 * torch.rand(batch, *self.input) - 1).cuda()
        together = 8
        times = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < least:
            torch.cuda.synchronize()
            started = time.perf_counter()
            for _ in range(together):
                step(images)
            torch.cuda.synchronize()
            times.append(1000 * (time.perf_counter() - started) / together)
        return {"times": times}


if __name__ == "__main__":
    main(CudaPeer())
