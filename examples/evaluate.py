#!/usr/bin/env python3
"""usage: evaluate.py <model> <dataset>    evaluates a model on a registered dataset, prints the AUROC"""
import json, os, sys, urllib.error, urllib.request

model, dataset = sys.argv[1:] or sys.exit(__doc__)
URL = os.environ.get("MAMMOEVAL_URL", "http://127.0.0.1:8000")
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('MAMMOEVAL_TOKEN', '')}"}

def ask(path, body=None, **headers):
    data = body and json.dumps(body).encode()
    try:
        return json.load(urllib.request.urlopen(urllib.request.Request(URL + path, data, HEADERS | headers)))
    except urllib.error.HTTPError as error:
        sys.exit(json.load(error)["detail"])
    except urllib.error.URLError as error:
        sys.exit(f"{URL} does not answer: {error.reason}")

evaluation = ask("/v1/evaluations", {"model": model, "dataset": dataset, "experiment": "by-python"})
while evaluation["finished_at"] is None:
    evaluation = ask(f"/v1/evaluations/{evaluation['id']}", Prefer="wait=60")
if evaluation["status"] != "succeeded":
    sys.exit(f"{evaluation['status']}: {evaluation['error'] and evaluation['error']['message']}")
auroc = ask(evaluation["score"])["levels"]["breast"]["auroc"]
print(f"{model} on {dataset}: AUROC {auroc['value']:.3f}, interval by exam {auroc['ci_by_exam']}")
