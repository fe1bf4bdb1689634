import argparse
import os
from functools import partial
from multiprocessing import Pool

import imageio
import numpy as np

from src.constants import VIEWS
from src.utilities import pickling, saving_images


def crop_mammogram_one_image(scan, input_file_path, output_file_path, num_iterations, buffer_size):
    image = np.array(imageio.imread(input_file_path))
    try:
        rows, columns = np.nonzero(image > 0)
        window = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    except Exception as error:
        print(input_file_path, "\n\tFailed to crop image because image is invalid.", str(error))
        return None
    if not os.path.exists(os.path.dirname(output_file_path)):
        os.makedirs(os.path.dirname(output_file_path))
    saving_images.save_image_as_png(image[window[0] : window[1], window[2] : window[3]], output_file_path)
    return window, (window[0], 1), (window[1], 1), 0


def crop_by_name(scan, source, target):
    name = scan["short_file_path"] + ".png"
    info = crop_mammogram_one_image(scan, os.path.join(source, name), os.path.join(target, name), 100, 50)
    return list(zip([scan["short_file_path"]] * 4, info))


def unpack(exams):
    return [
        dict(short_file_path=image, horizontal_flip=exam["horizontal_flip"], full_view=view)
        for exam in exams
        for view in VIEWS.LIST
        for image in exam[view]
    ]


def add_metadata(exams, name, values):
    for exam in exams:
        assert name not in exam, f"This metadata ({name}) is already included."
        exam[name] = {view: [values[image] for image in exam[view]] for view in VIEWS.LIST}


def main():
    parser = argparse.ArgumentParser()
    for name in ("input-data-folder", "output-data-folder", "exam-list-path", "cropped-exam-list-path"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--num-processes", default=10, type=int)
    options = parser.parse_args()
    exams = pickling.unpickle_from_file(options.exam_list_path)
    if os.path.exists(options.output_data_folder):
        print("Error: the directory to save cropped images already exists.")
        return
    os.makedirs(options.output_data_folder)
    crop = partial(crop_by_name, source=options.input_data_folder, target=options.output_data_folder)
    with Pool(options.num_processes) as pool:
        found = pool.map(crop, unpack(exams))
    for index, name in enumerate(("window_location", "rightmost_points", "bottommost_points")):
        add_metadata(exams, name, dict(pairs[index] for pairs in found))
    pickling.pickle_to_file(options.cropped_exam_list_path, exams)


if __name__ == "__main__":
    main()
