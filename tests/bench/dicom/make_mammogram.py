#!/usr/bin/python3
"""usage: make_mammogram.py <file>

Writes an uncompressed DICOM mammogram of full size, 2560 x 3328 pixels of 12 bits: tissue with noise
over a third of it, black around, as detectors give it.
"""
import sys

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

ROWS, COLUMNS = 3328, 2560

y, x = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32)
radius = np.hypot(x / (0.6 * COLUMNS), (y - ROWS / 2) / (0.45 * ROWS))
depth = np.sqrt(np.clip(1 - radius, 0, 1))
tissue = 1400 + 1200 * depth + 300 * np.sin(x / 140) * np.cos(y / 170)
noise = np.random.default_rng(1).normal(0, 18, tissue.shape)
image = np.where(radius < 1, np.clip(tissue + noise, 1, 4095), 0).astype("<u2")

ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "1.2.840.99999.1"
ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "1.2.840.99999.2", "1.2.840.99999.3", "MG"
ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
ds.Rows, ds.Columns = ROWS, COLUMNS
ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
ds.WindowCenter, ds.WindowWidth = "2000", "3500"
ds.PixelData = image.tobytes()
ds["PixelData"].VR = "OW"
ds.is_little_endian, ds.is_implicit_VR = True, False
ds.save_as(sys.argv[1], write_like_original=False)
