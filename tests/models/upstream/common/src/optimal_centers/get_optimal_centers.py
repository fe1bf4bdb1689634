import argparse
import os
from itertools import repeat
from multiprocessing import Pool

import imageio

from src.cropping.crop_mammogram import add_metadata, unpack
from src.utilities import pickling


def extract_center(datum, image):
    return image.shape[0] // 2, image.shape[1] // 2


def load_and_extract_center(datum, prefix):
    image = imageio.imread(os.path.join(prefix, datum["short_file_path"] + ".png"))
    return datum["short_file_path"], extract_center(datum, image)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("cropped-exam-list-path", "data-prefix", "output-exam-list-path"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--num-processes", default=20)
    options = parser.parse_args()
    exam_list = pickling.unpickle_from_file(options.cropped_exam_list_path)
    pool = Pool(int(options.num_processes))
    centers = dict(pool.starmap(load_and_extract_center, zip(unpack(exam_list), repeat(options.data_prefix))))
    add_metadata(exam_list, "best_center", centers)
    os.makedirs(os.path.dirname(options.output_exam_list_path), exist_ok=True)
    pickling.pickle_to_file(options.output_exam_list_path, exam_list)
