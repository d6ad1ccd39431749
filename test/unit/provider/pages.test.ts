import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { certificateSchema } from "../../../provider/certificate/schema";
import { cnameRecordSchema } from "../../../provider/cname-record/schema";
import { domainSchema } from "../../../provider/domain/schema";
import { loadBalancerSchema } from "../../../provider/load-balancer/schema";
import { serverGroupSchema } from "../../../provider/server-group/schema";
import { tcpSslListenerSchema } from "../../../provider/tcp-ssl-listener/schema";

/** What constructors and check fill in: no program writes it. */
const INTERNAL = new Set(["keySpkiSha256", "domainId", "dns.embedded.loadBalancerId"]);

describe.each<[string, z.ZodObject]>([
  ["load-balancer", loadBalancerSchema],
  ["certificate", certificateSchema],
  ["server-group", serverGroupSchema],
  ["tcp-ssl-listener", tcpSslListenerSchema],
  ["domain", domainSchema],
  ["cname-record", cnameRecordSchema],
])("the page of %s", (name, schema) => {
  const page = readFileSync(join(__dirname, `../../../docs/resources/${name}.md`), "utf8");

  it("tells every property with its default", () => {
    for (const { path, standard } of propertiesOf(schema, "")) {
      // A jump host's properties are told once, as those of the host.
      if (INTERNAL.has(path) || path.includes(".proxy.")) continue;
      const row = page.split("\n").find((line) => line.startsWith(`| \`${path}\` `));
      expect(row, path).toBeDefined();
      if (typeof standard === "number" || typeof standard === "boolean")
        expect(row, path).toContain(`| \`${standard}\` `);
    }
  });
});

interface Property {
  readonly path: string;
  readonly standard: unknown;
}

function propertiesOf(schema: z.core.$ZodType, path: string, standard?: unknown): Property[] {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  const own: Property[] =
    path === "" || path.endsWith("*") || path.endsWith("[]") ? [] : [{ path, standard }];
  if (def.type === "default") return propertiesOf(def.innerType, path, def.defaultValue);
  if (def.type === "prefault" || def.type === "optional") return propertiesOf(def.innerType, path);
  if (def.type === "record") return [...own, ...propertiesOf(def.valueType, `${path}.*`)];
  if (def.type === "array") return [...own, ...propertiesOf(def.element, `${path}[]`)];
  if (def.type !== "object") return own;
  const inner = Object.entries(def.shape).flatMap(([name, property]) =>
    propertiesOf(property, path === "" ? name : `${path}.${name}`),
  );
  // Only what is in it is told of `dns`.
  return [...own, ...inner].filter((found) => found.path !== "dns" && found.path !== "dns.embedded");
}
