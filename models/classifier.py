"""The runtimes that run a network. Knows arrays and model files, no pages.

Each runtime's library is imported when a model of its kind is loaded: importing Keras takes seconds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from zipfile import is_zipfile

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.mnist_format import FIELD_PX
from models.quiet import quiet_stderr
from models.runtime import Runtime, check_shapes, library, loading

WEIGHTS = Path(__file__).parent / "weights" / "digits.onnx"
SUFFIXES = {".onnx": "onnx", ".tflite": "tflite", ".keras": "keras", ".h5": "keras"}
"""The runtime of each file suffix."""


class Classifier(Protocol):
    """Classifies digits in MNIST's format."""

    @property
    def classes(self) -> int:
        """Number of classes: the ten digits, and "not a digit" if the network knows it."""

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32 in [0, 1], ink is 1 -> (N, C) float32 probabilities, rows sum to 1. N may be 0."""


def onnx_session(path: Path, threads: int) -> Any:
    """ONNX Runtime's session of a model file. threads: 0 means every core. Raises ModelError without the library."""
    with library("onnx", "onnxruntime", "python -m pip install onnxruntime"):
        import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # else its threads spin after each answer and take three quarters of a core from window and recording
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # failures raise exceptions: a log line would repeat them
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class OnnxClassifier(Runtime):
    """A network in ONNX, run by ONNX Runtime on the CPU."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """path: a model file. threads: 0 means every core. Raises ModelError."""
        with loading(path, "ONNX"):
            self._session = onnx_session(path, threads)
            self._input = self._session.get_inputs()[0]
            self.classes = check_shapes(path, self._input.shape, self._session.get_outputs()[0].shape)
            self.try_out(path)

    def answer(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """One run of the session."""
        answer: NDArray[np.float32] = self._session.run(None, {self._input.name: inputs})[0]
        return answer


class TfliteClassifier(Runtime):
    """A network in TensorFlow Lite's format, float or 8-bit, run by LiteRT on the CPU. Threads that ask it take turns."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """path: a model file. threads: 0 means every core. Raises ModelError."""
        with library(
            "tflite", "ai-edge-litert", "python -m pip install ai-edge-litert (TensorFlow itself is not needed)"
        ):
            from ai_edge_litert.interpreter import Interpreter

        with loading(path, "TensorFlow Lite"), quiet_stderr():
            # as bytes: a memory-mapped file crashes the process if another program truncates it
            self._interpreter = Interpreter(model_content=path.read_bytes(), num_threads=threads or os.cpu_count() or 1)
            self._input = self._interpreter.get_input_details()[0]
            self._output = self._interpreter.get_output_details()[0]
            self.classes = check_shapes(path, _sizes(self._input), _sizes(self._output))
            self._count = 0
            self._asking = threading.Lock()
            self.try_out(path)

    def answer(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """One run of the interpreter. The batch is resized when its size changes, which takes 0.01 ms."""
        index = self._input["index"]
        with self._asking:
            if len(inputs) != self._count:
                self._interpreter.resize_tensor_input(index, inputs.shape, strict=True)
                self._interpreter.allocate_tensors()
                self._count = len(inputs)
            self._interpreter.set_tensor(index, _quantised(inputs, self._input))
            self._interpreter.invoke()
            answers: NDArray[np.float32] = self._interpreter.get_tensor(self._output["index"])
        if not np.issubdtype(self._output["dtype"], np.integer):
            return answers
        scale, zero = self._output["quantization"]
        return (answers.astype(np.float32) - np.float32(zero)) * np.float32(scale)


class KerasClassifier(Runtime):
    """A network saved by Keras, run by TensorFlow. Loading takes seconds; for trials, and for models not exported yet."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """path: a .keras file, or an .h5 file of Keras 3. threads: 0 lets TensorFlow choose. Raises ModelError."""
        model = load_keras(path, threads)
        import tensorflow as tf

        self.classes = int(model.output_shape[1])
        with loading(path, "Keras"), quiet_stderr():
            field = tf.TensorSpec((None, FIELD_PX, FIELD_PX, 1), tf.float32)
            # traced once for all batch sizes; calling the model takes five times as long for 20 digits
            self._function = tf.function(lambda inputs: model(inputs, training=False), input_signature=[field])
            self.try_out(path)

    def answer(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """One call of the traced network."""
        answers: NDArray[np.float32] = self._function(inputs).numpy()
        return answers


RUNTIMES: dict[str, Callable[[Path, int], Runtime]] = {
    "onnx": OnnxClassifier,
    "tflite": TfliteClassifier,
    "keras": KerasClassifier,
}


def load_classifier(path: Path | None = None, threads: int = 0, runtime: str = "auto") -> Classifier:
    """Load the classifier of a model file; None is the one that comes with Numcam. Raises ModelError.

    threads: threads of the network; 0 means every core. runtime: a name of RUNTIMES; "auto" chooses by the file's suffix.
    """
    found, chosen = find_model(path, runtime)
    return RUNTIMES[chosen](found, threads)


def find_model(path: Path | None = None, runtime: str = "auto") -> tuple[Path, str]:
    """The path of the model file and the name of its runtime. Raises ModelError where there is none."""
    if runtime not in (*RUNTIMES, "auto"):
        raise ModelError(f"There is no runtime {runtime}. Choose one of auto, {', '.join(RUNTIMES)}.")
    shipped = path is None
    if path is None:
        path = WEIGHTS if runtime == "auto" else WEIGHTS.with_suffix(f".{runtime}")
    if not path.is_file():
        if shipped:
            hint = "Leave model.runtime at auto, or make it with python -m scripts.export."
        else:
            hint = "Leave model.path out to use the one that comes with Numcam."
        raise ModelError(f"There is no model {path}. {hint}")
    if path.stat().st_size == 0:
        raise ModelError(f"The model {path} is empty. Copy or export it again.")
    if runtime == "auto":
        if path.suffix.lower() not in SUFFIXES:
            raise ModelError(f"{path} should end in {', '.join(SUFFIXES)}; or say with model.runtime what it is.")
        runtime = SUFFIXES[path.suffix.lower()]
    return path, runtime


def load_keras(path: Path, threads: int = 0) -> Any:
    """Load the Keras model of a .keras or .h5 file, not compiled, and check its shapes. Raises ModelError.

    threads: threads of TensorFlow; 0 lets it choose.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with library("keras", "keras", "python -m pip install tensorflow"), quiet_stderr():
        import keras
        import tensorflow as tf

    kind = path.suffix.lower()
    if SUFFIXES.get(kind) != "keras":
        raise ModelError(f"{path} is no Keras model: those end in .keras or .h5.")
    if kind == ".keras" and not is_zipfile(path):  # Keras reports such a file as missing
        raise ModelError(f"{path} is no Keras model: it is damaged, or something else. Copy or export it again.")
    with loading(path, "Keras"), quiet_stderr():
        if threads:
            _limit_threads(tf, threads)
        model = keras.saving.load_model(path, compile=False)
        check_shapes(path, model.input_shape, model.output_shape)
    return model


def _sizes(tensor: dict[str, Any]) -> list[int | None]:
    """The shape of a TensorFlow Lite tensor; None for a free size."""
    return [None if size < 0 else int(size) for size in tensor["shape_signature"]]


def _quantised(inputs: NDArray[np.float32], tensor: dict[str, Any]) -> NDArray[Any]:
    """The inputs in the type of a TensorFlow Lite tensor: float32 unchanged, or quantised to its integers."""
    if not np.issubdtype(tensor["dtype"], np.integer):
        return inputs
    scale, zero = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    rounded: NDArray[Any] = np.clip(np.rint(inputs / np.float32(scale)) + zero, limits.min, limits.max)
    return rounded.astype(tensor["dtype"])


def _limit_threads(tensorflow: Any, threads: int) -> None:
    """Limit TensorFlow's threads, if it isn't initialised yet."""
    try:
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # already initialised by an earlier model
        return
