import { generateKeyPairSync } from "node:crypto";
import { spkiSha256Of } from "../../../../proxy-agent/control/store/keys";

export function keyPair(): { keyPem: string; spkiSha256: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { keyPem, spkiSha256: spkiSha256Of(keyPem) };
}
