import { Tabs } from '../../ui/tabs.tsx';

/** What the function does and did. */
export function InfoTabs() {
  return (
    <Tabs
      label="What happens"
      tabs={[
        { id: 'logs', label: 'Logs', panel: null },
        { id: 'reloads', label: 'Reloads', panel: null },
        { id: 'traffic', label: 'Traffic', panel: null },
      ]}
    />
  );
}
