"""Write a Keras model in several formats, and load them back. Judges nothing: scripts/training/checked_export.py does.

A writer gets the model, the path of a new file in a temporary folder, and digits to measure the range of each layer, which only
the 8-bit formats need.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.classifier import load_classifier

Inputs = NDArray[np.float32]
"""(N, 28, 28, 1) float32 in [0, 1], ink is 1."""

Answer = Callable[[Inputs], NDArray[np.float32]]
"""A function that classifies digits: (N, 28, 28, 1) -> (N, C) probabilities."""

CALIBRATION_BATCH = 100


def write_keras(model: Any, path: Path, _calibration: Inputs) -> None:
    """Keras's own format, without the optimizer, which is larger than the network."""
    import keras

    keras.Model(model.inputs, model.outputs[0], name=model.name).save(path)


def write_h5(model: Any, path: Path, _calibration: Inputs) -> None:
    """Keras's earlier format, HDF5. It is written in memory first, since HDF5 crashes at exit after a full disk."""
    import h5py
    from keras.src.legacy.saving.legacy_h5_format import save_model_to_hdf5  # Keras's `save` takes only a path

    whole = io.BytesIO()
    with h5py.File(whole, "w") as file:
        save_model_to_hdf5(model, file, include_optimizer=False)
    path.write_bytes(whole.getvalue())


def write_saved_model(model: Any, path: Path, _calibration: Inputs) -> None:
    """TensorFlow's SavedModel, a folder, for TensorFlow's tools and TensorFlow Serving."""
    model.export(str(path), format="tf_saved_model", verbose=False)


def write_onnx(model: Any, path: Path, _calibration: Inputs) -> None:
    """ONNX with a free batch size."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # tf2onnx uses deprecated names of NumPy
        logging.getLogger("tf2onnx").setLevel(logging.ERROR)
        model.export(str(path), format="onnx", verbose=False)


def write_onnx_int8(model: Any, path: Path, calibration: Inputs) -> None:
    """ONNX with weights and activations of 8 bits, except in the first layer, the last one and the softmax."""
    import onnx
    from onnxruntime import quantization as q
    from onnxruntime.quantization.shape_inference import quant_pre_process

    exact, prepared = path.with_name("float.onnx"), path.with_name("prepared.onnx")
    write_onnx(model, exact, calibration)
    quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)

    class Digits(q.CalibrationDataReader):  # type: ignore[misc]  # onnxruntime comes without types
        """The digits on which each layer's range is measured."""

        def __init__(self) -> None:
            self._batches = iter(np.split(calibration, range(CALIBRATION_BATCH, len(calibration), CALIBRATION_BATCH)))

        def get_next(self) -> dict[str, Inputs] | None:
            """The next batch, None after the last."""
            batch = next(self._batches, None)
            return None if batch is None else {model.inputs[0].name: batch}

    layers = [node.name for node in onnx.load(prepared).graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
    q.quantize_static(
        str(prepared), str(path), Digits(), quant_format=q.QuantFormat.QDQ, per_channel=True,
        activation_type=q.QuantType.QUInt8, weight_type=q.QuantType.QInt8,
        # seven bits for weights: processors without VNNI add two products in 16 bits, which overflow with eight
        reduce_range=True,
        op_types_to_quantize=["Conv", "Gemm", "MatMul", "Add", "Relu", "MaxPool", "Reshape", "Transpose"],
        # the first and last layers have few weights, and rounding in them costs accuracy
        nodes_to_exclude=[layers[0], layers[-1]],
    )  # fmt: skip


def write_tflite(model: Any, path: Path, calibration: Inputs) -> None:
    """TensorFlow Lite, float."""
    path.write_bytes(_converter(model, path, calibration).convert())


def write_tflite_int8(model: Any, path: Path, calibration: Inputs) -> None:
    """TensorFlow Lite with 8 bits throughout, input and output included, as small devices need it."""
    import tensorflow as tf

    def digits() -> Iterator[list[Inputs]]:
        for one in calibration:
            yield [one[None]]

    converter = _converter(model, path, calibration)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = digits
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    path.write_bytes(converter.convert())


def _converter(model: Any, path: Path, calibration: Inputs) -> Any:
    """TensorFlow Lite's converter, by way of a SavedModel: files converted directly answer NaN."""
    import tensorflow as tf

    folder = path.with_name("for_the_converter")
    write_saved_model(model, folder, calibration)
    return tf.lite.TFLiteConverter.from_saved_model(str(folder))


def load_saved_model(path: Path) -> Answer:
    """The endpoint of a SavedModel that Keras exported."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    return lambda inputs: loaded.serve(inputs).numpy()


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the ending of its file names, its writer and its loader."""

    ending: str
    write: Callable[[Any, Path, Inputs], None]
    load: Callable[[Path], Answer] = load_classifier
    eight_bit: bool = False


FORMATS = {
    "keras": Format(".keras", write_keras),
    "h5": Format(".h5", write_h5),
    "saved_model": Format("_saved_model", write_saved_model, load_saved_model),
    "onnx": Format(".onnx", write_onnx),
    "onnx-int8": Format(".int8.onnx", write_onnx_int8, eight_bit=True),
    "tflite": Format(".tflite", write_tflite),
    "tflite-int8": Format(".int8.tflite", write_tflite_int8, eight_bit=True),
}
