"""Reads the weights of a .caffemodel, without Caffe.

The file is one protobuf message, NetParameter of caffe.proto; of its wire format just what is needed
is read here. Numbers of fields are Caffe's.
"""

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

# NetParameter.layer and, in older files, NetParameter.layers: (field of the layer, its name, its blobs)
LAYER_FIELDS = {100: (1, 7), 2: (4, 6)}


def read_varint(data, at):
    """(value, place after it)."""
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("the file ends inside a number")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is longer than 64 bits")


def fields(data):
    """(number, wire type, value) of each field of a message; bytes come as a view, not a copy."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = read_varint(data, at)
        elif kind in (FIXED64, FIXED32, BYTES):
            length, at = read_varint(data, at) if kind == BYTES else (8 if kind == FIXED64 else 4, at)
            if at + length > len(data):
                raise ValueError("the file ends inside a field")
            value, at = data[at : at + length], at + length
        else:
            raise ValueError(f"field {number} has wire type {kind}, which protobuf no longer writes")
        yield number, kind, value


def read_blob(data):
    """A BlobProto as an array of float32."""
    values, shape, old_shape = [], None, {}
    for number, kind, value in fields(data):
        if number == 5:  # data: packed, or a float at a time
            values.append(np.frombuffer(value, "<f4"))
        elif number == 8:  # double_data
            values.append(np.frombuffer(value, "<f8").astype(np.float32))
        elif number == 7 and kind == BYTES:  # shape
            shape = read_shape(value)
        elif number in (1, 2, 3, 4) and kind == VARINT:  # num, channels, height, width
            old_shape[number] = value
    array = np.concatenate(values) if values else np.zeros(0, np.float32)
    if shape is None:
        shape = [old_shape.get(number, 1) for number in (1, 2, 3, 4)]
    if int(np.prod(shape)) != array.size:
        raise ValueError(f"a blob of shape {shape} holds {array.size} numbers")
    return array.reshape(shape)


def read_shape(data):
    """A BlobShape: dim is packed or one at a time."""
    shape = []
    for number, kind, value in fields(data):
        if number != 1:
            continue
        if kind == VARINT:
            shape.append(value)
            continue
        at = 0
        while at < len(value):
            dim, at = read_varint(value, at)
            shape.append(dim)
    return shape


def read_layers(data):
    """Arrays by the layer's name, for all layers that have any."""
    layers = {}
    for number, kind, layer in fields(data):
        if number not in LAYER_FIELDS or kind != BYTES:
            continue
        name_field, blob_field = LAYER_FIELDS[number]
        name, blobs = "", []
        for field, _, value in fields(layer):
            if field == name_field:
                name = bytes(value).decode()
            elif field == blob_field:
                blobs.append(read_blob(value))
        if blobs:
            layers[name] = blobs
    return layers


def read_caffemodel(path):
    """Arrays by the layer's name of a file.

    Raises OSError or ValueError when it cannot be read.
    """
    with open(path, "rb") as file:
        return read_layers(memoryview(file.read()))
