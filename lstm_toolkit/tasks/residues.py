"""What each letter of a sequence is part of: helices and strands of proteins, exons of DNA."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.groups import ByGroup
from lstm_toolkit.features import Residues, States, SymbolsSettings
from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    READER,
    SHARE,
    Settings,
    settings,
)
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import ResidueTags, TagsSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(96,),
    dropout=0.4,
    aligned="no",
    scheme="iob2",
    epochs=15,
    batch_size=16,
    learning_rate=0.003,
    schedule="cosine",
)
class ResiduesSettings(SymbolsSettings, RecurrentSettings, TagsSettings, Settings):
    """How sequences are read and their letters tagged."""

    tag_column: Annotated[str, READER] = ""
    """The column of tags, a sign a letter; empty finds it."""
    filters: Annotated[int, NOT_NEGATIVE, MODEL] = 64
    """Width of a convolution over neighbouring letters; 0 has none."""
    kernel: Annotated[int, POSITIVE, MODEL] = 7
    """Letters that it sees, odd."""
    reach: Annotated[int, NOT_NEGATIVE, MODEL] = 8
    """Neighbours to both sides that a linear path beside the LSTM sees, with which training begins;
    0 leaves it out."""
    letter_dropout: Annotated[float, SHARE, MODEL] = 0.1
    """Share of the letters that are hidden in training."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.max_letters:
            yield (
                "max_letters must be 0, since every letter gets a tag; cut sequences and their "
                f"tags in the file. Received: max_letters={self.max_letters}"
            )

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step."""
        return True


READ = (
    *("alphabet", "group_column", "homology", "sequence_column", "tag_column", "encoding"),
    *("sheet", "separator"),
)


def read(data: Any, settings: ResiduesSettings, states: States | None = None) -> Source:
    """Reads sequences and their tags, see `data.read_residues`."""
    from lstm_toolkit.data import read_residues

    values = {name: getattr(settings, name) for name in READ}
    if states is not None:
        values |= {"alphabet": states.only.alphabet}
    return read_residues(data, **values)


def build(settings: ResiduesSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a tagger of letters with a conditional random field."""
    from lstm_toolkit import builders
    from lstm_toolkit.builders.symbol_taggers import WIDE
    from lstm_toolkit.features.window_start import window_start

    letters, tags = states.only.letters, len(states.target.names)
    model = builders.symbol_tagger(letters.vectors, tags=tags, **settings.model_settings())
    if settings.reach and train is not None:
        start = window_start(train, len(letters.letters), tags, settings.reach)
        model.get_layer(WIDE).set_weights(start)
    return model


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    import numpy as np

    rng = np.random.default_rng(0)
    lines = ["sequence,structure"]
    for _ in range(24):
        parts = rng.integers(0, 2, 6)
        letters = ["".join(rng.choice(list("AELK" if part else "VTSG"), 5)) for part in parts]
        lines.append(f"{''.join(letters)},{''.join('CH'[part] * 5 for part in parts)}")
    path = folder / "chains.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "4", "filters": "4", "kernel": "3", "reach": "1", "epochs": "2"}
    return path, {**small, "alphabet": "protein", "batch_size": "4"}


TASK = Task(
    name="residues",
    summary="proteins or DNA to a tag for each letter, such as helix and strand",
    settings=ResiduesSettings,
    read=read,
    features={"sequence": Residues()},
    target=ResidueTags(column="tags", text="sequence"),
    build=build,
    splitter=ByGroup(),
    search={
        "units": "64..192/32",
        "filters": "32..128/32",
        "kernel": "5,7,11",
        "dropout": "0.2..0.6",
        "letter_dropout": "0..0.2",
        "learning_rate": "0.001..0.005:log",
    },
    inputs=input_reader("symbols.sequence_inputs"),
    sample=sample,
)
