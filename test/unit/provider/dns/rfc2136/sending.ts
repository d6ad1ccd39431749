import { encodeMessage } from "../../../../../provider/dns/message/codec";
import type { RcodeName } from "../../../../../provider/dns/message/mnemonics";
import type { Primary } from "../../../../../provider/dns/rfc2136/primary";
import type { UpdateOutcome, ZoneUpdate } from "../../../../../provider/dns/rfc2136/types";
import { sendUpdate } from "../../../../../provider/dns/rfc2136/update";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import { answerTo, KEY, type Asked } from "../../../../support/dns/scripted-primary";
import { tampered } from "../../../../support/dns/sign-answer";

export const UPDATE: ZoneUpdate = {
  prerequisites: [{ kind: "name not in use", name: "www.example.test" }],
  changes: [
    {
      kind: "add",
      record: { type: "CNAME", name: "www.example.test", ttlSeconds: 600, target: "web.lb.example.test" },
    },
  ],
};

export function send(primary: Primary, seconds = 20): Promise<UpdateOutcome> {
  return sendUpdate(primary, UPDATE, deadlineIn(seconds));
}

export async function failureOf(sending: Promise<unknown>): Promise<Error> {
  return sending.then(
    (outcome) => new Error(`no failure: ${JSON.stringify(outcome)}`),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

/** A word that the primary never said. */
export function forged(asked: Asked, rcode: RcodeName = "YXDOMAIN"): Buffer {
  return answerTo(asked, { rcode }, { key: { ...KEY, secret: Buffer.from("somebody else's secret") } });
}

export function unsigned({ message }: Asked, rcode: RcodeName = "NOERROR"): Buffer {
  return encodeMessage({ ...message, flags: ["qr"], answers: [], authorities: [], rcode });
}

/** What a server says that does not know the key, or another secret of it: it cannot sign that. */
export function refusal(asked: Asked, error: "BADKEY" | "BADSIG"): Buffer {
  return tampered(answerTo(asked, { rcode: "NOTAUTH" }, { error }), { mac: Buffer.alloc(0) });
}

/** A time as Other Data has it. */
export function timeBytes(seconds: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(seconds, 0, 6);
  return bytes;
}
