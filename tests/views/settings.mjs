// Devices, networks, prices: the assumptions, in one place.

/** Millions of triangles that one core of the server makes in a second, as the simulator of placement assumes. */
export const SERVER_CORE = 2.5;

/** Median devices: millions of triangles a second of one thread, threads that generate and decode. */
export const DEVICES = {
  phone: { rate: 0.4, threads: 2 },
  laptop: { rate: 1.2, threads: 4 },
  workstation: { rate: 3.5, threads: 8 },
};

/** Megabits a second, and seconds of a round trip. */
export const NETWORKS = {
  '4G': { megabits: 9, rtt: 0.06 },
  cable: { megabits: 100, rtt: 0.015 },
  LAN: { megabits: 1000, rtt: 0.001 },
};

/** Edge CPU seconds to send a mesh that is there, as in `tiles/placement/src/usage.rs`. */
export const SERVE_SECONDS = 0.0004;
/** Seconds on a core like the server's to compile a module, as there. */
export const COMPILE_SECONDS = 0.03;
/** Seconds on a core like the server's to unpack (brotli, meshopt) a megabyte of mesh as it is sent: measured in Node on the
 * meshes of both recorded paths. */
export const DECODE_SECONDS_PER_MEGABYTE = 0.03;

/** As in `tiles/placement/src/weights.rs`: micro-dollars. */
const PRICES = { deviceSecond: 60, edgeSecond: 20, megabyteOut: 20 };
export const WAITING_SECOND = { balanced: 100, latency: 500 };
const CLASS_FACTORS = { phone: 1, laptop: 0.5, workstation: 0.08 };

/** What a run costs by a set of prices, in micro-dollars. */
export function priceOf({ device, deviceSeconds, edgeSeconds, bytes, waitingSeconds }, weights) {
  return PRICES.deviceSecond * CLASS_FACTORS[device] * deviceSeconds + PRICES.edgeSecond * edgeSeconds
    + PRICES.megabyteOut * (bytes / 1e6) + WAITING_SECOND[weights] * waitingSeconds;
}
