"""CSAW-CC: labels from CSAW-CC_breast_cancer_screening_data.csv.

python3 csaw_cc.py labels.csv CSAW-CC_breast_cancer_screening_data.csv [timings that count, default 1,2]

rad_timing says when a cancer was found: 1 at screening, 2 in the interval after it, 3 later. The key is PatientID with
StudyDate, which the names of the files hold: 00001_20990909_L_CC_1.dcm.
"""

import re
import sys

from labels_csv import Labels, read_table, side_of, whole

COLUMNS = ("anon_patientid", "x_case", "x_cancer_laterality", "rad_timing", "anon_filename")


def main(target, table, timings="1,2"):
    labels = Labels(("PatientID", "StudyDate"))
    for row in read_table(table, COLUMNS):
        name = re.match(r"([^_/]+)_(\d{8})_", row["anon_filename"].split("/")[-1])
        if name is None:
            sys.exit(f"{table}: anon_filename {row['anon_filename']!r} holds no date")
        has_cancer = whole(row["x_case"]) == "1" and whole(row["rad_timing"]) in timings.split(",")
        labels.add(
            name.groups(),
            [side_of(row["x_cancer_laterality"])] if has_cancer else [],
            percent_density=row.get("libra_percentdensity", ""),
        )
    labels.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
