import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { STATE_FILES } from "tls-offload-agent/contract";
import { carriedBundle } from "../../../provider/transport/local/bundle";
import { isServing } from "../../../provider/transport/local/serving";
import { localClient } from "../../../provider/transport/local/client";
import type { Snapshot } from "../../support/engine";
import { until } from "../../support/until";
import type { Settings, Site } from "../site";

const DIRECTORY = resolve(__dirname, "../../recorded");
const INCARNATION_CHARACTERS = 24;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NO_UUID = "00000000-0000-4000-8000-000000000000";

/** What one version left behind after `up` of the seed scenario: in Pulumi's state and on its host. */
export interface Recording {
  readonly cert: string;
  /** Made for this recording, of no worth. */
  readonly key: string;
  readonly snapshot: Snapshot;
  /** The agent's document.json. */
  readonly document: unknown;
  /** File name -> content. */
  readonly keys: Readonly<Record<string, string>>;
}

/** The versions of which there is a recording. */
export function recordedVersions(): string[] {
  return readdirSync(DIRECTORY).flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : []));
}

/** What differs from machine to machine and from run to run stands in a recording as `{{name}}`. */
export async function livePlaces(site: Site): Promise<Readonly<Record<string, string | number>>> {
  const bundle = await carriedBundle();
  const [first, second] = site.backends;
  return {
    stateDir: site.stateDir,
    bundleSha256: bundle.sha256,
    agentVersion: bundle.version,
    nodeVersion: process.versions.node,
    opensslVersion: process.versions.openssl,
    listenerPort: site.settings.listenerPort,
    dnsPort: site.dnsPort,
    firstBackendPort: first?.port ?? 0,
    secondBackendPort: second?.port ?? 0,
  };
}

export function readRecording(version: string, places: Readonly<Record<string, string | number>>): Recording {
  const recorded = JSON.parse(readFileSync(join(DIRECTORY, `${version}.json`), "utf8")) as unknown;
  return walk(recorded, (text) => {
    if (typeof text === "number") return text;
    const whole = /^\{\{(\w+)\}\}$/.exec(text)?.[1];
    if (whole !== undefined) return places[whole] ?? text;
    return text.replaceAll(/\{\{(\w+)\}\}/g, (found, name: string) => String(places[name] ?? found));
  }) as Recording;
}

export async function writeRecording(version: string, site: Site, settings: Settings): Promise<void> {
  const { snapshot } = site.engine;
  const folder = join(site.stateDir, STATE_FILES.keys);
  const recording = {
    cert: settings.cert,
    key: settings.key,
    snapshot,
    document: JSON.parse(readFileSync(join(site.stateDir, STATE_FILES.document), "utf8")) as unknown,
    keys: Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    ),
  };
  const portable = walk(recording, placeholdersFor(await livePlaces(site), snapshot));
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(join(DIRECTORY, `${version}.json`), `${JSON.stringify(portable, null, 2)}\n`);
}

/** The host as it was left: its document and keys, and the agent of today at work on them. */
export function startRecordedHost({ document, keys }: Recording, site: Site): void {
  const folder = join(site.stateDir, STATE_FILES.keys);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(join(site.stateDir, STATE_FILES.bundles), { mode: 0o700 });
  writeFileSync(join(site.stateDir, STATE_FILES.document), JSON.stringify(document), { mode: 0o600 });
  for (const [name, content] of Object.entries(keys)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
}

/** Once it runs: all listeners are bound, and all servers were found healthy. */
export async function untilServing(site: Site): Promise<void> {
  const agent = localClient("here", site.stateDir);
  await until("the recorded host serves", async () => {
    const { servers } = await agent.call("observed", {});
    return (
      servers.length > 0 && servers.every(({ health }) => health === "healthy") && (await isServing(agent))
    );
  });
}

function placeholdersFor(
  places: Readonly<Record<string, string | number>>,
  { resources }: Snapshot,
): (value: string | number) => string | number {
  const numbers = new Map(Object.entries(places).map(([name, value]) => [value, `{{${name}}}`] as const));
  const incarnations = resources.flatMap(({ name, outputs: { incarnation } }) => {
    if (typeof incarnation !== "string") return [];
    const readable = createHash("sha256").update(name).digest("hex").slice(0, INCARNATION_CHARACTERS);
    return [[incarnation, readable] as const];
  });
  const port = `/listener/${places["listenerPort"] ?? ""}`;
  return (value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    if (typeof value === "number") return value;
    if (UUID.test(value)) return NO_UUID;
    const portable = value
      .replaceAll(String(places["stateDir"]), "{{stateDir}}")
      .replaceAll(port, "/listener/{{listenerPort}}");
    return incarnations.reduce((text, [random, readable]) => text.replaceAll(random, readable), portable);
  };
}

/** Every text and number in it, the names of properties among them. */
function walk(value: unknown, change: (leaf: string | number) => string | number): unknown {
  if (typeof value === "string" || typeof value === "number") return change(value);
  if (Array.isArray(value)) return value.map((entry) => walk(entry, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [String(change(name)), walk(inner, change)]),
  );
}
