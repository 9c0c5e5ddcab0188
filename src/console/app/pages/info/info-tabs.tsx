import { Tabs } from '../../ui/tabs.tsx';
import { LogsPanel } from './logs-panel.tsx';

/** What the function does and did. */
export function InfoTabs({ id }: { id: string }) {
  return (
    <Tabs
      label="What happens"
      tabs={[
        { id: 'logs', label: 'Logs', panel: <LogsPanel id={id} /> },
        { id: 'reloads', label: 'Reloads', panel: null },
        { id: 'traffic', label: 'Traffic', panel: null },
      ]}
    />
  );
}
