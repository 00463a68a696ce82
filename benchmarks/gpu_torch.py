"""Times a network of `benchmarks.gpu` in PyTorch; it starts this in a process of its own.

    python -m benchmarks.gpu_torch digits|long POLICY UNITS ROWS LENGTH STEPS ROUNDS

prints the seconds of a training step: the median over rounds, the first of which is not counted.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.gpu import WORDS

KINDS = {"mixed_float16": torch.float16, "mixed_bfloat16": torch.bfloat16}


class Digits(nn.Module):
    """Two stacked layers over the rows of images."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.rnn = nn.LSTM(28, units, 2, batch_first=True, dropout=0.2)
        self.drop, self.head = nn.Dropout(0.2), nn.Linear(units, 10)

    def forward(self, x: Any, lengths: Any) -> Any:
        """Takes images; their lengths are one."""
        return self.head(self.drop(self.rnn(x)[0][:, -1]))


class Long(nn.Module):
    """One bidirectional layer over packed texts, and the greatest output of each unit."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.table = nn.Embedding(WORDS + 2, 100)
        self.rnn = nn.LSTM(100, units, batch_first=True, bidirectional=True)
        self.spatial, self.drop = nn.Dropout1d(0.4), nn.Dropout(0.5)
        self.head = nn.Linear(2 * units, 2)

    def forward(self, x: Any, lengths: Any) -> Any:
        """Takes tokens, padded on the right, and how many of them each text has."""
        vectors = self.spatial(self.table(x).transpose(1, 2)).transpose(1, 2)
        packed = pack_padded_sequence(vectors, lengths, True, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(self.rnn(packed)[0], True, -1e4)
        return self.head(self.drop(outputs.amax(1)))


def seconds_a_step(
    name: str, policy: str, units: int, rows: int, length: int, steps: int, rounds: int
) -> float:
    """Trains with autocast in 16 bits, and with a scaled loss in float16."""
    where = "cuda" if torch.cuda.is_available() else "cpu"
    lengths = None
    if name == "digits":
        x, classes = torch.rand(rows, 28, 28, device=where), 10
    else:
        rng, classes = np.random.default_rng(0), 2
        lengths = torch.from_numpy(rng.integers(length // 2, length + 1, rows))
        x = torch.randint(1, WORDS, (rows, int(lengths.max())), device=where)
    y = torch.randint(0, classes, (rows,), device=where)
    network = (Digits if name == "digits" else Long)(units).to(where)
    optimizer = torch.optim.Adam(network.parameters())
    scaler = torch.amp.GradScaler(where, enabled=policy == "mixed_float16" and where == "cuda")
    loss = nn.CrossEntropyLoss()
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        for _ in range(steps):
            optimizer.zero_grad()
            with torch.autocast(where, KINDS.get(policy), enabled=policy in KINDS):
                error = loss(network(x, lengths), y)
            scaler.scale(error).backward()
            scaler.step(optimizer)
            scaler.update()
        error.item()  # waits for the device
        times.append((time.perf_counter() - began) / steps)
    return statistics.median(times[1:])


if __name__ == "__main__":
    print(seconds_a_step(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
