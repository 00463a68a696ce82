"""SNR of cleaned signals, beside filters: `python -m benchmarks.denoising ecg --data FOLDER`.

Networks train on the first 70 % of a signal and choose their weights on the next 10 %. Noise is
added to the whole of the last 20 %, which is cleaned in one go; SNR is the mean of several draws.
Each filter has the widths that are best on the training part for that kind and level of noise,
so that filters know what they face and the one network does not. `--validation` scores the 10 %
instead, by which settings were chosen.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.noise import MAINS, add_noise
from lstm_toolkit.metrics.signal_scores import decibels
from lstm_toolkit.metrics.simple_filters import WITH_WIDTHS, linear, whole, widths

Floats = NDArray[np.float64]

LEVELS = (0.0, 5.0, 10.0)
"""In dB."""
SHARES = (0.7, 0.8)
"""Where validation and test begin."""
DRAWS = 3
"""Of noise, each scored."""
NOISE = ("white", "hum", "impulses", "dropouts", "mixed")

COMMON = {"noise": ",".join(NOISE), "epochs": "30", "stride": "64"}
CASES: dict[str, tuple[str, dict[str, str]]] = {
    "ecg": ("ecg/ecg208.npz", {}),
    "ecg-causal": ("ecg/ecg208.npz", {"preset": "causal"}),
    "ecg-wander": ("ecg/ecg208.npz", {"noise": "wander,white,mixed", "window": "2048"}),
    "ppg": ("ecg/ppg_heartpy_data.npz", {"window": "256", "stride": "8", "coarse": "4"}),
}
"""Files, and settings that the validation part chose."""


def main() -> None:
    """Trains and scores the case that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    print(json.dumps(measure(options)), flush=True)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Trains once and returns what is told of it."""
    import lstm_toolkit as lt

    name, chosen = CASES[options.case]
    texts = COMMON | chosen | dict(each.split("=", 1) for each in options.sets)
    settings = lt.get_task("denoising").configure({**texts, "seed": str(options.seed)})
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        out = options.out or Path(folder) / "run"
        run = lt.train("denoising", settings, out, data=options.data / name)
        seconds = time.monotonic() - began
        signal, rate = read(options.data / name)
        first, last = (int(share * len(signal)) for share in SHARES)
        scored = signal[first:last] if options.validation else signal[last:]
        late = {"delay": run.metrics["test"]["delay"]} if settings.causal else {}
        table = compare(lt.load(run), signal[:first], scored, rate, run.settings)
    return {
        "case": options.case,
        "seed": options.seed,
        "part": "validation" if options.validation else "test",
        "seconds": round(seconds, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **late,
        "snr": table,
    }


def read(path: Path) -> tuple[NDArray[np.float32], float]:
    """Returns the signal of a file, and its samples a second."""
    with np.load(path) as file:
        (name,) = (name for name in file.files if file[name].ndim)
        return file[name].astype(np.float32), float(file["fs"])


def compare(
    model: Any, train: NDArray[np.float32], scored: NDArray[np.float32], rate: float, settings: Any
) -> dict[str, dict[str, dict[str, Any]]]:
    """Returns the SNR after the network and after the best filter, by kind and level of noise."""
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in settings.noise:
        for level in LEVELS:
            noisy = partial(noisy_forms, kind=kind, level=level, rate=rate)
            signals = [each[:, None] for each in noisy(scored)]
            answers = [np.array(answer["clean"]) for answer in model.predict(signals)]
            best, name = best_filter(next(noisy(train)), train, rate, settings)
            filtered = [best(whole(each[None].astype(np.float64)))[0] for each in noisy(scored)]
            table.setdefault(kind, {})[f"{level:g}"] = {
                "network": round(float(np.mean([snr(scored, each) for each in answers])), 2),
                "filter": round(float(np.mean([snr(scored, each) for each in filtered])), 2),
                "which": name,
            }
    return table


def noisy_forms(
    clean: NDArray[np.float32], kind: Any, level: float, rate: float
) -> Iterator[NDArray[np.float32]]:
    """Yields a signal with several draws of noise."""
    for draw in range(DRAWS):
        rng = np.random.default_rng([draw, round(level)])
        yield add_noise(kind, clean, level, float(clean.std()), rng, rate)


def snr(truth: NDArray[Any], clean: NDArray[Any]) -> float:
    """Returns the power of the truth over that of the error, in dB."""
    return float(decibels(truth.astype(np.float64).var(), np.square(clean - truth).mean()))


def best_filter(
    noisy: NDArray[np.float32], clean: NDArray[np.float32], rate: float, settings: Any
) -> tuple[Callable[[Floats], Floats], str]:
    """Returns the filter that is best on the training part for this kind and level."""
    rows, truth = whole(noisy[None].astype(np.float64)), clean[None].astype(np.float64)
    delay = settings.delay if settings.causal else None
    found = {f"linear, {delay or 32} later": linear(rows, truth, delay)}
    before: dict[str, Callable[[Floats], Floats]] = {"": lambda each: each}
    if delay is None:
        before["notch, "] = partial(without_mains, rate=rate)
        before["median 3, "] = partial(WITH_WIDTHS["median"], width=3)  # type: ignore[call-arg]
        before["notch, median 3, "] = lambda each: before["notch, "](before["median 3, "](each))
    for first, prepare in before.items():
        prepared = prepare(rows)
        for name, apply in WITH_WIDTHS.items():
            for width in widths(rows.shape[1], delay):
                one = partial(_both, prepare, apply, width)
                if snr(truth, apply(prepared, width)) > -20:
                    found[f"{first}{name} {width}"] = one
    name = max(found, key=lambda each: snr(truth, found[each](rows)))
    return found[name], name


def _both(prepare: Any, apply: Any, width: int, rows: Floats) -> Floats:
    cleaned: Floats = apply(prepare(rows), width)
    return cleaned


def without_mains(rows: Floats, rate: float) -> Floats:
    """Returns rows without the mains' frequencies and their first overtone."""
    from scipy.signal import filtfilt, iirnotch

    for pitch in (*MAINS, *(2 * each for each in MAINS)):
        if pitch < rate / 2:
            rows = filtfilt(*iirnotch(pitch, 30, rate), rows)
    return rows


if __name__ == "__main__":
    main()
