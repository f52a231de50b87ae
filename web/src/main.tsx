import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { ROOT } from './api/client.ts';
import { queries } from './api/queries.ts';
import { App } from './app.tsx';
import { takeWantedPage } from './shell/sign-in.tsx';
import { showTheme } from './shell/theme.ts';
import './styles/index.css';

showTheme();
const wanted = takeWantedPage();
if (wanted !== null) history.replaceState(null, '', wanted);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <BrowserRouter basename={ROOT.pathname.replace(/\/$/, '') || '/'}>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
