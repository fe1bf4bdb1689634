import type { JSX } from "hono/jsx/jsx-runtime";
import { stripVTControlCharacters } from "node:util";
import type { EvaluationError, EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import {
  counted,
  FactTable,
  isDigest,
  momentText,
  provenanceText,
  RelatedLinks,
  Section,
  StateWord,
} from "../../../shared/pages/mod.ts";
import { formEntriesOf } from "./evaluation_form_page.tsx";
import { type FormState, NotesForm, NoticeButton } from "./form_parts.tsx";
import { writeSitePage } from "./site.ts";
import { goesOn, progressText } from "./tables/evaluation_table.tsx";
import { FaultTable } from "./tables/fault_table.tsx";

export interface EvaluationPageData {
  readonly evaluation: EvaluationRecord;
  /** The end of its log, whole lines. */
  readonly logTail: string;
  readonly mayDelete: boolean;
  /** Whether the reader may name it and note something about it. */
  readonly mayName: boolean;
  /** The form for name and notes as it was refused. */
  readonly refused: FormState;
}

/** Places in the queue change without an event of the evaluation. */
const QUEUE_REFRESH_S = 5;

export function writeEvaluationPage(
  { evaluation, logTail, mayDelete, mayName, refused }: EvaluationPageData,
): string {
  const { id, model, dataset, status } = evaluation;
  const open = goesOn(status);
  const title = `${model} on ${dataset}`;
  return writeSitePage(
    `${status}: ${title}`,
    <article
      {...(open ? { "data-events": `/v1/evaluations/${id}/events` } : {})}
      {...(status === "queued" ? { "data-every": String(QUEUE_REFRESH_S) } : {})}
    >
      <h1>{evaluation.name ?? title}</h1>
      <p class="byline">
        {evaluation.name !== undefined && `${title} · `}Evaluation <code>{id}</code> · experiment
        {" "}
        {evaluation.experiment} · asked for by {evaluation.user},{" "}
        {momentText(evaluation.created_at)}
      </p>
      <RelatedLinks
        links={[
          { href: `/models/${model}`, text: `Model ${model}` },
          { href: `/datasets/${dataset}`, text: `Dataset ${dataset}` },
          {
            href: `/evaluations/new?${new URLSearchParams(formEntriesOf(evaluation))}`,
            text: "Run again",
          },
          { href: `/v1/evaluations/${id}`, text: "This evaluation as JSON" },
          ...mayDelete && !open
            ? [{ href: `/evaluations/${id}/delete`, text: "Delete this evaluation" }]
            : [],
        ]}
      />
      {evaluation.notes !== undefined && <p class="lead notes">{evaluation.notes}</p>}
      <div id="state" data-live role="status">
        <State evaluation={evaluation} />
      </div>
      {open && <NoticeButton />}
      <div id="outcome" data-live>
        <Outcome evaluation={evaluation} />
      </div>
      <Section id="log-title" title="Log">
        <div id="log" data-live>
          <LogText text={logTail} />
        </div>
        <p class="actions">
          <a href={`/v1/evaluations/${id}/log`}>Complete log</a>
        </p>
      </Section>
      {mayName && <Notes evaluation={evaluation} refused={refused} />}
      <Section id="provenance" title="Provenance">
        <div id="facts" data-live>
          <Facts evaluation={evaluation} />
        </div>
      </Section>
    </article>,
    open,
  );
}

/** A form for the name and the notes. */
function Notes({ evaluation, refused }: {
  readonly evaluation: EvaluationRecord;
  readonly refused: FormState;
}): JSX.Element {
  return (
    <Section id="named" title="Name and notes">
      <NotesForm action={`/evaluations/${evaluation.id}/notes`} of={evaluation} {...refused} />
    </Section>
  );
}

function State({ evaluation }: { readonly evaluation: EvaluationRecord }): JSX.Element {
  const { status, device, queue, progress: { done, total } } = evaluation;
  const more = progressText(evaluation);
  return (
    <>
      <p class="lead">
        <StateWord state={status} />
        {more !== "" && `: ${more}`}
      </p>
      {goesOn(status) && done !== null && total !== null && total > 0 && (
        <progress aria-label="Progress" max={total} value={done}></progress>
      )}
      {queue !== undefined && (
        <p>
          Place {queue.place} of {queue.waiting} in the queue for {device};{" "}
          {counted(queue.running, "evaluation")} {queue.running === 1 ? "runs" : "run"}{" "}
          there now. It waits because {queue.reason}.
        </p>
      )}
    </>
  );
}

function Outcome({ evaluation }: { readonly evaluation: EvaluationRecord }): JSX.Element {
  const { id, status, score, error, provenance: { outputs } } = evaluation;
  if (error !== null) return <Failure error={error} />;
  if (score !== null) {
    return (
      <p class="actions">
        <a class="button" href={`/reports/${score.split("/").at(-1)}`}>Read the report</a>
        <a href={`/v1/evaluations/${id}/predictions.csv`}>Predictions</a>
        {outputs !== undefined && (
          <a href={`/v1/evaluations/${id}/outputs`}>Lesions and saliency maps</a>
        )}
      </p>
    );
  }
  if (!goesOn(status)) return <p>This evaluation was cancelled.</p>;
  return (
    <form method="post" action={`/evaluations/${id}/cancel`}>
      <button class="plain" type="submit">Cancel this evaluation</button>
    </form>
  );
}

function Failure({ error }: { readonly error: EvaluationError }): JSX.Element {
  return (
    <div class="warnings">
      <h2>It failed while {error.stage}</h2>
      <p>{error.message}</p>
      <FaultTable faults={error.faults} />
      {error.log_tail.length > 0 && (
        <>
          <p>Last lines of the log before the failure:</p>
          <LogText text={error.log_tail.join("\n")} />
        </>
      )}
    </div>
  );
}

function Facts({ evaluation }: { readonly evaluation: EvaluationRecord }): JSX.Element {
  const facts = Object.entries(evaluation.provenance).filter(([, value]) => value !== null);
  return (
    <FactTable
      label="Provenance"
      facts={facts.map(([name, value]) => [
        name.replace(/_(?:ms|bytes)$/, "").replaceAll("_", " "),
        isDigest(value) ? <code>{String(value)}</code> : provenanceText(name, value),
      ])}
    />
  );
}

/** The end of a log, without terminal control sequences. */
export function LogText({ text, label = "End of the log" }: {
  readonly text: string;
  readonly label?: string;
}): JSX.Element {
  if (text.trim() === "") return <p>The log is empty.</p>;
  return (
    <pre class="log" tabindex={0} role="region" aria-label={label}>
      {stripVTControlCharacters(text)}
    </pre>
  );
}
