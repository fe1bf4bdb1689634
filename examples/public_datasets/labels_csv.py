"""What the scripts of this folder share: reading a set's table, writing labels for mammoeval. Python 3.8, no packages."""

import csv
import sys

SIDES = ("left", "right")


def read_table(path, columns):
    """Rows of a CSV as dictionaries; ends with a message when a column is missing. Semicolons and tabs divide too."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max(",;\t", key=head.count)
        reader = csv.DictReader(file, delimiter=delimiter)
        names = [name.strip() for name in reader.fieldnames or []]
        missing = [column for column in columns if column not in names]
        if missing:
            sys.exit(f"{path} has no column {', '.join(missing)}: is it the table that the recipe names?")
        for row in reader:
            yield {(name or "").strip(): (value or "").strip() for name, value in row.items()
                   if not isinstance(value, list)}


def whole(text):
    """12345 for 12345.0, as pandas writes ids of columns with gaps."""
    return text[:-2] if text.endswith(".0") else text


class Labels:
    """Collects the truth of exams, finding by finding: a breast is malignant when any of its findings is."""

    def __init__(self, key):
        self.key = key if isinstance(key, tuple) else (key,)
        self.exams = {}
        self.extras = []

    def add(self, key, malignant_sides=(), **extras):
        """malignant_sides: of `left` and `right`; of extras, the first value that is not empty stays."""
        key = key if isinstance(key, tuple) else (key,)
        if "" in key:
            sys.exit(f"A row has no {' or '.join(self.key)}")
        exam = self.exams.setdefault(key, {"left": 0, "right": 0})
        for side in malignant_sides:
            exam[side] = 1
        for name, value in extras.items():
            if name not in self.extras:
                self.extras.append(name)
            if exam.get(name, "") == "":
                exam[name] = value

    def write(self, path):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*self.key, "left_malignant", "right_malignant", *self.extras])
            for key, exam in self.exams.items():
                writer.writerow([*key, exam["left"], exam["right"], *(exam.get(name, "") for name in self.extras)])
        positive = sum(exam["left"] + exam["right"] for exam in self.exams.values())
        print(f"{path}: {len(self.exams)} exams, {positive} malignant breasts")


def side_of(text):
    """left or right, of L, LEFT, Left, R …; ends with a message otherwise."""
    for side in SIDES:
        if text.lower() in (side, side[0]):
            return side
    sys.exit(f"{text!r} is no side")
