import type { Extension } from '@codemirror/state';

/** The grammar for code, by its file's ending or by its runtime. Each is loaded when it is first needed. */
export async function languageOf(runtime: string, file?: string): Promise<Extension> {
  switch (runtime) {
    case 'node': {
      const { javascript } = await import('@codemirror/lang-javascript');
      return javascript({ typescript: /\.[cm]?tsx?$/.test(file ?? ''), jsx: /\.[jt]sx$/.test(file ?? '') });
    }
    case 'python':
      return (await import('@codemirror/lang-python')).python();
    case 'golang': {
      const [{ go }, { indentUnit }] = await Promise.all([
        import('@codemirror/lang-go'),
        import('@codemirror/language'),
      ]);
      return [go(), indentUnit.of('\t')];
    }
    default:
      return [];
  }
}
