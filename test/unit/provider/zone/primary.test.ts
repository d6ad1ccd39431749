import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { primaryOf } from "../../../../provider/zone/primary";
import { zoneSchema } from "../../../../provider/zone/schema";
import { temporaryDirectory } from "../../../support/workspace";

vi.mock(import("node:os"), async (original) => {
  const actual = await original();
  return { ...actual, homedir: vi.fn(actual.homedir) };
});

const directory = temporaryDirectory("dns-key");
const base64 = (text: string): string => Buffer.from(text.padEnd(32, ".")).toString("base64");
/** Of no worth. */
const [VALUE, FILE, VARIABLE, OVERRIDE] = ["value", "file", "variable", "override"].map(base64);
const file = join(directory, "key");
writeFileSync(file, `${FILE}\n`);

const FORMS = { keySecret: VALUE, keySecretEnv: "SHOP_DNS_KEY", keySecretFile: file };

/** The secret that is taken, or what a person is told. */
async function secretOf(way: object, environment: Record<string, string> = {}): Promise<string> {
  const zone = zoneSchema.parse({ server: "192.0.2.53", zone: "example.test", keyName: "Offload.", ...way });
  return primaryOf(zone, environment).then(
    ({ key }) => key.secret.toString("base64"),
    (error: unknown) => (error as Error).message,
  );
}

describe("the secret of a zone's key", () => {
  it("comes from the variable of its key before all, or a destroy could not use a key that was replaced since", async () => {
    const environment = { SHOP_DNS_KEY: VARIABLE ?? "", OFFLOAD_DNS_KEY_SECRET_OFFLOAD: OVERRIDE ?? "" };
    for (const way of [...Object.entries(FORMS).map(([name, value]) => ({ [name]: value })), {}])
      expect(await secretOf(way, environment)).toBe(OVERRIDE);
    expect(await secretOf({ keySecret: VALUE }, { OFFLOAD_DNS_KEY_SECRET_OFFLOAD: "" })).toBe(VALUE);
    const slashed = { OFFLOAD_DNS_KEY_SECRET_SHOP_KEY_2_EXAMPLE: OVERRIDE ?? "" };
    expect(await secretOf({ keySecret: VALUE, keyName: "shop-key/2.Example." }, slashed)).toBe(OVERRIDE);
  });

  it("is not that of another key: OFFLOAD_DNS_KEY_SECRET, which names none, counts where the declared one is not here", async () => {
    const environment = { OFFLOAD_DNS_KEY_SECRET: OVERRIDE ?? "", OFFLOAD_DNS_KEY_SECRET_OTHER: FILE ?? "" };
    expect(await secretOf({ keySecret: VALUE }, environment)).toBe(VALUE);
    expect(await secretOf({ keySecretFile: file }, environment)).toBe(FILE);
    const set = { ...environment, SHOP_DNS_KEY: VARIABLE ?? "" };
    expect(await secretOf({ keySecretEnv: "SHOP_DNS_KEY" }, set)).toBe(VARIABLE);
    for (const way of [{ keySecretEnv: "SHOP_DNS_KEY" }, { keySecretFile: "/there-is-none/key" }, {}])
      expect(await secretOf(way, environment)).toBe(OVERRIDE);
  });

  it("comes as declared: by value, by a variable, by a file with or without a line's end", async () => {
    expect(await secretOf({ keySecret: VALUE })).toBe(VALUE);
    expect(await secretOf({ keySecretEnv: "SHOP_DNS_KEY" }, { SHOP_DNS_KEY: VARIABLE ?? "" })).toBe(VARIABLE);
    expect(await secretOf({ keySecretFile: file })).toBe(FILE);
  });

  it("comes from the home of whoever runs it, where the path begins so", async () => {
    mkdirSync(join(directory, "keys"));
    writeFileSync(join(directory, "keys/dns"), FILE ?? "");
    vi.mocked(homedir).mockReturnValue(directory);
    expect(await secretOf({ keySecretFile: "~/keys/dns" })).toBe(FILE);
  });

  afterEach(() => {
    vi.mocked(homedir).mockReset();
  });

  const REMEDY = "Provide it, or set OFFLOAD_DNS_KEY_SECRET_OFFLOAD for this run. (DNS_KEY_MISSING)";
  it.each<[string, object, Record<string, string>, string]>([
    [
      "by a variable that is not set",
      { keySecretEnv: "SHOP_DNS_KEY" },
      {},
      "the environment variable that `keySecretEnv` names is not set",
    ],
    [
      "by a variable that is empty",
      { keySecretEnv: "SHOP_DNS_KEY" },
      { SHOP_DNS_KEY: "" },
      "the environment variable that `keySecretEnv` names is not set",
    ],
    [
      "by a file that is not there",
      { keySecretFile: "/there-is-none/key" },
      {},
      "the file that `keySecretFile` names cannot be read: there is no such file",
    ],
    [
      "by a directory",
      { keySecretFile: directory },
      {},
      "the file that `keySecretFile` names cannot be read: it is a directory",
    ],
    ["by another stack's handle", {}, {}, "its secret is not in this program"],
  ])("that is given %s is said to be missing, and by which key", async (_, way, environment, detail) => {
    expect(await secretOf(way, environment)).toBe(
      `the secret of the DNS key Offload. is not here: ${detail}. ${REMEDY}`,
    );
  });

  it("is no part of a message, nor is what was taken for the name of a variable or a file", async () => {
    const said = [
      await secretOf({ keySecret: `${VALUE}!` }),
      await secretOf({}, { OFFLOAD_DNS_KEY_SECRET: `${VALUE}!` }),
      await secretOf({ keySecretEnv: "VALUE_PUT_HERE_BY_MISTAKE" }),
      await secretOf({ keySecretFile: join(directory, "VALUE_PUT_HERE_BY_MISTAKE") }),
    ];
    const malformed = (from: string): string =>
      `DNS key Offload., ${from}: the secret holds a character that Base64 does not have there. ` +
      "Give the Base64 text alone: what `tsig-keygen` (BIND) or `keymgr -t` (Knot) prints after `secret`, " +
      "without the rest of the key's block. (TSIG_SECRET_MALFORMED)";
    expect(said.slice(0, 2)).toEqual([malformed("`keySecret`"), malformed("OFFLOAD_DNS_KEY_SECRET")]);
    expect(said.join("\n")).not.toContain("BY_MISTAKE");
    expect(said.join("\n")).not.toContain(VALUE);
  });
});

it("the primary is as declared, with the key's name as DNS compares names", async () => {
  const zone = zoneSchema.parse({
    ...{ server: "ns1.example.test", port: 5353, zone: "example.test", transport: "udp" },
    ...{ keyName: "Offload.Shop.", keyAlgorithm: "hmac-sha512", keySecret: VALUE },
  });
  expect(await primaryOf(zone, {})).toEqual({
    ...{ server: "ns1.example.test", port: 5353, zone: "example.test", transport: "udp" },
    key: { name: "offload.shop", algorithm: "hmac-sha512", secret: Buffer.from(VALUE ?? "", "base64") },
  });
});
