"""Asks an exported digit recogniser; needs TensorFlow and NumPy, nothing of lstm_toolkit.

Usage: python examples/ask_saved_model.py MODEL_DIR/VERSION SAMPLES.npz
"""

import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # to show that a server needs no GPU
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

model, samples = sys.argv[1:]
assert not tf.config.list_physical_devices("GPU")
recognise = tf.saved_model.load(model).signatures["serving_default"]
images = np.load(samples)["images"]
answers = recognise(images=tf.constant(images, tf.float32))
labels = [label.decode() for label in answers["label"].numpy()]

first = zip(images[:10], labels, answers["probability"].numpy(), strict=False)
for image, label, probability in first:
    ink = 2.0 * image > image.max()
    print(*("".join("#" if dark else "." for dark in row) for row in ink), sep="\n")
    print(f"is read as {label} ({probability:.1%} sure)\n")
print(f"{len(labels)} held-out images are read")
assert "lstm_toolkit" not in sys.modules
