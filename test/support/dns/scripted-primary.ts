import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { encodeMessage } from "../../../provider/dns/message/codec";
import type { DnsMessage } from "../../../provider/dns/message/message";
import type { Primary } from "../../../provider/dns/rfc2136/primary";
import type { TsigKey } from "../../../provider/dns/tsig/key";
import { splitMessage } from "../../../provider/dns/tsig/split";
import { freePort } from "../free-port";
import { onCleanup } from "../workspace";
import { signAnswer, type AnswerSigning } from "./sign-answer";

/** A request as the server saw it. */
export interface Asked {
  readonly transport: "tcp" | "udp";
  readonly bytes: Buffer;
  /** Without TSIG. */
  readonly message: DnsMessage;
  readonly mac: Buffer;
}

/** What to send; nothing at all is silence. "cut": the connection is closed. */
export type Reply = (asked: Asked) => readonly Buffer[] | "cut" | Promise<readonly Buffer[] | "cut">;

export interface ScriptedPrimary {
  readonly primary: Primary;
  readonly asked: readonly Asked[];
}

export const KEY: TsigKey = {
  name: "offload-test",
  algorithm: "hmac-sha256",
  secret: Buffer.from("the secret of a test, 32 bytes..."),
};

export interface ScriptedSettings extends Partial<Primary> {
  /** Whether it listens there. Default: true. */
  readonly tcp?: boolean;
  readonly udp?: boolean;
}

/** A primary on the loopback that says what a test wants. */
export async function scriptedPrimary(
  reply: Reply,
  { tcp = true, udp = true, ...settings }: ScriptedSettings = {},
): Promise<ScriptedPrimary> {
  const port = settings.port ?? (await freePort());
  const asked: Asked[] = [];
  const heard = async (transport: Asked["transport"], bytes: Buffer): ReturnType<typeof replyOf> => {
    const { message, tsig } = splitMessage(bytes);
    asked.push({ transport, bytes, message, mac: tsig?.data.mac ?? Buffer.alloc(0) });
    return replyOf(reply, asked.at(-1));
  };
  if (tcp) await listenTcp(port, (bytes) => heard("tcp", bytes));
  if (udp) await listenUdp(port, (bytes) => heard("udp", bytes));
  const primary = { server: "127.0.0.1", port, zone: "example.test", transport: "tcp", key: KEY } as const;
  return { primary: { ...primary, ...settings }, asked };
}

/** The answer to a request, signed as it should be unless `signing` says otherwise. */
export function answerTo(
  { message, mac }: Asked,
  change: Partial<DnsMessage> = {},
  signing: Partial<AnswerSigning> = {},
): Buffer {
  const timeSeconds = Math.floor(Date.now() / 1_000);
  const answer = { ...message, flags: ["qr"] as const, answers: [], authorities: [], ...change };
  return signAnswer(encodeMessage(answer), { key: KEY, timeSeconds, priorMac: mac, ...signing }).bytes;
}

async function replyOf(reply: Reply, asked: Asked | undefined): Promise<readonly Buffer[] | "cut"> {
  return asked === undefined ? [] : reply(asked);
}

type Heard = (bytes: Buffer) => Promise<readonly Buffer[] | "cut">;

async function listenTcp(port: number, heard: Heard): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      void heard(received.subarray(2)).then((replies) => {
        if (replies === "cut") socket.destroy();
        else for (const packet of replies) socket.write(framed(packet));
      });
      received = Buffer.alloc(0);
    });
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  onCleanup(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

async function listenUdp(port: number, heard: Heard): Promise<void> {
  const socket = createSocket("udp4").bind(port, "127.0.0.1");
  await once(socket, "listening");
  socket.on("message", (bytes, from) => {
    void heard(bytes).then((replies) => {
      if (replies === "cut") return;
      for (const packet of replies) socket.send(packet, from.port, from.address);
    });
  });
  onCleanup(() => {
    socket.close();
  });
}

/** As TCP has it (RFC 7766 8). */
export function framed(packet: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length, 0);
  return Buffer.concat([length, packet]);
}
