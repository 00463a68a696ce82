"""Several runs of texts as one SavedModel, for a service desk: intent, slots and answer.

Each part keeps its own weights and tables; one call asks all of them, and says whether any knows.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.serving.export import EXTRA, states_to_export, write_graphs
from lstm_toolkit.serving.formats.catalogue import SAVED_MODEL
from lstm_toolkit.serving.formats.folder import check_folder, next_version
from lstm_toolkit.serving.portable import portable
from lstm_toolkit.serving.proof import prove
from lstm_toolkit.serving.warmup import write_warmup
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.system.files import clear_drafts, exclusive_lock, new_folder, write_json
from lstm_toolkit.targets.signature import Signature
from lstm_toolkit.task import DEFAULT

if TYPE_CHECKING:
    import tensorflow as tf

Outputs = Mapping[str, Any]

PARTS: Mapping[str, Mapping[str, str]] = {
    "intents": {"intent": "label", "intent_probability": "probability", "intent_known": "known"},
    "sentiment": {"intent": "label", "intent_probability": "probability"},
    "tagging": {
        "slots": "entity_labels",
        "slot_texts": "entity_texts",
        "slot_starts": "entity_starts",
        "slot_ends": "entity_ends",
    },
    "questions": {
        "answer": "answer",
        "answer_probability": "probability",
        "answered": "answered",
        "known_question": "known_question",
    },
}
"""What a desk takes over from each task: its outputs by the names that they get."""

SURE = ("intent_known", "answered")
"""Outputs that tell whether a part knows."""


@checked_names()
def export_desk(
    runs: Sequence[Run | str | Path], folder: str | Path, *, faq: str | Path = ""
) -> tuple[Path, float]:
    """Exports several runs as one model, checked, as the next version in a folder.

    `serving_default` takes `text: string[batch]` and gives what `PARTS` names. `confidence` is the
    probability of the answer where one is given, else that of the intent, or of the best answer
    where no run tells intents. Of a desk with a run of intents or of questions, `fallback` is true
    where neither an intent nor an answer is sure enough: a person should take over. A run of
    sentiment always names a class, so that it decides nothing here.

    Args:
        runs: Of different tasks among those of `PARTS`, at least two.
        folder: Where the numbered versions are; it need not exist.
        faq: A table of questions and answers in place of that of the run of questions.

    Returns:
        The new version's folder, and the largest difference from the Keras models.

    Raises:
        InputError: If the runs do not make a desk.
        ExportError: If the export does not load or answers differently; it is withdrawn.
    """
    opened = [run if isinstance(run, Run) else Run.open(Path(run)) for run in runs]
    _check(opened, faq)
    folder = Path(folder)
    check_folder(folder, SAVED_MODEL)
    networks = [portable(run.model()) for run in opened]
    states = [
        states_to_export(run, run.task.export_options(**{"faq": str(faq)}))
        if run.task.name == "questions"
        else states_to_export(run)
        for run in opened
    ]
    parts = [
        run.task.signatures(network, state)[DEFAULT]
        for run, network, state in zip(opened, networks, states, strict=True)
    ]
    signature = Signature(_joined([run.task.name for run in opened], parts), parts[0].inputs)
    held = [each for part in parts for each in part.resources]
    for run, state in zip(opened, states, strict=True):
        held += run.task.resources(state)
    samples = opened[-1].samples
    with exclusive_lock(folder):
        clear_drafts(folder)
        with new_folder(folder) as draft:
            write_graphs(networks, held, {DEFAULT: signature}, draft / "model")
            extra = draft / "model" / EXTRA
            extra.mkdir(exist_ok=True)
            write_warmup(extra, {DEFAULT: signature}, samples)
            write_json(extra / "desk.json", {run.task.name: str(run.path) for run in opened})
            difference = prove({DEFAULT: signature}, samples, draft)
            target = folder / str(next_version(folder))
            (draft / "model").rename(target)
    return target, difference


def _check(runs: Sequence[Run], faq: str | Path) -> None:
    names = [run.task.name for run in runs]
    unfit = [name for name in names if name not in PARTS]
    if unfit:
        raise InputError(f"a desk takes runs of {', '.join(PARTS)}. Received: one of {unfit[0]}")
    fields = [field for name in names for field in PARTS[name]]
    if len(runs) < 2 or len(set(fields)) < len(fields):
        raise InputError(
            "a desk takes at least two runs: one of intents or sentiment, one of tagging, one of "
            f"questions. Received: {', '.join(names) or 'none'}"
        )
    if faq and "questions" not in names:
        raise InputError(f"--faq needs a run of questions. Received: {', '.join(names)}")


def _joined(
    names: Sequence[str], parts: Sequence[Signature]
) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """Returns a graph function that asks every part and names what it says."""

    def answer(text: tf.Tensor) -> dict[str, tf.Tensor]:
        import tensorflow as tf

        told: dict[str, tf.Tensor] = {}
        unlike = []
        for name, part in zip(names, parts, strict=True):
            outputs = part.function(text)
            told |= {new: outputs[old] for new, old in PARTS[name].items() if old in outputs}
            unlike += [outputs["unlike"]] if "unlike" in outputs else []
        sure_of_answer = told.get("answer_probability", tf.zeros(tf.shape(text)))
        likely = told.get("intent_probability", sure_of_answer)
        if "answered" in told:
            likely = tf.where(told["answered"], told["answer_probability"], likely)
        told["confidence"] = likely
        sure = [told[name] for name in SURE if name in told]
        if sure:
            told["fallback"] = tf.logical_not(functools.reduce(operator.or_, sure))
        if unlike:
            told["unlike"] = functools.reduce(operator.and_, unlike)
        return told

    return answer
