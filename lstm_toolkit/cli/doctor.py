"""What this machine can do, and what would be slow on it and why."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.settings.fields import MODEL, Settings, changed
from lstm_toolkit.system.runtime import gpus, resolve_precision
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task, task_names

if TYPE_CHECKING:
    from lstm_toolkit.features.states import States


def examine(run: Path | None, task: str | None, texts: Mapping[str, str]) -> dict[str, Any]:
    """Looks at devices and versions, and at networks' fitness for cuDNN.

    Args:
        run: Look at this run's network alone, or
        task: at this task's with the settings in `texts`; by default at every task's.
        texts: `NAME=VALUE` settings by name.

    Returns:
        `versions`, `cpus`, `gpus`, `cuda_build`, the versions it was `built_for`, whether a
        `driver` is there, `precision` that "auto" stands for, the kernels that train LSTMs on
        the CPU in `native` code ("" where there are none), on what `training` would run,
        `networks` with what keeps cuDNN from each, and `advice`, one line a piece.
    """
    import tensorflow as tf

    from lstm_toolkit.layers.fast.native import load, processors
    from lstm_toolkit.system.versions import versions
    from lstm_toolkit.training.devices.opening import planned

    devices, native = gpus(), load()
    if run is not None:
        networks = {str(run): _run_blockers(run)}
    elif task is not None:
        networks = {task: _task_blockers(get_task(task), texts)}
    else:
        networks = {name: _task_blockers(get_task(name), {}) for name in task_names()}
    return {
        "versions": versions(),
        "cpus": processors(),
        "gpus": [f"{name}, compute capability {a}.{b}" for name, (a, b) in devices],
        "cuda_build": bool(tf.test.is_built_with_cuda()),
        "built_for": _built_for(),
        "driver": driver_found(),
        "precision": resolve_precision("auto"),
        "native": native.kernels,
        "training": planned(),
        "networks": networks,
        "advice": list(_advice(devices, networks, native.missing)),
    }


def _built_for() -> dict[str, str]:
    """Returns the CUDA and cuDNN versions that TensorFlow was built for; none without CUDA."""
    import tensorflow as tf

    facts = tf.sysconfig.get_build_info()
    names = {"CUDA": "cuda_version", "cuDNN": "cudnn_version"}
    return {name: str(facts[key]) for name, key in names.items() if key in facts}


def driver_found() -> bool:
    """Tells whether NVIDIA's driver is installed, be its GPUs visible or not."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def _run_blockers(path: Path) -> list[str]:
    from lstm_toolkit.runs import Run

    run = Run.open_unfinished(path)
    return _blockers(run.task, run.settings, run.states)


def _task_blockers(task: Task, texts: Mapping[str, str]) -> list[str]:
    """Looks at the network that a task builds for its tiny sample, so nothing large is read."""
    from lstm_toolkit.training.preparation import prepare

    asked, usual = task.configure(texts), task.settings()
    network = {
        field.name: getattr(asked, field.name)
        for field in changed(usual, asked)
        if field.role is MODEL
    }
    with tempfile.TemporaryDirectory() as folder:
        data, small = (None, {}) if task.sample is None else task.sample(Path(folder))
        settings = dataclasses.replace(task.configure(small), **network)
        ready = prepare(task, settings, data)
    return _blockers(ready.task, ready.settings, ready.states)


def _blockers(task: Task, settings: Settings, states: States) -> list[str]:
    from lstm_toolkit.builders import cudnn_blockers

    return cudnn_blockers(task.build(settings, states, None))


def _advice(
    devices: list[tuple[str, tuple[int, int]]],
    networks: Mapping[str, list[str]],
    without_native: str,
) -> list[str]:
    lines = []
    if without_native and not devices:
        lines.append(
            f"the native recurrence is missing ({without_native}): LSTMs train in TensorFlow's "
            "loop, up to twice as long"
        )
    if not devices and driver_found():
        lines.append(
            "NVIDIA's driver is installed but TensorFlow sees no GPU: install the CUDA libraries "
            "with `pip install 'lstm_toolkit[gpu]'`, and look at CUDA_VISIBLE_DEVICES"
        )
    if not devices:
        lines.append("no GPU is visible: LSTMs run on the CPU, and cuDNN is not used")
        lines.append("mixed_float16 and mixed_bfloat16 are slower than float32 on most CPUs")
    for name, capability in devices:
        if capability < (7, 0):
            lines.append(f"{name} has no tensor cores: mixed_float16 saves memory, not time")
    for name, blockers in networks.items():
        lines += [
            f"{name}: cuDNN cannot run {line}; on a GPU this is several times slower"
            for line in blockers
        ]
    return lines


def as_text(facts: Mapping[str, Any]) -> str:
    """Returns what `examine` found for people to read."""
    lines = [f"{name:<14}{version}" for name, version in facts["versions"].items()]
    lines.append(f"{'CPUs':<14}{facts['cpus']}")
    lines.append(f"{'GPUs':<14}{'; '.join(facts['gpus']) or 'none visible'}")
    built_for = ", ".join(f"{name} {version}" for name, version in facts["built_for"].items())
    build = ("yes" if facts["cuda_build"] else "no") + (f", for {built_for}" if built_for else "")
    lines.append(f"{'CUDA build':<14}{build}")
    lines.append(f"{'driver':<14}{'found' if facts['driver'] else 'none found'}")
    lines.append(f"{'precision':<14}auto stands for {facts['precision']}")
    lines.append(f"{'native LSTM':<14}{facts['native'] or 'no'}")
    lines.append(f"{'training on':<14}{facts['training']}")
    for name, blockers in facts["networks"].items():
        verdict = "no" if blockers else "every recurrent layer can run on it"
        lines.append(f"{'cuDNN':<14}{name}: {verdict}")
    return "\n".join([*lines, *(f"- {line}" for line in facts["advice"])])
