import type { JSX } from "hono/jsx/jsx-runtime";
import { PAGE_REFRESH_S } from "../../../shared/limits.ts";
import { makeLook, pageHeaders, workingPolicy, writePage } from "../../../shared/pages/mod.ts";

/** Style of the site's own pages. */
export const SITE_LOOK = makeLook();

/** Headers of the site's own pages, which have forms and one script that refreshes them. */
export const SITE_HEADERS: Readonly<Record<string, string>> = pageHeaders(workingPolicy(SITE_LOOK));

/** Path of the script that refreshes pages. */
export const LIVE_SCRIPT_PATH = "/live.js";

/**
 * Writes a page of the site.
 * @param content parts with `id` and `data-live` are refreshed
 * @param goesOn whether something on it is in progress; the page then also reloads without script
 */
export function writeSitePage(title: string, content: JSX.Element, goesOn = false): string {
  const live = { scripts: [LIVE_SCRIPT_PATH], refreshS: goesOn ? PAGE_REFRESH_S : null };
  return writePage({ title: titleOf(title), look: SITE_LOOK, site: true, live }, content);
}

/** Title for the HTML document. */
export function titleOf(title: string): string {
  return title === "mammoeval" ? title : `${title} · mammoeval`;
}

/**
 * Keeps a page fresh: on server-sent events from the page's `data-events` address, otherwise every `data-every`
 * seconds. It fetches the page and replaces the title and the parts marked `data-live`, by id. When the title tells the
 * end of what the page shows, a notice repeats it for those who asked for one. Without script the whole page reloads.
 */
export const LIVE_SCRIPT = `"use strict";
const source = document.querySelector("[data-events], [data-every]");
const ask = document.getElementById("notify");
const ended = /^(succeeded|failed|cancelled|ready|rejected): /;
let wanted = false;
let reading = false;

function mayNotify() {
  return ask !== null && "Notification" in window && Notification.permission === "granted";
}

async function refresh() {
  wanted = true;
  // A hidden page is read only for the notice.
  if (reading || document.hidden && !mayNotify()) return;
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
  if (mayNotify() && !ended.test(document.title) && ended.test(fresh.title)) {
    new Notification(fresh.title);
  }
  document.title = fresh.title;
  for (const old of document.querySelectorAll("[data-live]")) {
    const part = fresh.getElementById(old.id);
    if (part === null) continue;
    showLocalTime(part);
    if (part.innerHTML === old.innerHTML) continue;
    // What somebody works on stays under their hands.
    if (old.contains(document.activeElement) && document.activeElement !== old) continue;
    old.replaceChildren(...document.importNode(part, true).childNodes);
    for (const log of old.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
  }
}

if (ask !== null && "Notification" in window) {
  ask.hidden = Notification.permission !== "default";
  ask.addEventListener("click", async () => {
    await Notification.requestPermission();
    ask.hidden = true;
  });
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
/** Moments are written in UTC: shows them in the reader's own time, and UTC on hover. */
function showLocalTime(part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (let text of texts) {
    if (text.parentElement.closest("time, pre, code, option, textarea, title, style, script")) continue;
    for (let found; (found = /(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d) UTC/.exec(text.data)) !== null;) {
      const [utc, day, minute] = found;
      const moment = new Date(day + "T" + minute + "Z");
      if (moment.getTimezoneOffset() === 0) break;
      const time = document.createElement("time");
      time.dateTime = moment.toISOString();
      time.title = utc;
      time.textContent = moment.toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
      const rest = text.splitText(found.index);
      text = rest.splitText(utc.length);
      rest.replaceWith(time);
    }
  }
}

showLocalTime(document.body);
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const log of document.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
`;
