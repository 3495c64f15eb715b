// A network between a client and a server, for real: a TCP proxy with a bandwidth, a delay, and a count of what passes.
import { connect, createServer } from 'node:net';

/** Bytes that are sent before another connection has its turn. */
const PACKET = 4096;
/** Bytes of a connection that may be on their way; its sender waits with more. */
const WINDOW = 1 << 20;

/** One direction: its bandwidth is shared by all connections, each sends a packet in turn. */
class Direction {
  bytes = 0;
  #millisecondsPerByte;
  #delay;
  /** Connections that have something to send, in turn. */
  #senders = [];
  /** What was sent and has not arrived, in order. */
  #travelling = [];
  /** When the last packet is sent. */
  #free = 0;
  #timer;

  constructor({ megabits, rtt }) {
    this.#millisecondsPerByte = 8 / (megabits * 1000);
    this.#delay = rtt / 2;
  }

  /** Sends all that comes from a socket to another, and its end. Calls `sent` and `arrived` with the bytes. */
  join(source, target, { sent = () => {}, arrived = () => {} }) {
    const sender = { packets: [], inside: 0, source, target, arrived };
    source.on('data', (bytes) => {
      this.bytes += bytes.length;
      sent(bytes);
      for (let at = 0; at < bytes.length; at += PACKET) this.#add(sender, bytes.subarray(at, at + PACKET));
      if (sender.inside > WINDOW) source.pause();
    });
    source.on('end', () => this.#add(sender, null));
    source.on('error', () => target.destroy());
    source.on('close', () => source.readableEnded || target.destroy());
  }

  #add(sender, packet) {
    sender.inside += packet?.length ?? 0;
    if (sender.packets.push(packet) === 1) {
      if (this.#senders.length === 0) this.#free = Math.max(this.#free, performance.now());
      this.#senders.push(sender);
    }
    this.#go();
  }

  /** Sends what there was time for, and hands over what has arrived. */
  #go() {
    const now = performance.now();
    while (this.#senders.length > 0 && this.#free <= now) {
      const sender = this.#senders.shift();
      const packet = sender.packets.shift();
      if (sender.packets.length > 0) this.#senders.push(sender);
      this.#free += (packet?.length ?? 0) * this.#millisecondsPerByte;
      this.#travelling.push({ sender, packet, arrival: this.#free + this.#delay });
    }
    while (this.#travelling[0]?.arrival <= now) this.#deliver(this.#travelling.shift());
    clearTimeout(this.#timer);
    const next = Math.min(this.#travelling[0]?.arrival ?? Infinity, this.#senders.length > 0 ? this.#free : Infinity);
    if (next < Infinity) this.#timer = setTimeout(() => this.#go(), next - now);
  }

  #deliver({ sender, packet }) {
    const { source, target, arrived } = sender;
    if (!packet) return void target.end();
    arrived(packet);
    target.write(packet);
    sender.inside -= packet.length;
    if (source.isPaused() && sender.inside <= WINDOW / 2) source.resume();
  }
}

/** Gives a function that finds requests without a body in what a client sends, and calls `found` with the path of each. */
function requestReader(found) {
  let text = '';
  return (bytes) => {
    const heads = (text + bytes.toString('latin1')).split('\r\n\r\n');
    text = heads.pop();
    for (const head of heads) found(head.split(' ', 2)[1]);
  };
}

/** Who asks through it is on a network of so many `megabits` a second each way, with `rtt` milliseconds of round trip. */
export class Proxy {
  /** Each with its `path`, when it was `asked`, when its answer was there (`answered`), and the `bytes` of that with its head. */
  requests = [];
  connections = 0;
  #sockets = new Set();

  /** Calls `begun` when the first request comes. */
  static async start(server, network, begun) {
    const proxy = new Proxy();
    const { hostname, port } = new URL(server);
    [proxy.up, proxy.down] = [new Direction(network), new Direction(network)];
    proxy.listener = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
      proxy.#join(client, connect({ host: hostname, port, noDelay: true }), begun);
      // Who opens a connection waits for a round trip before anything can be sent.
      setTimeout(() => client.resume(), network.rtt);
    });
    await new Promise((done) => proxy.listener.listen(0, '127.0.0.1', done));
    proxy.base = `http://127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  #join(client, upstream, begun) {
    this.connections += 1;
    for (const socket of [client, upstream]) this.#sockets.add(socket);
    let current;
    const sent = requestReader((path) => {
      if (this.requests.length === 0) begun();
      current = { path, asked: Date.now(), answered: 0, bytes: 0 };
      this.requests.push(current);
    });
    const arrived = (bytes) => {
      current.bytes += bytes.length;
      current.answered = Date.now();
    };
    this.up.join(client, upstream, { sent });
    this.down.join(upstream, client, { arrived });
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    this.listener.close();
  }
}
