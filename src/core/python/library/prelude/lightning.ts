/** `pytorch_lightning` and `lightning`: a LightningModule is an nn.Module with hyperparameters; the rest is training. */
export const lightning = String.raw`
from torch import nn


class LightningModule(nn.Module):
    def save_hyperparameters(self, *args, ignore=None, frame=None, logger=True):
        if not hasattr(self, "_hparams"):
            self._hparams = _AttributeDict()
        names = [ignore] if isinstance(ignore, str) else list(ignore or [])
        if args and all(isinstance(arg, str) for arg in args):
            given = {name: value for name, value in _caller_arguments().items() if name in args}
        elif args:
            given = args[0] if isinstance(args[0], dict) else vars(args[0])
        else:
            given = _caller_arguments()
        for name, value in given.items():
            if name not in names:
                self._hparams[name] = value

    @property
    def hparams(self):
        if not hasattr(self, "_hparams"):
            self._hparams = _AttributeDict()
        return self._hparams

    @property
    def device(self):
        return "cpu"

    @property
    def current_epoch(self):
        return 0

    @property
    def global_step(self):
        return 0

    def log(self, *args, **kwargs):
        return None

    def log_dict(self, *args, **kwargs):
        return None

    def print(self, *args, **kwargs):
        return None

    def freeze(self):
        for parameter in self.parameters():
            parameter.requires_grad = False
        self.eval()

    def unfreeze(self):
        for parameter in self.parameters():
            parameter.requires_grad = True
        self.train()


class _AttributeDict(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)

    def __setattr__(self, name, value):
        self[name] = value


class LightningDataModule:
    def __init__(self):
        pass

    def save_hyperparameters(self, *args, **kwargs):
        pass


class Callback:
    pass


class Trainer:
    def __init__(self, *args, **kwargs):
        pass

    def fit(self, *args, **kwargs):
        return None

    def test(self, *args, **kwargs):
        return None

    def validate(self, *args, **kwargs):
        return None


def seed_everything(seed=None, workers=False):
    return seed
`;
