import numpy as np


def random_augmentation_best_center(image, input_size, random_number_generator, best_center=None, view=""):
    """A window about the center, black where it leaves the image."""
    top, left = best_center[0] - input_size[0] // 2, best_center[1] - input_size[1] // 2
    window = np.zeros(input_size, image.dtype)
    rows, columns = np.indices(input_size)
    inside = (0 <= rows + top) & (rows + top < image.shape[0])
    inside &= (0 <= columns + left) & (columns + left < image.shape[1])
    window[inside] = image[(rows + top)[inside], (columns + left)[inside]]
    return window, None
