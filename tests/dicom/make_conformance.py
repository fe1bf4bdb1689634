#!/usr/bin/python3
"""usage: make_conformance.py <folder>

Makes one small DICOM file for each cell of the conformance table, with the encoders of dcmtk and
gdcm, and beside it the greys that it must become (little-endian 16-bit numbers): pydicom's
apply_modality_lut, then apply_voi_lut, then the output range spread over 16 bits; MONOCHROME1 is
inverted, padding is black. manifest.json lists the cells.

A lossless file's truth is the array it was made from. A lossy one's is what its encoder's own
decoder gives.

Then it makes one file of each kind that breaks the standard but still has its pixels.
"""
import io
import json
import os
import struct
import subprocess
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

ROWS, COLUMNS = 33, 41  # odd, so that padding of lengths shows
# name, bits allocated, bits stored, signed
BITS = [
    ("8", 8, 8, False),
    ("10", 16, 10, False),
    ("12", 16, 12, False),
    ("14", 16, 14, False),
    ("16", 16, 16, False),
    ("12 signed", 16, 12, True),
    ("16 signed", 16, 16, True),
]
# uid, name, encoder (arguments before input and output), decoder for lossy ones, bits that it can
ANY = [name for name, *_ in BITS]
SYNTAXES = [
    ("1.2.840.10008.1.2", "implicit_le", ["dcmconv", "+ti"], None, ANY),
    ("1.2.840.10008.1.2.1", "explicit_le", ["dcmconv", "+te"], None, ANY),
    ("1.2.840.10008.1.2.2", "explicit_be", ["dcmconv", "+tb"], None, ANY),
    ("1.2.840.10008.1.2.1.99", "deflated", ["dcmconv", "+td"], None, ANY),
    ("1.2.840.10008.1.2.4.57", "jpeg_57", ["dcmcjpeg", "+el", "+sv", "6"], None, ANY),
    ("1.2.840.10008.1.2.4.70", "jpeg_70", ["dcmcjpeg", "+e1"], None, ANY),
    ("1.2.840.10008.1.2.4.80", "jpegls_80", ["dcmcjpls", "+el"], None, ANY),
    ("1.2.840.10008.1.2.4.81", "jpegls_81", ["dcmcjpls", "+en", "+md", "3"], ["dcmdjpls"],
     ["8", "10", "12", "14", "16"]),
    ("1.2.840.10008.1.2.4.90", "j2k_90", ["gdcmconv", "--j2k"], None, ANY),
    ("1.2.840.10008.1.2.4.91", "j2k_91", ["gdcmconv", "--j2k", "--lossy", "-r", "4"],
     ["gdcmconv", "--raw"], ["8", "10", "12", "14", "16"]),
    ("1.2.840.10008.1.2.5", "rle", ["dcmcrle"], None, ANY),
    ("1.2.840.10008.1.2.4.50", "jpeg_50", ["dcmcjpeg", "+eb", "+q", "90"], ["dcmdjpeg"], ["8"]),
    ("1.2.840.10008.1.2.4.51", "jpeg_51", ["dcmcjpeg", "+ee", "+q", "90"], ["dcmdjpeg"],
     ["8", "10", "12"]),
]
VOIS = ["none", "linear", "linear_exact", "sigmoid", "several", "chosen", "lut", "lut_and_window",
        "rescale", "modality_lut", "padding"]
SECOND_WINDOW = "SOFT"


def pixels(allocated, stored, signed):
    """A picture that has every part of the range, both ends and noise."""
    rng = np.random.default_rng(allocated * 1000 + stored * 10 + signed)
    low, high = (-(2 ** (stored - 1)), 2 ** (stored - 1) - 1) if signed else (0, 2 ** stored - 1)
    ramp = np.linspace(low, high, ROWS * COLUMNS)
    array = np.clip(np.round(ramp + rng.normal(0, (high - low) / 40, ramp.size)), low, high)
    array[:3] = low
    array[-3:] = high
    kind = ("i" if signed else "u") + str(allocated // 8)
    return array.reshape(ROWS, COLUMNS).astype(kind)


def base_file(path, array, allocated, stored, signed):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.Modality, ds.PatientName, ds.PatientID = "MG", "", ""
    ds.StudyDate = ds.StudyTime = ds.StudyID = ds.PatientBirthDate = ds.PatientSex = ""
    ds.AccessionNumber = ds.ReferringPhysicianName = ""
    ds.SeriesNumber = ds.InstanceNumber = 1
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = array.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, stored, stored - 1
    ds.PixelRepresentation = int(signed)
    raw = array.tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if allocated == 8 else "OW"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.save_as(path, write_like_original=False)


def lut_item(ds, first, bits):
    """A curved table over a quarter of the range, so that values fall off both its ends."""
    entries = min(2 ** max(ds.BitsStored - 2, 6), 4096, 256 if bits == 8 else 4096)
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if ds.PixelRepresentation else "US", [entries, first, bits])
    curve = np.round((np.linspace(0, 1, entries) ** 1.7) * (2 ** bits - 1)).astype(int)
    item.add_new("LUTData", "US", curve.tolist())
    return item


def set_grey_pipeline(ds, voi):
    """Writes the tags of one kind of grey pipeline; gives the index of the window to be applied."""
    signed = ds.PixelRepresentation == 1
    span = 2 ** ds.BitsStored
    middle = 0 if signed else span // 2
    if voi in ("linear", "linear_exact", "sigmoid", "several", "chosen", "lut_and_window",
               "rescale", "padding"):
        ds.WindowCenter, ds.WindowWidth = str(middle + 3), str(span * 5 // 8)
    if voi in ("linear_exact", "sigmoid"):
        ds.VOILUTFunction = voi.upper()
    if voi in ("several", "chosen"):
        ds.WindowCenter = [str(middle + 3), str(middle - 7.5)]
        ds.WindowWidth = [str(span * 5 // 8), str(span / 3)[:12]]
        ds.WindowCenterWidthExplanation = ["NORMAL", SECOND_WINDOW]
    if voi in ("lut", "lut_and_window"):
        bits = 8 if ds.BitsStored == 8 else 12
        ds.VOILUTSequence = Sequence([lut_item(ds, middle - span // 8, bits)])
    if voi == "rescale":
        ds.RescaleSlope, ds.RescaleIntercept = "1.5", "-20"
        ds.RescaleType = "US"
    if voi == "modality_lut":
        ds.ModalityLUTSequence = Sequence([lut_item(ds, middle - span // 8, 16)])  # pydicom knows 8 and 16
        ds.ModalityLUTSequence[0].ModalityLUTType = "US"
    return 1 if voi == "chosen" else 0


def expected(ds, array, voi, index):
    # Widened first: pydicom subtracts a LUT's first value in 16 bits, which overflows.
    value = np.asarray(apply_modality_lut(array.astype(np.int32), ds))
    shown = apply_voi_lut(value, ds, index=index)
    low, high = output_range(ds)
    grey = np.rint((shown.astype(np.float64) - low) * 65535 / (high - low))
    grey = np.clip(grey, 0, 65535)
    if ds.PhotometricInterpretation == "MONOCHROME1":
        grey = 65535 - grey
    if voi == "padding":
        grey[array == ds.PixelPaddingValue] = 0
    return grey.astype("<u2")


def output_range(ds):
    if "VOILUTSequence" in ds:
        return 0, 2 ** ds.VOILUTSequence[0].LUTDescriptor[2] - 1
    if "ModalityLUTSequence" in ds:
        return 0, 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    half = 2 ** (ds.BitsStored - 1)
    low, high = (-half, half - 1) if ds.PixelRepresentation else (0, 2 * half - 1)
    slope, intercept = ds.get("RescaleSlope"), ds.get("RescaleIntercept")
    if slope is None:
        return low, high
    return low * float(slope) + float(intercept), high * float(slope) + float(intercept)


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout.decode(errors='replace')}")


ROWS_TAG, STUDY_TAG, PIXELS_TAG = b"\x28\x00\x10\x00US", b"\x20\x00\x0d\x00UI", b"\xe0\x7f\x10\x00O"
ITEM, ITEM_END, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
NONE, ENDLESS = b"\0\0\0\0", b"\xff\xff\xff\xff"
PRIVATE, SEQUENCE = b"\x19\x00\x11\x10", b"\x08\x00\x32\x10SQ\0\0"
CREATOR = b"\x19\x00\x10\x00LO\x04\x00INV "


def body_of(data):
    return 144 + struct.unpack("<I", data[140:144])[0]


def with_length(data, length):
    return data[:140] + struct.pack("<I", length) + data[144:]


def before(tag, added):
    """The change that puts an element before another one."""
    return lambda data: data.replace(tag, added + tag, 1)


def pixels_as(vr):
    return lambda data: data.replace(PIXELS_TAG + b"W", PIXELS_TAG[:4] + vr, 1)


# What is done to the bytes of a file in Explicit VR Little Endian; the second is the same in Implicit VR.
BROKEN = {
    "no preamble": lambda data, _: data[132:],
    "another format in the preamble": lambda data, _: b"II*\0\x08\0\0\0" + data[8:],
    "implicit VR under an explicit UID": lambda data, other: data[:body_of(data)] + other[body_of(other):],
    "explicit VR under the implicit UID": lambda data, other: other[:body_of(other)] + data[body_of(data):],
    "file meta without its length": lambda data, _: data[:132] + data[144:],
    "length 0 of the file meta": lambda data, _: with_length(data, 0),
    "length of the file meta too small": lambda data, _: with_length(data, body_of(data) - 154),
    "group length": before(b"\x08\x00\x16\x00UI", b"\x08\x00\x00\x00UL\x04\x00\x10\0\0\0"),
    "unknown VR ??": before(ROWS_TAG, CREATOR + PRIVATE + b"??\x04\x00INV "),
    "VR UN, undefined length, implicit content": before(
        ROWS_TAG, CREATOR + PRIVATE + b"UN\0\0" + ENDLESS + ITEM + ENDLESS +
        b"\x08\x00\x00\x01\x02\0\0\0ab" + ITEM_END + NONE + END + NONE),
    "VR UN of a known element": lambda data, _: data.replace(
        ROWS_TAG + b"\x02\0", ROWS_TAG[:4] + b"UN\0\0\x02\0\0\0", 1),
    "odd length of an element": before(STUDY_TAG, b"\x18\x00\x30\x10LO\x05\x00abcde"),
    "elements out of order": before(PIXELS_TAG, b"\x10\x00\x40\x00CS\x02\x00F "),
    "an empty sequence of undefined length": before(STUDY_TAG, SEQUENCE + ENDLESS + END + NONE),
    "a sequence of defined length with a delimiter": before(
        STUDY_TAG, SEQUENCE + struct.pack("<I", 16) + ITEM + NONE + END + NONE),
    "NumberOfFrames 0": before(ROWS_TAG, b"\x28\x00\x08\x00IS\x02\x000 "),
    "NumberOfFrames empty": before(ROWS_TAG, b"\x28\x00\x08\x00IS\x00\x00"),
    "16-bit pixel data as OB": pixels_as(b"OB"),
    "pixel data as UN": pixels_as(b"UN"),
    "zeros after the pixel data": lambda data, _: data + b"\0" * 512,
}


def reads_as(data, array):
    """Whether pydicom reads the pixels; never others than those that are there."""
    try:
        found = pydicom.dcmread(io.BytesIO(data), force=True).pixel_array
    except (AttributeError, ValueError):
        return False
    assert (found == array).all()
    return True


def broken_files(folder):
    """Makes the files of BROKEN and notes which of them pydicom reads."""
    bits, allocated, stored, signed = BITS[2]
    array = pixels(allocated, stored, signed)
    base = os.path.join(folder, "base.dcm")
    base_file(base, array, allocated, stored, signed)
    with open(base, "rb") as file:
        explicit = file.read()
    ds = pydicom.dcmread(base)
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    ds.is_implicit_VR = True
    buffer = io.BytesIO()
    ds.save_as(buffer, write_like_original=False)
    names = []
    for kind, change in BROKEN.items():
        data = change(explicit) if change.__code__.co_argcount == 1 else change(explicit, buffer.getvalue())
        assert data != explicit, kind
        name = "broken-" + kind.replace(" ", "_").replace("?", "q")
        with open(os.path.join(folder, name + ".dcm"), "wb") as file:
            file.write(data)
        expected(ds, array, "none", 0).tofile(os.path.join(folder, name + ".raw"))
        names.append({"name": name, "kind": kind, "pydicom": reads_as(data, array)})
    os.remove(base)
    return names


def main(folder):
    cells = []
    for bits, allocated, stored, signed in BITS:
        array = pixels(allocated, stored, signed)
        base = os.path.join(folder, "base.dcm")
        base_file(base, array, allocated, stored, signed)
        for uid, syntax, encoder, decoder, able in SYNTAXES:
            if bits not in able:
                continue
            packed = os.path.join(folder, "packed.dcm")
            run(*encoder, base, packed)
            truth, lossless = array, decoder is None
            if not lossless:
                plain = os.path.join(folder, "plain.dcm")
                run(*decoder, packed, plain)
                # Lossy coding overshoots beyond the bits stored: white is the most there is.
                most = 2 ** pydicom.dcmread(packed).BitsStored - 1
                truth = np.clip(pydicom.dcmread(plain).pixel_array, 0, most)
            for photometric in ("MONOCHROME1", "MONOCHROME2"):
                for voi in VOIS:
                    ds = pydicom.dcmread(packed)
                    assert ds.file_meta.TransferSyntaxUID == uid, ds.file_meta.TransferSyntaxUID
                    for tag in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
                        if tag in ds:  # dcmcjpeg and gdcmconv add their own
                            del ds[tag]
                    ds.PhotometricInterpretation = photometric
                    index = set_grey_pipeline(ds, voi)
                    if voi == "padding":
                        ds.add_new("PixelPaddingValue", "SS" if signed else "US",
                                   int(truth.flat[-1]))
                    name = f"{syntax}-{bits.replace(' ', '_')}-{photometric}-{voi}"
                    ds.save_as(os.path.join(folder, name + ".dcm"), write_like_original=False)
                    expected(ds, truth, voi, index).tofile(os.path.join(folder, name + ".raw"))
                    cells.append({
                        "name": name, "uid": uid, "syntax": syntax, "lossless": lossless,
                        "bits": bits, "photometric": photometric, "voi": voi,
                        "window": SECOND_WINDOW if voi == "chosen" else None,
                    })
    for name in ("base", "packed", "plain"):
        os.remove(os.path.join(folder, name + ".dcm"))
    with open(os.path.join(folder, "manifest.json"), "w") as file:
        json.dump({"cells": cells, "broken": broken_files(folder)}, file)


main(sys.argv[1])
