"""Fit the line network: its batches as TensorFlow takes them, its loss, its optimizer. Draws no pictures, exports nothing."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from models.line_classifier import BLANK
from models.line_format import FIELD_TALL_PX
from models.line_network import numcam_line
from scripts.training.fitting import Checkpoint, Epochs, cosine, fitted, restored
from scripts.training.harvest_lines import LineExample
from scripts.training.history import History
from scripts.training.line_batches import LineBatches
from scripts.training.runs import RunFiles

LEARNING_RATE, WEIGHT_DECAY = 2e-3, 0.02
LONGEST_STEP = 5.0
"""Of the gradient: CTC's is steep where a text hardly fits into its picture."""
PATIENCE = 25


def fit(learning: list[LineExample], held_out: list[LineExample], history: History, files: RunFiles) -> keras.Model:
    """Train, or go on with it; returns the network with its best weights."""
    keras.utils.set_random_seed(history.seed)
    epochs = int(history.options["epochs"])
    steps = len(LineBatches(learning, history.seed))
    model, first = restored(history, files, steps, lambda: compiled(steps * epochs))
    batches = streamed(LineBatches(learning, history.seed, first))
    validation = streamed(LineBatches(held_out, history.seed, bend=False))
    return fitted(
        model, batches, Epochs(first, epochs, steps), Checkpoint(history, files, PATIENCE), validation_data=validation
    )


def compiled(steps: int) -> keras.Model:
    """A new network with its loss and optimizer. steps: of the whole run."""
    model = numcam_line()
    rate = cosine(LEARNING_RATE, steps)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY, global_clipnorm=LONGEST_STEP)
    model.compile(optimizer, loss=ctc_loss, jit_compile=False)
    return model


def streamed(batches: LineBatches) -> Any:
    """The batches as TensorFlow takes them, whatever their widths; some are made ahead."""
    pixels, signs = tf.TensorSpec((None, FIELD_TALL_PX, None, 1)), tf.TensorSpec((None, None), tf.int32)
    stream = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=(pixels, signs))
    return stream.apply(tf.data.experimental.assert_cardinality(len(batches))).prefetch(16)


@keras.saving.register_keras_serializable("numcam")  # type: ignore[untyped-decorator]  # Keras comes without types
def ctc_loss(signs: Any, logits: Any) -> Any:
    """(N,) negative logarithm of each text's probability. signs: (N, L) int, -1 behind the text; logits: (N, T, 12)."""
    signs = tf.cast(signs, tf.int32)
    places = tf.where(signs >= 0)
    texts = tf.SparseTensor(places, tf.gather_nd(signs, places), tf.shape(signs, tf.int64))
    columns = tf.fill([tf.shape(logits)[0]], tf.shape(logits)[1])
    return tf.nn.ctc_loss(texts, logits, None, columns, logits_time_major=False, blank_index=BLANK)
