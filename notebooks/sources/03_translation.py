# %% [markdown] lang="en"
# # Translation: one network reads, another writes
#
# A sentence and its translation are two sequences, and neither their lengths nor the order
# of their words need agree. So one LSTM reads the English sentence, and a second one writes
# the Chinese sentence, character by character. In this notebook you train such a pair
# without attention and with it, look at what the second one looks at, search for better
# translations than the likeliest next character gives, read the worst ones, and end with a
# SavedModel that takes English strings and gives Chinese ones.
#
# Everything runs on a laptop in about three minutes, and nothing is downloaded. The
# sentences were written for this repository from a small grammar: a score on them says that
# the software works, and nothing about real translation.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
import dataclasses
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sacrebleu.metrics import BLEU

import lstm_toolkit as lt
from lstm_toolkit.translation_scores import sentence_chrf
from lstm_toolkit.translator import Translator

keras.utils.set_random_seed(0)

# %% [markdown] lang="en"
# ## Pairs and their tokens
#
# `prepare` reads the table, splits it so that no sentence stands on two sides, and learns two
# vocabularies, one of each language, from the *training* split alone. (`average` keeps a
# running average of the weights, which is what is judged and saved in the end.)

# %% [markdown] lang="zh"
# ZH-TODO

# %%
translation = lt.get_task("translation")
settings = translation.settings(
    units=(96,), embedding=96, dropout=0.1, embedding_dropout=0.1, epochs=8
)
data = lt.prepare(translation, settings)
source, target, test = data.assets.source, data.assets.target, data.splits.test
print(data.note)
print({name: len(getattr(data.splits, name)) for name in ("train", "validation", "test")})
for line in translation.remarks(data.splits, data.settings, data.assets):
    print(line)
for english, chinese in list(zip(data.splits.train.inputs, data.splits.train.labels))[:4]:
    print(f"{english}  →  {chinese}")

# %% [markdown] lang="en"
# English is divided into words, and a space belongs to the word after it (`▁`), so that
# tokens put side by side are the sentence again. Chinese puts no spaces between words, so each
# character is a token. Two tokens are not in any sentence: `START`, which the writer is told
# first, and `END`, by which it says that it is done.

# %% [markdown] lang="zh"
# ZH-TODO


# %%
def shown(encoder, numbers):
    return " | ".join(encoder.vocabulary.tokens[number] for number in numbers)


words = source.encode(tf.constant(test.inputs[:1].tolist()))[0].numpy()
characters = target.encode_framed(test.labels[:1])[0].numpy()
print(words, shown(source, words), sep="\n")
print(characters, shown(target, characters), sep="\n")

# %% [markdown] lang="en"
# ### Teacher forcing: what the writer is told, and what is asked of it
#
# The writer gives one character at a time, and each depends on those before it. Which ones:
# its own, or the right ones? In training it is told the **right** ones, whatever it would
# have said itself: the target without its last token goes in, the target without `START` is
# asked for. Read the last two lines below as columns; `[PAD]` fills rows up to the longest of
# their batch, and counts for nothing.
#
# There are two reasons. A network that knows nothing yet begins with nonsense, and would then
# have to learn what follows *nonsense*. And since all that it is told is known beforehand, all
# steps of a sentence can be computed and scored in one go.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
batches = data.batches(data.splits.train, shuffled=True)
inputs, asked = next(iter(batches.dataset()))
for name, values in (("read", inputs["source"]), ("told", inputs["target"]), ("asked", asked)):
    print(f"{name:<6}{values.shape!s:<10}{values.dtype.name}")
print(shown(source, inputs["source"][0].numpy()))
print("told :", shown(target, inputs["target"][0].numpy()))
print("asked:", shown(target, asked[0].numpy()))

# %% [markdown] lang="en"
# ## Two networks
#
# The plain encoder–decoder hands over the reader's last states, and nothing else: however
# long the sentence, the writer has one vector of fixed width to write it all from. With
# **attention** it has the reader's outputs at *every word* as well. At each step it compares
# its own state with all of them, makes weights that add up to 1, and takes the weighted mean:
# what it needs just now, fetched when it needs it. Gradients then reach the word concerned
# directly too, and not only through all the steps of two LSTMs.
#
# Both are plain Keras models.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
for attention in ("none", "scaled_luong"):
    model = translation.build(dataclasses.replace(settings, attention=attention), data.assets)
    print(f"attention={attention}: {model.count_params():,} parameters")
    for layer in model.layers:
        if layer.name.startswith(("bidirectional", "bridge", "memory", "decoder", "attention")):
            shapes = layer.output if isinstance(layer.output, list) else [layer.output]
            print(f"  {layer.name:<18}", *(shape.shape for shape in shapes))

# %% [markdown] lang="en"
# `bridge_hidden_1` and `bridge_cell_1` are all that the plain writer learns of the sentence.
# `memory_keys` has the time axis of the source, and so do its attention's weights.
#
# ## Training
#
# The same pairs, the same order, the same number of steps for both. `train` is what
# `lstm-toolkit train` runs: it keeps the weights that were best on the validation split, and
# scores the test split with them.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
folder = Path(mkdtemp())
runs = {}
for attention in ("none", "scaled_luong"):
    chosen = dataclasses.replace(settings, attention=attention)
    runs[attention] = lt.train(translation, chosen, folder / attention)
curves = {name: pd.read_csv(run.path / "history.csv") for name, run in runs.items()}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for axis, score in zip(axes, ("accuracy", "perplexity")):
    for (name, rows), colour in zip(curves.items(), ("tab:orange", "tab:blue")):
        axis.plot(rows["epoch"], rows[f"val_{score}"], color=colour, label=f"attention={name}")
        axis.plot(rows["epoch"], rows[score], color=colour, linestyle=":", alpha=0.6)
    axis.set(title=score, xlabel="epoch")
axes[1].set_yscale("log")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown] lang="en"
# Solid lines are the validation split, dotted ones training. Validation comes out better, for
# Dropout is at work only in training. Accuracy is that of the next character *after the right
# ones*. A perplexity of 5 means: as unsure as if there were five characters to choose from, all
# equally likely.
#
# ## How good are the translations?
#
# BLEU counts how many groups of one to four tokens of a translation stand in its reference,
# and punishes translations that are too short; chrF compares groups of characters. Both go
# from 0 to 100, and sacreBLEU computes them, so that others get the same numbers.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
table = {
    f"attention={name}": {
        score: run.metrics["test"][score]
        for score in ("bleu_greedy", "bleu", "chrf_greedy", "chrf", "perplexity")
    }
    for name, run in runs.items()
}
print(pd.DataFrame(table).T.round(2).to_string())
print(runs["scaled_luong"].metrics["test"]["sacrebleu_signature"])

# %% [markdown] lang="en"
# The last line is the **signature**: which tokens were counted (`tok:zh`, Chinese characters
# one by one), how many references there are, whether capitals count, which version of
# sacreBLEU. Quote it beside every BLEU: with other tokens the same translations get another
# number.
#
# What BLEU does not say: whether a translation is right. A good one in other words than the
# reference scores low, and one that drops a 不 (*not*) scores high. It is a number of a whole
# test set, for comparing systems on *that* set; no BLEU of two languages or two data sets can
# be compared. Here a held-out sentence is new only in how it combines words, since its
# pattern stands in the training split with other words, so the number is far higher than real
# text would give. So read the translations too, below.
#
# Does attention help more with longer sentences? Each point is a mean over the test sentences
# with so many tokens.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
translators = {name: Translator(run.model(), data.assets) for name, run in runs.items()}
numbers = source.encode(tf.constant(test.inputs.tolist()))
lengths, rows = numbers.row_lengths().numpy(), numbers.to_tensor()


def read_out(decoded):
    return [text.decode() for text in target.sentences(decoded.ids[:, 0]).numpy()]


greedy = {name: translator.greedy(rows) for name, translator in translators.items()}
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
for (name, decoded), colour in zip(greedy.items(), ("tab:orange", "tab:blue")):
    chrf = pd.Series(sentence_chrf(read_out(decoded), test.labels))
    means = chrf.groupby(np.clip(lengths, 4, 11)).mean()
    axis.plot(means.index, means, "o-", color=colour, label=f"attention={name}")
axis.set_xticks(range(4, 12), ["≤4", *map(str, range(5, 11)), "≥11"])
axis.set(xlabel="tokens in the sentence", ylabel="chrF, greedy", ylim=(0, 100))
axis.legend(frameon=False)
plt.show()

# %% [markdown] lang="en"
# ## What it looks at
#
# One row for every character that was written, one column for every word that was read. A row
# is one step's weights. Keep in mind that a column is not only its word: the reader is
# bidirectional, so its output at a word knows the neighbours too. And weights show where the
# writer looked, not *why* it wrote what it wrote. Where Chinese has another order than English,
# the dark squares leave the diagonal.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
translator = translators["scaled_luong"]
chosen = int(np.flatnonzero(lengths == 10)[0])
found = translator.attend(tf.constant([test.inputs[chosen]]))
read, written = (
    [token.decode() for token in found[f"{side}_tokens"][0].numpy() if token]
    for side in ("source", "target")
)
print(test.inputs[chosen], "→", found["translations"][0, 0].numpy().decode())
lt.plots.attention_map(found["attention"][0].numpy()[: len(written) + 1], read, written)

# %% [markdown] lang="en"
# ## Greedy, or with beams
#
# *Greedy* takes the likeliest character at each step and never looks back, though a likely
# beginning may have no likely end. **Beam search** keeps the best few beginnings at every
# step, here five. A network gives each character a probability, so a whole translation has one
# too: their product, or in logarithms their sum.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
decoded = translator.search(rows[chosen : chosen + 1], beams=5, length_penalty=1.0)
print(test.inputs[chosen], "=", test.labels[chosen])
print("greedy:", read_out(translator.greedy(rows[chosen : chosen + 1]))[0])
print("   score   log p  tokens")
for text, score, total, length in zip(
    target.sentences(decoded.ids)[0].numpy(),
    *(values[0].numpy() for values in (decoded.scores, decoded.log_probabilities, decoded.lengths)),
):
    print(f"{score:8.3f}{total:8.3f}{length:6}  {text.decode()}")

# %% [markdown] lang="en"
# ### Why beams need a length penalty
#
# Every character multiplies the probability by a number below 1: `log p` can only fall. By it
# alone a short translation may beat a complete one, and the *wider* the beam, the more short
# ones are found. So what is ranked is `log p / ((5 + n) / 6) ** length_penalty` for `n` tokens
# with `END` (Y. Wu et al., 2016): 0 is `log p` itself, 1 is nearly the mean over the tokens,
# and far more than that rewards going on and on.
#
# How much is best depends on the data, so try some and keep one. That is a choice, and
# choices are made on the *validation* split; the test split is for the end. One traced
# function does for all of them, since beams and penalty are tensors.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
bleu = BLEU(tokenize=data.assets.bleu_tokenizer)
search = tf.function(
    lambda rows, beams, penalty: translator.search(rows, beams=beams, length_penalty=penalty)
)
held = data.splits.validation
held_rows = source.encode(tf.constant(held.inputs.tolist())).to_tensor()
wanted = target.encode_all(held.labels).row_lengths().numpy().mean()
print(f"the references have {wanted:.2f} characters on average")
print("beams  penalty  characters   BLEU")
for beams, penalty in ((1, 0.0), (5, 0.0), (5, 1.0), (5, 2.0), (5, 6.0)):
    decoded = search(held_rows, tf.constant(beams), tf.constant(penalty))
    score = bleu.corpus_score(read_out(decoded), [held.labels.tolist()]).score
    mean = decoded.lengths[:, 0].numpy().mean()
    print(f"{beams:>5}{penalty:>9.1f}{mean:>12.2f}{score:>7.2f}")

# %% [markdown] lang="en"
# ## Exposure bias: what teacher forcing costs
#
# In training the writer never saw a mistake of its own. In use it is told what it said itself,
# right or wrong, and after one mistake it is where it has never been. To see that, take
# the places *after the first wrong character* of each greedy translation, and ask the same
# network for the same characters twice: told the right ones, and told its own.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
model = runs["scaled_luong"].model()
inputs, asked = translation.feed(numbers, target.encode_framed(test.labels), data.assets)
asked = asked.numpy()
told = model.predict(inputs, verbose=0).argmax(axis=-1)
own = np.zeros_like(asked)
ids = greedy["scaled_luong"].ids.numpy()[:, 0, : asked.shape[1]]
own[:, : ids.shape[1]] = ids
wrong = (own != asked) & (asked != 0)
later = (wrong.cumsum(axis=1) - wrong > 0) & (asked != 0)
print(f"{wrong.any(axis=1).sum()} of {len(asked)} translations leave the reference somewhere;")
print(f"{later.sum()} characters come after that place, and of them are the reference's")
print(f"  told the right characters  {(told == asked)[later].mean():.1%}")
print(f"  told its own               {(own == asked)[later].mean():.1%}")

# %% [markdown] lang="en"
# The second number is too dark a picture, for one character too many shifts all that
# follows, and another good wording counts as wrong. Still, the way back is hardly ever
# practised. `scheduled_sampling=0.2` tells the writer some of its own guesses in training;
# a beam helps too, for it can drop a beginning that has gone astray.
#
# ## Where is it wrong?

# %% [markdown] lang="zh"
# ZH-TODO

# %%
best = read_out(search(rows, tf.constant(5), tf.constant(1.0)))
chrf = np.array(sentence_chrf(best, test.labels))
print(f"{np.mean(np.array(best) == test.labels):.0%} are the reference, character by character")
for i in np.argsort(chrf)[:6]:
    print(f"{chrf[i]:5.1f}  {test.inputs[i]}\n       {best[i]}\n     = {test.labels[i]}")

# %% [markdown] lang="en"
# Look for what is *missing*, and what stands there instead. The Chinese often reads fluently
# all the same, for the writer has learnt what Chinese sentences of this kind look like: where
# it did not get the meaning, it says what is usual. That makes such mistakes dangerous, since
# nothing in the translation alone gives them away.
#
# ## Sampling
#
# Instead of the likeliest character, draw one, as likely as the network says. The
# **temperature** divides the logits first: below 1 the likely ones become likelier, above 1
# the unlikely ones do. Draws depend on the seed alone.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
print(test.inputs[chosen])
again = tf.repeat(rows[chosen : chosen + 1], 4, axis=0)
for temperature in (0.3, 1.0, 2.0):
    drawn = translator.sample(again, seed=tf.constant([0, 1]), temperature=temperature)
    print(f"{temperature}:", "  ".join(read_out(drawn)))

# %% [markdown] lang="en"
# ## A SavedModel that translates
#
# The export holds both vocabularies and the search. It was asked in a clean process that
# knows only TensorFlow before its folder appeared.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
samples = np.array(test.inputs[:8].tolist())
exported, difference = lt.export_model(translation, model, data.assets, samples, folder / "export")
print("largest difference from the Keras model:", f"{difference:.0e}")
loaded = tf.saved_model.load(str(exported))
for name, signature in sorted(loaded.signatures.items()):
    if not name.startswith("_"):
        takes = ", ".join(sorted(signature.structured_input_signature[1]))
        print(f"{name}({takes}) → {', '.join(sorted(signature.structured_outputs))}")

# %%
english = tf.constant([test.inputs[0], "I love my axolotl.", ""])
answers = loaded.signatures["serving_default"](text=english)
for text, answer, score, unknown in zip(
    english.numpy(), *(answers[name].numpy() for name in ("translation", "score", "unknown_tokens"))
):
    print(f"{text.decode()!r:<30}{answer.decode()!r}  score {score:.2f}, {unknown} unknown")
candidates = loaded.signatures["nbest"](text=english[:1])
print("nbest:", "  ".join(text.decode() for text in candidates["translations"][0].numpy()))
wide = loaded.signatures["translate"](
    text=english[:1], beams=tf.constant(2), length_penalty=tf.constant(0.0)
)
print("translate:", "  ".join(text.decode() for text in wide["translations"][0].numpy()))
looked = loaded.signatures["attend"](
    text=english[:1], beams=tf.constant(5), length_penalty=tf.constant(1.0)
)
print("attend:", looked["attention"].shape, "to", shown(source, source.encode(english[:1])[0]))

# %% [markdown] lang="en"
# A word that the vocabulary lacks becomes the unknown token, and the writer makes the best of
# it, which is a guess: `unknown_tokens` tells you. An empty string gives an empty translation.
#
# ## Exercise
#
# The plain network is less sure of what it says. Does a beam without length penalty make its
# translations shorter, and does a wider beam make that worse? Try 1, 5 and 20 beams with a
# penalty of 0, and 20 with a penalty of 1, and look at `log p` too.
#
# <details><summary>Solution</summary>
#
# Run the next cell. A wider beam does find what the network thinks more probable: `log p` rises.
# But it gains that by leaving something out, as the lengths beside those of the references
# say, and BLEU punishes translations that are too short. A better search for the wrong goal
# is no better; the penalty mends the goal.
# </details>

# %% [markdown] lang="zh"
# ZH-TODO

# %%
plain = tf.function(
    lambda rows, beams, penalty: translators["none"].search(
        rows, beams=beams, length_penalty=penalty
    )
)
print(f"the references have {wanted:.2f} characters on average")
print("beams  penalty  characters   BLEU    log p")
for beams, penalty in ((1, 0.0), (5, 0.0), (20, 0.0), (20, 1.0)):
    decoded = plain(held_rows, tf.constant(beams), tf.constant(penalty))
    score = bleu.corpus_score(read_out(decoded), [held.labels.tolist()]).score
    mean, total = (
        values.numpy()[:, 0].mean() for values in (decoded.lengths, decoded.log_probabilities)
    )
    print(f"{beams:>5}{penalty:>9.1f}{mean:>12.2f}{score:>7.2f}{total:>9.3f}")

# %% [markdown] lang="en"
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train translation --data pairs.tsv --out runs/mine
# lstm-toolkit predict runs/mine "Whose camera is this?" --all
# lstm-toolkit predict runs/mine "Whose camera is this?" --attention looked.png
# lstm-toolkit export runs/mine models/mine
# ```
#
# `--data` takes a CSV, TSV, JSON Lines, Parquet or Excel table with a column of each language,
# two files aligned line by line (`a.en+a.zh`), or a folder of such files. With
# `--set direction=zh-en` the other way round is learnt. Look first at what `train` prints: how
# many tokens the vocabularies cover, how many sentences are cut off, whether pairs look
# swapped. Then try more `units`, `source_tokens=subword` for a rich vocabulary,
# `input_feeding=true`, and a `length_penalty` that your validation split likes.

# %% [markdown] lang="zh"
# ZH-TODO
