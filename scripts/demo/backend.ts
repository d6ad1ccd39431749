// One of the demo's servers: plain HTTP that names itself. Arguments: name, port (0: any), the demo's folder. The last
// one has no use here: by it the demo knows its own processes again.
import { createServer } from "node:http";

const [name = "backend", port = "0"] = process.argv.slice(2);

const page = `<!doctype html>
<html lang="en">
<title>${name}</title>
<body style="font: 1.2rem system-ui; margin: 4rem">
<h1>${name}</h1>
<p>This page came over TLS to the load balancer, and from there over plain TCP from ${name}.</p>
<p>Refresh to meet the other server.</p>
</body>
</html>
`;

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-served-by", name);
  // Connections are what is spread, so a refresh needs a new one to meet the other server.
  response.setHeader("connection", "close");
  response.end(page);
});

server.listen(Number(port), "127.0.0.1", () => {
  const address = server.address();
  process.send?.(address !== null && typeof address === "object" ? address.port : 0);
  process.disconnect();
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
