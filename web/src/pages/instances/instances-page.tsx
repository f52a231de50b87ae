import { Page } from '../../ui/page.tsx';

export default function InstancesPage() {
  return <Page title="Instances">{null}</Page>;
}
