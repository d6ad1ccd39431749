import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { keySecret, leaksIn, textSecret, type Secret } from "../../support/secret-forms";
import { temporaryDirectory } from "../../support/workspace";

const PASSPHRASE = "correct horse 4711";

describe("the search for secrets", () => {
  it.each([0, 1, 2, 3])("finds a password in base64 that began %i bytes before it", (before) => {
    const password = textSecret("password", "hunter2/hunter2");
    const text = Buffer.from(`${"x".repeat(before)}hunter2/hunter2 and more`);
    for (const encoding of ["utf8", "base64", "base64url", "hex"] as const) {
      expect(leaksIn({ log: `a ${text.toString(encoding)} b` }, [password])).toEqual(["password in log"]);
    }
    expect(leaksIn({ log: "a=hunter2%2Fhunter2" }, [password])).toEqual(["password in log"]);
    expect(leaksIn({ log: "hunter2/hunter" }, [password])).toEqual([]);
  });

  it("finds every part of a certificate's key, and nothing in the certificate", async () => {
    const authority = await createAuthority();
    for (const keyType of ["ec", "rsa"] as const) {
      const { chainPem, keyPem } = await authority.issue({ names: ["www.example.test"], keyType });
      const key = keySecret("key", keyPem);
      expectFound(key, keyPem);
      expect(leaksIn({ chain: chainPem }, [key])).toEqual([]);
    }
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    expectFound(
      keySecret("key", rsa.export({ type: "pkcs8", format: "pem" }).toString()),
      rsa.export({ type: "pkcs1", format: "pem" }).toString(),
    );
  });

  it("finds an SSH key as ssh-keygen writes it, encrypted or not, and nothing in its public half", () => {
    const plain = sshKey("");
    expectFound(keySecret("key", plain.secret), plain.secret);
    const encrypted = sshKey(PASSPHRASE);
    const key = keySecret("key", encrypted.secret, PASSPHRASE);
    expect(leaksIn({ log: encrypted.secret }, [key])).toEqual(["key in log"]);
    for (const { text } of [plain, encrypted]) expect(leaksIn({ text }, [key])).toEqual([]);
    expect(leaksIn({ another: sshKey("").secret }, [keySecret("key", plain.secret), key])).toEqual([]);
  });
});

/** Whole, as a line of JSON, in base64 that began anywhere, and without its line ends. */
function expectFound(secret: Secret, pem: string): void {
  const body = pem.replace(/-----[^\n]+-----\n?/g, "").replaceAll("\n", "");
  const places = {
    whole: pem,
    json: JSON.stringify({ pem }),
    base64: Buffer.from(`k${pem}`).toString("base64"),
    body,
    bytes: Buffer.from(body, "base64").toString("latin1"),
    hexadecimal: Buffer.from(body, "base64").toString("hex"),
  };
  expect(leaksIn(places, [secret])).toEqual(Object.keys(places).map((place) => `key in ${place}`));
}

function sshKey(passphrase: string): { secret: string; text: string } {
  const file = join(temporaryDirectory("key"), "id");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", file]);
  return { secret: readFileSync(file, "utf8"), text: readFileSync(`${file}.pub`, "utf8") };
}
