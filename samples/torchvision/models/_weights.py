"""Trained weights by name. Shapes do not depend on them, so a name is all that is kept."""

BUILDERS = {}


class Weights:
    """`ResNet18_Weights.DEFAULT`, `ResNet18_Weights.IMAGENET1K_V1`."""

    def __init__(self, name):
        self.name = name
        self.IMAGENET1K_V1 = self
        self.IMAGENET1K_V2 = self
        self.COCO_WITH_VOC_LABELS_V1 = self
        self.DEFAULT = self
        self.url = ""
        self.meta = {"categories": [f"class {i}" for i in range(1000)]}

    def transforms(self, **options):
        return lambda image: image

    def get_state_dict(self, **options):
        return {}


def builder(function):
    """Lets a builder take what torchvision's take besides: which weights, and whether to show the download."""

    def build(
        pretrained=False, progress=True, *, weights=None, pretrained_backbone=False, weights_backbone=None, **options
    ):
        return function(**options)

    BUILDERS[function.__name__] = build
    return build


def get_model(name, **options):
    return BUILDERS[name.lower()](**options)


def get_model_weights(name):
    return Weights(name)


def get_weight(name):
    return Weights(name)


def list_models(module=None):
    return sorted(BUILDERS)
