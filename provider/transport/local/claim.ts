import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { STATE_FILES } from "tls-offload-agent/contract";
import { z } from "zod";

const documentOnDisk = z.object({
  objects: z.record(z.string(), z.object({ id: z.string(), kind: z.string() })),
});

/** The load balancer whose agent is there, dead or alive. null: nobody's, or its document cannot be read. */
export async function claimOnDisk(stateDir: string): Promise<string | null> {
  try {
    const text = await readFile(join(stateDir, STATE_FILES.document), "utf8");
    const { objects } = documentOnDisk.parse(JSON.parse(text));
    return Object.values(objects).find(({ kind }) => kind === "loadBalancer")?.id ?? null;
  } catch {
    return null;
  }
}
