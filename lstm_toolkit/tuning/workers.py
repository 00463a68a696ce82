"""Several processes at one search, over Keras Tuner's own chief and worker service.

The chief chooses what is tried and writes it down; workers train. Nothing here imports
TensorFlow before a worker has set how many threads it may use.
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import InputError, SearchError
from lstm_toolkit.system.reporting import PRINTING, SILENT, Reporter
from lstm_toolkit.training.preparation import prepare
from lstm_toolkit.tuning.folder import SearchFolder, differences

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from lstm_toolkit.tuning.oracles import DurableOracle
    from lstm_toolkit.tuning.plan import Plan
    from lstm_toolkit.tuning.presence import Chief

ANSWER_WITHIN = 20.0
"""Seconds in which a chief has to answer a new worker."""
RESTARTS = 5
"""Times that one worker is started again."""
LOOPBACK = "127.0.0.1"


@dataclasses.dataclass(frozen=True)
class Address:
    """Where a chief listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Reads HOST:PORT.

        Raises:
            InputError: If it is none.
        """
        match = re.fullmatch(r"(.+):(\d{1,5})", text)
        if match is None or not 0 < int(match[2]) < 65536:
            raise InputError(f"a chief's address must be HOST:PORT. Received: {text}")
        return cls(match[1].strip("[]"), int(match[2]))

    @classmethod
    def unused(cls) -> Address:
        """Returns a port of this machine that nobody listens to."""
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            return cls(LOOPBACK, probe.getsockname()[1])

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@contextlib.contextmanager
def serving(oracle: DurableOracle, address: Address, facts: dict[str, Any]) -> Iterator[Chief]:
    """Answers workers during the block.

    Args:
        oracle: Chooses what is tried.
        address: Where to listen.
        facts: What is searched, as `SearchFolder.read` tells it.

    Raises:
        InputError: If the address cannot be listened to.
    """
    from concurrent import futures

    import grpc
    from keras_tuner.src import protos

    from lstm_toolkit.tuning.presence import Chief

    _hush()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=1), options=[("grpc.so_reuseport", 0)]
    )
    chief = Chief(oracle, facts)
    protos.get_service_grpc().add_OracleServicer_to_server(chief, server)
    try:
        server.add_insecure_port(str(address))
    except RuntimeError:
        raise InputError(f"{address}: cannot be listened to; choose another port") from None
    server.start()
    try:
        yield chief
    finally:
        server.stop(grace=1).wait()


def serve(
    oracle: DurableOracle, address: Address, facts: dict[str, Any], reporter: Reporter
) -> None:
    """Is the chief of workers on any machine, until every trial has ended.

    A worker that has been silent for a minute counts as gone, and its trial is given to another.
    """
    if oracle.plan.trials and len(oracle.end_order) >= oracle.plan.trials:
        return  # no worker would ever ask
    with serving(oracle, address, facts) as chief:
        reporter.log(f"waiting for workers at {address}")
        while not (chief.stop_triggered and not oracle.ongoing_trials and not oracle.tuner_ids):
            if oracle.late and not oracle.ongoing_trials:
                break
            for line in chief.release_silent():
                reporter.log(line)
            time.sleep(0.5)
        time.sleep(1)  # the last answer has to arrive


def run_workers(
    oracle: DurableOracle, plan: Plan, folder: Path, workers: int, reporter: Reporter
) -> None:
    """Runs workers on this machine, and starts those again that die.

    Raises:
        SearchError: If they die again and again.
    """
    address, started = Address.unused(), [0] * workers
    threads = max(1, (os.cpu_count() or 1) // workers)
    with serving(oracle, address, SearchFolder(folder).read()):
        names = [f"worker{place + 1}" for place in range(workers)]
        running = [_start(plan, folder, address, name, threads) for name in names]
        try:
            while any(process.exitcode != 0 for process in running):
                if oracle.late:
                    return
                for place, process in enumerate(running):
                    if process.exitcode in (None, 0):
                        continue
                    if started[place] == RESTARTS:
                        raise SearchError(f"{names[place]} died {RESTARTS + 1} times, see above")
                    started[place] += 1
                    reporter.log(
                        f"{names[place]} ended with code {process.exitcode}; it starts again"
                    )
                    running[place] = _start(plan, folder, address, names[place], threads)
                time.sleep(0.2)
        finally:
            for process in running:
                process.terminate()
                process.join()
            for rows in folder.glob("rows-of-*"):  # of workers that were ended
                shutil.rmtree(rows, ignore_errors=True)


def _start(plan: Plan, folder: Path, address: Address, name: str, threads: int) -> SpawnProcess:
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=_local_worker, args=(plan, folder, address, name, threads, os.getpid()), daemon=True
    )
    process.start()
    return process


def _local_worker(
    plan: Plan, folder: Path, address: Address, name: str, threads: int, parent: int
) -> None:
    for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[variable] = str(threads)
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    join(plan, folder, address, name, SILENT)  # the chief tells what is done


def _die_with(parent: int) -> None:
    """Ends this process when its parent is gone: the next search would train beside it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def join(
    plan: Plan,
    folder: Path,
    address: Address,
    name: str,
    reporter: Reporter = PRINTING,
) -> None:
    """Works for the chief at `address` until there is no more to do.

    Args:
        plan: The same as the chief's; what only the chief decides may be left out.
        address: Where the chief listens.
        folder: Where checkpoints are kept; shared with the chief, or one for this search alone.
        name: Of this worker. A worker that starts again under its old name goes on with the
            trial that it left.
        reporter: Is given lines for people to read.

    Raises:
        InputError: If the chief does not answer or is gone for an hour, searches something
            else, or the folder is of another search.
    """
    _hush()
    await_chief(address, ANSWER_WITHIN)
    os.environ["KERASTUNER_ORACLE_IP"] = address.host
    os.environ["KERASTUNER_ORACLE_PORT"] = str(address.port)
    os.environ["KERASTUNER_TUNER_ID"] = name
    import grpc

    from lstm_toolkit.tuning.presence import Presence
    from lstm_toolkit.tuning.task_tuner import TaskTuner

    presence = Presence(str(address), name)
    with presence.kept_up():
        theirs = presence.announce(ANSWER_WITHIN)
        _same_search(address, theirs, plan.facts() | {"data": None})
        rows = folder / f"rows-of-{name}"  # workers on one machine share the folder
        prepared = prepare(plan.task, plan.settings, plan.data, folder=rows)
        _same_search(address, theirs, plan.facts() | {"data": prepared.facts()})
        SearchFolder(folder).join(theirs)
        reporter.log(f"{name} works for the chief at {address}")
        tuner = TaskTuner(plan, folder, rows=rows)
        tuner.tell = reporter.log
        tuner.hypermodel.take(prepared, plan.settings)
        del prepared  # not two of them in memory
        try:
            tuner.search()
        except grpc.RpcError as error:
            raise InputError(f"the chief at {address} is gone: {error.code().name}") from error
        finally:
            shutil.rmtree(rows, ignore_errors=True)


def _same_search(address: Address, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    for wanted, got in differences(theirs, ours, but={"tuner"}):
        raise InputError(f"the chief at {address} searches with {wanted}. Received: {got}")


def _hush() -> None:
    """Keras Tuner 1.4.8 prints the value of each condition that it sends."""
    from keras_tuner.src.engine import conditions

    conditions.print = lambda *_: None


def await_chief(address: Address, within: float) -> None:
    """Returns when the chief answers.

    Args:
        address: Where it should listen.
        within: Seconds to wait.

    Raises:
        InputError: If it does not in time.
    """
    import grpc

    with grpc.insecure_channel(str(address)) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=within)
        except grpc.FutureTimeoutError:
            raise InputError(
                f"the chief at {address} does not answer within {within:g} s; start it first, "
                "with the same command and --serve in place of --join"
            ) from None


def worker_name() -> str:
    """Returns a name for this worker that it keeps when it is started again by its host."""
    return os.environ.get("KERASTUNER_TUNER_ID") or f"{socket.gethostname()}-{os.getpid()}"
