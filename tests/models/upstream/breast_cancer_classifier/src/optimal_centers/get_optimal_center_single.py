import imageio

from src.optimal_centers import get_optimal_centers
from src.utilities import pickling


def get_optimal_center_single(cropped_mammogram_path, metadata_path):
    metadata = pickling.unpickle_from_file(metadata_path)
    metadata["best_center"] = get_optimal_centers.extract_center(metadata, imageio.imread(cropped_mammogram_path))
    pickling.pickle_to_file(metadata_path, metadata)
