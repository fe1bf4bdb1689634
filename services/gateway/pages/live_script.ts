/**
 * Keeps a page fresh: on server-sent events from the page's `data-events` address, otherwise every `data-every`
 * seconds. It fetches the page and replaces the parts marked `data-live`, by id. Without script the whole page
 * reloads.
 */
export const LIVE_SCRIPT = `"use strict";
const source = document.querySelector("[data-events], [data-every]");
let wanted = false;
let reading = false;

async function refresh() {
  wanted = true;
  if (reading || document.hidden) return;
  reading = true;
  while (wanted) {
    wanted = false;
    await readAnew().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  reading = false;
}

async function readAnew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const part = fresh.getElementById(old.id);
    if (part === null || part.innerHTML === old.innerHTML) continue;
    // What somebody works on stays under their hands.
    if (old.contains(document.activeElement) && document.activeElement !== old) continue;
    old.replaceChildren(...document.importNode(part, true).childNodes);
    for (const log of old.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
  }
}

if (source !== null) {
  document.addEventListener("visibilitychange", refresh);
  if (source.dataset.every) setInterval(refresh, 1000 * Number(source.dataset.every));
  if (source.dataset.events) {
    const events = new EventSource(source.dataset.events);
    events.addEventListener("progress", refresh);
    events.addEventListener("status", (event) => {
      refresh();
      if (/succeeded|failed|cancelled/.test(event.data)) events.close();
    });
  }
}
for (const log of document.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
`;
