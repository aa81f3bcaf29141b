// Records the video with its numbers, by the browser's own MediaRecorder. Knows no camera and no server.
import { drawNumbers } from "./overlay.js";

const KINDS = [["video/mp4;codecs=avc1.42E01E", "mp4"], ["video/webm;codecs=vp9", "webm"], ["video/webm", "webm"]];

export class Recording {
  canvas = document.createElement("canvas");

  get isOn() {
    return this.recorder?.state === "recording";
  }

  /** Draw the next picture; returns the canvas with it. */
  draw(video, numbers) {
    if (!this.isOn || !this.canvas.width) {
      this.canvas.width = video.videoWidth;
      this.canvas.height = video.videoHeight;
    }
    const context = this.canvas.getContext("2d");
    context.drawImage(video, 0, 0, this.canvas.width, this.canvas.height);
    drawNumbers(context, numbers, { left: 0, top: 0, scale: this.canvas.width / video.videoWidth }, Math.max(14, this.canvas.width / 60));
    return this.canvas;
  }

  /** Begin. onEnd(blob, ending of its name): called when it is whole. Raises what MediaRecorder raises. */
  start(onEnd) {
    const [type, ending] = KINDS.find(([kind]) => MediaRecorder.isTypeSupported(kind)) ?? ["", "webm"];
    const parts = [];
    this.recorder = new MediaRecorder(this.canvas.captureStream(30), type ? { mimeType: type } : {});
    this.recorder.ondataavailable = (event) => parts.push(event.data);
    this.recorder.onstop = () => onEnd(new Blob(parts, { type: type.split(";")[0] }), ending);
    this.recorder.start(1000);
  }

  stop() {
    if (this.isOn) this.recorder.stop();
  }
}
