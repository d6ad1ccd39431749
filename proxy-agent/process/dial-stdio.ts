import { STATE_FILES } from "../contract/api";
import { connectInside } from "../http/socket-path";

/** Bridges this process's input and output to control's socket: the API through `ssh host agent.cjs dial-stdio`. */
export function dialStdio(stateDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectInside(stateDir, STATE_FILES.controlSocket);
    socket.once("error", reject);
    process.stdin.pipe(socket).pipe(process.stdout);
    socket.once("close", () => {
      process.stdin.destroy();
      resolve();
    });
  });
}
