import { join } from "node:path";
import { API, STATE_FILES } from "../contract/api";
import { EMPTY_DOCUMENT, type DocumentAnswer } from "../contract/document";
import { OffloadError } from "../contract/errors";
import { HealthMonitor } from "../health/monitor";
import { serveApi, type ApiServer, type Handlers } from "../http/server";
import type { Logger } from "../process/log";
import { bundleFile, bundleSha256 } from "../process/version";
import { factsOf } from "./api/facts";
import { metricsText } from "./api/metrics";
import { observe } from "./api/observed";
import { Changes } from "./changes";
import { Drain } from "./drain";
import { knownProblems } from "./known-problems";
import { MachineIdentity } from "./machine-identity";
import { ProgramOnDisk } from "./program-on-disk";
import { secondsUntil } from "./queue";
import { Serving } from "./serving";
import { Store } from "./store/store";
import { serveUnreadable } from "./unreadable";

export interface ControlOptions {
  readonly stateDir: string;
  readonly log: Logger;
}

/** The agent's control process: document, API, health checks, metrics. The caller holds the role "control". */
export async function runControl({ stateDir, log }: ControlOptions): Promise<ApiServer> {
  const store = new Store(stateDir);
  let loaded: ReturnType<Store["load"]>;
  try {
    loaded = store.load();
  } catch (error) {
    if (error instanceof OffloadError && error.code === "STATE_UNREADABLE") {
      return serveUnreadable({ stateDir, log, store, error });
    }
    throw error;
  }
  const monitor: HealthMonitor = new HealthMonitor(() => {
    serving.pushHealth();
  });
  const serving = new Serving(stateDir, log, () => monitor.states());
  const drain = new Drain(join(stateDir, STATE_FILES.drained));
  const hasObjects = Object.keys(loaded.document.objects).length > 0;
  const machine = new MachineIdentity(join(stateDir, STATE_FILES.machine), hasObjects);
  const changes = new Changes({
    drain,
    machine,
    store,
    serving,
    monitor,
    log,
    confirmed: loaded.document,
    damaged: loaded.problems,
    isLost: loaded.document === EMPTY_DOCUMENT && !loaded.wasPending,
  });
  const program = new ProgramOnDisk(bundleFile(), bundleSha256());
  const parts: Parts = { stateDir, store, changes, serving, monitor, program, drain, machine };
  const api = await serveApi({
    table: API,
    handlers: handlersOf(parts),
    stateDir,
    socket: STATE_FILES.controlSocket,
    mode: 0o660,
    log,
    texts: {
      "/v1/metrics": async () => metricsText(await observeAll(parts), changes.confirmed.generation, serving),
    },
  });
  void changes.resume();
  serving.start();
  log.info("control is ready", { generation: loaded.document.generation });
  return {
    close: async () => {
      serving.stop();
      monitor.stop();
      await api.close();
    },
  };
}

interface Parts {
  readonly stateDir: string;
  readonly store: Store;
  readonly changes: Changes;
  readonly serving: Serving;
  readonly monitor: HealthMonitor;
  readonly program: ProgramOnDisk;
  readonly drain: Drain;
  readonly machine: MachineIdentity;
}

function handlersOf(parts: Parts): Handlers<typeof API> {
  const { stateDir, changes, serving, program, machine } = parts;
  return {
    facts: async () => ({
      ...(await factsOf(stateDir, changes.confirmed, program.sha256)),
      cloned: machine.isCloned,
    }),
    document: () => ({ confirmed: changes.confirmed, pending: pendingAnswer(changes) }),
    observed: () => observeAll(parts),
    change: (request, _id, signal) => changes.change(request, signal),
    confirm: (_request, id) => changes.confirm(id),
    revert: (_request, id) => changes.revert(id),
    renew: ({ confirmWithinSeconds }, id) => changes.renew(id, confirmWithinSeconds),
    drain: async ({ reason = "" }, _id, signal) => {
      await changes.setDrained({ reason }, signal);
      return {};
    },
    undrain: async (_request, _id, signal) => {
      await changes.setDrained(undefined, signal);
      return {};
    },
    adopt: () => {
      machine.adopt();
      return {};
    },
    openProbeWindow: (request) => serving.dataPlane.call("openProbeWindow", request),
    probe: (request) => serving.dataPlane.call("probe", request),
  };
}

function pendingAnswer({ pending }: Changes): DocumentAnswer["pending"] {
  return pending === undefined
    ? null
    : {
        changeId: pending.changeId,
        holder: pending.holder,
        secondsLeft: secondsUntil(pending.turn.deadline),
        document: pending.document,
      };
}

function observeAll(parts: Parts): ReturnType<typeof observe> {
  const { changes, serving, monitor, drain } = parts;
  const document = changes.pending?.document ?? changes.confirmed;
  return observe({ document, serving, monitor, problems: knownProblems(parts), drain: drain.mark });
}
