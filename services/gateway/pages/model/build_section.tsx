import type { JSX } from "hono/jsx/jsx-runtime";
import type { ModelBuild, ModelRecord } from "../../../../shared/contracts/models.ts";
import { momentText, StateWord } from "../../../../shared/pages/mod.ts";
import { LogText } from "../log_text.tsx";

/** The container image: whether there is one, how its latest build went, a button for another. */
export function BuildSection({ model, build, mayWork }: {
  readonly model: ModelRecord;
  readonly build: ModelBuild | null;
  readonly mayWork: boolean;
}): JSX.Element {
  return (
    <section aria-labelledby="build">
      <h2 id="build">Container image</h2>
      <div id="build-state" data-live role="status">
        <p>
          {model.image === null
            ? "There is none yet: it is built when it is needed, or now."
            : "It is there. It is built anew when the folder, its base or the site's arguments change."}
        </p>
        {build !== null && <Build build={build} />}
      </div>
      {mayWork && (
        <form method="post" action={`/models/${model.name}/build`}>
          <button class="plain" type="submit">Build the image</button>
        </form>
      )}
    </section>
  );
}

function Build({ build }: { readonly build: ModelBuild }): JSX.Element {
  const { status, started_at, finished_at, error, image, log_tail } = build;
  return (
    <>
      <p>
        <StateWord state={status} />: {finished_at === null
          ? `since ${momentText(started_at)}`
          : `the latest build, ${momentText(finished_at)}`}
      </p>
      {image !== null && (
        <p>
          <code>{image.tag}</code>
        </p>
      )}
      {error !== null && <p>{error.message}</p>}
      {log_tail.length > 0 && <LogText text={log_tail.join("\n")} label="End of the build's log" />}
    </>
  );
}
