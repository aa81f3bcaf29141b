// The WebSocket to the server: at most two frames under way, the newest wins, and it comes back by itself. Knows no camera.

const MOST_UNDER_WAY = 2;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5000;
const FORGOTTEN_MS = 8000; // an answer that takes longer won't come: the connection is dead

export class LiveSocket {
  /** onAnswer(answer, frame): a frame's numbers, and what was given with it. onState("open" | "lost", reason). */
  constructor({ onAnswer, onState }) {
    this.onAnswer = onAnswer;
    this.onState = onState;
    this.pause = FIRST_PAUSE_MS;
    this.isWanted = false;
  }

  open() {
    this.isWanted = true;
    this.connect();
  }

  close() {
    this.isWanted = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = undefined;
  }

  connect() {
    const address = new URL("api/live", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.hash = "";
    const socket = new WebSocket(address);
    this.socket = socket;
    this.sent = 0;
    this.underWay = [];
    socket.onopen = () => {
      this.pause = FIRST_PAUSE_MS;
      this.onState("open", "");
    };
    socket.onmessage = (event) => this.take(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      this.underWay = [];
      if (!this.isWanted) return;
      this.onState("lost", event.reason);
      this.timer = setTimeout(() => this.isWanted && this.connect(), this.pause);
      this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 1.7);
    };
  }

  /** Whether a further frame may be sent now. */
  get isFree() {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    const oldest = this.underWay[0];
    if (oldest && performance.now() - oldest.at > FORGOTTEN_MS) {
      this.socket.close();
      return false;
    }
    return this.underWay.length < MOST_UNDER_WAY && this.socket.bufferedAmount === 0;
  }

  /** Send a frame. frame: kept until its answer comes. */
  send(blob, frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(blob);
    this.underWay.push({ index: this.sent++, at: performance.now(), frame });
  }

  take(answer) {
    const one = this.underWay.find((sent) => sent.index === answer.frame);
    this.underWay = this.underWay.filter((sent) => sent.index > answer.frame);
    if (one) this.onAnswer(answer, one.frame, performance.now() - one.at);
  }
}
