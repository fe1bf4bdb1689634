"""RSNA 2022 (Screening Mammography Breast Cancer Detection): labels from train.csv, and files with complete headers.

python3 rsna_2022.py labels.csv train.csv [train_images completed]

Each woman has one exam, so PatientID is the key. The files say neither modality nor side nor view, which train.csv does:
with two folders, copies that say them are written into the second. That needs pydicom.
"""

import os
import sys

from labels_csv import Labels, read_table, side_of

COLUMNS = ("site_id", "patient_id", "image_id", "laterality", "view", "cancer", "density", "implant", "machine_id")


def complete(row, source, target):
    import pydicom

    name = os.path.join(row["patient_id"], row["image_id"] + ".dcm")
    if not os.path.exists(os.path.join(source, name)):
        return 0
    file = pydicom.dcmread(os.path.join(source, name))
    file.Modality = "MG"
    file.ImageLaterality = row["laterality"]
    file.ViewPosition = row["view"]
    os.makedirs(os.path.join(target, row["patient_id"]), exist_ok=True)
    file.save_as(os.path.join(target, name))
    return 1


def main(target, table, source=None, completed=None):
    labels = Labels("PatientID")
    files = 0
    for row in read_table(table, COLUMNS):
        labels.add(
            row["patient_id"],
            [side_of(row["laterality"])] if row["cancer"] == "1" else [],
            density=row["density"],
            implant=row["implant"],
            site=row["site_id"],
            machine=row["machine_id"],
        )
        if completed is not None:
            files += complete(row, source, completed)
    labels.write(target)
    if completed is not None:
        print(f"{completed}: {files} files")


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) in (3, 5) else sys.exit(__doc__)
