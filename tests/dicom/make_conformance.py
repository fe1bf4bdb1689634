#!/usr/bin/python3
"""usage: make_conformance.py <folder>

Makes one small DICOM file for each cell of the conformance table, with the encoders of dcmtk and
gdcm, and beside it the greys that it must become (little-endian 16-bit numbers): pydicom's
apply_modality_lut, then apply_voi_lut, then the output range spread over 16 bits; MONOCHROME1 is
inverted, padding is black. manifest.json lists the cells.

A lossless file's truth is the array it was made from. A lossy one's is what its encoder's own
decoder gives.
"""
import json
import os
import subprocess
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

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
        json.dump({"rows": ROWS, "columns": COLUMNS, "cells": cells}, file)


main(sys.argv[1])
