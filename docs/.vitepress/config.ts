import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const ADR = new URL('../adr/', import.meta.url);
const decisions = readdirSync(ADR)
  .filter((name) => /^\d{4}-.*\.md$/.test(name))
  .sort()
  .map((name) => ({ text: name.replace(/\.md$/, '').replaceAll('-', ' '), link: `/adr/${name}` }));

/** The pages of this directory as a site that loads nothing from elsewhere; read as Markdown they say the same. */
export default defineConfig({
  title: 'Toygres',
  description: 'A control plane for PostgreSQL',
  lang: 'en',
  cleanUrls: false,
  outDir: '../dist/docs',
  cacheDir: '../node_modules/.vitepress',
  // Files of the repository that are no pages.
  ignoreDeadLinks: [
    /(^|\/)\.\.\/(README|SECURITY|CONTRIBUTING|deploy|test|schema|src|web)/,
    /^https?:\/\/(localhost|127\.0\.0\.1)/,
  ],
  rewrites: { 'adr/README.md': 'adr/index.md' },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Ten minutes', link: '/tutorial' },
      { text: 'Guides', link: '/guides/every-night' },
      { text: 'Reference', link: '/reference/mutations' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'What it is', link: '/' },
          { text: 'Ten minutes', link: '/tutorial' },
        ],
      },
      {
        text: 'Guides',
        items: [
          { text: 'Every night, and told of', link: '/guides/every-night' },
          { text: 'Restore, and clone', link: '/guides/restore' },
          { text: 'Prove an image', link: '/guides/prove-an-image' },
          { text: 'Rotate passwords and keys', link: '/guides/rotate' },
          { text: 'Upgrade', link: '/guides/upgrade' },
          { text: 'When the records are lost', link: '/guides/disaster' },
          { text: 'Restore by hand', link: '/restore-by-hand' },
        ],
      },
      {
        text: 'Run it',
        items: [
          { text: 'Configuration', link: '/configuration' },
          { text: 'Where it runs', link: '/where-it-runs' },
          { text: 'Operating', link: '/operating' },
          { text: 'When something is stuck', link: '/debugging' },
          { text: 'Roles', link: '/roles' },
          { text: 'Threats', link: '/threat-model' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'The command line', link: '/command-line' },
          { text: 'The console', link: '/console' },
          { text: 'Programs', link: '/clients' },
          { text: 'Queries', link: '/reference/queries' },
          { text: 'Mutations', link: '/reference/mutations' },
          { text: 'Subscriptions', link: '/reference/subscriptions' },
          { text: 'Types', link: '/reference/types' },
          { text: 'Errors and rules', link: '/errors' },
          { text: 'Findings', link: '/findings' },
          { text: 'Changes of the schema', link: '/schema-changes' },
        ],
      },
      {
        text: 'How it works',
        items: [
          { text: 'Images', link: '/about-images' },
          { text: 'What an image holds', link: '/what-an-image-holds' },
          { text: 'The house', link: '/architecture' },
          { text: 'Words', link: '/glossary' },
          { text: 'Dependencies', link: '/dependencies' },
        ],
      },
      { text: 'Decisions', collapsed: true, items: decisions },
    ],
  },
});
