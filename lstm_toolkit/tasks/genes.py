"""Which class a sequence of DNA, RNA or a protein is of: promoters, splice sites, families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.balanced_groups import BalancedGroups
from lstm_toolkit.features import States, Symbols, SymbolsSettings
from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    READER,
    SHARE,
    Bounds,
    Settings,
    settings,
)
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import ClassesSettings, SequenceClasses
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(64,),
    dropout=0.3,
    label_format="one_hot",
    label_smoothing=0.1,
    epochs=20,
    batch_size=32,
    optimizer="adamw",
    weight_decay=0.01,
    learning_rate=0.003,
    schedule="cosine",
    warmup=0.1,
)
class GenesSettings(SymbolsSettings, RecurrentSettings, ClassesSettings, Settings):
    """How sequences are read and classified."""

    label_column: Annotated[str, READER] = ""
    """The column of classes; empty finds it."""
    header_labels: Annotated[Literal["auto", "key", "bar", "space", "none"], READER] = "auto"
    """Where classes stand in headers of FASTA: `>id label=NAME`, `>id|NAME`, `>id NAME`."""
    labels_file: Annotated[str, READER] = ""
    """A table of ids and classes for FASTA; empty takes one of the same name beside it."""
    both_strands: Annotated[bool, MODEL] = False
    """Read DNA and its reverse complement by the same network, and give the mean of both."""
    kmer: Annotated[int, Bounds(1, 6), MODEL] = 1
    """Letters of a token of the LSTM; 1 reads letters."""
    stride: Annotated[int, POSITIVE, MODEL] = 1
    """Letters between the beginnings of tokens."""
    embedding: Annotated[int, POSITIVE, MODEL] = 32
    """Width of a k-mer's vector."""
    filters: Annotated[int, NOT_NEGATIVE, MODEL] = 64
    """Width of a convolution over neighbouring tokens; 0 has none."""
    kernel: Annotated[int, POSITIVE, MODEL] = 9
    """Tokens that it sees, odd."""
    patch: Annotated[int | None, POSITIVE, MODEL] = None
    """Tokens that become one step of the LSTM; none takes a hundredth of the sequences' length."""
    sequence_pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = (
        "max_mean"
    )
    """What the last layer's outputs become: the last one, or what all steps give."""
    wide: Annotated[int | None, Bounds(0, 7), MODEL] = None
    """Letters of the k-mers whose counts a linear path beside the LSTM adds up, with which training
    begins, or letters by their places; none takes 6 of DNA and 3 of proteins, 0 leaves it out."""
    letter_dropout: Annotated[float, SHARE, MODEL] = 0.1
    """Share of the letters that are hidden in training."""


READ = (
    *("alphabet", "group_column", "homology", "sequence_column", "label_column", "encoding"),
    *("sheet", "separator", "header_labels", "labels_file"),
)
STEPS = 100
"""Steps of the LSTM for a sequence of usual length, about."""


def read(data: Any, settings: GenesSettings, states: States | None = None) -> Source:
    """Reads sequences, see `data.read_sequences`."""
    from lstm_toolkit.data import read_sequences

    values = {name: getattr(settings, name) for name in READ}
    if states is not None:
        values |= {"alphabet": states.only.alphabet, "known": states.target.names}
    return read_sequences(data, **values)


def build(settings: GenesSettings, states: States, train: Any = None) -> keras.Model:
    """Builds stacked LSTM layers over letters or k-mers."""
    from lstm_toolkit import builders
    from lstm_toolkit.builders.symbols import SEEN
    from lstm_toolkit.features.calibrated_start import calibrated_start

    state = states.only
    letters = state.letters
    wide = settings.wide
    if wide is None:
        wide = 6 if letters.name == "dna" else 3
    letters.check_kmers(kmer=settings.kmer, wide=0 if state.steps else wide)
    patch = settings.patch or max(1, round(state.median / settings.stride / STEPS))
    model = builders.symbol_classifier(
        letters.vectors,
        classes=len(states.target.names),
        steps=state.steps or None,
        complement=letters.complement if settings.both_strands else None,
        wide=wide,
        patch=patch,
        **settings.model_settings(but=("both_strands", "wide", "patch")),
    )
    if wide and train is not None:
        start = calibrated_start(model, SEEN, train, Symbols(), state, seed=settings.seed)
        model.get_layer("wide").set_weights(start)
    return model


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    import numpy as np

    rng = np.random.default_rng(0)
    lines = []
    for row in range(60):
        piece = "".join(rng.choice(list("ACGT"), int(rng.integers(20, 40))))
        label = ("site", "none")[row % 2]
        lines += [f">s{row} {label}", piece + "GATTACA" * (row % 2) + piece[::-1]]
    path = folder / "sites.fasta"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "8", "filters": "4", "kernel": "3", "patch": "2", "wide": "2"}
    return path, {**small, "epochs": "2", "both_strands": "true"}


TASK = Task(
    name="genes",
    summary="DNA, RNA or proteins to classes, such as promoters or families",
    settings=GenesSettings,
    read=read,
    features={"sequence": Symbols()},
    target=SequenceClasses(),
    build=build,
    splitter=BalancedGroups(),
    search={
        "units": "32..128/32",
        "filters": "32..128/32",
        "kernel": "5,9,15",
        "dropout": "0.1..0.5",
        "letter_dropout": "0..0.2",
        "learning_rate": "0.001..0.01:log",
    },
    inputs=input_reader("symbols.sequence_inputs"),
    sample=sample,
)
