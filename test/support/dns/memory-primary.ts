import type { Primary } from "../../../provider/dns/rfc2136/primary";
import type { MemoryZone } from "./memory-zone";
import { answerTo, scriptedPrimary, type Asked, type ScriptedSettings } from "./scripted-primary";

export interface MemoryPrimarySettings extends ScriptedSettings {
  /** Comes before the first write, the second, and so on. "lost": it is done all the same, and nobody hears of it. */
  readonly beforeWrite?: (nth: number) => unknown;
}

/** A primary on the loopback that has a zone in memory, and does all that it is asked by whoever has the key. */
export async function memoryPrimary(
  zone: MemoryZone,
  { beforeWrite, ...settings }: MemoryPrimarySettings = {},
): Promise<{ readonly primary: Primary; readonly writes: () => number }> {
  let writes = 0;
  const reply = (one: Asked): readonly Buffer[] | "cut" => {
    writes += isWrite(one) ? 1 : 0;
    const fate = isWrite(one) ? beforeWrite?.(writes) : undefined;
    const answer = answerIn(zone, one);
    return fate === "lost" ? "cut" : [answer];
  };
  const { primary } = await scriptedPrimary(reply, { zone: zone.name, ...settings });
  return { primary, writes: () => writes };
}

/** Without changes, an update is a question about what stands there. */
function isWrite({ message }: Asked): boolean {
  return message.opcode === "UPDATE" && message.authorities.length > 0;
}

function answerIn(zone: MemoryZone, one: Asked): Buffer {
  const { opcode, questions } = one.message;
  const [question] = questions;
  if (question === undefined) return answerTo(one, { rcode: "FORMERR" });
  if (opcode !== "UPDATE")
    return answerTo(one, zone.has(question.name) ? zone.answer(question) : { rcode: "REFUSED" });
  return answerTo(one, { rcode: question.name === zone.name ? zone.update(one.message) : "NOTAUTH" });
}
