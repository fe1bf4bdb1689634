#!/usr/bin/python3
"""usage: make_hospital.py <folder>

Makes a folder as a PACS exports it: four studies in sub-folders, names without endings, a DICOMDIR,
and what lies beside mammograms. Every text element of every file, every name of a file and folder
and the labels carry the canary, a text that must turn up nowhere afterwards; of UIDs, which are
digits, the root does.

<folder>/dicom/...   the files
<folder>/labels.csv  the labels, by StudyInstanceUID
<folder>/labels_accession.csv, labels_patient.csv   the same by the other keys
<folder>/facts.json  what must not turn up, and what to expect
"""
import json
import os
import subprocess
import sys

import numpy as np
import pydicom
from pydicom.datadict import dictionary_VR, keyword_dict
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

CANARY = "CANARYBIRD"
ROOT = "1.2.840.99999.4711"  # nobody's
PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.2"
PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1"
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
ROWS, COLUMNS = 320, 264
TEXT_VRS = {"LO": 60, "SH": 14, "ST": 200, "LT": 200, "PN": 60, "UT": 200, "UC": 60}
# Elements that are text and that decide what a file is: they keep their values.
MEANING = {"PatientID", "AccessionNumber", "RecognitionCode",
           "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "DetectorID"}


def breast(side, mirrored=False, seed=0, bright=0):
    """Half an ellipse at the chest wall's edge: left for the left breast unless mirrored."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    inside = ((x / (0.62 * COLUMNS)) ** 2 + ((y - ROWS / 2) / (0.42 * ROWS)) ** 2) < 1
    rng = np.random.default_rng(seed)
    tissue = 1500 + 700 * np.sin(x / 23.0) * np.cos(y / 31.0) + rng.normal(0, 40, x.shape) + bright
    image = np.where(inside, np.clip(tissue, 400, 4095), 0).astype("<u2")
    return image[:, ::-1] if (side == "R") != mirrored else image


def fill_with_canary(ds):
    """Every element of the dictionary that holds text, so that nothing is forgotten."""
    for keyword, tag in keyword_dict.items():
        vr = dictionary_VR(tag)
        if vr not in TEXT_VRS or keyword in ds or tag >> 16 in (0x0002, 0x0000) or tag >> 16 == 0xFFFE:
            continue
        if keyword in MEANING or tag >> 16 > 0x4000:
            continue
        ds.add_new(tag, vr, f"{CANARY} {keyword}"[:TEXT_VRS[vr]])
    block = ds.private_block(0x0019, f"{CANARY} PRIVATE", create=True)
    block.add_new(0x10, "LO", f"{CANARY} private")
    item = Dataset()
    item.PatientName, item.IssuerOfPatientID = f"{CANARY}^NESTED", f"{CANARY} nested"
    ds.OtherPatientIDsSequence = Sequence([item])


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.number = 0

    def write(self, path, study, pixels, canary=True, **elements):
        self.number += 1
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID = elements.pop("SOPClassUID", PRESENTATION)
        ds.SOPInstanceUID = elements.pop("SOPInstanceUID", f"{ROOT}.9.{self.number}")
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.1.{study}", f"{ROOT}.2.{study}"
        ds.PatientID, ds.AccessionNumber = f"{CANARY}-P{study}", f"{CANARY}A{study}"
        ds.StudyDate, ds.StudyTime, ds.PatientBirthDate = f"1987{study:02}13", "070809.1234", "19551231"
        ds.PatientAge, ds.PatientSex = "059Y", "F"
        ds.Modality, ds.PresentationIntentType = "MG", "FOR PRESENTATION"
        ds.ImageType = ["ORIGINAL", "PRIMARY"]
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows, ds.Columns = pixels.shape
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.WindowCenter, ds.WindowWidth = ["1600", "1800"], ["3200", "2000"]
        ds.WindowCenterWidthExplanation = ["NORMAL", "HARDER"]
        for name, value in elements.items():
            setattr(ds, name, value)
        if canary:
            fill_with_canary(ds)
        ds.PixelData = pixels.astype("<u2").tobytes()
        ds["PixelData"].VR = "OW"
        ds.is_little_endian, ds.is_implicit_VR = True, False
        target = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        ds.save_as(target, write_like_original=False)
        return target

    def view(self, study, side, position, name=None, mirrored=False, bright=0, **elements):
        folder = f"{CANARY}_{study}^Anna/{CANARY} SER{side}"
        usual = {"L": ["A", "FR"], "R": ["P", "FL"]}
        elements.setdefault("PatientOrientation", usual["R" if (side == "R") != mirrored else "L"])
        return self.write(
            f"{folder}/{name or CANARY + '-' + side + position}", study,
            breast(side, mirrored, self.number, bright), ImageLaterality=side, ViewPosition=position,
            **elements)


def code(value):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SRT", CANARY
    return Sequence([item])


def main(folder):
    writer = Writer(os.path.join(folder, "dicom"))
    for study in (1, 2, 3):
        for side in "LR":
            for position in ("CC", "MLO"):
                writer.view(study, side, position, mirrored=study == 2,
                            bright=500 if study == 3 and side == "L" else 0)
    # The fourth: one view compressed, one by code, one mirrored alone, one missing; in the second one
    # of lossy JPEG with 12 bits.
    packed = writer.view(4, "L", "CC")
    subprocess.run(["gdcmconv", "--j2k", packed, packed], check=True)
    lossy = writer.view(2, "L", "CC", mirrored=True)  # takes the place of the one above
    subprocess.run(["dcmcjpeg", "+ee", lossy, lossy], check=True)
    writer.view(4, "L", "", name="coded", ViewCodeSequence=code("R-10226"))
    writer.view(4, "R", "CC", mirrored=True)
    # Without a label, and what is left out.
    writer.view(5, "L", "CC")
    writer.view(1, "L", "MLO", "processing", SOPClassUID=PROCESSING,
                PresentationIntentType="FOR PROCESSING")
    writer.view(1, "L", "MLO", "tomosynthesis", SOPClassUID=TOMOSYNTHESIS)
    writer.view(1, "L", "MLO", "synthesized",
                ImageType=["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"])
    spot = Dataset()
    spot.CodeValue, spot.ViewModifierCodeSequence = "R-10242", code("R-102D7")
    writer.view(1, "L", "CC", "spot", ViewCodeSequence=Sequence([spot]))
    writer.view(1, "L", "CC", "magnified", EstimatedRadiographicMagnificationFactor="1.8")
    writer.view(1, "L", "CC", "annotated", BurnedInAnnotation="YES")
    writer.view(1, "L", "ML", "lateral")
    writer.view(1, "L", "CC", "phantom", QualityControlImage="YES")
    writer.view(1, "L", "CC", "report", Modality="SR", SOPClassUID=SECONDARY)
    twice = pydicom.dcmread(writer.view(3, "L", "CC", "twice"))
    twice.SOPInstanceUID = twice.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.9.9"
    twice.save_as(twice.filename)
    with open(os.path.join(writer.folder, "DICOMDIR"), "w") as file:
        file.write(CANARY)
    with open(os.path.join(writer.folder, f"{CANARY} readme.txt"), "w") as file:
        file.write(CANARY)

    labels = [(1, 0, 0, "a"), (2, 0, 0, "b"), (3, 1, 0, "c"), (4, 0, 1, "a"), (7, 0, 0, "b")]
    tables = {
        "labels": ("StudyInstanceUID", lambda n: f"{ROOT}.1.{n}"),
        "labels_accession": ("AccessionNumber", lambda n: f"{CANARY}A{n}"),
        "labels_patient": ("PatientID,StudyDate", lambda n: f"{CANARY}-P{n},1987-{n:02}-13"),
    }
    for name, (head, key) in tables.items():
        with open(os.path.join(folder, name + ".csv"), "w") as file:
            file.write(f"{head},left_malignant,right_malignant,density,age_band,PatientName,remarks\n")
            for study, left, right, density in labels:
                file.write(f"{key(study)},{left},{right},{density},{study + 4},"
                           f"{CANARY}^Anna,{CANARY} said\n")
    with open(os.path.join(folder, "facts.json"), "w") as file:
        json.dump({"canaries": [CANARY, ROOT, "19551231", "070809.12"] + [f"1987{n:02}13" for n in range(1, 8)]}, file)


main(sys.argv[1])
