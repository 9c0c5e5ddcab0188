import { TriangleAlert } from 'lucide-react';
import { type FormEvent, useId, useRef } from 'react';
import { getDefault, listRuntimes } from '../../api/functions.ts';
import { messageOf } from '../../api/request.ts';
import { useLive } from '../../live/use-live.ts';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { CodeEditor, type CodeEditorHandle } from '../../ui/code-editor.tsx';
import { Field, inputClass } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SAVE_KEY, useSaveKey } from '../../ui/use-save-key.ts';
import { useTitle } from '../../ui/use-title.ts';
import { chosenRuntime, codeFor, runtimeKey } from './add-draft.ts';
import styles from './add-page.module.css';
import { RuntimeChoice } from './runtime-choice.tsx';
import { useAddForm } from './use-add-form.ts';

/** Makes a function: a title, a language, a few lines of code. */
export default function AddPage() {
  useTitle('New function');
  const catalogue = useLive(
    async (signal) => {
      const [runtimes, proposed] = await Promise.all([listRuntimes(signal), getDefault(signal)]);
      return { runtimes, proposed };
    },
    { key: 'runtimes' },
  );
  const form = useAddForm();
  const title = useRef<HTMLInputElement>(null);
  const editor = useRef<CodeEditorHandle>(null);
  const codeLabel = useId();
  const { runtimes = [], proposed } = catalogue.data ?? {};
  const { draft, busy, errors } = form;
  const chosen = chosenRuntime(draft, runtimes, proposed);

  const submit = async () => {
    if (!chosen) return;
    const found = await form.submit(chosen);
    if (found?.fields.title !== undefined) title.current?.focus();
    else if (found?.fields.code !== undefined) editor.current?.focus();
  };
  useSaveKey(() => void submit());

  if (catalogue.error !== undefined)
    return (
      <Notice
        tone="bad"
        icon={<TriangleAlert size={22} aria-hidden />}
        title="The runtimes could not be loaded"
        actions={<Button onClick={catalogue.refresh}>Try again</Button>}
      >
        {messageOf(catalogue.error)}
      </Notice>
    );

  const runtimeError = errors?.fields.runtime ?? errors?.fields.version;
  const codeError = errors?.fields.code;
  return (
    <form
      className={styles.page}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>New function</h1>
      <div className={styles.fields}>
        <Field label="Title" error={errors?.fields.title}>
          {(control) => (
            <input
              {...control}
              ref={title}
              className={inputClass}
              autoComplete="off"
              spellCheck={false}
              placeholder="What people call it"
              value={draft.title}
              onChange={(event) => form.setTitle(event.target.value)}
            />
          )}
        </Field>
        <RuntimeChoice runtimes={runtimes} chosen={chosen} error={runtimeError} onChoose={form.choose} />
      </div>
      <section className={styles.code} aria-labelledby={codeLabel}>
        <h2 id={codeLabel} className="visually-hidden">
          Code
        </h2>
        {chosen ? (
          <CodeEditor
            // Each runtime's code has its own history: undoing never leads into another language.
            key={runtimeKey(chosen)}
            ref={editor}
            value={codeFor(draft, chosen)}
            onChange={(code) => form.setCode(chosen, code)}
            runtime={chosen.runtime}
            invalid={codeError !== undefined}
            describedBy={codeError && `${codeLabel}-error`}
          />
        ) : (
          <div className={styles.waiting} aria-busy="true" />
        )}
      </section>
      {codeError !== undefined && (
        <p id={`${codeLabel}-error`} className={styles.error} role="alert">
          {codeError}
        </p>
      )}
      {errors?.rest !== undefined && (
        <div className={styles.failure}>
          <Bar tone="bad" icon={<TriangleAlert size={15} aria-hidden />}>
            <strong>Not created.</strong> {errors.rest}
          </Bar>
        </div>
      )}
      <div className={styles.actions}>
        <p className={styles.note}>It has an address as soon as it is created.</p>
        <Button tone="primary" type="submit" aria-busy={busy || undefined} title={SAVE_KEY}>
          Create function
        </Button>
      </div>
    </form>
  );
}
