import { TriangleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** A bug of the console's costs one page, not all of it; what was typed is in the drafts. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Notice
        tone="bad"
        icon={<TriangleAlert size={22} aria-hidden />}
        title="This page could not be shown"
        actions={
          <Button tone="primary" onClick={() => location.reload()}>
            Load it again
          </Button>
        }
      >
        {error instanceof Error ? error.message : String(error)}
      </Notice>
    );
  }
}
