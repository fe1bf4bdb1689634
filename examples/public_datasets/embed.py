"""EMBED: labels from EMBED_OpenData_clinical.csv.

python3 embed.py labels.csv EMBED_OpenData_clinical.csv

A row is a finding. path_severity 0 (invasive) and 1 (in situ) are cancers, of the side of the biopsy where it is told.
Rows of one exam are put together; the key is AccessionNumber, which the files have as acc_anon.
"""

import sys

from labels_csv import Labels, read_table, side_of, whole

COLUMNS = ("empi_anon", "acc_anon", "side", "tissueden", "path_severity")


def main(target, table):
    labels = Labels("AccessionNumber")
    for row in read_table(table, COLUMNS):
        sides = []
        if whole(row["path_severity"]) in ("0", "1"):
            side = row.get("bside") or row["side"]
            if side == "":
                sys.exit(f"{table}: a cancer of exam {row['acc_anon']} has no side")
            sides = ["left", "right"] if side.upper() == "B" else [side_of(side)]
        labels.add(
            whole(row["acc_anon"]),
            sides,
            patient_id=whole(row["empi_anon"]),
            density=whole(row["tissueden"]),
            race=row.get("RACE_DESC", ""),
        )
    labels.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
