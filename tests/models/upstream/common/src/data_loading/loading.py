import imageio
import numpy as np


def load_image(path):
    image = np.array(imageio.imread(path)).astype(np.float32)
    return (image - image.mean()) / max(float(image.std()), 1e-5)
