// What hands do on a canvas: mouse, touch, pen and keys, as the stage takes them.
import type { WasmStage } from './wasm.ts';

/** Pixels: less is a click, not a drag. */
const STILL = 4;
/** Two clicks within this time, milliseconds, are one double click. */
const DOUBLE = 400;
/** Pixels of a wheel that count as a notch. */
const NOTCH = 100;
/** Fingers that move apart by this factor go as far as a notch. */
const PINCH = 1.12;

/** Which way keys move: forward, right, up. */
const KEYS: Record<string, [number, number, number]> = {
  KeyW: [1, 0, 0], ArrowUp: [1, 0, 0], KeyS: [-1, 0, 0], ArrowDown: [-1, 0, 0],
  KeyD: [0, 1, 0], ArrowRight: [0, 1, 0], KeyA: [0, -1, 0], ArrowLeft: [0, -1, 0],
  KeyE: [0, 0, 1], PageUp: [0, 0, 1], KeyQ: [0, 0, -1], PageDown: [0, 0, -1],
};

interface Pointer {
  x: number;
  y: number;
  button: number;
}

/** Hands a canvas's events on to a stage; `wake` draws. */
export function attach(canvas: HTMLCanvasElement, stage: () => WasmStage | undefined, wake: () => void): void {
  const pointers = new Map<number, Pointer>();
  const held = new Set<string>();
  let start: Pointer | undefined;
  let hasMoved = false;
  let lastClick = { time: -Infinity, x: 0, y: 0 };
  const ratio = () => canvas.width / Math.max(1, canvas.clientWidth);
  const act = (what: (stage: WasmStage) => void) => {
    const there = stage();
    if (!there) return;
    what(there);
    wake();
  };
  const at = (event: PointerEvent | WheelEvent): [number, number] => [event.offsetX * ratio(), event.offsetY * ratio()];

  canvas.addEventListener('pointerdown', (event) => {
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    pointers.set(event.pointerId, { x, y, button: event.button });
    if (pointers.size === 1) {
      start = { x, y, button: event.button };
      hasMoved = false;
    } else {
      hasMoved = true;
    }
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = at(event);
    const pointer = pointers.get(event.pointerId);
    if (!pointer || !start) {
      stage()?.point(x, y);
      return;
    }
    if (!hasMoved && Math.hypot(x - start.x, y - start.y) < STILL * ratio()) return;
    hasMoved = true;
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    const moved: [number, number] = [x - pointer.x, y - pointer.y];
    const [other] = others;
    if (other) {
      // Two fingers: apart is nearer, together along the ground; each counts half.
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const after = Math.hypot(x - other.x, y - other.y);
      act((there) => {
        there.point((x + other.x) / 2, (y + other.y) / 2);
        if (before > 0 && after > 0) there.wheel(Math.log(after / before) / Math.log(PINCH));
        there.shift(moved[0] / 2, moved[1] / 2);
      });
    } else {
      act((there) => (pointer.button === 0 ? there.turn(...moved) : there.shift(...moved)));
    }
    pointer.x = x;
    pointer.y = y;
  });
  const release = (event: PointerEvent) => {
    const pointer = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (!pointer || hasMoved || pointer.button !== 0 || event.type !== 'pointerup') return;
    const { x, y } = pointer;
    const isDouble = event.timeStamp - lastClick.time < DOUBLE && Math.hypot(x - lastClick.x, y - lastClick.y) < 4 * STILL * ratio();
    lastClick = { time: isDouble ? -Infinity : event.timeStamp, x, y };
    act((there) => (isDouble ? there.go_to(x, y) : there.select(x, y)));
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    // Lines and pages of old browsers are pixels here.
    const pixels = event.deltaY * (event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 33 : 300);
    act((there) => {
      there.point(...at(event));
      there.wheel(Math.max(-3, Math.min(3, -pixels / NOTCH)));
    });
  }, { passive: false });

  const hold = (isFast: boolean) => act((there) => {
    const sum = [0, 0, 0];
    for (const code of held) KEYS[code]?.forEach((part, axis) => { sum[axis]! += part; });
    const [forward, right, up] = sum.map(Math.sign) as [number, number, number];
    there.hold(forward, right, up, isFast);
  });
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.code in KEYS) {
      event.preventDefault();
      held.add(event.code);
    }
    if (event.code in KEYS || event.key === 'Shift') hold(event.shiftKey);
  });
  canvas.addEventListener('keyup', (event) => {
    if (held.delete(event.code) || event.key === 'Shift') hold(event.shiftKey);
  });
  canvas.addEventListener('blur', () => {
    held.clear();
    hold(false);
  });
}
