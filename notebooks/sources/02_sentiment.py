# %% [markdown] lang="en"
# # Sentiment: from a CSV to a model that takes strings
#
# A review is a sequence of words, and the order of the words matters: *not bad, I'd go
# again* is praise. In this notebook you go from a table of texts to a network that reads
# them, make padding and masking visible, ask which words an answer rests on, look at the
# mistakes, and end with a SavedModel that takes raw strings.
#
# Everything runs on a laptop in about two minutes, and nothing is downloaded. The 3,840
# reviews, half of them English and half Chinese, were written for this repository; a
# score on them says that the software works, and nothing about real reviews.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
from pathlib import Path
from tempfile import mkdtemp

from lstm_toolkit.runtime import quiet_tensorflow

quiet_tensorflow()

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import lstm_toolkit as lt

keras.utils.set_random_seed(0)

# %% [markdown] lang="en"
# ## The data
#
# `prepare` reads the table, finds the columns, splits the rows so that no review stands on
# both sides, and learns the vocabulary from the *training* split alone.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
sentiment = lt.get_task("sentiment")
settings = sentiment.settings(epochs=4)
data = lt.prepare(sentiment, settings)
print(data.note)
for line in sentiment.remarks(data.splits, settings, data.assets):
    print(line)
for text, label in zip(data.splits.train.inputs[:4], data.splits.train.labels[:4]):
    print(f"{label:<10}{text}")

# %% [markdown] lang="en"
# ### Tokens
#
# Words are tokens, marks are tokens, and so is each Chinese character, since Chinese puts no
# spaces between words. The division runs inside the TensorFlow graph: the export will do
# exactly the same. A *pair* is a token with the one before it; pairs let even a simple
# count see that *not bad* is not *bad*.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
encoder = data.assets.encoder
texts = tf.constant(["Not bad at all, I'd go again!", "不难吃，但是不会再来了"])
words, numbers = encoder.tokens(texts)
for row in words.to_list():
    print(" | ".join(word.decode() for word in row))
print(numbers.to_list())

# %% [markdown] lang="en"
# ### Batches of nearly equal length
#
# A batch is a rectangle, so short texts are padded with zeros on the right. Padding costs
# time and says nothing. Texts of nearly the same length share a batch; here is how much
# that saves.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
batches = data.batches(data.splits.train, shuffled=True)
print(batches.padding())
lengths = batches.lengths
figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
for axis, rows, title in (
    (axes[0], np.arange(32), "32 reviews as they come"),
    (axes[1], batches.order(0)[0], "the first batch by length"),
):
    real = np.arange(lengths[rows].max()) < lengths[rows][:, None]
    axis.imshow(real, aspect="auto", cmap="Blues", vmin=0, vmax=1.4, interpolation="nearest")
    axis.set(title=f"{title}: {1 - real.mean():.0%} padding", xlabel="time step")
axes[0].set_ylabel("review")
plt.show()

# %% [markdown] lang="en"
# ## The network
#
# An embedding, a bidirectional LSTM with Dropout, and the maximum of each feature over
# the steps. Beside it a *wide* path adds up one weight for every token and pair. All of it
# is a plain Keras model.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
model = sentiment.build(settings, data.assets)
print(model.name, "with", f"{model.count_params():,}", "parameters")
lt.compile_model(model, sentiment, settings, steps=settings.epochs * len(batches))
history = model.fit(
    batches.dataset(),
    epochs=settings.epochs,
    shuffle=False,
    verbose=0,
    validation_data=data.batches(data.splits.validation).dataset(),
    callbacks=[lt.Position(batches)],
).history
for epoch, (loss, accuracy) in enumerate(zip(history["loss"], history["val_accuracy"]), 1):
    print(f"epoch {epoch}: loss {loss:.3f}, validation accuracy {accuracy:.3f}")

# %% [markdown] lang="en"
# ### Masking made visible
#
# What happens if the same review gets more padding? Nothing may happen: the padded steps
# are masked in the LSTM and left out of the maximum. Without masks the answer drifts with
# the length of the *other* texts in its batch, one of the commonest silent mistakes.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
row = sentiment.preprocess(tf.constant(["the soup was not good"]), data.assets)
unmasked = keras.Sequential(
    [
        keras.layers.Embedding(len(encoder.vocabulary), 16),
        keras.layers.LSTM(8),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
print("steps   masked        unmasked")
for extra in (0, 10, 50):
    padded = tf.pad(row, [[0, 0], [0, extra], [0, 0]])
    masked = float(model(padded, training=False)[0, 0])
    drifting = float(unmasked(padded[..., 0])[0, 0])
    print(f"{padded.shape[1]:>5}   {masked:.6f}      {drifting:.6f}")

# %% [markdown] lang="en"
# ## How good is it, and where is it wrong?

# %% [markdown] lang="zh"
# ZH-TODO

# %%
scores = lt.evaluate(data, model, data.splits.test)
print(sentiment.report(scores))

# %%
test = data.splits.test
rows = sentiment.preprocess(tf.constant(list(test.inputs)), data.assets)
probabilities = model.predict(rows, verbose=0)
names = np.array(data.assets.labels.names)
wrong = np.flatnonzero(names[probabilities.argmax(axis=1)] != test.labels)
wrong = wrong[np.argsort(-probabilities[wrong].max(axis=1))]
for i in wrong[:5]:
    print(f"{probabilities[i].max():.0%} sure, but {test.labels[i]}: {test.inputs[i]}")

# %% [markdown] lang="en"
# ### Which words an answer rests on
#
# Integrated gradients divide the probability of the answer among the tokens. Blue bars
# speak for it, orange ones against.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
from lstm_toolkit.attribution import integrated_gradients

text = tf.constant(["Not bad at all, I'd go again!"])
words = [word.decode() for word in encoder.tokens(text)[0].to_list()[0]]
answer, weights = integrated_gradients(model, sentiment.preprocess(text, data.assets))
values = weights.numpy()[0]
figure, axis = plt.subplots(figsize=(9, 2.6))
axis.bar(range(len(words)), values, color=["tab:blue" if v > 0 else "tab:orange" for v in values])
axis.set_xticks(range(len(words)), words, rotation=45, ha="right")
axis.set_ylabel("share of the probability")
axis.set_title(f"{names[int(tf.argmax(answer[0]))]}, {float(tf.reduce_max(answer)):.0%}")
plt.show()

# %% [markdown] lang="en"
# ## A SavedModel that takes strings
#
# The export holds the tokenizer. It was asked in a clean process that knows only
# TensorFlow before it was published, and this is all that a server needs.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
folder = Path(mkdtemp()) / "sentiment"
samples = np.array(test.inputs[:8], np.str_)
target, difference = lt.export_model(sentiment, model, data.assets, samples, folder)
print("largest difference from the Keras model:", f"{difference:.1g}")
ask = tf.saved_model.load(str(target)).signatures["serving_default"]
outputs = ask(text=tf.constant(["A long wait, but worth it", "电池一天都撑不住", ""]))
for label, probability in zip(outputs["label"].numpy(), outputs["probability"].numpy()):
    print(label.decode(), f"{probability:.2f}")

# %% [markdown] lang="en"
# An empty string gets an answer too, not a crash: it is read as one unknown token.
#
# ## What to try on your own data
#
# ```bash
# lstm-toolkit train sentiment --data reviews.csv --out runs/mine
# lstm-toolkit predict runs/mine "not bad at all" --explain
# lstm-toolkit export runs/mine models/mine
# ```
#
# Any CSV, TSV, JSON Lines, Parquet or Excel table with a column of texts and one of labels
# will do, with two or more classes: topics, questions, languages. Look at three lines
# that `train` prints: how many tokens the vocabulary covers, how many texts are cut off, and
# how much padding is left.

# %% [markdown] lang="zh"
# ZH-TODO
