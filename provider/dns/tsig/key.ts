import type { TsigData } from "../message/message";
import { sameName } from "../message/names";
import type { TsigAlgorithm } from "./algorithms";

/** A secret that client and server share, under a name that both must call it by. */
export interface TsigKey {
  /** Lower case, without the final dot. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Buffer;
}

/** Whether a TSIG record claims to be made with this key. */
export function isKeyOf(key: TsigKey, recordName: string, data: TsigData): boolean {
  return sameName(recordName, key.name) && sameName(data.algorithm, key.algorithm);
}
