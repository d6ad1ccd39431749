import { describe, expect, test } from "vitest";
import { messageOf } from "tls-offload-agent/contract";
import { parseTsigSecret } from "../../../../../provider/dns/tsig/secret";
import { SECRET } from "./keys";

/** What a person is told. */
function saidOf(base64: string): string {
  const reading = parseTsigSecret(base64);
  const said = reading.refusal ?? reading.advice;
  return said === null ? "taken" : messageOf(said.code, "keySecret", said.parameters as never);
}

describe("the secret of a key", () => {
  test("is what its Base64 stands for, with space around it as files have it", () => {
    expect(parseTsigSecret(` ${SECRET}\n`)).toEqual({ secret: Buffer.from(SECRET, "base64"), advice: null });
  });

  const REMEDY =
    "Give the Base64 text alone: what `tsig-keygen` (BIND) or `keymgr -t` (Knot) prints after `secret`, without the rest of the key's block. (TSIG_SECRET_MALFORMED)";
  test.each([
    ["", "is empty"],
    ["  \n", "is empty"],
    ["{secret}", "holds a character that Base64 does not have there"],
    [SECRET.replaceAll("I", "-"), "holds a character that Base64 does not have there"],
    [`${SECRET.slice(0, 10)} ${SECRET.slice(10)}`, "holds a character that Base64 does not have there"],
    [SECRET.slice(0, -1), "is cut: Base64 comes in groups of four characters"],
    ["c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV=", "does not end as Base64 ends"],
    ["====", "holds a character that Base64 does not have there"],
  ])("%j is refused, without being repeated", (secret, detail) => {
    expect(saidOf(secret)).toBe(`keySecret: the secret ${detail}. ${REMEDY}`);
  });

  test("that is short is taken with a warning, and 16 bytes are not short", () => {
    expect(saidOf("c2hvcnQ=")).toBe(
      "keySecret: the secret has 5 bytes, fewer than 16, and might be guessed. Make a new one with `tsig-keygen` " +
        "(BIND) or `keymgr -t` (Knot), and give it to both sides. (TSIG_SECRET_SHORT)",
    );
    expect(saidOf(Buffer.alloc(15, 7).toString("base64"))).toContain("has 15 bytes");
    expect(saidOf(Buffer.alloc(16, 7).toString("base64"))).toBe("taken");
  });
});
