import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import {
  bindMissing,
  knotMissing,
  newKey,
  startBind,
  startKnot,
  type DnsPrimary,
  type TsigAlgorithm,
  type TsigKey,
} from "../../support/dns";
import { dig } from "../../support/dig";
import { describeUnless } from "../../support/needs";

type Updater = "nsupdate" | "knsupdate";

/** What the program prints; "" when all went well. */
async function update(
  program: Updater,
  primary: DnsPrimary,
  lines: readonly string[],
  key: TsigKey = primary.key,
): Promise<string> {
  const child = spawn(program, ["-v", "-y", `${key.algorithm}:${key.name}:${key.secret}`]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const { address, port, zone } = primary;
  child.stdin.end([`server ${address} ${port}`, `zone ${zone}`, ...lines, "send", ""].join("\n"));
  await once(child, "close");
  return output;
}

const ADD = ["update add www.example.test 60 A 192.0.2.7"];
const ADDED = "www.example.test. 60 IN A 192.0.2.7";

describe.each([
  { name: "BIND 9", missing: bindMissing, start: startBind, updaters: ["nsupdate"] as const },
  { name: "Knot", missing: knotMissing, start: startKnot, updaters: ["nsupdate", "knsupdate"] as const },
])("$name", ({ name, missing, start, updaters }) => {
  describeUnless(missing(), `a real ${name}`, () => {
    test.each(updaters)("takes an update by %s that its key signs, and keeps it", async (updater) => {
      const primary = await start();
      expect(await update(updater, primary, ADD)).toBe("");
      expect((await dig(primary, "www.example.test", "A")).answer).toEqual([ADDED]);
      await primary.restart();
      expect(await primary.records()).toEqual([
        "example.test. 60 IN SOA ns1.example.test. hostmaster.example.test. 2 3600 600 604800 60",
        "example.test. 3600 IN NS ns1.example.test.",
        "ns1.example.test. 600 IN A 127.0.0.1",
        ADDED,
      ]);
      await primary.stop();
      await expect(primary.records()).rejects.toMatchObject({
        stdout: expect.stringContaining("connection refused") as string,
      });
    });

    test("takes no update by a key that it does not know, or knows for something else", async () => {
      const other = newKey("other");
      const primary = await start({ otherKeys: [other] });
      expect(await update("nsupdate", primary, ADD, newKey("stranger"))).toMatch(/BADKEY|NOTAUTH/);
      expect(await update("nsupdate", primary, ADD, newKey(primary.key.name))).toMatch(/BADSIG|NOTAUTH/);
      expect(await update("nsupdate", primary, ADD, other)).toMatch(/REFUSED|NOTAUTH/);
      expect(await primary.records()).not.toContain(ADDED);
    });

    test.each<TsigAlgorithm>(["hmac-sha1", "hmac-sha224", "hmac-sha384", "hmac-sha512"])(
      "takes %s, another zone, another key's name, IPv6",
      async (algorithm) => {
        const primary = await start({
          algorithm,
          zone: "other.test",
          keyName: "key.other.test",
          address: "::1",
          records: ["deep.www TXT hello"],
          otherZones: [{ zone: "beside.test", records: [] }],
        });
        expect(await update("nsupdate", primary, ["update add new.other.test 5 TXT hello"])).toBe("");
        expect(await primary.records()).toEqual(
          expect.arrayContaining([
            'deep.www.other.test. 600 IN TXT "hello"',
            'new.other.test. 5 IN TXT "hello"',
          ]),
        );
        expect((await dig(primary, "beside.test", "SOA")).flags).toContain("aa");
      },
    );
  });
});
