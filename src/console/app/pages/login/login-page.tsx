import { type FormEvent, useState } from 'react';
import { ApiError, messageOf } from '../../api/request.ts';
import { signIn } from '../../api/session.ts';
import mark from '../../assets/mark.svg';
import { Button } from '../../ui/button.tsx';
import { Field, inputClass } from '../../ui/field.tsx';
import styles from './login-page.module.css';

/** Asks for the token that a daemon wants which listens for other machines. */
export function LoginPage() {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await tryToken(token.trim());
      signIn(token.trim());
    } catch (failure) {
      setError(
        failure instanceof ApiError && failure.status === 401 ? 'This is not the token.' : messageOf(failure),
      );
      setBusy(false);
    }
  };

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void submit(event)}>
        <img src={mark} alt="" width={40} height={40} />
        <h1>Sign in to lambdock</h1>
        <p className={styles.text}>
          This lambdock listens for other machines, so it asks for its token. It is the one that was given to
          it as <code>LAMBDOCK_TOKEN</code> or <code>--token</code>.
        </p>
        <Field label="Token" error={error}>
          {(control) => (
            <input
              {...control}
              className={inputClass}
              type="password"
              autoComplete="current-password"
              // biome-ignore lint/a11y/noAutofocus: there is nothing else on this page
              autoFocus
              required
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <Button tone="primary" type="submit" busy={busy}>
          Sign in
        </Button>
      </form>
    </main>
  );
}

/** A call that needs the token and changes nothing: an unknown function's deletion is a 404. */
async function tryToken(token: string): Promise<void> {
  const response = await fetch('/lambda?id=', {
    method: 'DELETE',
    headers: { accept: 'application/json', authorization: `Bearer ${token}` },
  });
  if (response.status === 401 || response.status === 403) throw new ApiError(401, 'not the token');
}
