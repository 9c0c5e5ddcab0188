import { Tabs } from '../../ui/tabs.tsx';
import { LogsPanel } from './logs-panel.tsx';
import { ReloadsPanel } from './reloads-panel.tsx';
import { TrafficPanel } from './traffic-panel.tsx';

/** What the function does and did. */
export function InfoTabs({ id }: { id: string }) {
  return (
    <Tabs
      label="What happens"
      tabs={[
        { id: 'logs', label: 'Logs', panel: <LogsPanel id={id} /> },
        { id: 'reloads', label: 'Reloads', panel: <ReloadsPanel id={id} /> },
        { id: 'traffic', label: 'Traffic', panel: <TrafficPanel id={id} /> },
      ]}
    />
  );
}
