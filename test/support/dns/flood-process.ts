import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import type { FloodCounts, FloodSettings } from "./flood";
import { questionPacket } from "./question";

/** A process of its own, so that the flood and whoever looks at what it does are not in each other's way. */

const UDP_SOCKETS = 4;
/** What is sent before the responses are read. */
const [UDP_BURST, TCP_BURST] = [200, 200];
/** A connection is given up after so many bursts, for another one. */
const BURSTS_A_CONNECTION = 10;
const LAST_RESPONSE_MILLISECONDS = 1_000;
const [A, AAAA, TXT, ANY] = [1, 28, 16, 255];

const settings = JSON.parse(process.argv[2] ?? "") as FloodSettings;
const deadline = performance.now() + settings.seconds * 1_000;
const isOver = (): boolean => performance.now() > deadline;

/** Good questions of several kinds, and packets that are none. */
const PACKETS: readonly Buffer[] = settings.names.flatMap((name, id) => {
  const labels = name.split(".");
  const edns = { udpBytes: 4_096 };
  const good = [A, AAAA, TXT, ANY].map((type) => questionPacket(id, { labels, type, edns }));
  return [...good, questionPacket(id, { labels: ["nothing", ...labels], type: A })];
});
const BROKEN = PACKETS.map((packet) => packet.subarray(0, packet.length - 3));

async function floodUdp(queries: number): Promise<FloodCounts> {
  const counts = { sent: 0, answered: 0 };
  const socket = createSocket("udp4");
  let lastResponse = performance.now();
  socket.on("message", () => {
    counts.answered += 1;
    lastResponse = performance.now();
  });
  socket.connect(settings.port, settings.address);
  await once(socket, "connect");
  while (counts.sent < queries && !isOver()) {
    sendBurst(socket, counts);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (performance.now() - lastResponse < LAST_RESPONSE_MILLISECONDS) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.close();
  return counts;
}

function sendBurst(socket: UdpSocket, counts: { sent: number }): void {
  for (let index = 0; index < UDP_BURST; index += 1) {
    const packets = index % 10 === 0 ? BROKEN : PACKETS;
    socket.send(packets[index % packets.length] ?? BROKEN[0] ?? "", () => undefined);
    counts.sent += 1;
  }
}

/** Connections one after the other, each with many queries at once. */
async function floodTcp(queries: number): Promise<FloodCounts> {
  const counts = { sent: 0, answered: 0 };
  while (counts.sent < queries && !isOver()) {
    await floodConnection(counts).catch(() => undefined);
  }
  return counts;
}

async function floodConnection(counts: { sent: number; answered: number }): Promise<void> {
  const socket = connect({ host: settings.address, port: settings.port, noDelay: true });
  socket.setTimeout(LAST_RESPONSE_MILLISECONDS, () => socket.destroy());
  const burst = Buffer.concat(
    Array.from({ length: TCP_BURST }, (_, at) => framed(PACKETS[at % PACKETS.length])),
  );
  const responses = responsesOf(socket);
  for (let bursts = 0; bursts < BURSTS_A_CONNECTION && !isOver(); bursts += 1) {
    socket.write(burst);
    counts.sent += TCP_BURST;
    for (let left = TCP_BURST; left > 0; left -= 1) {
      if ((await responses.next()).done === true) return;
      counts.answered += 1;
    }
  }
  socket.destroy();
}

async function* responsesOf(socket: AsyncIterable<Buffer>): AsyncGenerator<undefined> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      received = received.subarray(2 + received.readUInt16BE(0));
      yield undefined;
    }
  }
}

function framed(packet: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  return Buffer.concat([length, packet]);
}

function total(counts: readonly FloodCounts[]): FloodCounts {
  return {
    sent: counts.reduce((sum, { sent }) => sum + sent, 0),
    answered: counts.reduce((sum, { answered }) => sum + answered, 0),
  };
}

async function main(): Promise<void> {
  const { udpQueries, tcpQueries, tcpConnections } = settings;
  const [udp, tcp] = await Promise.all([
    Promise.all(Array.from({ length: UDP_SOCKETS }, () => floodUdp(udpQueries / UDP_SOCKETS))),
    Promise.all(Array.from({ length: tcpConnections }, () => floodTcp(tcpQueries / tcpConnections))),
  ]);
  process.stdout.write(JSON.stringify({ udp: total(udp), tcp: total(tcp) }));
}

void main();
