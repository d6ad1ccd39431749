import { createPrivateKey } from "node:crypto";

const LINE_MATTERS_CHARACTERS = 24;

/** Everything by which a private key would be known in a text: its lines, its bytes, its secret number. */
function keyBytesOf(keyPem: string): string[] {
  const key = createPrivateKey(keyPem);
  const der = key.export({ type: "pkcs8", format: "der" });
  const lines = keyPem.split("\n").filter((line) => !line.startsWith("-----"));
  const number = Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url");
  return [
    // The last lines of an EC key hold the public half only.
    ...lines.slice(0, 2).filter((line) => line.length >= LINE_MATTERS_CHARACTERS),
    lines.join(""),
    ...[der, number].flatMap((bytes) => [
      bytes.toString("hex"),
      bytes.toString("base64"),
      bytes.toString("base64url"),
    ]),
    number.toString("hex").toUpperCase(),
  ];
}

/** Where any of the keys' bytes are; empty when nowhere. */
export function leaksIn(places: Readonly<Record<string, string>>, keyPems: readonly string[]): string[] {
  const needles = keyPems.flatMap(keyBytesOf);
  return Object.entries(places)
    .filter(([, text]) => needles.some((needle) => text.includes(needle)))
    .map(([place]) => place);
}
