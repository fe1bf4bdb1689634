"""CBIS-DDSM: labels from its case descriptions.

python3 cbis_ddsm.py labels.csv mass_case_description_test_set.csv calc_case_description_test_set.csv …

Each image is a study of its own there, so each exam has one image, and the breast that is not in it is not measured.
"""

import re
import sys

from labels_csv import Labels, read_table, side_of

COLUMNS = ("patient_id", "left or right breast", "pathology", "image file path", "assessment")


def main(target, *tables):
    labels = Labels("StudyInstanceUID")
    for table in tables:
        for row in read_table(table, COLUMNS):
            # Mass-Training_P_00001_LEFT_CC/<study>/<series>/000000.dcm
            study = re.search(r"/([\d.]+)/[\d.]+/[^/]+$", row["image file path"].replace("\\", "/"))
            if study is None:
                sys.exit(f"{table}: the image file path of {row['patient_id']} names no study")
            side = side_of(row["left or right breast"])
            labels.add(
                study.group(1),
                [side] if row["pathology"].upper() == "MALIGNANT" else [],
                patient_id=row["patient_id"],
                density=row.get("breast_density") or row.get("breast density", ""),
                abnormality_type=row.get("abnormality type", ""),
            )
    labels.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
