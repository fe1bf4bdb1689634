"""Makes DICOM files with the headers that INbreast and RSNA 2022 have; --show prints what a file says of its view."""

import os
import sys

import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset


def write(path, **elements):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    file = FileDataset(path, {}, file_meta=meta, preamble=b"\0" * 128)
    file.is_little_endian, file.is_implicit_VR = True, False
    for name, value in elements.items():
        setattr(file, name, value)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    file.save_as(path, write_like_original=False)


if sys.argv[1] == "--show":
    shown = pydicom.dcmread(sys.argv[2])
    print(shown.Modality, shown.ImageLaterality, shown.ViewPosition)
else:
    for name in ("20586908_6c613a14b80a8591_MG_R_CC_ANON", "20586909_6c613a14b80a8591_MG_L_CC_ANON"):
        write(f"{sys.argv[1]}/inbreast/{name}.dcm", StudyInstanceUID="1.2.7")
    write(f"{sys.argv[1]}/rsna/10006/462822612.dcm", PatientID="10006", StudyInstanceUID="1.2.8")
