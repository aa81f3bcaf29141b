"""The history of a training run by epoch: stored as JSON, drawn as a plot. Knows figures, no network."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec

from live.core.atomic_files import replacing
from scripts.training.datasets import DataError


class History(msgspec.Struct, kw_only=True):
    """One run: its options, and the figures of each epoch."""

    network: str
    seed: int
    options: dict[str, float | int | bool | str]
    """The recipe that was used. A run can be resumed only with the same."""
    parameters: int = 0
    seconds: float = 0.0
    """Time of all epochs without drawing the pictures."""
    finished: bool = False
    history: dict[str, list[float]] = {}
    """`loss`, `accuracy`, `val_loss`, `val_accuracy`, with one value per epoch."""

    @property
    def epochs_done(self) -> int:
        """Number of finished epochs."""
        return len(self.history.get("val_loss", []))

    @property
    def best_epoch(self) -> int:
        """The epoch with the least validation loss, from 0; -1 before the first."""
        losses = self.history.get("val_loss", [])
        return losses.index(min(losses)) if losses else -1

    def add(self, figures: dict[str, float], seconds: float) -> None:
        """Add an epoch."""
        for name, value in figures.items():
            self.history.setdefault(name, []).append(round(float(value), 6))
        self.seconds = round(self.seconds + seconds, 1)

    def cut(self, epochs: int) -> None:
        """Keep only the first `epochs`, since a run may end between saving its history and its state."""
        for values in self.history.values():
            del values[epochs:]


def load_history(path: Path) -> History | None:
    """The history of an earlier run; None where there is none. Raises DataError where it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=History)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise DataError(f"{path} is no history of a training run: {error}. --anew starts over.") from error


def save_history(history: History, path: Path) -> None:
    """Write the history atomically."""
    text = msgspec.json.format(msgspec.json.encode(history), indent=2) + b"\n"
    replacing(path, lambda new: new.write_bytes(text))


def plot_history(history: History, path: Path) -> None:
    """Plot loss and, where recorded, accuracy of training and validation over the epochs."""
    import matplotlib as mpl  # takes a second to import, and is needed only at the end

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import MaxNLocator

    drawn = [name for name in ("loss", "accuracy") if name in history.history]
    figure, axes = plt.subplots(1, len(drawn), figsize=(5 * len(drawn), 4), layout="constrained", squeeze=False)
    epochs = range(1, history.epochs_done + 1)
    for axis, name in zip(axes[0], drawn, strict=True):
        axis.plot(epochs, history.history[name], color="#0072b2", label="training")
        axis.plot(epochs, history.history[f"val_{name}"], color="#d55e00", label="validation")
        axis.axvline(history.best_epoch + 1, color="0.6", linestyle=":", label=f"best: epoch {history.best_epoch + 1}")
        axis.set(title=name.capitalize(), xlabel="epoch", yscale="log" if name == "loss" else "linear")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axis.grid(alpha=0.25)
        axis.legend(frameon=False)
    figure.suptitle(f"{history.network}, seed {history.seed}: {history.seconds:.0f} s")
    replacing(path, partial(figure.savefig, dpi=110))
    plt.close(figure)
