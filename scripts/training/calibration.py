"""Fit a temperature, correct class priors, and measure the calibration error. Knows logits and labels only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, C) logits -> (N, C) probabilities."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponents = np.exp(shifted)
    probabilities: NDArray[np.float32] = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature (divisor of the logits) that minimises the negative log-likelihood.

    Source: Guo et al., "On calibration of modern neural networks", 2017. Golden-section search on the logarithm.
    """

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits / np.float32(np.exp(log_temperature)))
        return float(-np.mean(np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12))))

    low, high = np.log(0.2), np.log(5.0)
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(40):
        a, b = high - golden * (high - low), low + golden * (high - low)
        if loss(a) < loss(b):
            high = b
        else:
            low = a
    return float(np.exp((low + high) / 2))


def class_shift(before: float, after: float) -> float:
    """The value to add to the logit of a class whose share of all pictures is `before` in training and `after` in use.

    Shares are above 0 and below 1. By Bayes' rule the odds of an answer change as the odds of the class. Source: Saerens,
    Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities", 2002.
    """
    return float(np.log(after / (1 - after)) - np.log(before / (1 - before)))


def expected_calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.int64], bins: int = 15) -> float:
    """The expected calibration error of a classifier's answers: (N, C) probabilities, (N,) labels."""
    return calibration_gap(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins)


def calibration_gap(confidence: NDArray[np.float32], right: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean distance between confidence and accuracy over `bins` equal ranges of confidence, weighted by their counts.

    confidence, right: (N,). Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", 2015, where it is called the expected calibration error.
    """
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for k in range(bins):
        chosen = index == k
        if chosen.any():
            error += chosen.mean() * abs(confidence[chosen].mean() - right[chosen].mean())
    return float(error)
