"""Each adaptation, on a script that stumbles over what upstream code stumbles over."""

import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

LAUNCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")

CONSTANTS = "class VIEWS:\n    LIST = ['L-CC', 'R-CC', 'L-MLO', 'R-MLO']\n"
PICKLING = """
import pickle
def unpickle_from_file(path):
    with open(path, 'rb') as file:
        return pickle.load(file)
"""
SAVING = """
import h5py
def save_image_as_hdf5(image, filename):
    with h5py.File(filename, 'w') as file:
        file['image'] = image
"""


class Checkout(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("src/__init__.py", "")
        self.write("src/constants.py", CONSTANTS)
        self.write("src/utilities/__init__.py", "")
        self.write("src/utilities/pickling.py", PICKLING)
        self.write("src/utilities/saving_images.py", SAVING)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))

    def launch(self, script, *options, arguments=()):
        self.write("src/script.py", script)
        return subprocess.run(
            [sys.executable, LAUNCH, *options, "src/script.py", *arguments],
            cwd=self.folder.name,
            capture_output=True,
            text=True,
            check=False,
        )

    def prints(self, expected, script, *options, arguments=()):
        result = self.launch(script, *options, arguments=arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.strip(), expected)


class Devices(Checkout):
    def test_a_gpu_that_is_not_there_is_refused_by_name_before_anything_runs(self):
        result = self.launch("print('ran')", "--device", "gpu")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, "^mammoeval: error: gpu_unavailable: ")

    def test_has_cudnn_says_whether_there_is_a_gpu(self):
        self.prints("False False", "import torch\nprint(torch.has_cudnn, torch.cuda.is_available())", "--device", "cpu")

    def test_weights_saved_on_a_gpu_load_on_the_cpu(self):
        script = """
            import torch
            true_location = torch.serialization.location_tag
            torch.serialization.location_tag = lambda storage: 'cuda:0'
            torch.save({'weight': torch.ones(2)}, 'weights.p')
            torch.serialization.location_tag = true_location
            print(torch.load('weights.p')['weight'].sum().item(), torch.load('weights.p')['weight'].device)
        """
        self.prints("2.0 cpu", script, "--device", "cpu")

    def test_a_full_gpu_is_out_of_memory(self):
        result = self.launch("raise RuntimeError('CUDA out of memory. Tried to allocate')", "--device", "cpu")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "mammoeval: error: out_of_memory: ")


class Libraries(Checkout):
    def test_a_script_that_asks_for_a_window_gets_none(self):
        script = """
            import matplotlib
            matplotlib.use('TkAgg')
            import matplotlib.pyplot as plt
            plt.figure()
            print(matplotlib.get_backend().lower())
        """
        self.prints("agg", script, "--device", "cpu")

    def test_torch_claims_the_version_that_a_script_insists_on(self):
        self.prints("1.1.0", "import torch\nassert torch.__version__ == '1.1.0'\nprint(torch.__version__)",
                    "--device", "cpu", "--torch-version", "1.1.0")

    def test_whole_numbers_divide_to_whole_numbers_as_in_torch_1_1(self):
        script = """
            import torch
            place = torch.tensor([7, -7])
            print((place / 2).tolist(), (place / torch.tensor(2)).tolist(), (place / 2.0).tolist(),
                  (place.float() / 2).tolist())
        """
        self.prints("[3, -3] [3, -3] [3.5, -3.5] [3.5, -3.5]", script, "--device", "cpu")

    def test_libraries_still_divide_as_they_mean_to(self):
        with tempfile.TemporaryDirectory() as elsewhere:
            with open(os.path.join(elsewhere, "library.py"), "w", encoding="utf-8") as file:
                file.write("def half(value):\n    return value / 2\n")
            script = f"""
                import sys, torch
                sys.path.insert(0, {elsewhere!r})
                import library
                print(library.half(torch.tensor([7])).tolist())
            """
            self.prints("[3.5]", script, "--device", "cpu")

    def test_a_mean_by_group_leaves_text_columns_out(self):
        script = """
            import warnings
            warnings.simplefilter('error')
            import pandas as pd
            table = pd.DataFrame({'label': ['a', 'a', 'b'], 'view': ['x', 'y', 'x'], 'score': [1.0, 2.0, 4.0]})
            print(table.groupby('label').mean()['score'].tolist())
        """
        self.prints("[1.5, 4.0]", script, "--device", "cpu")


class Data(Checkout):
    def test_empty_views_are_skipped_and_the_views_are_whole_again_afterwards(self):
        script = """
            import pickle
            exams = [{'L-CC': ['a'], 'R-CC': [], 'L-MLO': ['b'], 'R-MLO': []}, {'L-CC': [], 'R-CC': ['c'], 'L-MLO': [], 'R-MLO': []}]
            pickle.dump(exams, open('exams.pkl', 'wb'))
            from src.utilities import pickling
            from src.constants import VIEWS
            found = []
            for exam in pickling.unpickle_from_file('exams.pkl'):
                for view in VIEWS.LIST:
                    found.append(exam[view][0])
            print(found, len(pickling.unpickle_from_file('exams.pkl')), VIEWS.LIST)
        """
        self.prints("['a', 'b', 'c'] 2 ['L-CC', 'R-CC', 'L-MLO', 'R-MLO']", script, "--skip-empty-views")

    def test_folders_for_images_in_sub_folders_are_made(self):
        script = """
            import os
            import numpy as np
            from src.utilities import saving_images
            saving_images.save_image_as_hdf5(np.zeros(2), 'heatmaps/a/b.hdf5')
            os.makedirs('heatmaps/a')  # a second process comes later
            print(os.path.exists('heatmaps/a/b.hdf5'))
        """
        self.prints("True", script)


class Pools(Checkout):
    SCRIPT = """
        from multiprocessing import Pool
        from functools import partial
        def crop(scan, folder):
            if scan['short_file_path'].startswith('bad'):
                print(scan['short_file_path'], 'Failed to crop image because image is invalid.')
                return list(zip([1], None))
            return scan['short_file_path'] + folder
        with Pool(2) as pool:
            print(pool.map(partial(crop, folder='!'), [{'short_file_path': name} for name in NAMES]))
    """

    def test_what_works_gives_its_values(self):
        self.prints("['one!', 'two!']", self.SCRIPT.replace("NAMES", "['one', 'two']"))

    def test_all_images_that_fail_are_named_with_the_reason(self):
        result = self.launch(self.SCRIPT.replace("NAMES", "['bad_1', 'one', 'bad_2']"))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(
            result.stderr.strip().splitlines()[-1],
            "mammoeval: error: container_failed: script.py cannot work on 2 of 3 images: "
            "bad_1 (bad_1 Failed to crop image because image is invalid.); "
            "bad_2 (bad_2 Failed to crop image because image is invalid.)",
        )

    def test_starmap_spreads_its_items(self):
        script = """
            from itertools import repeat
            from multiprocessing import Pool
            def center(datum, prefix):
                if datum['short_file_path'] == 'bad':
                    raise ValueError('no breast')
                return datum['short_file_path'], prefix
            print(Pool(2).starmap(center, zip([{'short_file_path': name} for name in NAMES], repeat('p'))))
        """
        self.prints("[('a', 'p'), ('b', 'p')]", script.replace("NAMES", "['a', 'b']"))
        result = self.launch(script.replace("NAMES", "['a', 'bad']"))
        self.assertIn("1 of 2 images: bad (ValueError: no breast)", result.stderr)


class Scripts(Checkout):
    def test_a_script_gets_its_arguments_and_its_exit_code_counts(self):
        self.prints("['--name', 'value']", "import sys\nprint(sys.argv[1:])", arguments=["--name", "value"])
        self.assertEqual(self.launch("import sys\nsys.exit(3)").returncode, 3)

    def test_an_error_of_the_script_is_shown_whole(self):
        result = self.launch("raise KeyError('best_center')")
        self.assertEqual(result.returncode, 1)
        self.assertIn("KeyError: 'best_center'", result.stderr)


if __name__ == "__main__":
    unittest.main()
