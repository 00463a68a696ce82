"""Who works for a chief, and at what: over Keras Tuner's service, in the metadata of its calls.

Keras Tuner's chief does not notice that a worker is gone, and waits for its trial for ever;
and it takes in workers that train something else. Here workers say their name every few
seconds, in a call that changes nothing, and the answer says what is searched.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import grpc
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_chief import OracleServicer

from lstm_toolkit.errors import InputError

if TYPE_CHECKING:
    from lstm_toolkit.tuning.oracles import DurableOracle

HEARTBEAT_INTERVAL = 5.0
"""Seconds after which a worker is heard of again."""
HEARTBEAT_TIMEOUT = 60.0
"""Seconds without a word after which a worker counts as gone."""
_WORKER, _SEARCH = "worker-bin", "search-bin"
_LARGE = [("grpc.max_metadata_size", 1 << 20), ("grpc.absolute_max_metadata_size", 1 << 20)]
"""Spaces with many choices do not fit into gRPC's 8 KB."""


class Chief(OracleServicer):
    """Keras Tuner's service, which knows when each worker was last heard of.

    Args:
        oracle: Chooses what is tried.
        facts: What is searched, as `SearchFolder.read` tells it.
    """

    def __init__(self, oracle: DurableOracle, facts: dict[str, Any]):
        super().__init__(oracle)
        self._heard: dict[str, float] = {}
        self._looked = time.monotonic()
        self._facts = json.dumps(facts).encode()

    def GetSpace(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Adds what is searched, and notes who asks."""
        for key, value in context.invocation_metadata():
            if key == _WORKER:
                self._heard[value.decode()] = time.monotonic()
        context.set_trailing_metadata(((_SEARCH, self._facts),))
        return super().GetSpace(request, context)

    def CreateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Notes who asks."""
        self._heard[request.tuner_id] = time.monotonic()
        return super().CreateTrial(request, context)

    def GetBestTrials(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answers with completed trials, those first whose checkpoints are worth most."""
        ranked = self.oracle.ranking()[: request.num_trials]
        messages = protos.get_service()
        return messages.GetBestTrialsResponse(trials=[trial.to_proto() for trial in ranked])

    def release_silent(self) -> Iterator[str]:
        """Lets other workers have the trials of those that have gone silent.

        To be called every second or so.

        Yields:
            A line for each such trial.
        """
        now = time.monotonic()
        if (
            now - self._looked > HEARTBEAT_TIMEOUT / 2
        ):  # this process was stopped: nobody could be heard
            self._heard = dict.fromkeys(self._heard, now)
        self._looked = now
        for name in {*self.oracle.ongoing_trials, *self.oracle.tuner_ids}:
            if now - self._heard.setdefault(name, now) < HEARTBEAT_TIMEOUT:
                continue
            trial = self.oracle.release(name)
            if trial is not None:
                yield (
                    f"{name} has been silent for {HEARTBEAT_TIMEOUT:g} s; "
                    f"trial {trial} waits for another worker"
                )


class Presence:
    """A worker's side of it.

    Args:
        address: HOST:PORT of the chief.
        name: Of the worker.
    """

    def __init__(self, address: str, name: str):
        self._address = address
        self._channel = grpc.insecure_channel(address, options=_LARGE)
        self._stub = protos.get_service_grpc().OracleStub(self._channel)
        self._metadata = ((_WORKER, name.encode()),)

    def announce(self, within: float) -> dict[str, Any]:
        """Tells the chief that this worker is there.

        Args:
            within: Seconds in which the chief has to answer.

        Returns:
            What the chief searches.

        Raises:
            InputError: If it does not answer, or not with that.
        """
        request = protos.get_service().GetSpaceRequest()
        try:
            _, call = self._stub.GetSpace.with_call(
                request, timeout=within, metadata=self._metadata
            )
            facts: dict[str, Any] = json.loads(dict(call.trailing_metadata())[_SEARCH])
        except (grpc.RpcError, KeyError):
            raise InputError(
                f"the chief at {self._address} does not say what it searches; both sides need "
                "the same version"
            ) from None
        return facts

    @contextlib.contextmanager
    def kept_up(self) -> Iterator[None]:
        """Says so again and again during the block; a chief that is away is no error."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT_INTERVAL):
                with contextlib.suppress(InputError):
                    self.announce(HEARTBEAT_INTERVAL)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self._channel.close()
