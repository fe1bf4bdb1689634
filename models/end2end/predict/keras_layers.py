"""The layers of Keras 2 in torch: channels_last there, channels_first here.

What is not known here is refused by name rather than guessed.
"""

import numpy as np
import torch
import torch.nn.functional as F


class Function(torch.nn.Module):
    """A layer without weights."""

    def __init__(self, function):
        super().__init__()
        self._function = function

    def forward(self, *values):
        return self._function(*values)


class Convolution(torch.nn.Module):
    def __init__(self, config, weights):
        super().__init__()
        _require(config, "data_format", "channels_last")
        # height x width x in x out, as Keras has it
        self.kernel = _frozen(np.transpose(weights[0], (3, 2, 0, 1)))
        self.bias = _frozen(weights[1]) if config.get("use_bias", True) else None
        self.stride = _pair(config["strides"])
        self.dilation = _pair(config.get("dilation_rate", 1))
        self.same = _padding(config) == "same"
        self.activation = activation(config.get("activation", "linear"))

    def forward(self, value):
        if self.same:
            reach = [(size - 1) * step + 1 for size, step in zip(self.kernel.shape[2:], self.dilation)]
            value = F.pad(value, _same_padding(value.shape[2:], reach, self.stride))
        return self.activation(
            F.conv2d(value, self.kernel, self.bias, stride=self.stride, dilation=self.dilation)
        )


class Normalisation(torch.nn.Module):
    def __init__(self, config, weights):
        super().__init__()
        if config.get("axis", -1) not in (-1, 3):
            raise ValueError(f"BatchNormalization on axis {config['axis']} is not known here")
        rest = list(weights)
        scale = rest.pop(0) if config.get("scale", True) else None
        shift = rest.pop(0) if config.get("center", True) else None
        mean, variance = rest
        factor = 1 / np.sqrt(variance + config.get("epsilon", 1e-3))
        factor = factor if scale is None else factor * scale
        offset = -mean * factor if shift is None else shift - mean * factor
        self.factor, self.offset = _frozen(factor), _frozen(offset)

    def forward(self, value):
        shape = (1, -1) + (1,) * (value.dim() - 2)
        return value * self.factor.view(shape) + self.offset.view(shape)


class Dense(torch.nn.Module):
    def __init__(self, config, weights):
        super().__init__()
        self.weight = _frozen(weights[0].T)
        self.bias = _frozen(weights[1]) if config.get("use_bias", True) else None
        self.activation = activation(config.get("activation", "linear"))

    def forward(self, value):
        if value.dim() == 4:  # Keras works on the last axis, which is the channels
            value = F.linear(value.permute(0, 2, 3, 1), self.weight, self.bias).permute(0, 3, 1, 2)
        else:
            value = F.linear(value, self.weight, self.bias)
        return self.activation(value)


def _frozen(array):
    return torch.nn.Parameter(torch.tensor(np.ascontiguousarray(array, np.float32)), requires_grad=False)


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def _require(config, name, only):
    if config.get(name, only) != only:
        raise ValueError(f"{config['name']} has {name} {config[name]}, only {only} is known here")


def _padding(config):
    padding = config.get("padding", "valid")
    if padding not in ("same", "valid"):
        raise ValueError(f"{config['name']} has padding {padding}, only same and valid are known here")
    return padding


def _same_padding(size, kernel, stride):
    """TensorFlow's rule: as many places as strides fit, the odd pixel of padding at the end.

    Returns left, right, top, bottom, as torch wants it.
    """
    sides = []
    for length, width, step in reversed(list(zip(size, kernel, stride))):
        missing = max((-(-length // step) - 1) * step + width - length, 0)
        sides += [missing // 2, missing - missing // 2]
    return sides


def activation(name):
    """The function of an activation by Keras's name; softmax goes over the channels."""
    known = {
        "linear": lambda value: value,
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "softmax": lambda value: torch.softmax(value, dim=1),
        "tanh": torch.tanh,
    }
    if name not in known:
        raise ValueError(f"activation {name} is not known here, only {', '.join(known)}")
    return known[name]


def _max_pool(config):
    kernel, stride, same = _pooling(config)

    def pool(value):
        if same:
            value = F.pad(value, _same_padding(value.shape[2:], kernel, stride), value=-torch.inf)
        return F.max_pool2d(value, kernel, stride)

    return pool


def _average_pool(config):
    kernel, stride, same = _pooling(config)

    def pool(value):
        if not same:
            return F.avg_pool2d(value, kernel, stride)
        padding = _same_padding(value.shape[2:], kernel, stride)
        # Padding does not count in the mean.
        inside = F.pad(torch.ones_like(value[:1, :1]), padding)
        return F.avg_pool2d(F.pad(value, padding), kernel, stride) / F.avg_pool2d(inside, kernel, stride)

    return pool


def _pooling(config):
    _require(config, "data_format", "channels_last")
    return _pair(config["pool_size"]), _pair(config["strides"]), _padding(config) == "same"


def _zero_padding(config):
    _require(config, "data_format", "channels_last")
    padding = config["padding"]
    rows, columns = (padding, padding) if isinstance(padding, int) else padding
    (top, bottom), (left, right) = _pair(rows), _pair(columns)
    return lambda value: F.pad(value, (left, right, top, bottom))


def _concatenation(config):
    if config.get("axis", -1) not in (-1, 3):
        raise ValueError(f"{config['name']} joins on axis {config['axis']}, only channels are known here")
    return lambda *values: torch.cat(values, dim=1)


def _flatten(value):
    return (value.permute(0, 2, 3, 1) if value.dim() == 4 else value).flatten(1)


def weight_shapes(kind, config):
    """(shape, whether it is learnt) of each weight of a layer in Keras's order, None for any length.

    Raises ValueError when the layer is not known here.
    """
    _require_known(kind, config)
    bias = [((config.get("filters", config.get("units")),), True)] if config.get("use_bias", True) else []
    if kind == "Conv2D":
        return [((*_pair(config["kernel_size"]), None, config["filters"]), True), *bias]
    if kind == "Dense":
        return [((None, config["units"]), True), *bias]
    if kind == "BatchNormalization":
        learnt = [name for name in ("scale", "center") if config.get(name, True)]
        return [((None,), True) for _ in learnt] + [((None,), False)] * 2
    return []


WITH_WEIGHTS = {"Conv2D": Convolution, "BatchNormalization": Normalisation, "Dense": Dense}
WITHOUT_WEIGHTS = {
    "Activation": lambda config: activation(config["activation"]),
    "Add": lambda _: lambda *values: sum(values),
    "AveragePooling2D": _average_pool,
    "Concatenate": _concatenation,
    "Dropout": lambda _: lambda value: value,
    "Flatten": lambda _: _flatten,
    "GlobalAveragePooling2D": lambda _: lambda value: value.mean(dim=(2, 3)),
    "GlobalMaxPooling2D": lambda _: lambda value: value.amax(dim=(2, 3)),
    "Maximum": lambda _: lambda *values: torch.stack(values).amax(dim=0),
    "MaxPooling2D": _max_pool,
    "ZeroPadding2D": _zero_padding,
}


def make_layer(kind, config, weights):
    """A layer by Keras's class name.

    weights: the layer's arrays in the order of the file.
    Raises ValueError for what is not known here.
    """
    if kind in WITH_WEIGHTS:
        return WITH_WEIGHTS[kind](config, weights)
    _require_known(kind, config)
    return Function(WITHOUT_WEIGHTS[kind](config))


def _require_known(kind, config):
    known = sorted([*WITH_WEIGHTS, *WITHOUT_WEIGHTS])
    if kind not in known:
        raise ValueError(f"layer {config.get('name')} is a {kind}, which is not known here ({', '.join(known)} are)")
