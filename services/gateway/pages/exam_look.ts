import { makeLook, pageHeaders, workingPolicy } from "../../../shared/pages/mod.ts";

/** Scripts of an exam's page, in loading order. */
export const VIEWER_SCRIPTS = ["/viewer/openseadragon.js", "/viewer/viewer.js"] as const;

/** Line styles of the boxes of up to four models, distinguishable without colour. */
const MARKS = [["a", "solid", "#ffd84d"], ["b", "dashed", "#7fd4ff"], ["c", "dotted", "#ff9ecb"], [
  ...["d", "double", "#b8f28a"],
]] as const;

const RULES = `
body:not(.viewing) #viewer { display: none; }
body.viewing .plain-views { display: none; }
body.viewing main { max-width: 110rem; }
#viewer:fullscreen { background: #000; color: #fff; padding: .5rem; display: flex; flex-direction: column; }
#viewer:fullscreen #table { flex: 1; height: auto; }
#viewer:fullscreen .note { color: #ccc; }
#table { height: min(78vh, 64rem); min-height: 22rem; background: #000; touch-action: none; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .75rem; margin: .5rem 0; }
.tools button { padding: .25rem .625rem; min-height: 2rem; }
.tools label { display: inline-flex; align-items: center; gap: .375rem; }
.tools input[type=range] { width: 8rem; padding: 0; }
[aria-pressed=true] { outline: 2px solid var(--accent); }
.view-name { color: #fff; background: #000c; padding: 0 .375rem; font-size: .875rem; white-space: nowrap; }
.mark { border: 2px solid #fff; pointer-events: none; }
.mark span { position: absolute; left: 0; bottom: 100%; font-size: .75rem; line-height: 1.2; color: #fff;
  background: #000c; padding: 0 .25rem; white-space: nowrap; }
${
  MARKS.map(([key, line, colour]) =>
    `.mark-${key} { border: ${line === "double" ? 4 : 2}px ${line} ${colour}; }
.without-${key} .mark-${key} { display: none; }`
  ).join("\n")
}
.views { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem 2px; }
.views img { display: block; width: 100%; height: auto; background: #000; }
.views img.flipped { transform: scaleX(-1); }
@media (max-width: 40rem) { .views { grid-template-columns: 1fr 1fr; } }
@media print { body.viewing .plain-views { display: grid; } #viewer { display: none; } }
`;

/** Style of an exam's page. */
export const EXAM_LOOK = makeLook("", RULES);

export const EXAM_HEADERS: Readonly<Record<string, string>> = pageHeaders(workingPolicy(EXAM_LOOK));
