"""Tells how many texts are flagged as unlike the training texts: real ones, and nonsense.

For each seed the sample reviews are divided anew, and what is learnt from the training split judges
the rows of the test split, and three kinds of nonsense of about the same length. No network is
trained.

    python -m benchmarks.unlike_texts
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from lstm_toolkit.system.runtime import quiet_tensorflow

LANGUAGES = (
    "Das Zimmer war sauber und hell, aber das Frühstück kam jeden Morgen kalt auf den Tisch.",
    "Der Film ist viel zu lang, und am Ende wusste niemand mehr, worum es eigentlich ging.",
    "Die Kellnerin lachte freundlich und brachte uns sofort eine große Flasche Wasser.",
    "La chambre donnait sur la cour et nous avons très bien dormi pendant tout le séjour.",
    "Ce livre raconte une histoire que j'avais déjà lue ailleurs, en mieux.",
    "Le téléphone chauffe dès qu'on l'allume et la batterie ne tient pas une heure.",
    "La comida estaba fría y tardaron casi una hora en traernos la cuenta.",
    "Una película preciosa, con una música que todavía sigo escuchando en casa.",
    "O quarto era pequeno, mas a vista para o mar valeu cada centavo.",
    "Il cameriere ci ha portato il vino sbagliato e non si è nemmeno scusato.",
    "Номер был чистый, персонал вежливый, а завтрак ждали почти сорок минут.",
    "Книга скучная, бросил на двадцатой странице и больше не открывал.",
    "部屋はとてもきれいでしたが、朝ごはんはあまりおいしくなかったです。",
    "このケータイはすぐにあつくなるので、もうつかっていません。",
    "방은 깨끗했지만 아침 식사는 별로였어요.",
    "Otel temizdi ama odamız caddeye baktığı için gece hiç uyuyamadık.",
    "Pokój był czysty, ale śniadanie codziennie podawano spóźnione.",
    "Het eten was koud en de ober deed alsof hij ons niet zag.",
)


def letters(rng: np.random.Generator) -> str:
    """Returns words of random letters."""
    return " ".join(
        "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(3, 10)))
        for _ in range(rng.integers(4, 20))
    )


def numbers(rng: np.random.Generator) -> str:
    """Returns random numbers."""
    return " ".join(str(rng.integers(0, 10 ** rng.integers(1, 6))) for _ in range(8))


def languages(rng: np.random.Generator) -> str:
    """Returns a sentence of a language that the sample reviews are not in."""
    return str(rng.choice(LANGUAGES))


KINDS: dict[str, Callable[[np.random.Generator], str]] = {
    "random letters": letters,
    "numbers": numbers,
    "other languages": languages,
}


def main(seeds: int = 5, count: int = 500) -> None:
    """Prints the share flagged of each kind, and the limit, a seed a line."""
    quiet_tensorflow()
    import tensorflow as tf

    import lstm_toolkit as lt

    for seed in range(seeds):
        prepared = lt.prepare("sentiment", {"seed": seed})
        encoder, rng = prepared.states.only, np.random.default_rng(seed)
        kinds = {"test rows": [str(text) for text in prepared.splits.test.inputs]}
        kinds |= {name: [make(rng) for _ in range(count)] for name, make in KINDS.items()}
        shares = {name: encoder.unlike(tf.constant(texts)).numpy() for name, texts in kinds.items()}
        told = "  ".join(
            f"{name} {unlike.mean():.3f} of {len(unlike)}" for name, unlike in shares.items()
        )
        print(f"seed {seed}  limit {encoder.most_unknown}  {told}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
