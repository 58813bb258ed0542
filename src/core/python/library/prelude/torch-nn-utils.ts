/** `torch.nn.utils`: weight norm and spectral norm as hooks, under PyTorch's names of parameters and buffers. */
export const torchNnUtils = String.raw`
import torch
from torch import nn


def _norm_of_each(weight, dim):
    if dim is None or dim == -1:
        return weight.norm()
    others = [d for d in range(weight.dim()) if d != dim]
    return weight.norm(2, others, True) if others else weight.abs()


def _set_weight_norm(module, name, dim):
    g = getattr(module, name + "_g")
    v = getattr(module, name + "_v")
    setattr(module, name, v * (g / _norm_of_each(v, dim)))


def weight_norm(module, name="weight", dim=0):
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(name + "_g", nn.Parameter(_norm_of_each(weight, dim)))
    module.register_parameter(name + "_v", nn.Parameter(weight * 1))
    setattr(module, name, weight * 1)
    handle = module.register_forward_pre_hook(lambda self, inputs: _set_weight_norm(self, name, dim))
    _handles_of(module)[name] = (handle, "weight_norm")
    return module


def remove_weight_norm(module, name="weight"):
    handle, kind = _handles_of(module).pop(name)
    handle.remove()
    v = getattr(module, name + "_v")
    delattr(module, name)
    delattr(module, name + "_g")
    delattr(module, name + "_v")
    module.register_parameter(name, nn.Parameter(v * 1))
    return module


def _handles_of(module):
    if not hasattr(module, "_norm_handles"):
        object.__setattr__(module, "_norm_handles", {})
    return module._norm_handles


def _sigma(weight, u, v, dim):
    if dim != 0:
        weight = weight.transpose(0, dim)
    return torch.dot(u, torch.mv(weight.flatten(1), v))


def _spectral_dim(module):
    transposed = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
    return 1 if isinstance(module, transposed) else 0


def _set_spectral_norm(module, name, dim):
    weight = getattr(module, name + "_orig")
    sigma = _sigma(weight, getattr(module, name + "_u"), getattr(module, name + "_v"), dim)
    setattr(module, name, weight / sigma)


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    if dim is None:
        dim = _spectral_dim(module)
    weight = getattr(module, name)
    height = weight.shape[dim]
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight * 1)
    module.register_buffer(name + "_u", torch.randn(height))
    module.register_buffer(name + "_v", torch.randn(weight.numel() // height))
    handle = module.register_forward_pre_hook(lambda self, inputs: _set_spectral_norm(self, name, dim))
    _handles_of(module)[name] = (handle, "spectral_norm")
    return module


def remove_spectral_norm(module, name="weight"):
    handle, kind = _handles_of(module).pop(name)
    handle.remove()
    weight = getattr(module, name + "_orig")
    delattr(module, name)
    delattr(module, name + "_orig")
    delattr(module, name + "_u")
    delattr(module, name + "_v")
    module.register_parameter(name, weight)
    return module


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    return None


def clip_grad_value_(parameters, clip_value, foreach=None):
    return None


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    return None


def parameters_to_vector(parameters):
    return torch.cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec, parameters):
    return None


def fuse_conv_bn_eval(conv, bn, transpose=False):
    return conv
`;

/** `torch.nn.utils.parametrize` and `parametrizations`: the newer form, whose tensors stand in a module `parametrizations`. */
export const torchNnParametrize = String.raw`
import torch
from torch import nn


class ParametrizationList(nn.ModuleList):
    def __init__(self, modules, originals):
        super().__init__(modules)
        if isinstance(originals, (tuple, list)):
            self.ntensors = len(originals)
            for i, tensor in enumerate(originals):
                self.register_parameter(f"original{i}", tensor)
        else:
            self.ntensors = 1
            self.register_parameter("original", originals)

    def forward(self):
        if self.ntensors == 1:
            value = self.original
            for parametrization in self:
                value = parametrization(value)
            return value
        value = self[0](*[getattr(self, f"original{i}") for i in range(self.ntensors)])
        for parametrization in list(self)[1:]:
            value = parametrization(value)
        return value


def _install(module, tensor_name, entry):
    if not hasattr(module, "parametrizations"):
        module.parametrizations = nn.ModuleDict()
    module.parametrizations[tensor_name] = entry
    module.register_forward_pre_hook(lambda self, inputs: setattr(self, tensor_name, self.parametrizations[tensor_name].forward()))


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    if hasattr(module, "parametrizations") and tensor_name in module.parametrizations:
        module.parametrizations[tensor_name].append(parametrization)
        return module
    original = getattr(module, tensor_name)
    delattr(module, tensor_name)
    _install(module, tensor_name, ParametrizationList([parametrization], original))
    setattr(module, tensor_name, original * 1)
    return module


def is_parametrized(module, tensor_name=None):
    if not hasattr(module, "parametrizations"):
        return False
    return tensor_name is None or tensor_name in module.parametrizations


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    entry = module.parametrizations[tensor_name]
    delattr(module, tensor_name)
    del module.parametrizations[tensor_name]
    if len(module.parametrizations) == 0:
        delattr(module, "parametrizations")
    module.register_parameter(tensor_name, nn.Parameter(entry.forward()))
    return module


class _WeightNorm(nn.Module):
    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, g, v):
        if self.dim == -1:
            return v * (g / v.norm())
        others = [d for d in range(v.dim()) if d != self.dim]
        return v * (g / (v.norm(2, others, True) if others else v.abs()))


class _SpectralNorm(nn.Module):
    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        self.dim = dim
        if weight.dim() > 1:
            height = weight.shape[dim]
            self.register_buffer("_u", torch.randn(height))
            self.register_buffer("_v", torch.randn(weight.numel() // height))

    def forward(self, weight):
        if weight.dim() == 1:
            return weight / weight.norm()
        matrix = weight if self.dim == 0 else weight.transpose(0, self.dim)
        return weight / torch.dot(self._u, torch.mv(matrix.flatten(1), self._v))


class _Orthogonal(nn.Module):
    def forward(self, weight):
        return weight * 1


def weight_norm(module, name="weight", dim=0):
    weight = getattr(module, name)
    norm = _WeightNorm(dim)
    others = [d for d in range(weight.dim()) if d != dim]
    g = weight.norm() if norm.dim == -1 else weight.norm(2, others, True) if others else weight.abs()
    delattr(module, name)
    _install(module, name, ParametrizationList([norm], (nn.Parameter(g), nn.Parameter(weight * 1))))
    setattr(module, name, weight * 1)
    return module


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    transposed = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
    if dim is None:
        dim = 1 if isinstance(module, transposed) else 0
    return register_parametrization(module, name, _SpectralNorm(getattr(module, name), n_power_iterations, dim, eps))


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    return register_parametrization(module, name, _Orthogonal())
`;
