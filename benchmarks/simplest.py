"""Scores a task's simplest methods: `python -m benchmarks.simplest TASK --data TRAIN --test TEST`.

They are fitted on the rows that a training would be fitted on, and scored on the file of a
published test, or on the test split.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from lstm_toolkit.cli.task_options import setting_texts
from lstm_toolkit.system.runtime import quiet_tensorflow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--set", dest="sets", action="append", default=[])
    arguments = parser.parse_args()
    quiet_tensorflow()
    from lstm_toolkit import get_task

    task = get_task(arguments.task)
    settings = task.configure(setting_texts(arguments.sets))
    source = task.read(arguments.data, settings, None)
    splits = task.split(source, settings)
    states = task.learn(splits.train, settings)
    test = splits.test
    if arguments.test is not None:
        test = task.read(arguments.test, settings, states).scored
    for name, method in task.target.baselines(splits.train, test, task.features, states.target):
        began = time.process_time()
        scores = {key: round(value, 4) for key, value in method().items()}
        facts = {"method": name, "train": len(splits.train), "test": len(test), **scores}
        print(json.dumps(facts | {"cpu_seconds": round(time.process_time() - began, 1)}))


if __name__ == "__main__":
    main()
