"""Runs an upstream script, unedited, on today's libraries.

    python3 launch.py [--device gpu|cpu] [options] [SCRIPT [ARGUMENTS...]]

Upstream code was written for torch 0.4 or 1.1, pandas 0.2x and numpy 1.14. What today's libraries do
otherwise is set right here, while the script runs, by one function for each difference. The folder
that the script is started in must be the root of the checkout.

A refusal is one line, "mammoeval: error: <type>: <sentence>", and exit code 1.
"""

import argparse
import contextlib
import importlib
import inspect
import io
import multiprocessing
import multiprocessing.pool
import os
import runpy
import sys


class Refusal(Exception):
    """Ends the run with a type that mammoeval knows and a sentence for the data owner."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


# --- devices -----------------------------------------------------------------------------------


def decide_device(device):
    """Upstream asks torch.has_cudnn, which is gone or says how torch was built, and then falls to the
    cpu without a word. It shall mean: there is a GPU. A gpu run without one is refused.
    """
    import torch

    has_gpu = torch.cuda.is_available()
    if device == "gpu" and not has_gpu:
        if torch.version.cuda is None:
            raise Refusal(
                "gpu_unavailable",
                "this image was built for cpu: build it with ACCELERATOR=cuda, or evaluate on cpu",
            )
        raise Refusal(
            "gpu_unavailable",
            "the container sees no GPU: check nvidia-smi and the NVIDIA Container Toolkit, "
            "or evaluate on cpu",
        )
    torch.has_cudnn = has_gpu


def load_where_it_can_run():
    """torch.load puts weights back on the GPU that they were saved from. Where there is none, they go
    to the cpu. Newer torch refuses pickled weights; these are pinned by commit or checksum.
    """
    import torch

    original = torch.load
    takes_weights_only = "weights_only" in inspect.signature(original).parameters

    def load(file, map_location=None, *rest, **named):
        if map_location is None and not torch.cuda.is_available():
            map_location = "cpu"
        if takes_weights_only:
            named.setdefault("weights_only", False)
        return original(file, map_location, *rest, **named)

    torch.load = load


# --- libraries ---------------------------------------------------------------------------------


def draw_without_display():
    """GLAM asks matplotlib for a window, and a container has no display."""
    os.environ["MPLBACKEND"] = "Agg"
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.use = lambda *_, **__: None


def claim_torch_version(version):
    """GLAM stops unless torch calls itself 1.1.0. What looks at the true version is loaded before."""
    import torch
    import torchvision  # noqa: F401

    torch.__version__ = version


def divide_whole_numbers_as_before(root):
    """Until torch 1.4 an integer tensor divided by an integer gave an integer. Upstream turns a place
    in a flat map into row and column by it; with fractions the crops are others and the scores change
    without a word. Holds for code below root alone: libraries mean what they write.
    """
    import torch

    original = torch.Tensor.__truediv__

    def divide(self, other):
        if _is_whole(self) and _is_whole(other):
            if sys._getframe(1).f_code.co_filename.startswith(root + os.sep):
                return torch.div(self, other, rounding_mode="trunc")
        return original(self, other)

    torch.Tensor.__truediv__ = divide


def _is_whole(value):
    import torch

    if isinstance(value, torch.Tensor):
        return not (value.is_floating_point() or value.is_complex() or value.dtype == torch.bool)
    return isinstance(value, int) and not isinstance(value, bool)


def average_numbers_alone():
    """pandas once left text columns out of a mean by group; now it warns or stops."""
    from pandas.core.groupby import DataFrameGroupBy

    original = DataFrameGroupBy.mean

    def mean(self, numeric_only=True, **named):
        return original(self, numeric_only=numeric_only, **named)

    DataFrameGroupBy.mean = mean


# --- data --------------------------------------------------------------------------------------


class ExamList(list):
    """A list of exams that, while it is gone through, shortens the list of views to those that the
    exam at hand has.
    """

    def __init__(self, exams, views):
        super().__init__(exams)
        self._views = views

    def __iter__(self):
        every = list(self._views)
        try:
            for exam in super().__iter__():
                self._views[:] = [view for view in every if exam.get(view)]
                yield exam
        finally:
            self._views[:] = every


def skip_empty_views():
    """GMIC and GLAM take the first image of each view and stop where a view has none."""
    pickling = importlib.import_module("src.utilities.pickling")
    views = importlib.import_module("src.constants").VIEWS.LIST
    original = pickling.unpickle_from_file
    pickling.unpickle_from_file = lambda path: ExamList(original(path), views)


def make_missing_folders():
    """Images may lie in sub-folders. Several processes make the same one at once, and heatmaps are
    written where no folder is.
    """
    original = os.makedirs

    def makedirs(name, mode=0o777, exist_ok=True):
        original(name, mode, exist_ok)

    os.makedirs = makedirs
    try:
        saving = importlib.import_module("src.utilities.saving_images")
    except ImportError:
        return
    save = getattr(saving, "save_image_as_hdf5", None)
    if save is None:
        return

    def save_image_as_hdf5(image, filename):
        os.makedirs(os.path.dirname(filename) or ".")
        return save(image, filename)

    saving.save_image_as_hdf5 = save_image_as_hdf5


# --- pools of processes ------------------------------------------------------------------------


class NamedTask:
    """Does one item and gives back (value, None), or (None, (name of the item, reason)): one image that
    cannot be read does not hide the others that cannot either.
    """

    def __init__(self, function, spread):
        self.function = function
        self.spread = spread

    def __call__(self, item):
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                value = self.function(*item) if self.spread else self.function(item)
            result = value, None
        except Exception as error:  # whatever an item does, the others are tried
            lines = [line.strip() for line in said.getvalue().splitlines() if line.strip()]
            reason = lines[-1] if lines else f"{type(error).__name__}: {error}"
            result = None, (name_of(item), reason)
        sys.stdout.write(said.getvalue())
        sys.stdout.flush()
        return result


def name_of(item):
    """The image that an item of a pool stands for."""
    if isinstance(item, dict):
        return str(item.get("short_file_path", item))
    if isinstance(item, tuple) and item:
        return name_of(item[0])
    return str(item)


def name_failed_items(step):
    """Upstream prints that an image could not be cropped, goes on, and stops later at something else.
    Here all items are tried, and then the step ends and names those that failed.
    """
    if multiprocessing.get_start_method(allow_none=True) is None:
        # Children must have what is set right here.
        multiprocessing.set_start_method("fork")
    original = multiprocessing.pool.Pool.map

    def map_items(self, function, items, chunksize=None, spread=False):
        results = original(self, NamedTask(function, spread), items, chunksize)
        failed = [failure for _, failure in results if failure is not None]
        if failed:
            listed = "; ".join(f"{name} ({reason})" for name, reason in failed[:20])
            more = f"; and {len(failed) - 20} more" if len(failed) > 20 else ""
            raise Refusal(
                "container_failed",
                f"{step} cannot work on {len(failed)} of {len(results)} images: {listed}{more}",
            )
        return [value for value, _ in results]

    def starmap_items(self, function, items, chunksize=None):
        return map_items(self, function, list(items), chunksize, spread=True)

    multiprocessing.pool.Pool.map = map_items
    multiprocessing.pool.Pool.starmap = starmap_items


# --- the program -------------------------------------------------------------------------------


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["gpu", "cpu"], help="the script uses torch, on this device")
    parser.add_argument("--torch-version", help="what torch shall call itself")
    parser.add_argument("--skip-empty-views", action="store_true")
    parser.add_argument("--saliency-maps", help="folder that the network's saliency maps go to")
    parser.add_argument("--images", help="folder of the registered images, for the maps' size")
    parser.add_argument("script", nargs="?", help="none: look for the device and do nothing")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def adapt(root, options):
    """Sets right what the script needs.

    root: absolute path of the checkout; options: as read_arguments gives them.
    """
    sys.path.insert(0, root)
    name_failed_items(os.path.basename(options.script or ""))
    if options.device is not None:
        decide_device(options.device)
        if options.script is None:
            return
        load_where_it_can_run()
        divide_whole_numbers_as_before(root)
        average_numbers_alone()
        draw_without_display()
        if options.torch_version is not None:
            claim_torch_version(options.torch_version)
    make_missing_folders()
    if options.skip_empty_views:
        skip_empty_views()
    if options.saliency_maps is not None:
        from saliency import keep_saliency_maps

        keep_saliency_maps(
            options.saliency_maps,
            options.images,
            value_of("--data-path", options.arguments),
            value_of("--image-path", options.arguments),
        )


def value_of(name, arguments):
    """What follows a name in a script's arguments."""
    return arguments[arguments.index(name) + 1]


def is_out_of_memory(error):
    return type(error).__name__ == "OutOfMemoryError" or (
        isinstance(error, RuntimeError) and "CUDA out of memory" in str(error)
    )


def main(arguments):
    """Returns the exit code."""
    options = read_arguments(arguments)
    try:
        adapt(os.getcwd(), options)
        if options.script is not None:
            sys.argv = [options.script, *options.arguments]
            runpy.run_path(os.path.abspath(options.script), run_name="__main__")
    except Refusal as refusal:
        print(f"mammoeval: error: {refusal.kind}: {refusal}", file=sys.stderr)
        return 1
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        print(
            "mammoeval: error: out_of_memory: the GPU's memory is full: use a GPU that nothing else "
            "works on, or lower the batch size where the model has one",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    # Processes of a pool find NamedTask by the name of this module; __main__ will be the script.
    import launch

    sys.exit(launch.main(sys.argv[1:]))
