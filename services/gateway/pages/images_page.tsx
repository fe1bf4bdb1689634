import type { JSX } from "hono/jsx/jsx-runtime";
import type { ImageList, ImageRecord } from "../../../shared/contracts/models.ts";
import { bytesText, column, counted, momentText, Table } from "../../../shared/pages/mod.ts";
import type { Column } from "../../../shared/pages/mod.ts";
import { writeSitePage } from "./site.ts";

const COLUMNS: readonly Column<ImageRecord>[] = [
  column("head", "Image", ({ tag, digest }) => (
    <>
      {tag}
      <small>{digest}</small>
    </>
  )),
  column(
    "text",
    "Of",
    ({ folder, kind }) => kind === "base" ? folder : <a href={`/models/${folder}`}>{folder}</a>,
  ),
  column("number", "Size", ({ size_bytes }) => bytesText(size_bytes)),
  column("whole", "Built", ({ built_at }) => momentText(built_at)),
  column("text", "Needed", needText),
];

/** Writes the list of container images built here. */
export function writeImagesPage({ items, size_bytes }: ImageList, mayPrune: boolean): string {
  const stale = items.filter(({ current, used }) => !current && !used);
  return writeSitePage(
    "Container images",
    <>
      <h1>Container images</h1>
      <p>
        {counted(items.length, "image")}, {bytesText(size_bytes)}{" "}
        at most: they share layers. What a folder of today needs stays, and so does what a container
        uses.
      </p>
      <Table
        label="Container images"
        columns={COLUMNS}
        rows={items}
        long
        empty={<p>No image has been built yet.</p>}
      />
      {mayPrune && stale.length > 0 && <PruneForm count={stale.length} />}
    </>,
  );
}

function PruneForm({ count }: { readonly count: number }): JSX.Element {
  return (
    <form method="post" action="/images/prune">
      <button class="plain" type="submit">
        Remove {counted(count, "image")} that nothing needs
      </button>
    </form>
  );
}

function needText({ current, used }: ImageRecord): string {
  if (used) return "in use by a container";
  return current ? "by a model folder" : "by nothing";
}
