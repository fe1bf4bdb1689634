"""CMMD: labels from CMMD_clinicaldata_revision, saved as CSV.

python3 cmmd.py labels.csv CMMD_clinicaldata_revision.csv

Each woman has one study, so PatientID (D1-0001) is the key.
"""

import sys

from labels_csv import Labels, read_table, side_of

COLUMNS = ("ID1", "LeftRight", "Age", "abnormality", "classification", "subtype")


def main(target, table):
    labels = Labels("PatientID")
    for row in read_table(table, COLUMNS):
        labels.add(
            row["ID1"],
            [side_of(row["LeftRight"])] if row["classification"].lower() == "malignant" else [],
            age=row["Age"],
            abnormality=row["abnormality"],
            subtype=row["subtype"],
        )
    labels.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
