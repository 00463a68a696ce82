"""Measures genes and residues on published sets, fold by fold, beside the simplest methods.

Usage: python -m benchmarks.genes CASE --data FOLDER --out FOLDER [--folds N] [--set NAME=VALUE]...
           [--validation]

- CASE: one of `CASES`.
- `--data` is a folder with the published tables, under the names that `CASES` reads; nothing of it
  is part of this repository.
- `--out` holds one file of JSON a fold; folds that are there already are not trained again.
- `--validation` leaves the fold out and tells the scores of a tenth of the other rows.

Protocols: splice in ten folds, the same sequence always in one; gene families of chimpanzees in
five folds at random (chimp), in five that keep relatives together (chimp-families), or to learn
from, with dogs as test (dog); chains of CB513 in five folds, equal ones in one, of which residues
with mask 1 count (q3, q8).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@dataclasses.dataclass(frozen=True)
class Case:
    """What is measured.

    Attributes:
        file: The table.
        task: That learns it.
        folds: How many; 1 has a test table.
        settings: Chosen on training rows.
        test: The table of the test rows, if it is another.
        tags: The column of tags.
        group: "sequence" keeps equal ones together, "relatives" relatives, "" neither.
    """

    file: str
    task: str
    folds: int
    settings: dict[str, str]
    test: str = ""
    tags: str = ""
    group: str = ""


FAMILIES = {"wide": "7", "epochs": "8", "sequence_pooling": "max_mean"}
PLACES = {"epochs": "8", "units": "48", "filters": "48", "kernel": "7", "dropout": "0.4"}
CHAINS = {"epochs": "8", "units": "64", "batch_size": "16", "dropout": "0.4"}

CASES = {
    "splice": Case("splice/splice.csv.gz", "genes", 10, PLACES, group="sequence"),
    "chimp": Case("gene_family/chimp.csv.gz", "genes", 5, FAMILIES),
    "chimp-families": Case("gene_family/chimp.csv.gz", "genes", 5, FAMILIES, group="relatives"),
    "dog": Case("gene_family/chimp.csv.gz", "genes", 1, FAMILIES, "gene_family/dog.csv.gz"),
    "q3": Case("cb513/cb513.csv.gz", "residues", 5, CHAINS, tags="dssp3", group="sequence"),
    "q8": Case("cb513/cb513.csv.gz", "residues", 5, CHAINS, tags="dssp8", group="sequence"),
}


def folds_of(case: Case, data: Path) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yields training and test rows of each fold."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold

    rows = pd.read_csv(data / case.file, keep_default_na=False, dtype=str)
    rows["sequence"] = rows["sequence"].str.strip()
    if case.test:
        yield rows, pd.read_csv(data / case.test, keep_default_na=False, dtype=str)
        return
    groups = _groups(case, rows)
    if case.tags:
        divided = GroupKFold(case.folds, shuffle=True, random_state=0).split(rows, None, groups)
    elif case.group:
        divider = StratifiedGroupKFold(case.folds, shuffle=True, random_state=0)
        divided = divider.split(rows, rows["class"], groups)
    else:
        divider = StratifiedKFold(case.folds, shuffle=True, random_state=0)
        divided = divider.split(rows, rows["class"])
    for some, others in divided:
        yield rows.iloc[some], rows.iloc[others]


def _groups(case: Case, rows: pd.DataFrame) -> Any:
    if case.group != "relatives":
        return rows["sequence"]
    from lstm_toolkit.data.alphabets import DNA
    from lstm_toolkit.data.readers.symbols.relatives import related_groups

    return related_groups(rows["sequence"].tolist(), DNA, 0.3)


def measure(
    case: Case, train: pd.DataFrame, test: pd.DataFrame, options: argparse.Namespace
) -> dict[str, Any]:
    """Trains on a fold and returns its scores."""
    import lstm_toolkit as lt

    texts = case.settings | dict(each.split("=", 1) for each in options.sets)
    if case.tags:
        texts |= {"tag_column": case.tags}
    parts = [train.assign(split="train")]
    if options.validation:
        texts |= {"test_share": "0.01"}
    else:
        parts.append(test.assign(split="test"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        pd.concat(parts).drop(columns="split" if options.validation else []).to_csv(path)
        began = time.monotonic()
        task = lt.get_task(case.task)
        run = lt.train(task, task.configure(texts), Path(folder) / "run", data=path)
        told: dict[str, Any] = {"seconds": round(time.monotonic() - began), "settings": texts}
        told["validation"] = run.metrics["validation"]["accuracy"]
        if options.validation:
            return told
        scores = run.metrics["test"]
        told |= {"rows": len(test), "accuracy": scores["accuracy"]}
        told["simplest"] = {n: each["accuracy"] for n, each in scores["baselines"].items()}
        return told | (_masked(lt.load(run), test, case.tags) if case.tags else {})


def _masked(model: Any, test: pd.DataFrame, tags: str) -> dict[str, Any]:
    """Returns how many residues count, and how many of them are right."""
    answers = model.predict(test["sequence"].tolist())
    counted = right = 0
    for answer, truth, mask in zip(answers, test[tags], test["mask"], strict=True):
        counts = np.array(list(mask)) == "1"
        counted += int(counts.sum())
        right += int((counts & (np.array(answer["tags"]) == np.array(list(truth)))).sum())
    return {"residues": counted, "right": right}


def main() -> None:
    """Runs the folds that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=[*CASES])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0, help="the first so many; 0 takes all")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--validation", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    done = []
    for number, parts in enumerate(folds_of(CASES[options.case], options.data)):
        if options.folds and number >= options.folds:
            break
        path = options.out / f"{options.case}-{number}.json"
        if not path.exists():
            path.write_text(json.dumps(measure(CASES[options.case], *parts, options)))
        done.append(json.loads(path.read_text()))
        print(number, json.dumps(done[-1]), flush=True)
    if not options.validation:
        print(json.dumps(summary(done)), flush=True)


def summary(folds: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns scores over all rows, or residues, of the folds."""
    if "right" in folds[0]:
        residues = sum(fold["residues"] for fold in folds)
        right = sum(fold["right"] for fold in folds)
        return {"folds": len(folds), "residues": residues, "accuracy": right / residues}
    rows = np.array([fold["rows"] for fold in folds])
    accuracy = np.array([fold["accuracy"] for fold in folds])
    whole = float(accuracy @ rows / rows.sum())
    return {"folds": len(folds), "rows": int(rows.sum()), "accuracy": whole}


if __name__ == "__main__":
    main()
