"""Questions to an imaginary shop, so that a model of questions can be tried at once."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

OPENINGS = (
    *("{q}?", "hi, {q}?", "please tell me {q}", "I would like to know {q}", "{q}, please?"),
    *("quick question: {q}?", "could you tell me {q}?", "hello! {q}? thanks", "{q}?? I am lost"),
)

FAQ: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "We are open from 9 to 18 on weekdays and until 14 on Saturdays.",
        ("when do you open", "what are your opening hours", "are you open on saturday"),
    ),
    (
        "Parcels take two to four working days.",
        ("how long does delivery take", "when will my parcel arrive", "how fast do you ship"),
    ),
    (
        "Delivery costs 4 euros, and nothing from 50 euros on.",
        ("what does delivery cost", "how much is shipping", "is shipping free"),
    ),
    (
        "You can send goods back within 30 days; the label is in the parcel.",
        ("how do I return something", "can I send the lamp back", "what if I do not like it"),
    ),
    (
        "The money is back on your account within five days after we got the goods.",
        ("when do I get my money back", "how long does a refund take", "where is my refund"),
    ),
    (
        "We take cards, bank transfers and cash in the shop.",
        ("how can I pay", "do you take credit cards", "which payments do you accept"),
    ),
    (
        "Follow the link in our mail to see where your parcel is.",
        ("where is my order", "how do I track my parcel", "can I follow my shipment"),
    ),
    (
        "Write to us within an hour, and we change or cancel the order.",
        ("can I cancel my order", "how do I change an order", "I ordered the wrong thing"),
    ),
    (
        "All lamps have a guarantee of three years.",
        ("how long is the guarantee", "is there a warranty", "what if the lamp breaks"),
    ),
    (
        "Choose `forgotten password` on the page where you log in.",
        ("how do I reset my password", "I cannot log in", "what if I forgot my password"),
    ),
    (
        "The shop is in Mill Street 12, opposite of the station.",
        ("where is your shop", "what is your address", "how do I find you"),
    ),
    (
        "Yes, we wrap gifts for 3 euros, with a card if you like.",
        ("do you wrap gifts", "can I send it as a present", "is there gift wrapping"),
    ),
    (
        "The invoice is in your account under orders.",
        ("where is my invoice", "I need a receipt", "can I get a bill"),
    ),
    (
        "We ship to all countries of Europe; beyond that, please ask.",
        ("do you deliver abroad", "can you ship to norway", "which countries do you send to"),
    ),
    (
        "LED bulbs of type E27 fit all our table lamps.",
        ("which bulb do I need", "what bulbs fit the lamp", "is a bulb included"),
    ),
    (
        "Yes, on orders of more than ten pieces we give 15 percent off.",
        ("is there a discount for firms", "do you give a discount", "can I get a lower price"),
    ),
)


def sample_questions() -> pd.DataFrame:
    """Returns made questions, several for each answer, in the columns question and answer."""
    import pandas as pd

    rng = np.random.default_rng(0)
    rows = []
    for answer, asked in FAQ:
        forms = list(itertools.product(asked, OPENINGS))
        for place in rng.permutation(len(forms))[:18]:
            question, opening = forms[place]
            rows.append((opening.format(q=question), answer))
    return pd.DataFrame(rows, columns=["question", "answer"])


INTENTS = (
    *("hours", "delivery_time", "delivery_cost", "return", "refund", "payment", "tracking"),
    *("change_order", "guarantee", "password", "address", "gift", "invoice", "abroad", "bulb"),
    "discount",
)
"""What the questions of each row of `FAQ` want."""

NONE_OF_THEM = (
    *("will it rain tomorrow", "who won the match", "tell me a joke", "how old is the moon"),
    *("what is the capital of peru", "sing a song", "how tall are you", "translate cat"),
    *("which film should I watch", "how do I cook rice", "are you a robot", "what is love"),
)
"""Questions that a shop has no answer to."""


def sample_intents() -> pd.DataFrame:
    """Returns made questions with their intents, and some of none, which are called oos."""
    import pandas as pd

    rng = np.random.default_rng(1)
    asked = [
        *((ways, intent) for (_, ways), intent in zip(FAQ, INTENTS, strict=True)),
        (NONE_OF_THEM, "oos"),
    ]
    rows = []
    for ways, intent in asked:
        forms = list(itertools.product(ways, OPENINGS))
        for place in rng.permutation(len(forms))[:22]:
            question, opening = forms[place]
            rows.append((opening.format(q=question), intent))
    return pd.DataFrame(rows, columns=["text", "intent"])
