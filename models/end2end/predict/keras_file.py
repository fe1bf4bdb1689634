"""Reads a network that Keras 2 has saved as HDF5, and runs it in torch.

Debian has no Keras, and today's Keras needs another framework for three quarters of what it does. The
file says it all: attribute model_config is the graph in JSON, group model_weights has the weights by
layer. A model may be a layer of another model, as upstream's builder makes it: its layers are then
inlined, and its weights lie together in the group of the model.
"""

import json
from typing import NamedTuple

import h5py
import numpy as np
import torch

from keras_layers import Function, make_layer, weight_shapes

MODELS = ("Model", "Functional", "Sequential")


class Network(torch.nn.Module):
    """A graph of layers with one input and one output.

    Takes batch x channels x height x width, gives what the last layer gives.
    """

    def __init__(self, nodes, source, result, channels):
        """nodes: (name, layer, names of what it takes) in an order in which each can be computed."""
        super().__init__()
        self.channels = channels
        self._nodes = [(name, takes) for name, _, takes in nodes]
        self._layers = torch.nn.ModuleList(layer for _, layer, _ in nodes)
        self._source = source
        self._result = result
        self.register_buffer("_place", torch.zeros(()))

    @property
    def device(self):
        return self._place.device

    def forward(self, batch):
        values = {self._source: batch}
        last_use = {taken: name for name, takes in self._nodes for taken in takes}
        for (name, takes), layer in zip(self._nodes, self._layers):
            values[name] = layer(*(values[taken] for taken in takes))
            for taken in takes:
                # Full-size maps are large: what nobody needs any more is let go.
                if last_use[taken] == name and taken != self._result:
                    values.pop(taken, None)
        return values[self._result]


class Node(NamedTuple):
    """A layer of the graph after inlining."""

    name: str  # names of the models that it lies in before its own, joined by /
    kind: str  # Keras's class name, or "" for what hands on its input
    config: dict
    takes: list


def _layers_of(kind, config):
    """(layer, names of what it takes or None for the model's input) of a model, and the name of its output."""
    if kind == "Sequential":
        layers = config if isinstance(config, list) else config["layers"]
        names = [layer["config"]["name"] for layer in layers]
        return list(zip(layers, [None, *([name] for name in names)])), names[-1]
    if len(config["input_layers"]) != 1 or len(config["output_layers"]) != 1:
        raise ValueError("the network has several inputs or outputs, one of each is known here")
    layers = []
    for layer in config["layers"]:
        if len(layer["inbound_nodes"]) > 1:
            raise ValueError(f"layer {layer['config']['name']} is used more than once, which is not known here")
        takes = [taken[0] for taken in (layer["inbound_nodes"] or [[]])[0]]
        layers.append((layer, None if layer["class_name"] == "InputLayer" else takes))
    return layers, config["output_layers"][0][0]


def _inlined(kind, config, prefix, given):
    """(nodes of a model and of the models in it, name of the output).

    given: name of what the model takes.
    """
    nodes = []
    layers, result = _layers_of(kind, config)
    for layer, local in layers:
        name, inner = prefix + layer["config"].get("name", layer.get("name", "")), layer["config"]
        takes = [given] if local is None else [prefix + taken for taken in local]
        if layer["class_name"] in MODELS:
            inside, output = _inlined(layer["class_name"], inner, f"{name}/", takes[0])
            nodes += [*inside, Node(name, "", {}, [output])]
        elif layer["class_name"] == "InputLayer":
            nodes.append(Node(name, "", {}, takes))
        else:
            nodes.append(Node(name, layer["class_name"], inner, takes))
    return nodes, prefix + result


def _in_order(nodes, source):
    """Nodes such that each comes after what it takes."""
    done, waiting, ordered = {source}, list(nodes), []
    while waiting:
        ready = [node for node in waiting if all(taken in done for taken in node.takes)]
        if not ready:
            raise ValueError("the network's layers wait for each other")
        ordered += ready
        done.update(node.name for node in ready)
        waiting = [node for node in waiting if node.name not in done]
    return ordered


def _input_shape(kind, config):
    """batch_input_shape of a model's input, or None when the file does not say it."""
    layers, _ = _layers_of(kind, config)
    first = next((layer for layer, takes in layers if takes is None), None)
    if first is None or "batch_input_shape" in first["config"]:
        return first and first["config"]["batch_input_shape"]
    return _input_shape(first["class_name"], first["config"]) if first["class_name"] in MODELS else None


def _places(layer, name):
    """(trainable, other) places of a layer's weights, in Keras's order: (name of the node, which weight).

    A model has those of its layers, one layer after the other. All weights of a layer that is not
    trainable are among the others; the same goes for a model.
    """
    kind, config = layer["class_name"], layer["config"]
    trainable, other = [], []
    if kind in MODELS:
        for inner, _ in _layers_of(kind, config)[0]:
            found = _places(inner, f"{name}/{inner['config']['name']}")
            trainable += found[0]
            other += found[1]
    elif kind != "InputLayer":
        for index, (_, learnt) in enumerate(weight_shapes(kind, config)):
            (trainable if learnt else other).append((name, index))
    if isinstance(config, dict) and config.get("trainable", True) is False:
        return [], trainable + other
    return trainable, other


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _names_of_weights(group):
    """The attribute weight_names, which later versions of Keras 2 cut into parts when it is long."""
    if "weight_names" in group.attrs:
        return [_text(name) for name in group.attrs["weight_names"]]
    names, part = [], 0
    while f"weight_names{part}" in group.attrs:
        names += [_text(name) for name in group.attrs[f"weight_names{part}"]]
        part += 1
    return names


def _weights_by_node(group, kind, config):
    """The arrays of each node, by the node's name.

    Names of weights change when a model is built anew, so they are told apart by their order.
    """
    found = {}
    for layer, _ in _layers_of(kind, config)[0]:
        name = layer["config"]["name"]
        arrays = [np.asarray(group[name][weight]) for weight in _names_of_weights(group[name])] if name in group else []
        places = sum(_places(layer, name), [])
        if len(arrays) != len(places):
            raise ValueError(f"layer {name} has {len(arrays)} weights in the file, {len(places)} by its description")
        for (node, index), array in zip(places, arrays):
            found.setdefault(node, {})[index] = array
    return {node: [arrays[index] for index in sorted(arrays)] for node, arrays in found.items()}


def _check_shapes(node, arrays):
    """Stops when a weight cannot be the one that the order says it is."""
    for (shape, _), array in zip(weight_shapes(node.kind, node.config), arrays):
        fits = len(shape) == array.ndim and all(want in (None, size) for want, size in zip(shape, array.shape))
        if not fits:
            raise ValueError(f"layer {node.name} has a weight of shape {array.shape}, which does not fit its description")


def _made(node, arrays):
    if node.kind == "":
        return Function(lambda value: value)
    _check_shapes(node, arrays)
    return make_layer(node.kind, {**node.config, "name": node.name}, arrays)


def read_network(path):
    """The network of a file, with its weights, on the cpu.

    Raises OSError when it is no HDF5 file, ValueError when something in it is not known here.
    """
    try:
        return _read(path)
    except KeyError as error:
        raise ValueError(f"its description lacks {error}, which Keras 2 writes") from error


def _read(path):
    with h5py.File(path, "r") as file:
        if "model_config" not in file.attrs or "model_weights" not in file:
            raise ValueError("it is no whole model saved by Keras (model_config or model_weights is missing)")
        model = json.loads(_text(file.attrs["model_config"]))
        kind, config = model["class_name"], model["config"]
        if kind not in MODELS:
            raise ValueError(f"the file holds a {kind}, only {', '.join(MODELS)} are known here")
        shape = _input_shape(kind, config)
        if shape is None or shape[-1] is None:
            raise ValueError("the file does not say what shape its one input has")
        source = "/input"  # no layer's name: those of inlined layers begin with their model's
        nodes, result = _inlined(kind, config, "", source)
        arrays = _weights_by_node(file["model_weights"], kind, config)
        made = [(node.name, _made(node, arrays.get(node.name, [])), node.takes) for node in _in_order(nodes, source)]
    return Network(made, source, result, channels=int(shape[-1]))
