import { Page } from '../../ui/page.tsx';

export default function ImagesPage() {
  return <Page title="Images">{null}</Page>;
}
