#!/usr/bin/python3
"""usage: convert_pydicom.py <dicom file> <png file>

Converts as the metarepository's README tells it: pydicom, apply_voi_lut, pypng. Prints the
milliseconds of the conversion alone: the start of the interpreter does not count.
"""
import sys
import time

import numpy as np
import png
import pydicom
from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut

start = time.perf_counter()
ds = pydicom.dcmread(sys.argv[1])
shown = apply_voi_lut(apply_modality_lut(ds.pixel_array, ds), ds)
image = np.rint(shown).astype(np.uint16)
with open(sys.argv[2], "wb") as file:
    rows, columns = image.shape
    png.Writer(height=rows, width=columns, bitdepth=ds.BitsStored, greyscale=True).write(
        file, image.tolist())
print((time.perf_counter() - start) * 1000)
