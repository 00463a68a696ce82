# %% [markdown] lang="en"
# # Handwritten digits: an image read row by row
#
# An LSTM reads sequences. An image becomes one as soon as you read it like a page: the
# first row is the first time step, the second row the second, and so on. In this notebook
# you train such a reader, look at its mistakes, meet the shape error that everyone makes
# once, and end with a SavedModel that takes raw pixels and gives names.
#
# Everything runs on a laptop in about two minutes, and nothing is downloaded.

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
# scikit-learn brings 1,797 digits of 8×8 pixels with values from 0 to 16. `prepare` reads
# them, splits them so that every class keeps its share, and learns from the *training*
# split alone what the network has to know: the names of the classes and the scale of the
# pixels.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
digits = lt.get_task("digits")
settings = digits.settings(
    units=(64, 64), epochs=25, batch_size=64, labels="sparse", label_smoothing=0.0
)
data = lt.prepare(digits, settings)
print(data.note)
print({name: len(getattr(data.splits, name)) for name in ("train", "validation", "test")})
print(data.assets)

# %%
figure, axes = plt.subplots(2, 8, figsize=(9, 2.6))
for axis, image, label in zip(axes.flat, data.splits.train.inputs, data.splits.train.labels):
    axis.imshow(image, cmap="gray_r")
    axis.set_title(label)
    axis.set_axis_off()
plt.show()

# %% [markdown] lang="en"
# Here is the first image as the network gets it: eight steps, eight numbers each.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
batches = data.batches(data.splits.train, shuffled=True)
inputs, targets = next(iter(batches.dataset()))
print("one batch:", inputs.shape, inputs.dtype, "with targets", targets.shape)
print("step 0 of the first image:", np.round(inputs[0, 0].numpy(), 2))
print("step 1 of the first image:", np.round(inputs[0, 1].numpy(), 2))

# %% [markdown] lang="en"
# ## The network
#
# Two LSTM layers with Dropout between them, each reading the rows downwards and upwards.
# The first hands a vector *for every row* to the second (`return_sequences=True`); the
# second hands on only what it knows *after the last row*. Builders return plain Keras
# models, so all you know of Keras still holds.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
model = lt.builders.lstm_classifier(
    (8, 8),
    classes=10,
    units=(64, 64),
    dropout=0.3,
    bidirectional=True,
    shift=0.125,
    interpolation="nearest",
)
for layer in model.layers:
    print(f"{layer.name:<24}{layer.output.shape}")

# %% [markdown] lang="en"
# ### The shape error that everyone makes
#
# Forget that the last layer must drop the time axis, and the head gives ten probabilities
# *a row*. Keras builds that model without a word; the error comes only when a loss compares
# `(batch, 8, 10)` with one label an image.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
wrong = keras.Sequential(
    [
        keras.Input((8, 8)),
        keras.layers.LSTM(64, return_sequences=True),
        keras.layers.LSTM(64, return_sequences=True),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
print("ten probabilities a row:", wrong.output_shape)
wrong.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
try:
    wrong.fit(inputs, targets, verbose=0)
except Exception as error:
    print(type(error).__name__, "-", str(error).splitlines()[-1][:150])

# %% [markdown] lang="en"
# ## Training
#
# `compile_model` takes optimizer, schedule and clipping from the settings. Keras repeats
# one shuffled order in every epoch; `Position` tells the batches which epoch it is, so that
# each gets its own order.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
lt.compile_model(model, digits, settings, steps=settings.epochs * len(batches))
history = model.fit(
    batches.dataset(),
    epochs=settings.epochs,
    shuffle=False,
    verbose=0,
    callbacks=[lt.Position(batches)],
    validation_data=data.batches(data.splits.validation).dataset(),
).history
rows = [{"epoch": i + 1, **{k: v[i] for k, v in history.items()}} for i in range(settings.epochs)]
lt.plots.learning_curves(rows)

# %% [markdown] lang="en"
# Validation is *better* than training in the beginning: training images are moved by a
# pixel and lose part of each layer's outputs to Dropout, validation images are left alone.
#
# ## Scores and mistakes

# %% [markdown] lang="zh"
# ZH-TODO

# %%
scores = lt.evaluate(data, model, data.splits.test)
print(digits.report(scores))

# %%
truth = data.assets.labels.encode(data.splits.test.labels)
outputs = model.predict(data.batches(data.splits.test).dataset(), verbose=0)
lt.plots.worst_images(data.splits.test.inputs, truth, outputs, data.assets.labels.names, most=8)

# %% [markdown] lang="en"
# Would you have read them right? Many have a stroke missing at 8×8 pixels.
#
# ## A SavedModel that answers
#
# The export takes raw pixels, 0 to 1 or 0 to 255 or as here 0 to 16, scales them inside the
# graph, and gives names. It was checked in a second process where only TensorFlow is
# imported, before its folder appeared.

# %% [markdown] lang="zh"
# ZH-TODO

# %%
path, difference = lt.export_model(
    digits, model, data.assets, data.splits.test.inputs[:64], Path(mkdtemp()) / "digits"
)
print("version", path.name, "- differs from the Keras model by at most", f"{difference:.0e}")
recognise = tf.saved_model.load(path).signatures["serving_default"]
answers = recognise(images=tf.constant(data.splits.test.inputs[:5], tf.float32))
for name, values in answers.items():
    print(f"{name:<14}{values.dtype.name:<9}{values.shape}")
print("read:", [label.decode() for label in answers["label"].numpy()])
print("true:", data.splits.test.labels[:5].tolist())

# %% [markdown] lang="en"
# ## Exercise
#
# Train once more with `shift=0` and `dropout=0`. What happens to the distance between
# training and validation, and why?
#
# <details><summary>Solution</summary>
#
# Run the next cell. Without moved images and Dropout the network learns the training
# images by heart: training accuracy goes to 1 while validation stays behind. Both make the
# network see something slightly different in every epoch.
# </details>

# %% [markdown] lang="zh"
# ZH-TODO

# %%
plain = lt.builders.lstm_classifier(
    (8, 8), classes=10, units=(64, 64), dropout=0.0, bidirectional=True
)
lt.compile_model(plain, digits, settings, steps=settings.epochs * len(batches))
last = plain.fit(
    batches.dataset(),
    epochs=settings.epochs,
    shuffle=False,
    verbose=0,
    callbacks=[lt.Position(batches)],
    validation_data=data.batches(data.splits.validation).dataset(),
).history
for name, curve in (("with", history), ("without", last)):
    gap = curve["accuracy"][-1] - curve["val_accuracy"][-1]
    print(
        f"{name:<8} training {curve['accuracy'][-1]:.3f}  validation "
        f"{curve['val_accuracy'][-1]:.3f}  distance {gap:+.3f}"
    )

# %% [markdown] lang="en"
# ## On your own data
#
# `lt.prepare(digits, settings, Path("mine"))` takes `mnist.npz`, the four MNIST IDX files, a
# CSV with a label and one column a pixel, or a folder of images with one sub-folder a
# class. From the command line: `lstm-toolkit train digits --data mine`; for images of 28×28
# begin with `--set preset=mnist`.

# %% [markdown] lang="zh"
# ZH-TODO
