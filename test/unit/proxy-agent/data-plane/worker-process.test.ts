import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { WorkerPool } from "../../../../proxy-agent/data-plane/builtin/primary/worker-pool";
import { WorkerGone, WorkerProcess } from "../../../../proxy-agent/data-plane/builtin/primary/worker-process";
import { until } from "../../../support/until";
import { onCleanup, temporaryDirectory } from "../../../support/workspace";

vi.mock("../../../../proxy-agent/contract/limits", async (original) => {
  const { LIMITS } = await original<{ LIMITS: Record<string, number> }>();
  return { LIMITS: { ...LIMITS, workerAnswerSeconds: 0.5 } };
});

const [, entry = ""] = process.argv;

/** What is started in place of the bundle. */
function runAsWorker(script: string): void {
  const file = join(temporaryDirectory("worker"), "worker.cjs");
  writeFileSync(file, script);
  process.argv[1] = file;
}

afterEach(() => {
  process.argv[1] = entry;
});

const ANSWERS = "process.on('message', ({ id }) => process.send({ id, answer: {}, failure: '' }));";
const REFUSES = "process.on('message', ({ id }) => process.send({ id, answer: null, failure: 'broken' }));";

test("a question to a worker that has died is answered: else the data plane would wait for it for ever", async () => {
  runAsWorker("process.exit(1)");
  let died = false;
  const worker = new WorkerProcess(0, 1, () => (died = true));
  await until("it has died", () => died);
  await expect(worker.ask("observe", {})).rejects.toBeInstanceOf(WorkerGone);
});

test("a worker that does not answer is ended", async () => {
  runAsWorker("process.on('message', () => undefined)");
  let died = false;
  const worker = new WorkerProcess(0, 1, () => (died = true));
  await expect(worker.ask("observe", {})).rejects.toBeInstanceOf(WorkerGone);
  expect(died).toBe(true);
});

test("a fresh worker that cannot take what is served is replaced, and takes nobody along", async () => {
  runAsWorker(REFUSES);
  const problems: unknown[] = [];
  const log = { error: (...all: unknown[]) => problems.push(all), warn: vi.fn(), info: vi.fn() };
  const living: WorkerProcess[] = [];
  const pool = new WorkerPool({
    log,
    prepare: async (worker, admit) => {
      living.push(worker);
      await worker.ask("provision", { configuration: { generation: 0, listeners: [], groups: [] } });
      admit();
    },
  });
  onCleanup(() => {
    vi.spyOn(pool as unknown as { replace: () => Promise<void> }, "replace").mockResolvedValue();
    for (const worker of living) worker.kill();
  });
  await pool.start();
  expect(JSON.stringify(problems)).toContain("broken");
  runAsWorker(ANSWERS);
  await until("all are replaced", () => pool.ready.length === pool.size);
  expect(pool.restarts).toBeGreaterThanOrEqual(pool.size);
});
