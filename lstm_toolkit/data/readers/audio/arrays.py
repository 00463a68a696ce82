"""Recordings in NumPy's files: rows of samples, or all end to end with where each begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.audio.recording import LABEL, Recording, Recordings, Said
from lstm_toolkit.data.readers.audio.sounds import Sound, checked_sound, full_scale
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.splits.parts import PARTS, TEST, TRAIN, part_of
from lstm_toolkit.errors import DataError

_SHORT = {"tr": TRAIN, "te": TEST}
_SPLIT = "|".join(sorted([*PARTS, *_SHORT], key=len)[::-1])
_ROLES = {
    "samples": "x|audio|samples|sounds?|recordings?|waves?|waveforms?|signals?|data|inputs?",
    "label": "y|labels?|targets?|class(?:es)?|digits?|words?",
    "transcript": "transcripts?|transcriptions?|sentences?|texts?",
    "offsets": "offsets?|starts?",
    "lengths": "len|lens|lengths?",
    "speaker": "speakers?|groups?|persons?|people|subjects?|users?",
    "rate": "(?:sample|sampling)?_?rates?|sr|fs",
    "part": "splits?|parts?|subsets?",
}
_NAME = re.compile(
    rf"(?:(?P<first>{_SPLIT})[_. -]?)?"
    rf"(?:{'|'.join(f'(?P<{role}>{words})' for role, words in _ROLES.items())})"
    rf"(?:[_. -]?(?P<last>{_SPLIT}))?",
    re.IGNORECASE,
)
"""Names such as `x_train`, `audio`, `speaker`, `sample_rate`."""

Arrays = Mapping[str, NDArray[Any]]


def read_sound_arrays(path: Path, said: Said, rate: int | None = None) -> Recordings:
    """Reads an `.npz` file, or an `.npy` file of rows of samples.

    Args:
        path: With the arrays `audio` (`[n, time]`, or `[total]` beside `offsets` or `lengths`),
            `label` or `transcript`, `sample_rate`, and `speaker` if that is known; such as
            `x_train` and `x_test` where splits are published.
        said: What is to stand beside them.
        rate: Samples a second, where the file does not say.

    Raises:
        DataError: If an array is missing or does not fit the others.
    """
    arrays = load_arrays(path)
    if "" in arrays:
        arrays = {"audio": arrays[""]}
    parts, unknown = _by_split(arrays)
    rows = [
        row for part, names in parts.items() for row in _rows(arrays, part, names, said, rate, path)
    ]
    if not rows:
        raise DataError(
            "needs an array `audio` of samples, beside `label`, `sample_rate` and `offsets`. "
            f"Received: {', '.join(arrays)[:120]}",
            path=path,
        )
    remarks = (f"arrays ignored: {', '.join(unknown)[:80]}",) if unknown else ()
    published = len({row.part for row in rows}) > 1
    return Recordings(rows, remarks, published=published)


def _by_split(arrays: Arrays) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Returns the names of arrays by split and role, and those that are of neither."""
    named: dict[str, dict[str, str]] = {}
    unknown = []
    for name in arrays:
        match = _NAME.fullmatch(name)
        if match is None:
            unknown.append(name)
            continue
        word = match["first"] or match["last"] or ""
        part = (_SHORT.get(word.casefold()) or part_of(word)) if word else ""
        role = next(role for role in _ROLES if match[role])
        named.setdefault(part, {})[role] = name
    common = named.pop("", {})
    if not named:
        return {TRAIN: common}, unknown
    shared = {role: name for role, name in common.items() if role == "rate"}
    return {part: {**shared, **own} for part, own in named.items()}, unknown


def _rows(
    arrays: Arrays, part: str, names: Mapping[str, str], said: Said, rate: int | None, path: Path
) -> Iterator[Recording]:
    if "samples" not in names:
        return
    sounds = list(_sounds(arrays, names, rate, path))
    words = _words(arrays, names, said, len(sounds), path)
    speakers = _beside(arrays, names, "speaker", len(sounds), path)
    parts = _beside(arrays, names, "part", len(sounds), path)
    for row, sound in enumerate(sounds):
        own = (part_of(str(parts[row])) or part) if parts is not None else part
        who = "" if speakers is None else label_text(speakers[row])
        name = f"{names['samples']}[{row}]"
        yield Recording(name, sound, words[row], who, own)


def _words(
    arrays: Arrays, names: Mapping[str, str], said: Said, count: int, path: Path
) -> list[str]:
    if not said:
        return [""] * count
    role = said if said in names or said == LABEL else "label"
    column = _beside(arrays, names, role, count, path)
    if column is None:
        raise DataError(
            f"needs an array `{said}` beside {names['samples']}. "
            f"Received: {', '.join(arrays)[:120]}",
            path=path,
        )
    return [label_text(value.item() if hasattr(value, "item") else value) for value in column]


def _beside(
    arrays: Arrays, names: Mapping[str, str], role: str, count: int, path: Path
) -> NDArray[Any] | None:
    if role not in names:
        return None
    column = arrays[names[role]].ravel()
    if len(column) != count:
        raise DataError(
            f"needs one value of {names[role]} a recording. Received: {len(column):,} for "
            f"{count:,} recordings",
            path=path,
        )
    return column


def _sounds(
    arrays: Arrays, names: Mapping[str, str], rate: int | None, path: Path
) -> Iterator[Sound | DataError]:
    samples = arrays[names["samples"]]
    if samples.dtype.kind not in "iuf" or samples.ndim not in (1, 2):
        raise DataError(
            "needs samples as numbers, `[n, time]` or end to end. Received: "
            f"{names['samples']} of {samples.dtype} {samples.shape}",
            path=path,
        )
    cuts = list(_cuts(arrays, names, samples, path))
    rates = _rates(arrays, names, len(cuts), rate, path)
    for cut, own in zip(cuts, rates, strict=True):
        try:
            yield checked_sound(full_scale(cut), own, path)
        except DataError as error:
            yield error


def _cuts(
    arrays: Arrays, names: Mapping[str, str], samples: NDArray[Any], path: Path
) -> Iterator[NDArray[Any]]:
    """Yields the samples of each recording; padding behind rows of one length is left out."""
    lengths = arrays[names["lengths"]].ravel() if "lengths" in names else None
    if samples.ndim == 2:
        for row, own in enumerate(samples):
            if lengths is None:
                real = np.flatnonzero(np.nan_to_num(own))
                yield own[: max(int(real[-1]) + 1 if len(real) else 0, 2)]
            else:
                yield own[: int(lengths[row])]
        return
    if "offsets" in names:
        begins = arrays[names["offsets"]].ravel().astype(np.int64)
        ends = [*begins[1:], len(samples)] if lengths is None else begins + lengths
        pairs = [(b, e) for b, e in zip(begins, ends, strict=True) if b < len(samples)]
    elif lengths is not None:
        ends = np.cumsum(lengths)
        pairs = list(zip(ends - lengths, ends, strict=True))
    else:
        pairs = [(np.int64(0), np.int64(len(samples)))]
    if any(not 0 <= begin <= end <= len(samples) for begin, end in pairs):
        raise DataError(
            f"needs places within {names['samples']}, of {len(samples):,} samples, in rising order",
            path=path,
        )
    for begin, end in pairs:
        yield samples[begin:end]


def _rates(
    arrays: Arrays, names: Mapping[str, str], count: int, rate: int | None, path: Path
) -> list[float]:
    told = arrays[names["rate"]].ravel().tolist() if "rate" in names else []
    if len(told) == count and count > 1:
        return [float(each) for each in told]
    if len(told) == 1 or rate is not None:
        return [float(told[0] if told else rate)] * count  # type: ignore[arg-type]
    raise DataError(
        "needs samples a second: an array `sample_rate`, or --set sample_rate=8000. Received: "
        f"{', '.join(arrays)[:120]}",
        path=path,
    )
