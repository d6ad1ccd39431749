import { STATE_FILES } from "../../contract/api";
import { DATA_PLANE_CAPABILITIES } from "../../contract/facts";
import { serveApi, type Handlers } from "../../http/server";
import type { Logger } from "../../process/log";
import { DATA_PLANE_API } from "../interface";
import { DataPlane } from "./primary/data-plane";
import { sumByKey } from "./primary/observe";
import { runWorker } from "./worker/main";

/** Serves until the process ends. The caller holds the role's lock. */
export async function runDataPlane({ stateDir, log }: { stateDir: string; log: Logger }): Promise<void> {
  const dataPlane = new DataPlane(log);
  await dataPlane.pool.start();
  await serveApi({
    table: DATA_PLANE_API,
    handlers: handlersOf(dataPlane),
    stateDir,
    socket: STATE_FILES.dataPlaneSocket,
    mode: 0o600,
    log,
  });
}

/** Serves until the data-plane process is gone and the last connection has ended. */
export async function runDataPlaneWorker(): Promise<void> {
  await runWorker();
}

function handlersOf(dataPlane: DataPlane): Handlers<typeof DATA_PLANE_API> {
  const { pool } = dataPlane;
  return {
    capabilities: () => DATA_PLANE_CAPABILITIES.builtin,
    validate: async ({ configuration }) => ({ problems: await dataPlane.validate(configuration) }),
    apply: async (request) => ({ problems: await dataPlane.apply(request) }),
    setHealth: async ({ health }) => {
      await dataPlane.setHealth(health);
      return {};
    },
    observe: () => dataPlane.observe(),
    openProbeWindow: async ({ seconds }) => {
      await pool.askAll("openProbeWindow", { seconds });
      return {};
    },
    probe: async (query) => {
      const answers = await pool.askAll("probe", query);
      return { record: answers.find(({ record }) => record !== null)?.record ?? null };
    },
    counters: async () => ({
      ...sumByKey(await pool.askAll("counters", {})),
      workers: pool.ready.length,
      worker_restarts: pool.restarts,
    }),
  };
}
