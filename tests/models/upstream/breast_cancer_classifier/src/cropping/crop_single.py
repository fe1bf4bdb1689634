from src.cropping import crop_mammogram
from src.utilities import pickling


def crop_single_mammogram(mammogram_path, horizontal_flip, view, cropped_mammogram_path, metadata_path,
                          num_iterations, buffer_size):
    metadata = dict(horizontal_flip=horizontal_flip, full_view=view, side=view[0], view=view[2:])
    info = crop_mammogram.crop_mammogram_one_image(
        metadata, mammogram_path, cropped_mammogram_path, num_iterations, buffer_size
    )
    metadata["window_location"] = info[0]
    pickling.pickle_to_file(metadata_path, metadata)
