import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canonicalJson } from "../../../../proxy-agent/control/store/canonical";
import { Store } from "../../../../proxy-agent/control/store/store";
import { FULL, LISTENER, plan, put, SHA } from "./objects";
import { keyPair } from "./key-pair";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const path = (name: string): string => join(directory, name);

describe("the store", () => {
  it("gives back what was confirmed", () => {
    const store = new Store(directory);
    store.writePending(FULL);
    store.confirmPending();
    expect(new Store(directory).load()).toEqual({ document: FULL, problems: [], wasPending: false });
    expect(statSync(path("document.json")).mode & 0o777).toBe(0o600);
  });

  it("drops at start what was pending, and keys that nobody uses", () => {
    const store = new Store(directory);
    store.writePending(FULL);
    store.confirmPending();
    store.writeKey(SHA, "used");
    store.writeKey("b".repeat(64), "orphan");
    store.writePending(plan(FULL, [put("listener", { port: 444 })]).next);
    expect(new Store(directory).load().document).toEqual(FULL);
    expect(existsSync(path("pending.json"))).toBe(false);
    expect(readdirSync(path("keys"))).toEqual([`${SHA}.key`]);
  });

  it("makes a key file that only its owner can read from the first moment on", () => {
    const before = process.umask(0);
    try {
      new Store(directory).writeKey(SHA, "key");
    } finally {
      process.umask(before);
    }
    expect(statSync(path(`keys/${SHA}.key`)).mode & 0o777).toBe(0o600);
  });

  it("gives a listener the same ticket key after every restart, and another listener another", () => {
    const key = new Store(directory).ticketKeyBase64("a");
    expect(new Store(directory).ticketKeyBase64("a")).toBe(key);
    expect(Buffer.from(key, "base64")).toHaveLength(48);
    expect(new Store(directory).ticketKeyBase64("b")).not.toBe(key);
    const other = mkdtempSync(join(tmpdir(), "store-"));
    expect(new Store(other).ticketKeyBase64("a")).not.toBe(key);
    rmSync(other, { recursive: true });
  });

  it.each(["", "short"])(
    "never derives ticket keys from the %j that a damaged disk left of the secret",
    (left) => {
      writeFileSync(path("ticket-secret"), left);
      const key = new Store(directory).ticketKeyBase64("a");
      expect(new Store(directory).ticketKeyBase64("a")).toBe(key);
      writeFileSync(path("ticket-secret"), left);
      expect(new Store(directory).ticketKeyBase64("a")).not.toBe(key);
    },
  );

  it("counts a key file that is damaged, or not a file at all, as missing, so that a put mends it", () => {
    const { keyPem, spkiSha256 } = keyPair();
    const store = new Store(directory);
    const file = path(`keys/${spkiSha256}.key`);
    const damage = [
      () => {
        writeFileSync(file, "");
      },
      () => {
        writeFileSync(file, keyPem.slice(0, 80));
      },
      () => {
        writeFileSync(file, keyPair().keyPem);
      },
      () => undefined,
      () => {
        mkdirSync(file);
      },
      () => {
        symlinkSync("/dev/zero", file);
      },
    ];
    for (const hurt of damage) {
      store.writeKey(spkiSha256, keyPem);
      expect(store.hasKeyFile(spkiSha256)).toBe(true);
      rmSync(file, { recursive: true });
      hurt();
      expect(store.hasKeyFile(spkiSha256)).toBe(false);
      // What is served goes on; only another process would miss it.
      expect(store.readKey(spkiSha256)).toBe(keyPem);
      expect(new Store(directory).readKey(spkiSha256)).toBeUndefined();
    }
  });

  it("keeps the keys of a document that was moved away for a moment, or that it half understands", () => {
    const store = new Store(directory);
    store.writeKey(SHA, "key");
    expect(new Store(directory).load().document.generation).toBe(0);
    expect(readdirSync(path("keys"))).toHaveLength(1);
    const half = { ...FULL, objects: { [LISTENER]: { kind: "certificate", id: LISTENER } } };
    writeFileSync(path("document.json"), JSON.stringify(half));
    new Store(directory).load();
    expect(readdirSync(path("keys"))).toHaveLength(1);
  });

  it("leaves out alone an object that it does not understand", () => {
    const broken = { ...FULL, objects: { ...FULL.objects, [LISTENER]: { kind: "listener", id: LISTENER } } };
    writeFileSync(path("document.json"), JSON.stringify(broken));
    const { document, problems } = new Store(directory).load();
    expect(Object.keys(document.objects)).toHaveLength(Object.keys(FULL.objects).length - 1);
    expect(problems).toMatchObject([{ objectId: LISTENER, code: "STATE_UNREADABLE" }]);
  });

  it.each(["{", "[]", '{"generation":"one"}'])("says that %j is no document", (text) => {
    writeFileSync(path("document.json"), text);
    expect(() => new Store(directory).load()).toThrow("STATE_UNREADABLE");
  });
});

it("writes equal documents as equal bytes, whatever the order of their keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { verbose: true },
  );
});
