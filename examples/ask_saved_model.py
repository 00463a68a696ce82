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
held_out = np.load(samples)
answers = recognise(images=tf.constant(held_out["inputs"], tf.float32))
labels = [label.decode() for label in answers["label"].numpy()]

for truth, label, probability in zip(
    held_out["labels"][:10], labels[:10], answers["probability"].numpy()[:10], strict=True
):
    print(f"a handwritten {truth} is read as {label} ({probability:.1%} sure)")
right = sum(map(str.__eq__, labels, held_out["labels"].tolist()))
print(f"{right} of {len(labels)} held-out images are right")
assert "lstm_toolkit" not in sys.modules
