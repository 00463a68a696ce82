"""One training, in a folder where it leaves a backup after each epoch.

Runs (`training`) and the trials of a search (`tuning`) train in this one way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras

from lstm_toolkit.builders import cudnn_blockers
from lstm_toolkit.data.batches import Batches
from lstm_toolkit.layers import speed_up
from lstm_toolkit.optimizers.catalogue import learning_rate, optimizer, with_merging
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.networks import build_checked
from lstm_toolkit.system.reporting import SILENT, Reporter
from lstm_toolkit.system.runtime import seed_everything
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task
from lstm_toolkit.training.averaging import BestWeights
from lstm_toolkit.training.backup import ExactBackup, Position, Progress
from lstm_toolkit.training.callbacks import History, NanGuard
from lstm_toolkit.training.devices.backups import progress_everywhere
from lstm_toolkit.training.devices.devices import ONE_DEVICE, OneDevice
from lstm_toolkit.training.preparation import Prepared

BACKUP, HISTORY = "backup.npz", "history.csv"
"""What a training leaves in its folder."""


@checked_names()
def compile_model(
    model: keras.Model,
    task: Task | str,
    settings: Settings,
    *,
    steps: int,
    own_optimizer: keras.optimizers.Optimizer | None = None,
) -> keras.Model:
    """Compiles a network with the settings' optimizer and the task's loss.

    On a CPU its LSTM layers are sped up, see `speed_up`; what is saved is Keras's own.

    Args:
        model: What a builder returned.
        task: A task or its name; its target gives loss and metrics.
        settings: Give the optimizer, the learning rate and the schedule.
        steps: Training steps in all, over which the schedule runs.
        own_optimizer: In place of that of the settings; None makes theirs.

    Returns:
        The same model. Under a global mixed_float16 policy Keras scales its loss.
    """
    target = get_task(task).target
    made = _optimizer(settings, steps) if own_optimizer is None else with_merging(own_optimizer)
    speed_up(model).compile(
        optimizer=made,
        loss=target.loss(settings),
        metrics=target.metrics(settings),
        jit_compile=False,  # XLA compiles every shape anew, and rules cuDNN and `speed_up` out
    )
    return model


def _optimizer(settings: Settings, steps: int) -> keras.optimizers.Optimizer:
    rate = learning_rate(
        settings.learning_rate, settings.schedule, steps=steps, warmup=settings.warmup
    )
    return optimizer(
        settings.optimizer,
        rate,
        clipnorm=settings.clipnorm,
        weight_decay=settings.weight_decay,
        ema_momentum=settings.ema_momentum,
    )


def fit(
    prepared: Prepared,
    folder: Path,
    *,
    until: int | None = None,
    check: Callable[[keras.Model, Settings, Batches], None] | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    new_optimizer: Callable[[], keras.optimizers.Optimizer | None] = lambda: None,
    devices: OneDevice = ONE_DEVICE,
    reporter: Reporter = SILENT,
) -> tuple[keras.Model, Progress]:
    """Trains a new network, or goes on from the backup in `folder`.

    Cut off after any epoch and called again, it ends with the same weights on a CPU. The
    network has the global dtype policy.

    Args:
        prepared: Data and settings.
        folder: Where backup and history are kept.
        until: The epoch to stop after, below that of the settings, by which the learning
            rate falls all the same.
        check: Is given the network before its weights take memory, and raises if it is not
            to be trained.
        callbacks: Further ones; they run before the backup.
        new_optimizer: Makes what `compile_model` is given, for each network one where that is.
        devices: What it trains on, see `open_devices`.
        reporter: Is told how it goes.

    Returns:
        The network with its best weights, and what the backup holds.

    Raises:
        RunError: If the backup is damaged or of another network.
        TrainingError: If the loss becomes NaN.
    """
    settings, splits = prepared.settings, prepared.splits
    progress = progress_everywhere(folder / BACKUP, devices)
    epochs = settings.epochs if until is None else min(until, settings.epochs)
    batches = prepared.batches(splits.train, shuffled=True)
    seed_everything(settings.seed)
    done = progress.stopped or progress.epoch >= epochs
    steps = len(batches) * settings.epochs

    def compiled(model: keras.Model) -> keras.Model:
        return compile_model(
            model, prepared.task, settings, steps=steps, own_optimizer=new_optimizer()
        )

    with ONE_DEVICE.scope() if done else devices.scope():
        if check is None:
            model = compiled(prepared.build())
        else:
            model = compiled(
                build_checked(prepared.build, lambda model: check(model, settings, batches))
            )
    _say_start(model, folder, batches, reporter)
    if not done and (progress.rows or progress.step):
        reporter.log(f"going on with step {progress.step + 1} of epoch {progress.epoch + 1}")
    if done:
        progress.restore(model, folder / BACKUP)
        model.set_weights(progress.named("best"))
        return model, progress
    best = BestWeights(
        monitor=settings.monitor,
        mode=prepared.task.direction(settings.monitor),
        patience=settings.patience or settings.epochs,
    )
    backup = ExactBackup(
        folder / BACKUP,
        progress=progress,
        batches=batches,
        early_stopping=best,
        devices=devices,
        save_every=settings.save_every,
    )
    history = History(
        folder / HISTORY,
        progress=progress,
        epochs=epochs,
        batches=batches,
        reporter=reporter,
        writes=devices.chief,
    )
    devices.fit(
        model,
        batches,
        prepared.batches(splits.validation),
        class_weight=_class_weight(prepared, settings),
        epochs=epochs,
        initial_epoch=progress.epoch,
        shuffle=False,
        verbose=0,
        callbacks=[Position(batches), NanGuard(batches), best, *callbacks, backup, history],
    )
    return devices.trained(model, lambda: compiled(prepared.build())), progress


def _class_weight(prepared: Prepared, settings: Any) -> dict[int, float] | None:
    targets = prepared.encoded_targets(prepared.splits.train).rows
    return prepared.task.target.class_weight(targets, settings)


def _say_start(model: keras.Model, folder: Path, batches: Batches, reporter: Reporter) -> None:
    policy = keras.config.dtype_policy().name
    reporter.log(f"{model.count_params():,} parameters, {policy}, into {folder}")
    if line := batches.padding():
        reporter.log(line)
    for line in cudnn_blockers(model):
        reporter.log(f"cuDNN cannot run {line}; on a GPU this is several times slower")
