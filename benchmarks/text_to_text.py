"""Trains `translation` to pronounce: `python -m benchmarks.text_to_text FOLDER [--set NAME=VALUE]`.

FOLDER holds CMUdict as `train.tsv.gz` and `test.tsv.gz`: a word, a tab, and its pronunciations
with `|` between. Each pronunciation becomes a row; of the test the nearest one counts. One JSON
line tells the phoneme and word error rates of the validation rows, with --test those of the
published test too, beside the pronunciation of the nearest spelling that is known.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import pandas as pd

from lstm_toolkit.cli.task_options import setting_texts
from lstm_toolkit.system.runtime import quiet_tensorflow


def pronunciations(path: Path) -> pd.DataFrame:
    """Returns `word` and `phonemes`, a row a pronunciation."""
    names = ["word", "phonemes"]
    table = pd.read_csv(path, sep="\t", header=None, names=names, quoting=3, keep_default_na=False)
    table["phonemes"] = table["phonemes"].str.split("|")
    return table.explode("phonemes", ignore_index=True)


def looked_up(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, float]:
    """Scores the pronunciation of the nearest known spelling."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    from lstm_toolkit.metrics.edit_rates import edit_rates

    known = train.drop_duplicates("word")
    words = test["word"].drop_duplicates().tolist()
    nearest = {
        word: process.extractOne(word, known["word"].tolist(), scorer=Levenshtein.distance)[2]
        for word in words
    }
    given = [known["phonemes"].iloc[nearest[word]] for word in test["word"]]
    return edit_rates(test["word"].tolist(), test["phonemes"].tolist(), given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("runs/pronounce"))
    parser.add_argument("--rows", type=int, help="of the training file at most")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    quiet_tensorflow()
    import lstm_toolkit as lt
    from lstm_toolkit.system.reporting import Reporter

    train = pronunciations(options.folder / "train.tsv.gz")[: options.rows]
    task = lt.get_task("translation")
    texts = {"preset": "pronounce", "test_share": "0.01", "validation_share": "0.02"}
    settings = task.configure(texts | setting_texts(options.sets))
    began = time.process_time()
    reporter = Reporter(log=lambda line: print(line, flush=True))
    rows = train.rename(columns={"word": "source", "phonemes": "target"})
    run = lt.train(task, settings, options.out, data=rows, resume=True, reporter=reporter)
    rates = ("token_error", "sentence_error", "loss")
    scores = run.metrics["validation"]
    facts: dict[str, Any] = {"validation": {name: scores[name] for name in rates}}
    if options.test:
        test = pronunciations(options.folder / "test.tsv.gz")
        renamed = test.rename(columns={"word": "source", "phonemes": "target"})
        scored = lt.evaluate_run(run, data=renamed)
        facts["test"] = {name: scored[name] for name in rates}
        facts["table"] = looked_up(train, test)
    print(json.dumps(facts | {"cpu_seconds": round(time.process_time() - began, 1)}))


if __name__ == "__main__":
    main()
