import { GLOSSARY, Section } from "../../../../shared/pages/mod.ts";
import type { JSX } from "hono/jsx/jsx-runtime";

export function GlossarySection(): JSX.Element {
  return (
    <Section id="words" title="Glossary">
      <dl>
        {Object.entries(GLOSSARY).map(([word, meaning]) => (
          <>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </Section>
  );
}
