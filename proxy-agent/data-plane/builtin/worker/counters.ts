/** What one worker has counted since it started. The names are those of the metrics page. */
export class Counters {
  connections = 0;
  handshakesOk = 0;
  handshakesResumed = 0;
  handshakesFailed = 0;
  handshakesTimedOut = 0;
  refusedByRateLimit = 0;
  refusedByConnectionLimit = 0;
  backendConnectFailures = 0;
  noServerCloses = 0;
  /** Connections that an error of the client or of the backend ended. */
  clientErrors = 0;
  backendErrors = 0;
  endedIdle = 0;
  endedByDrain = 0;
  bytesFromClients = 0;
  bytesToClients = 0;

  report(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this).map(([name, value]) => [snakeCase(name), value as number]),
    );
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
