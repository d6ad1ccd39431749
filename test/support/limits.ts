import { LIMITS } from "tls-offload-agent/contract";

/** Runs with another limit, for those that would take a test too long to reach. */
export async function withLimit<Result>(
  name: keyof typeof LIMITS,
  value: number,
  run: () => Promise<Result>,
): Promise<Result> {
  const limits = LIMITS as Record<keyof typeof LIMITS, number>;
  const usual = limits[name];
  limits[name] = value;
  try {
    return await run();
  } finally {
    limits[name] = usual;
  }
}
