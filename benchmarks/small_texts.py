"""Judges `sentiment` on small sets of texts: 5 x 2 cross-validation against tf-idf.

Usage: python -m benchmarks.small_texts FOLDER OUT.jsonl [--sets TREC …] [--set NAME=VALUE]

FOLDER holds the sets, see `SETS`. For each of five seeds each set is divided in halves, and each
half is trained on to answer the other. Each line of OUT holds one such training, and is written
when it has ended; called again, it goes on. `--report` tells what OUT holds.

- `tf_idf`: logistic regression on tf-idf of words and pairs, C by cross-validation, on the half;
- `wide`: the linear path of the network alone, without the rows on which it chooses its epoch;
- `lstm`: what stands beside that path, alone;
- `network`: both, as `lstm-toolkit train sentiment` trains them.

CPU seconds are those of fitting tf-idf, and of reading, encoding and training the network.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SETS = {
    "rt-polarity": "rt_polarity/rt_polarity.tsv.gz",
    "ChnSentiCorp": "chnsenticorp/chnsenticorp_htl.csv.gz",
    "PhraseBank": "financial_phrasebank/phrasebank.csv.gz",
    "TREC": "trec6/train.tsv.gz",
    "SST-2": "sst2/train.tsv.gz",  # whole sentences alone
}
SEEDS, FOLDS = 5, 2


def rows(path: Path) -> pd.DataFrame:
    """Returns `text` and `label`, each text once."""
    options: dict[str, Any] = {"sep": "\t", "quoting": 3} if ".tsv" in path.name else {}
    table = pd.read_csv(path, keep_default_na=False, dtype=str, **options)
    if "is_sentence" in table:
        table = table[table["is_sentence"] == "1"]
    return table[["text", "label"]].drop_duplicates("text", ignore_index=True)


def halves(labels: Any, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Returns which rows are trained on, and which are answered, of both folds."""
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels))


def tf_idf(train: pd.DataFrame, test: pd.DataFrame, seed: int) -> dict[str, float]:
    """Returns accuracy and C of the baseline."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import make_pipeline

    from lstm_toolkit.features.text import tf_idf as words_and_pairs

    pipe = make_pipeline(words_and_pairs(), LogisticRegression(max_iter=500))
    grid = {"logisticregression__C": [1.0, 3.0, 10.0, 30.0, 100.0]}
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    fitted = GridSearchCV(pipe, grid, cv=folds).fit(train["text"], train["label"])
    return {
        "tf_idf": float(fitted.score(test["text"], test["label"])),
        "tf_idf_c": fitted.best_params_["logisticregression__C"],
    }


def network(table: pd.DataFrame, settings: dict[str, str]) -> dict[str, Any]:
    """Trains as `lstm-toolkit train sentiment` does, and scores the rows of the test."""
    import keras

    from lstm_toolkit import get_task, prepare
    from lstm_toolkit.builders.texts import WEIGHTS
    from lstm_toolkit.training.evaluation import choose, predict
    from lstm_toolkit.training.fitting import fit

    keras.backend.clear_session()
    task = get_task("sentiment")
    prepared = prepare(task, task.configure({"label_kind": "classes", **settings}), table)
    with tempfile.TemporaryDirectory() as folder:
        model, _ = fit(prepared, Path(folder))
    choose(prepared, model)
    test = prepared.splits.test
    truth = task.target.truth(test, prepared.states.target)  # type: ignore[attr-defined]

    def answers() -> NDArray[np.float32]:
        return predict(prepared, model, test).outputs

    both = answers()
    loss = -np.log(both[np.arange(len(truth)), truth] + 1e-30).mean()
    scores = {"network": float((both.argmax(axis=1) == truth).mean()), "loss": float(loss)}
    if WEIGHTS in {layer.name for layer in model.layers}:
        layer = model.get_layer(WEIGHTS)
        scores["wide_weight"], scores["lstm_weight"] = layer.get_weights()[0][0].tolist()
        for name, alone in (("wide", (1.0, 0.0)), ("lstm", (0.0, 1.0))):
            layer.set_weights([np.array([alone])])
            scores[name] = float((answers().argmax(axis=1) == truth).mean())
    return scores


def measure(table: pd.DataFrame, seed: int, fold: int, settings: dict[str, str]) -> dict[str, Any]:
    """Returns all scores of one half."""
    train, test = halves(table["label"], seed)[fold]
    split = np.full(len(table), "train", object)
    split[test] = "test"
    began = time.process_time()
    facts: dict[str, Any] = tf_idf(table.iloc[train], table.iloc[test], seed)
    between = time.process_time()
    facts |= network(table.assign(split=split), settings | {"seed": str(seed)})
    facts["cpu_seconds"] = {
        "tf_idf": round(between - began, 1),
        "network": round(time.process_time() - between, 1),
    }
    return {name: round(f, 5) if isinstance(f, float) else f for name, f in facts.items()}


def report(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns mean scores and gains over tf-idf by set, and of all sets with a paired test.

    The test is the combined F test of 5 x 2 cross-validation, on the mean of the gains of all
    sets: E. Alpaydin, 1999 (doi:10.1162/089976699300016007).
    """
    from scipy import stats

    table = pd.DataFrame(lines)
    table["gain"] = table["network"] - table["tf_idf"]
    table["cpu"] = [cpu["network"] for cpu in table["cpu_seconds"]]
    columns = ["tf_idf", "wide", "lstm", "network", "gain", "cpu"]
    by_set = table.groupby("set")[[c for c in columns if c in table]].mean()
    by_set["folds"] = table.groupby("set").size()
    gains = table.pivot(index="seed", columns=["fold", "set"], values="gain").dropna()
    facts: dict[str, Any] = {"sets": by_set.round(4).to_dict("index"), "seeds": len(gains)}
    if len(gains) > 1:
        folds = np.stack([gains[fold].mean(axis=1) for fold in range(FOLDS)], axis=1)
        spread = np.square(folds - folds.mean(axis=1, keepdims=True)).sum()
        f = np.square(folds).sum() / (2 * spread)
        p = float(stats.f.sf(f, FOLDS * len(folds), len(folds)))
        facts |= {"mean_gain": round(float(folds.mean()), 5), "f": round(float(f), 2), "p": p}
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    lines = options.out.read_text("utf-8").splitlines() if options.out.exists() else []
    done = [json.loads(line) for line in lines]
    if options.report:
        print(json.dumps(report(done), indent=2))
        return
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    settings = dict(text.split("=", 1) for text in options.settings)
    keys = {(line["set"], line["seed"], line["fold"]) for line in done}
    for seed in range(options.seeds):
        for fold in range(FOLDS):
            for name in options.sets:
                if (name, seed, fold) in keys:
                    continue
                facts = measure(rows(options.folder / SETS[name]), seed, fold, settings)
                line = json.dumps({"set": name, "seed": seed, "fold": fold, **facts})
                with options.out.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
                print(line, flush=True)


if __name__ == "__main__":
    main()
