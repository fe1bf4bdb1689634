"""INbreast: labels from INbreast.csv and the headers of its files. Needs pydicom.

python3 inbreast.py labels.csv INbreast.csv AllDICOMs [least BI-RADS that counts as malignant, default 4]

The table names files, not studies; the files say which study they belong to. Without pathology, BI-RADS stands for it.
"""

import os
import sys

import pydicom

from labels_csv import Labels, read_table, side_of

COLUMNS = ("Laterality", "View", "File Name", "ACR", "Bi-Rads")


def studies_of(folder):
    """StudyInstanceUID by the number at the beginning of a file's name: 20586908_6c613a14b80a8591_MG_R_CC_ANON.dcm."""
    studies = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if name.lower().endswith(".dcm"):
                header = pydicom.dcmread(os.path.join(place, name), stop_before_pixels=True, force=True)
                studies[name.split("_")[0]] = str(header.get("StudyInstanceUID", ""))
    return studies


def main(target, table, folder, least="4"):
    studies = studies_of(folder)
    labels = Labels("StudyInstanceUID")
    absent = 0
    for row in read_table(table, COLUMNS):
        study = studies.get(row["File Name"], "")
        if study == "":
            absent += 1
            continue
        # 4a, 4b and 4c are 4.
        is_malignant = row["Bi-Rads"][:1].isdigit() and int(row["Bi-Rads"][0]) >= int(least)
        labels.add(study, [side_of(row["Laterality"])] if is_malignant else [], density=row["ACR"])
    if absent > 0:
        print(f"{absent} rows left out: {folder} has no file with their number", file=sys.stderr)
    labels.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 3 else sys.exit(__doc__)
