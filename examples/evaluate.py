#!/usr/bin/env python3
"""usage: evaluate.py <model> <dataset>    evaluates a model on a registered dataset, prints the AUROC"""
import json, os, sys, urllib.error, urllib.request

URL = os.environ.get("MAMMOEVAL_URL", "http://127.0.0.1:8000")
TOKEN = os.environ.get("MAMMOEVAL_TOKEN")

def ask(path, body=None, **headers):
    if TOKEN:
        headers["Authorization"] = f"Bearer {TOKEN}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Content-Type": "application/json", **headers})
    try:
        return json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as error:
        sys.exit(json.load(error)["detail"])

model, dataset = sys.argv[1:]
evaluation = ask("/v1/evaluations", {"model": model, "dataset": dataset, "experiment": "by-python"})
while evaluation["finished_at"] is None:
    evaluation = ask(f"/v1/evaluations/{evaluation['id']}", Prefer="wait=60")
if evaluation["error"]:
    sys.exit(f"{evaluation['error']['type']}: {evaluation['error']['message']}")
auroc = ask(evaluation["score"])["levels"]["breast"]["auroc"]
print(f"{model} on {dataset}: AUROC {auroc['value']:.3f}, interval by exam {auroc['ci_by_exam']}")
