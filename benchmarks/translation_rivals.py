"""Encoder-decoders to hold the toolkit's against: a tutorial's in Keras, and one in PyTorch."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

L = keras.layers


class TutorialEncoder(L.Layer):
    """Embedding, then an LSTM in both directions, whose outputs are added."""

    def __init__(self, vocabulary: int, units: int):
        super().__init__()
        self.table = L.Embedding(vocabulary, units, mask_zero=True)
        self.rnn = L.Bidirectional(L.LSTM(units, return_sequences=True), merge_mode="sum")

    def call(self, tokens: Any) -> Any:
        """Returns `float32[batch, time, units]`."""
        return self.rnn(self.table(tokens))


class TutorialAttention(L.Layer):
    """One head of attention, added to what asked, and normalised."""

    def __init__(self, units: int):
        super().__init__()
        self.attention = L.MultiHeadAttention(num_heads=1, key_dim=units)
        self.add, self.norm = L.Add(), L.LayerNormalization()

    def call(self, x: Any, context: Any) -> Any:
        """Returns an array like `x`."""
        found, scores = self.attention(query=x, value=context, return_attention_scores=True)
        self.last_weights = ops.mean(scores, axis=1)
        return self.norm(self.add([x, found]))


class TutorialDecoder(L.Layer):
    """Embedding, LSTM, attention, logits from weights of their own."""

    def __init__(self, vocabulary: int, units: int):
        super().__init__()
        self.table = L.Embedding(vocabulary, units, mask_zero=True)
        self.rnn = L.LSTM(units, return_sequences=True, return_state=True)
        self.attention, self.scores = TutorialAttention(units), L.Dense(vocabulary)

    def call(self, context: Any, tokens: Any) -> Any:
        """Returns `float32[batch, time, vocabulary]` logits."""
        x, *_ = self.rnn(self.table(tokens))
        return self.scores(self.attention(x, context))


class Tutorial(keras.Model):
    """The shape of TensorFlow's tutorial "Neural machine translation with attention".

    Written anew from its description, with LSTM where that has GRU. It is compiled as there:
    Adam as it comes, and masked loss and accuracy that are plain functions.
    """

    def __init__(self, vocabularies: tuple[int, int], units: int):
        super().__init__()
        self.encoder = TutorialEncoder(vocabularies[0], units)
        self.decoder = TutorialDecoder(vocabularies[1], units)
        self.compile("adam", loss=masked_loss, metrics=[masked_accuracy, masked_loss])

    def call(self, inputs: Any) -> Any:
        """Returns logits of the tokens that follow."""
        return self.decoder(self.encoder(inputs["source"]), inputs["target"])


def masked_loss(wanted: Any, logits: Any) -> Any:
    losses = keras.losses.sparse_categorical_crossentropy(wanted, logits, from_logits=True)
    real = ops.cast(ops.not_equal(wanted, 0), losses.dtype)
    return ops.sum(losses * real) / ops.sum(real)


def masked_accuracy(wanted: Any, logits: Any) -> Any:
    wanted = ops.cast(wanted, "int32")
    hits = ops.cast(ops.equal(wanted, ops.cast(ops.argmax(logits, -1), "int32")), "float32")
    real = ops.cast(ops.not_equal(wanted, 0), "float32")
    return ops.sum(hits * real) / ops.sum(real)


def torch_step(vocabularies: tuple[int, int], settings: Any) -> Any:
    """Returns one training step in PyTorch, from a batch of NumPy arrays to the loss.

    The network is that of the toolkit's defaults: both directions side by side, a bridge to
    the decoder's first state, Luong's attention after the decoder for all steps at once, tied
    logits, the same shares dropped; Adam, gradients clipped, labels smoothed. Sources are not
    packed: batched by length they hold little padding, and packed ones ran slower.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    width, units = settings.embedding, settings.units[0]

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.source = nn.Embedding(vocabularies[0], width, padding_idx=0)
            self.target = nn.Embedding(vocabularies[1], width)
            self.encoder = nn.LSTM(width, units, batch_first=True, bidirectional=True)
            self.hidden, self.cell = nn.Linear(2 * units, units), nn.Linear(2 * units, units)
            self.decoder = nn.LSTM(width, units, batch_first=True)
            self.keys = nn.Linear(2 * units, units, bias=False)
            self.vector = nn.Linear(3 * units, width, bias=False)
            self.bias = nn.Parameter(torch.zeros(vocabularies[1]))
            self.drop = nn.Dropout(settings.dropout)
            self.drop_features = nn.Dropout(settings.embedding_dropout)

        def read(self, table: nn.Embedding, tokens: torch.Tensor) -> torch.Tensor:
            kept = functional.dropout(
                torch.ones(*tokens.shape, 1), settings.token_dropout, self.training
            )
            return self.drop_features(table(tokens) * kept)

        def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            memory, (hidden, cell) = self.encoder(self.read(self.source, source))
            memory = self.drop(memory)
            sides = (torch.cat(tuple(state), dim=-1)[None] for state in (hidden, cell))
            first = (torch.tanh(self.hidden(next(sides))), self.cell(next(sides)))
            x = self.drop(self.decoder(self.read(self.target, target), first)[0])
            scores = x @ self.keys(memory).transpose(1, 2)
            scores = scores.masked_fill((source == 0)[:, None], float("-inf"))
            context = torch.softmax(scores, dim=-1) @ memory
            vector = self.drop(torch.tanh(self.vector(torch.cat((context, x), dim=-1))))
            return functional.linear(vector, self.target.weight, self.bias)

    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), settings.learning_rate)
    loss = nn.CrossEntropyLoss(ignore_index=0, label_smoothing=settings.label_smoothing)

    def step(source: Any, target: Any, wanted: Any) -> float:
        optimizer.zero_grad()
        logits = network(torch.from_numpy(source), torch.from_numpy(target))
        error = loss(logits.flatten(0, 1), torch.from_numpy(wanted).long().flatten())
        error.backward()
        nn.utils.clip_grad_norm_(network.parameters(), settings.clipnorm)
        optimizer.step()
        return float(error.detach())

    return step
