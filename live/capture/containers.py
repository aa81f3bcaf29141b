"""Opens one file or one address with FFmpeg, and nothing that it refers to; knows no frames.

FFmpeg parses `clip-17:45.mp4` as a protocol, and follows playlists to other files and addresses. Here a file is opened as a
plain file, with self-contained formats only. An address is followed only over the network, never to local files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from live.capture.frame_limit import probing_options
from live.core.errors import SourceError
from live.core.settings import LimitsSettings

if TYPE_CHECKING:
    from av.container import InputContainer

# Only these formats are opened: playlists, name patterns, session descriptions and scripts refer to other files and addresses.
VIDEO_FORMATS = (
    "3dostr,aac,ac3,aiff,amv,apng,asf,au,av1,avi,caf,cavsvideo,dirac,dnxhd,dv,ea,film_cpk,flac,flic,flv,gif,gxf,h261,h263,h264,hevc,"
    "ivf,ipmovie,m4v,matroska,mjpeg,mjpeg_2000,mov,mp3,mpeg,mpegts,mpegtsraw,mpegvideo,mtv,mvi,mxf,nsv,nut,nuv,obu,ogg,ogv,pva,r3d,"
    "rm,roq,smjpeg,swf,ty,vc1,vc1test,vvc,wav,webm,wtv,xmv,yop,yuv4mpegpipe"
)
PICTURE_FORMATS = (
    "bmp_pipe,dds_pipe,exr_pipe,gif_pipe,hdr_pipe,j2k_pipe,jpeg_pipe,jpegls_pipe,jpegxl_anim,jpegxl_pipe,pam_pipe,pbm_pipe,pcx_pipe,"
    "pfm_pipe,pgm_pipe,png_pipe,ppm_pipe,psd_pipe,qoi_pipe,sgi_pipe,sunrast_pipe,tiff_pipe,webp_pipe"
)
FILE_FORMATS = f"{VIDEO_FORMATS},{PICTURE_FORMATS}"
# A stream may also be an HLS playlist or a multipart sequence of JPEGs; a single picture is a snapshot (snapshots.py).
STREAM_FORMATS = VIDEO_FORMATS + ",hls,mpjpeg,rtp,rtsp"
FILE_PROTOCOLS = "file"
WEB_PROTOCOLS = "http,https,tcp,tls,httpproxy"
# HLS segments may be encrypted (crypto), and RTSP opens its own channels (rtp, udp).
STREAM_PROTOCOLS = WEB_PROTOCOLS + ",crypto,rtp,srtp,udp,rtsp,rtsps"
PLAYLIST_BEGINNINGS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"v=0")


def open_file(path: str, name: str, limits: LimitsSettings) -> InputContainer:
    """Open a file as a PyAV container with at least one video stream. Raises SourceError."""
    options = {"protocol_whitelist": FILE_PROTOCOLS, "format_whitelist": FILE_FORMATS} | probing_options(limits)
    try:
        # with this prefix, FFmpeg doesn't parse a colon in the name as a protocol, nor "-" as stdin
        return _open(f"file:{path}", name, options, None)
    except SourceError:
        if _is_playlist(path):
            raise SourceError(
                f"{name} is a playlist: it names other files or addresses, which are not opened from a file. "
                "Give the video itself, or the address of the stream."
            ) from None
        raise


def open_web_file(address: str, name: str, limits: LimitsSettings, timeouts_s: tuple[float, float]) -> InputContainer:
    """Open a video file at an http(s) address as a PyAV container. timeouts_s: to open, to read. Raises SourceError."""
    options = {"protocol_whitelist": WEB_PROTOCOLS, "format_whitelist": FILE_FORMATS} | probing_options(limits)
    return _open(address, name, options, timeouts_s)


def stream_options() -> dict[str, str]:
    """FFmpeg options that restrict a stream to network protocols."""
    return {"protocol_whitelist": STREAM_PROTOCOLS, "format_whitelist": STREAM_FORMATS}


def _open(address: str, name: str, options: dict[str, str], timeouts_s: tuple[float, float] | None) -> InputContainer:
    import av  # imported here: it takes 0.1 s, which cameras and pictures don't need

    try:
        container = av.open(address, options=options, timeout=timeouts_s, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = f"can't be opened: {getattr(error, 'strerror', None) or error}"
        if isinstance(error, av.error.InvalidDataError | av.error.EOFError):
            reason = "is no video or picture that can be read, or was cut short before it could be finished"
        elif isinstance(error, ValueError):  # the format is not in the whitelist
            reason = "holds no video"
        raise SourceError(f"{name} {reason}. Try another file, or --source demo.") from error
    if not container.streams.video:
        container.close()
        raise SourceError(f"{name} holds no video. Try another file, or --source demo.")
    return container


def _is_playlist(path: str) -> bool:
    """Whether a file begins like a playlist or a session description."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - FFmpeg takes names as str
            return file.read(16).lstrip(b"\xef\xbb\xbf").startswith(PLAYLIST_BEGINNINGS)
    except OSError:
        return False
