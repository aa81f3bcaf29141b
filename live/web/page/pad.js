// A pad for mouse, finger and pen: strokes in px of the canvas, drawn as they come. Knows no network and no server.

const INK = "#17233f";

/** A stroke is {points: [{x, y, width}]}, in CSS px of the pad. */
export class Pad {
  strokes = [];
  width = 13;

  /** onChange(isDone): called while a stroke is drawn, and when it is done. */
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.onChange = onChange;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.go(event));
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => this.end(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  begin(event) {
    if (event.button > 0 || this.pointer !== undefined) return;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push({ points: [this.point(event)] });
    this.draw();
    this.onChange(false);
  }

  go(event) {
    if (event.pointerId !== this.pointer) return;
    const { points } = this.strokes.at(-1);
    for (const one of event.getCoalescedEvents?.() ?? [event]) points.push(this.point(one));
    this.draw();
    this.onChange(false);
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = undefined;
    this.onChange(true);
  }

  /** A pen tells its pressure; a mouse always says 0.5, and a finger nothing. */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const pressed = event.pointerType === "pen" && event.pressure > 0 ? 0.4 + 1.2 * event.pressure : 1;
    return { x: event.clientX - box.left, y: event.clientY - box.top, width: this.width * pressed };
  }

  undo() {
    this.strokes.pop();
    this.draw();
    this.onChange(true);
  }

  clear() {
    this.strokes = [];
    this.draw();
    this.onChange(true);
  }

  draw() {
    const dots = devicePixelRatio || 1;
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return;
    this.canvas.width = Math.round(box.width * dots);
    this.canvas.height = Math.round(box.height * dots);
    this.context.scale(dots, dots);
    drawStrokes(this.context, this.strokes, INK);
  }
}

/** Draw strokes with round ends; the width follows the pen. */
export function drawStrokes(context, strokes, colour) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineCap = context.lineJoin = "round";
  for (const { points } of strokes) {
    if (points.length === 1) {
      context.beginPath();
      context.arc(points[0].x, points[0].y, points[0].width / 2, 0, 7);
      context.fill();
    }
    const isEven = points.every(({ width }) => width === points[0].width);
    if (isEven) line(context, points);
    else for (let i = 1; i < points.length; i++) line(context, points.slice(i - 1, i + 1));
  }
}

function line(context, points) {
  context.lineWidth = points.at(-1).width;
  context.beginPath();
  points.forEach(({ x, y }, i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

/** Left, top, right and bottom of strokes, with the width of the pen. */
export function boundsOf(strokes) {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { points } of strokes) {
    for (const { x, y, width } of points) {
      bounds.left = Math.min(bounds.left, x - width / 2);
      bounds.top = Math.min(bounds.top, y - width / 2);
      bounds.right = Math.max(bounds.right, x + width / 2);
      bounds.bottom = Math.max(bounds.bottom, y + width / 2);
    }
  }
  return bounds;
}

/** Strokes that belong to one digit, from left to right: those that lie over one another. */
export function groupsOf(strokes) {
  let groups = strokes.map((stroke) => ({ strokes: [stroke], bounds: boundsOf([stroke]) }));
  for (let i = 0; i < groups.length; i++) {
    for (let k = i + 1; k < groups.length; k++) {
      if (!belong(groups[i].bounds, groups[k].bounds)) continue;
      const all = [...groups[i].strokes, ...groups[k].strokes];
      groups = groups.filter((_, n) => n !== i && n !== k);
      groups.push({ strokes: all, bounds: boundsOf(all) });
      i = -1;
      break;
    }
  }
  return groups.sort((a, b) => a.bounds.left - b.bounds.left);
}

function belong(a, b) {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const narrow = Math.min(a.right - a.left, b.right - b.left);
  const apart = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  return across > 0.35 * narrow && apart < 0.4 * Math.max(a.bottom - a.top, b.bottom - b.top);
}
