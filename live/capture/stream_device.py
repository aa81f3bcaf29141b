"""Makes a reopenable device of a stream or snapshot address; knows no packets and no HTTP."""

from __future__ import annotations

from live.capture.addresses import file_suffix, scheme_of
from live.capture.device_session import Capture, Device
from live.capture.pictures.kinds import PICTURE_SUFFIXES
from live.core.errors import SourceError
from live.core.masking import without_secrets
from live.core.settings import CameraSettings, LimitsSettings


def stream_device(address: str, settings: CameraSettings, limits: LimitsSettings | None = None) -> Device:
    """The stream or the snapshots at an address."""
    name = without_secrets(address)
    opener = _Opener(address, name, settings, limits or LimitsSettings())
    return Device(
        name=name,
        open=opener.open,
        failure_reason=lambda: (
            opener.refusal
            or getattr(opener.capture, "refusal", None)
            or f"{name} did not open, or sent no picture. "
            "Check the address, the network and the camera's password, or try --source 0."
        ),
        first_frame_s=settings.open_timeout_s + settings.stall_s,
        stall_s=settings.stall_s,
        pause_s=lambda capture: getattr(capture, "pause_s", 0.0),
        give_up_s=settings.give_up_s,
        fps=lambda capture: getattr(capture, "fps", None),
        left_out=lambda capture: getattr(capture, "left_out", 0),
    )


class _Opener:
    """Opens an address as a stream or as a picture, and remembers which one worked."""

    def __init__(self, address: str, name: str, settings: CameraSettings, limits: LimitsSettings) -> None:
        self._address, self._name, self._settings, self._limits = address, name, settings, limits
        self._is_web = scheme_of(address) in ("http", "https")
        self.holds_picture = self._is_web and file_suffix(address) in PICTURE_SUFFIXES
        self.capture: Capture | None = None
        """The last capture that was opened."""
        self.refusal: str | None = None
        """One line on why it did not open, if the reason is known."""

    def open(self) -> Capture | None:
        """Open the address as a stream or picture; None if both fail."""
        self.refusal = None
        for as_picture in (self.holds_picture, not self.holds_picture):
            if as_picture and not self._is_web:
                continue
            capture = self._snapshot() if as_picture else self._stream()
            if capture is not None:
                self.holds_picture, self.capture = as_picture, capture
                return capture
        return None

    def _stream(self) -> Capture | None:
        from av import FFmpegError  # imported here: it takes 0.1 s, which cameras don't need

        from live.capture.streams import StreamCapture

        silence_s = max(self._settings.open_timeout_s, self._settings.stall_s)
        try:
            return StreamCapture(self._address, silence_s, self._limits)
        except SourceError as error:
            self.refusal = str(error)
        except (FFmpegError, OSError, ValueError):  # `failure_reason` has a message for all of them
            pass
        return None

    def _snapshot(self) -> Capture | None:
        from live.capture.pictures.web import NoAnswerError, NoPictureError
        from live.capture.snapshots import SnapshotCapture

        try:
            return SnapshotCapture(self._address, self._name, self._settings, self._limits)
        except NoAnswerError:
            return None
        except NoPictureError as error:
            self.refusal = self.refusal or f"{self._name} {error}. See it in a browser, or try --source 0."
        except SourceError as error:
            self.refusal = self.refusal or str(error)
        return None
