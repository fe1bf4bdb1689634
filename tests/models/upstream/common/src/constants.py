class VIEWS:
    LIST = ["L-CC", "R-CC", "L-MLO", "R-MLO"]


class LABELS:
    LIST = ["left_benign", "right_benign", "left_malignant", "right_malignant"]
