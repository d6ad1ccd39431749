import type { TsigAlgorithm } from "../../../../../provider/dns/tsig/algorithms";
import type { TsigKey } from "../../../../../provider/dns/tsig/key";

/** 32 bytes that no server has but in tests. */
export const SECRET = "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgaXQ=";

export function keyOf(algorithm: TsigAlgorithm = "hmac-sha256", name = "offload-test"): TsigKey {
  return { name, algorithm, secret: Buffer.from(SECRET, "base64") };
}
