"""Reads a network that Keras 2.0.5 has saved as HDF5, and runs it in torch.

Debian has no Keras, and today's Keras needs another framework for three quarters of what it does. The
file says it all: attribute model_config is the graph in JSON, group model_weights has the weights by
layer. Layers are channels_last there and channels_first here; what this module does not know it
refuses by name rather than guess.
"""

import json

import h5py
import numpy as np
import torch
import torch.nn.functional as F


class Network(torch.nn.Module):
    """A graph of layers with one input and one output.

    Takes batch x channels x height x width, gives what the last layer gives.
    """

    def __init__(self, nodes, source, result, channels):
        """nodes: (name, layer, names of what it takes) in an order in which each can be computed."""
        super().__init__()
        self.channels = channels
        self._nodes = [(name, takes) for name, _, takes in nodes]
        self._layers = torch.nn.ModuleDict({_key(name): layer for name, layer, _ in nodes})
        self._source = source
        self._result = result
        self.register_buffer("_place", torch.zeros(()))

    @property
    def device(self):
        return self._place.device

    def forward(self, batch):
        values = {self._source: batch}
        last_use = {taken: name for name, takes in self._nodes for taken in takes}
        for name, takes in self._nodes:
            values[name] = self._layers[_key(name)](*(values[taken] for taken in takes))
            for taken in takes:
                # Full-size maps are large: what nobody needs any more is let go.
                if last_use[taken] == name and taken != self._result:
                    values.pop(taken, None)
        return values[self._result]


def _key(name):
    """torch allows no dots in names of parts."""
    return name.replace(".", "_")


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
    if kind in WITHOUT_WEIGHTS:
        return Function(WITHOUT_WEIGHTS[kind](config))
    known = ", ".join(sorted([*WITH_WEIGHTS, *WITHOUT_WEIGHTS]))
    raise ValueError(f"layer {config.get('name')} is a {kind}, which is not known here ({known} are)")


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _weights_of(group, name):
    if name not in group:
        return []
    return [np.asarray(group[name][_text(weight)]) for weight in group[name].attrs["weight_names"]]


def _graph(model):
    """(layers with what they take, name of the input, name of the output) of a model_config."""
    layers = model["config"]
    if model["class_name"] == "Sequential":
        names = [layer["config"]["name"] for layer in layers]
        takes = [["input"]] + [[name] for name in names[:-1]]
        return list(zip(layers, takes)), "input", names[-1]
    if model["class_name"] != "Model":
        raise ValueError(f"the file holds a {model['class_name']}, only Model and Sequential are known here")
    nodes = []
    for layer in layers["layers"]:
        if len(layer["inbound_nodes"]) > 1:
            raise ValueError(f"layer {layer['name']} is used more than once, which is not known here")
        nodes.append((layer, [taken[0] for taken in (layer["inbound_nodes"] or [[]])[0]]))
    if len(layers["input_layers"]) != 1 or len(layers["output_layers"]) != 1:
        raise ValueError("the network has several inputs or outputs, one of each is known here")
    return nodes, layers["input_layers"][0][0], layers["output_layers"][0][0]


def _in_order(nodes, source):
    """Nodes such that each comes after what it takes."""
    done, waiting, ordered = {source}, list(nodes), []
    while waiting:
        ready = [node for node in waiting if all(taken in done for taken in node[1])]
        if not ready:
            raise ValueError("the network's layers wait for each other")
        for node in ready:
            ordered.append(node)
            done.add(node[0]["config"]["name"])
        waiting = [node for node in waiting if node not in ready]
    return ordered


def read_network(path):
    """The network of a file, with its weights, on the cpu.

    Raises OSError when it is no HDF5 file, ValueError when something in it is not known here.
    """
    with h5py.File(path, "r") as file:
        if "model_config" not in file.attrs or "model_weights" not in file:
            raise ValueError("it is no whole model saved by Keras (model_config or model_weights is missing)")
        nodes, source, result = _graph(json.loads(_text(file.attrs["model_config"])))
        group = file["model_weights"]
        shapes = [
            layer["config"]["batch_input_shape"]
            for layer, _ in nodes
            if "batch_input_shape" in layer["config"]
        ]
        made = [
            (layer["config"]["name"],
             make_layer(layer["class_name"], layer["config"], _weights_of(group, layer["config"]["name"])),
             takes)
            for layer, takes in _in_order([node for node in nodes if node[0]["class_name"] != "InputLayer"], source)
        ]
    if len(shapes) != 1:
        raise ValueError("the file does not say what shape its one input has")
    return Network(made, source, result, channels=int(shapes[0][-1]))
