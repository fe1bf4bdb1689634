/** A service that is started with tracing on and says on which port it listens. */
import { createServiceApp, SILENT_LOG } from "../../shared/http/mod.ts";

const app = createServiceApp({ service: "traced", log: SILENT_LOG });
app.get("/v1/things/:id", (c) => c.json({ id: c.req.param("id") }));
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
}, app.fetch);
