"""Recordings in NumPy's files: rows of samples, or all end to end with where each begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
    every = [
        row for part, names in parts.items() for row in _rows(arrays, part, names, said, rate, path)
    ]
    rows = [row for row in every if row.part]
    lost = len(every) - len(rows)
    left_out = {"of no known split": lost} if lost else {}
    if not rows:
        raise DataError(
            "needs an array `audio` of samples, beside `label`, `sample_rate` and `offsets`. "
            f"Received: {', '.join(arrays)[:120]}",
            path=path,
        )
    remarks = (f"arrays ignored: {', '.join(unknown)[:80]}",) if unknown else ()
    published = len({row.part for row in rows}) > 1
    return Recordings(rows, remarks, left_out, published=published)


def _by_split(arrays: Arrays) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Returns the names of arrays by split and role, and those that are not read.

    Arrays without a split beside others with one are those of the training.
    """
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
        if role in named.setdefault(part, {}):
            unknown.append(name)
            continue
        named[part][role] = name
    common = named.pop("", {})
    if not named:
        return {TRAIN: common}, unknown
    if "samples" in common and "samples" not in named.get(TRAIN, {}):
        named[TRAIN] = {**common, **named.get(TRAIN, {})}
        common = {role: name for role, name in common.items() if role == "rate"}
    unknown += [name for role, name in common.items() if role != "rate"]
    unknown += [name for own in named.values() if "samples" not in own for name in own.values()]
    shared = {role: name for role, name in common.items() if role == "rate"}
    read = {part: {**shared, **own} for part, own in named.items() if "samples" in own}
    return dict(sorted(read.items(), key=lambda each: each[0] != TRAIN)), unknown


def _rows(
    arrays: Arrays, part: str, names: Mapping[str, str], said: Said, rate: int | None, path: Path
) -> Iterator[Recording]:
    if "samples" not in names:
        return
    sounds = list(_sounds(arrays, names, rate, path))
    words = _words(arrays, names, said, len(sounds), path)
    speakers = _beside(arrays, names, "speaker", len(sounds), path)
    # Where answers are asked for, the split of a row is of no matter.
    parts = _beside(arrays, names, "part", len(sounds), path) if said else None
    for row, sound in enumerate(sounds):
        own = part_of(str(parts[row])) if parts is not None else part
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
    lengths = _whole(arrays, names, "lengths", path)
    if samples.ndim == 2:
        if lengths is None:
            for own in samples:
                real = np.flatnonzero(np.nan_to_num(own))
                yield own[: max(int(real[-1]) + 1 if len(real) else 0, 2)]
            return
        _beside(arrays, names, "lengths", len(samples), path)
        pairs = [(0, int(length)) for length in lengths]
        _check_places(pairs, names["samples"], samples.shape[1], path)
        yield from (own[:end] for own, (_, end) in zip(samples, pairs, strict=True))
        return
    begins = _whole(arrays, names, "offsets", path)
    if begins is not None and len(begins) and begins[-1] == len(samples):
        begins = begins[:-1]  # where the last one ends
    if begins is not None and lengths is not None:
        _beside(arrays, names, "lengths", len(begins), path)
    if begins is None:
        ends = np.array([len(samples)]) if lengths is None else np.cumsum(lengths)
        begins = np.array([0, *ends[:-1]])
    else:
        ends = np.array([*begins[1:], len(samples)]) if lengths is None else begins + lengths
    pairs = list(zip(begins.tolist(), ends.tolist(), strict=True))
    _check_places(pairs, names["samples"], len(samples), path)
    for begin, end in pairs:
        yield samples[begin:end]


def _whole(
    arrays: Arrays, names: Mapping[str, str], role: str, path: Path
) -> NDArray[np.int64] | None:
    """Returns places or lengths, None if the file has none.

    Raises:
        DataError: If one is no whole number.
    """
    if role not in names:
        return None
    column = arrays[names[role]].ravel()
    wrong = column[:1]
    if column.dtype.kind in "iuf":
        wrong = column[~np.isfinite(column) | (column != np.round(column))]
    if len(wrong):
        raise DataError(
            f"needs whole numbers in {names[role]}. Received: {str(wrong[0])[:40]}", path=path
        )
    return column.astype(np.int64)


def _check_places(pairs: Sequence[tuple[int, int]], name: str, count: int, path: Path) -> None:
    if any(not 0 <= begin <= end <= count for begin, end in pairs):
        raise DataError(
            f"needs places within {name}, of {count:,} samples, in rising order", path=path
        )


def _rates(
    arrays: Arrays, names: Mapping[str, str], count: int, rate: int | None, path: Path
) -> list[float]:
    told = arrays[names["rate"]].ravel() if "rate" in names else np.array([])
    if told.dtype.kind not in "iuf":
        raise DataError(
            f"needs samples a second as numbers in {names['rate']}. Received: "
            f"{', '.join(map(str, told[:1]))[:40]}",
            path=path,
        )
    if len(told) > 1:
        _beside(arrays, names, "rate", count, path)
        return [float(each) for each in told]
    if len(told) == 1 or rate is not None:
        return [float(told[0] if len(told) else rate)] * count  # type: ignore[arg-type]
    raise DataError(
        "needs samples a second: an array `sample_rate`, or --set sample_rate=8000. Received: "
        f"{', '.join(arrays)[:120]}",
        path=path,
    )
