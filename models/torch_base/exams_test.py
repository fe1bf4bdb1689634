"""The data list that upstream code gets."""

import contextlib
import io
import os
import pickle
import tempfile
import unittest

import exams


def exam(**views):
    return {
        **{view: views.get(view.replace("-", "_"), []) for view in exams.VIEWS},
        "cancer_label": {"left_malignant": 1, "right_malignant": 0},
        "horizontal_flip": "NO",
    }


class Exams(unittest.TestCase):
    def prepare(self, given, *options):
        with tempfile.TemporaryDirectory() as folder:
            source, target = os.path.join(folder, "data.pkl"), os.path.join(folder, "out", "exams.pkl")
            with open(source, "wb") as file:
                pickle.dump(given, file)
            said = io.StringIO()
            with contextlib.redirect_stderr(said):
                code = exams.main(["--data-list", source, "--output", target, *options])
            if code != 0:
                return said.getvalue()
            with open(target, "rb") as file:
                return pickle.load(file)

    def test_what_an_earlier_run_left_is_taken_out_and_the_rest_is_kept(self):
        given = {**exam(L_CC=["a"]), "best_center": {"L-CC": [(1, 2)]}, "window_location": {}, "age": 60}
        (made,) = self.prepare([given])
        self.assertNotIn("best_center", made)
        self.assertNotIn("window_location", made)
        self.assertEqual(made["age"], 60)

    def test_missing_views_labels_and_flip_are_filled_in(self):
        (made,) = self.prepare([{"L-CC": ["a"], "cancer_label": {"left_malignant": 1}}])
        self.assertEqual([made[view] for view in exams.VIEWS], [["a"], [], [], []])
        self.assertEqual(made["cancer_label"]["left_malignant"], 1)
        self.assertEqual(made["cancer_label"]["right_benign"], 0)
        self.assertEqual(made["horizontal_flip"], "NO")

    def test_an_exam_with_several_images_of_a_view_becomes_several(self):
        made = self.prepare([exam(L_CC=["a", "b", "c"], R_MLO=["d"])], "--one-image-a-view")
        self.assertEqual([(part["L-CC"], part["R-MLO"]) for part in made], [(["a"], ["d"]), (["b"], []), (["c"], [])])

    def test_an_exam_without_images_stays_one(self):
        self.assertEqual(len(self.prepare([exam()], "--one-image-a-view")), 1)

    def test_exams_that_lack_views_are_refused_by_name(self):
        given = [exam(L_CC=["a"], R_CC=["b"], L_MLO=["c"], R_MLO=["d"]), {**exam(L_CC=["a"]), "exam_id": "E7"}]
        self.assertEqual(
            self.prepare(given, "--all-views"),
            "mammoeval: error: container_failed: this model needs all four views: "
            "exam E7 has no R-CC, L-MLO, R-MLO\n",
        )


if __name__ == "__main__":
    unittest.main()
