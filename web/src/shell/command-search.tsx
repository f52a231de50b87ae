import { useEffect, useRef, useState } from 'react';
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  Text,
} from 'react-aria-components';
import { useNavigate } from 'react-router';
import { useApi } from '../api/queries.ts';
import { useRefusal } from '../api/viewer.tsx';
import { sentence } from '../format/words.ts';
import { FindByIdDocument, FindDocument } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { PLACES } from './places.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PATHS: Readonly<Record<string, string>> = {
  Instance: '/instances',
  Image: '/images',
  Operation: '/operations',
  Schedule: '/schedules',
  Alert: '/alerts',
};

interface Entry {
  readonly to: string;
  readonly name: string;
  readonly note?: string;
}

function useFound(text: string): readonly (readonly [title: string, entries: readonly Entry[]])[] {
  const refusal = useRefusal('OPERATOR');
  const needle = text.trim();
  const isId = UUID.test(needle);
  const byName = useApi(
    FindDocument,
    { name: needle },
    { enabled: needle.length > 0 && needle.length <= 100 && !isId },
  );
  const byId = useApi(FindByIdDocument, { id: needle }, { enabled: isId });
  const matches = ({ name }: Entry) => name.toLowerCase().includes(needle.toLowerCase());
  const node = isId ? byId.data?.node : null;
  const path = node ? PATHS[node.__typename ?? ''] : undefined;
  const instances = byName.data?.instances.nodes ?? [];
  const actions: readonly Entry[] =
    refusal === null
      ? [
          { to: '/instances/new', name: 'Create instance' },
          ...instances
            .filter(({ state }) => state === 'RUNNING')
            .slice(0, 3)
            .map(({ id, name }) => ({ to: `/instances/${id}?do=image`, name: `Take image of ${name}` })),
        ]
      : [];
  const places: readonly Entry[] = PLACES.map(({ path, name }) => ({ to: path, name }));
  const sections: readonly (readonly [string, readonly Entry[]])[] = [
    [
      'Found by id',
      node && path !== undefined ? [{ to: `${path}/${node.id}`, name: `${node.__typename} ${node.id}` }] : [],
    ],
    ['Instances', instances.map(({ id, name, state }) => ({ to: `/instances/${id}`, name, note: sentence(state) }))],
    [
      'Images',
      (byName.data?.images.nodes ?? []).map(({ id, name, sourceInstanceName }) => ({
        to: `/images/${id}`,
        name,
        note: `of ${sourceInstanceName}`,
      })),
    ],
    ['Places', places.filter(matches)],
    ['Actions', needle === '' ? actions : actions.filter(matches)],
  ];
  return sections.filter(([, entries]) => entries.length > 0);
}

function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const sections = useFound(text);
  const menu = useRef<HTMLDivElement>(null);
  const go = (to: string) => {
    onClose();
    void navigate(to);
  };
  /** Enter, where no row is chosen yet: the first. */
  const goToFirst = () => {
    const first = sections[0]?.[1][0];
    if (first !== undefined && !menu.current?.querySelector('[data-focused]')) go(first.to);
  };
  return (
    <ModalOverlay className="veil search-veil" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal search">
        <Dialog className="search-dialog">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField
              aria-label="Search for anything by name or id"
              autoFocus
              className="search-field"
              onSubmit={goToFirst}
            >
              <Icon name="search" />
              <Input placeholder="A name, an id, or what to do" />
            </SearchField>
            <Menu
              className="menu"
              aria-label="What was found"
              renderEmptyState={() => <p className="muted none">Nothing has this name or id.</p>}
              ref={menu}
              onAction={(key) => go(String(key))}
            >
              {sections.map(([title, entries]) => (
                <MenuSection key={title}>
                  <Header className="menu-head">{title}</Header>
                  {entries.map(({ to, name, note }) => (
                    <MenuItem key={to} id={to} textValue={name} className="menu-item">
                      <Text slot="label">{name}</Text>
                      {note !== undefined && (
                        <Text slot="description" className="menu-reason">
                          {note}
                        </Text>
                      )}
                    </MenuItem>
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Ctrl-K: jumps to anything by name or id, and starts what can be started. */
export function CommandSearch() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button type="button" className="search-button" aria-keyshortcuts="Control+K" onClick={() => setOpen(true)}>
        <Icon name="search" />
        <span>Search</span>
        <kbd className="wide-only">Ctrl K</kbd>
      </button>
      {isOpen && <SearchDialog onClose={() => setOpen(false)} />}
    </>
  );
}
