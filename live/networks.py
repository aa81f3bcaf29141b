"""Open the networks that the settings name, and the reader that asks them. Knows model files, reads no picture itself."""

from __future__ import annotations

from pathlib import Path

from live.reading.reader import PageReader
from live.settings import ModelSettings, Settings
from models.classifier import Classifier, load_classifier
from models.line_classifier import LineClassifier


def open_classifier(settings: ModelSettings) -> Classifier:
    """The network that reads single digits. Raises ModelError."""
    path = Path(settings.path) if settings.path is not None else None
    return load_classifier(path, settings.threads, settings.runtime)


def open_reader(settings: Settings, classifier: Classifier) -> PageReader:
    """A reader of pages with that network, and with the one for whole numbers where it is wanted. Raises ModelError."""
    ask_lines = LineClassifier(threads=settings.model.threads) if settings.model.lines else None
    return PageReader(classifier, settings, ask_lines=ask_lines)
