import h5py
import imageio


def save_image_as_png(image, path):
    imageio.imwrite(path, image)


def save_image_as_hdf5(image, path):
    with h5py.File(path, "w") as file:  # fails where the folder is missing
        file["image"] = image
