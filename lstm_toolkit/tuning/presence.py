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

if TYPE_CHECKING:
    from lstm_toolkit.tuning.oracles import Durable

BEAT = 5.0
"""Seconds after which a worker is heard of again."""
SILENCE = 60.0
"""Seconds without a word after which a worker counts as gone."""
_WORKER, _SEARCH = "worker", "search"


class Chief(OracleServicer):
    """Keras Tuner's service, which knows when each worker was last heard of.

    Args:
        oracle: Chooses what is tried.
        facts: What is searched, as `SearchFolder.read` tells it.
    """

    def __init__(self, oracle: Durable, facts: dict[str, Any]):
        super().__init__(oracle)
        self.heard: dict[str, float] = {}
        self._facts = json.dumps(facts)

    def GetSpace(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Adds what is searched, and notes who asks."""
        for key, value in context.invocation_metadata():
            if key == _WORKER:
                self.heard[value] = time.monotonic()
        context.set_trailing_metadata(((_SEARCH, self._facts),))
        return super().GetSpace(request, context)

    def CreateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Notes who asks."""
        self.heard[request.tuner_id] = time.monotonic()
        return super().CreateTrial(request, context)

    def release_silent(self) -> Iterator[str]:
        """Lets other workers have the trials of those that have gone silent.

        Yields:
            A line for each such trial.
        """
        now = time.monotonic()
        for name in {*self.oracle.ongoing_trials, *self.oracle.tuner_ids}:
            if now - self.heard.setdefault(name, now) < SILENCE:
                continue
            trial = self.oracle.release(name)
            if trial is not None:
                yield (
                    f"{name} has been silent for {SILENCE:g} s; "
                    f"trial {trial} waits for another worker"
                )


class Presence:
    """A worker's side of it.

    Args:
        address: HOST:PORT of the chief.
        name: Of the worker.
    """

    def __init__(self, address: str, name: str):
        self._channel = grpc.insecure_channel(address)
        self._stub = protos.get_service_grpc().OracleStub(self._channel)
        self._metadata = ((_WORKER, name),)

    def say(self, within: float) -> dict[str, Any]:
        """Tells the chief that this worker is there.

        Args:
            within: Seconds in which the chief has to answer.

        Returns:
            What the chief searches.

        Raises:
            grpc.RpcError: If it does not answer.
        """
        request = protos.get_service().GetSpaceRequest()
        _, call = self._stub.GetSpace.with_call(request, timeout=within, metadata=self._metadata)
        found = dict(call.trailing_metadata())
        facts: dict[str, Any] = json.loads(found[_SEARCH])
        return facts

    @contextlib.contextmanager
    def kept_up(self) -> Iterator[None]:
        """Says so again and again during the block; a chief that is away is no error."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BEAT):
                with contextlib.suppress(grpc.RpcError):
                    self.say(BEAT)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self._channel.close()
