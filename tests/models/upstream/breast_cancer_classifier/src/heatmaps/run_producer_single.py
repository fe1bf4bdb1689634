from src.data_loading import loading
from src.heatmaps import run_producer
from src.utilities import saving_images


def produce_heatmaps(parameters):
    weight = float(run_producer.load_model(parameters["initial_parameters"]))
    image = loading.load_image(parameters["cropped_mammogram_path"])
    for kind in ("malignant", "benign"):
        saving_images.save_image_as_hdf5(image * weight, parameters[f"heatmap_path_{kind}"])
