"""What `lstm-toolkit serve` can be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated

from lstm_toolkit.errors import SettingsError
from lstm_toolkit.settings.description import wrong_values
from lstm_toolkit.settings.fields import POSITIVE, Bounds

SECONDS = Bounds(0.05)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Where it listens, what it keeps loaded, and what it refuses."""

    host: str = "127.0.0.1"
    """Address to listen at; 0.0.0.0 is every one of this machine."""
    port: Annotated[int, Bounds(0, 65535)] = 8501
    """Port to listen at; 0 takes a free one, which is told."""
    versions: Annotated[int, POSITIVE] = 1
    """How many versions of each model answer at once, the newest ones."""
    poll: Annotated[float, SECONDS] = 1.0
    """Seconds between looks for new and removed versions."""
    max_batch: Annotated[int, POSITIVE] = 64
    """Rows of different requests that are asked at once; 1 joins none."""
    max_rows: Annotated[int, POSITIVE] = 1_000
    """Rows in one request."""
    max_text: Annotated[int, POSITIVE] = 100_000
    """Bytes in one text."""
    max_body: Annotated[int, POSITIVE] = 8 * 2**20
    """Bytes in the body of a request."""
    time_limit: Annotated[float, SECONDS] = 30.0
    """Seconds within which a request is answered."""
    read_limit: Annotated[float, SECONDS] = 10.0
    """Seconds within which a client must have sent its request."""
    idle_limit: Annotated[float, SECONDS] = 60.0
    """Seconds for which a connection may stay without a request."""
    queue: Annotated[int, POSITIVE] = 256
    """Requests that may wait for one signature of a model."""
    connections: Annotated[int, POSITIVE] = 4_000
    """Open connections; of more, those that are idle for longest are closed."""
    token_file: str | None = None
    """File with a token that requests must bring, as in `Authorization: Bearer TOKEN`."""
    certfile: str | None = None
    """Certificate for TLS, in PEM."""
    keyfile: str | None = None
    """Its private key, in PEM; none if it stands in the certificate's file."""
    allow_hosts: tuple[str, ...] = ()
    """Names by which browsers may call it, separated by commas; `*` takes any."""
    access_log: str = "-"
    """Where a JSON object a request is written: a file, `-` for standard output, or `off`."""

    def __post_init__(self) -> None:
        wrong = list(wrong_values(self)) or list(self.mistakes())
        if wrong:
            raise SettingsError("; ".join(wrong))

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        if self.keyfile is not None and self.certfile is None:
            yield f"keyfile needs certfile. Received: keyfile={self.keyfile}"
