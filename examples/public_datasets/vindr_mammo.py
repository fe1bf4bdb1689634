"""VinDr-Mammo: labels from breast-level_annotations.csv.

python3 vindr_mammo.py labels.csv breast-level_annotations.csv [least BI-RADS that counts as malignant, default 4]

The set has no pathology: BI-RADS of the readers stands for it, and results say how well a model agrees with them.
"""

import re
import sys

from labels_csv import Labels, read_table, side_of

COLUMNS = ("study_id", "laterality", "breast_birads", "breast_density", "split")


def main(target, table, least="4"):
    labels = Labels("StudyInstanceUID")
    for row in read_table(table, COLUMNS):
        birads = re.search(r"[0-6]", row["breast_birads"])
        if birads is None:
            sys.exit(f"{table}: {row['breast_birads']!r} of study {row['study_id']} is no BI-RADS category")
        is_malignant = int(birads.group()) >= int(least)
        labels.add(
            row["study_id"],
            [side_of(row["laterality"])] if is_malignant else [],
            density=row["breast_density"].replace("DENSITY ", "").lower(),
            split=row["split"],
        )
    labels.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
