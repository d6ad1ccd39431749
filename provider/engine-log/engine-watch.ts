import { connect } from "node:net";

/** How long a provider process outlives its engine, at most, once its last operation has ended. */
const WATCH_SECONDS = 2;

let watching = false;
let underway = 0;

/**
 * Ends this process when its engine is gone and nothing is under way any more. Pulumi ends its dynamic-provider
 * process itself; only a Pulumi that was killed cannot, and the process would stay for good. What is under way is
 * finished first: hosts are then on one whole document, and the next `up` finds it.
 */
export async function whileEngineLives<Result>(work: () => Promise<Result>): Promise<Result> {
  if (!watching) {
    watching = true;
    watch(process.argv[2] ?? "");
  }
  underway += 1;
  try {
    return await work();
  } finally {
    underway -= 1;
  }
}

function watch(address: string): void {
  const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(address) ?? [];
  if (host === "") return;
  // An engine that never answered (a test's made-up address) cannot go away.
  let wasThere = false;
  const look = async (): Promise<void> => {
    const isThere = await answers(host.replaceAll(/[[\]]/g, ""), Number(port));
    if (!isThere && wasThere && underway === 0) process.exit(0);
    wasThere ||= isThere;
  };
  void look();
  setInterval(() => void look(), WATCH_SECONDS * 1_000).unref();
}

/** Only a refusal says that it is gone: a machine out of descriptors fails in other ways. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => {
      settle(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      settle(code !== "ECONNREFUSED");
    });
  });
}
