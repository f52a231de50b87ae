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
import { stateOf } from '../format/shown-state.ts';
import { asSentence, sentence } from '../format/words.ts';
import { FindByIdDocument, FindDocument } from '../generated/graphql.ts';
import { useFocusBack } from '../ui/focus-back.ts';
import { Icon } from '../ui/icon.tsx';
import { closest } from './closest.ts';
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

/** What may be begun with the name of what it is done to behind it. */
const VERB = /^(take image( of)?|restore)(\s+|$)/i;

/** So many of a noun are shown. */
const MOST = 8;

type Sections = readonly (readonly [title: string, entries: readonly Entry[]])[];

/** What is found, and in words why there may be more: it is still asked for, or could not be. */
function useFound(text: string): {
  readonly sections: Sections;
  readonly isAsking: boolean;
  readonly error: Error | null;
} {
  const refusal = useRefusal('OPERATOR');
  const needle = text.trim();
  const isId = UUID.test(needle);
  // Names have small letters alone.
  const name = needle.replace(VERB, '').toLowerCase();
  const isVerb = VERB.test(needle);
  const byName = useApi(
    FindDocument,
    { name: name === '' ? null : name, exact: name, isNamed: name !== '' },
    { enabled: needle !== '' && name.length <= 100 && !isId },
  );
  const byId = useApi(FindByIdDocument, { id: needle }, { enabled: isId });
  const words = needle.toLowerCase().split(/\s+/);
  const matches = (entry: Entry) => words.every((word) => entry.name.toLowerCase().includes(word));
  const node = isId ? byId.data?.node : null;
  const path = node ? PATHS[node.__typename ?? ''] : undefined;
  const { data } = byName;
  const exact = data?.instance ? [data.instance] : [];
  const instances = closest(name, MOST, exact, data?.instancesBeginning?.nodes, data?.instances.nodes);
  const exactImage = data?.image ? [data.image] : [];
  const images = closest(name, MOST, exactImage, data?.imagesBeginning?.nodes, data?.images.nodes);
  const actions: readonly Entry[] =
    refusal === null
      ? [
          { to: '/instances/new', name: 'Create instance' },
          { to: '/schedules/new', name: 'Create schedule' },
          ...instances
            .filter(({ state }) => state === 'RUNNING')
            .slice(0, 3)
            .map((one) => ({ to: `/instances/${one.id}?do=image`, name: `Take image of ${one.name}` })),
          ...images
            .filter(({ state }) => isVerb && state === 'AVAILABLE')
            .map((one) => ({ to: `/images/${one.id}/restore`, name: `Restore ${one.name}` })),
        ]
      : [];
  const places: readonly Entry[] = PLACES.map((place) => ({ to: place.path, name: place.name }));
  const sections: Sections = [
    [
      'Found by id',
      node && path !== undefined ? [{ to: `${path}/${node.id}`, name: `${node.__typename} ${node.id}` }] : [],
    ],
    [
      'Instances',
      isVerb
        ? []
        : instances.map((one) => ({ to: `/instances/${one.id}`, name: one.name, note: sentence(stateOf(one)) })),
    ],
    [
      'Images',
      isVerb
        ? []
        : images.map((one) => ({ to: `/images/${one.id}`, name: one.name, note: `of ${one.sourceInstanceName}` })),
    ],
    ['Places', places.filter(matches)],
    ['Actions', needle === '' ? actions : actions.filter(matches)],
  ];
  const { isFetching, error } = isId ? byId : byName;
  return { sections: sections.filter(([, entries]) => entries.length > 0), isAsking: isFetching, error };
}

function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const { sections, isAsking, error } = useFound(text);
  const missing =
    error !== null
      ? `It could not be looked up: ${asSentence(error.message)}`
      : isAsking
        ? 'Looking it up …'
        : 'Nothing has this name or id.';
  const menu = useRef<HTMLDivElement>(null);
  useFocusBack();
  // At once, and not only after what was written is cleared.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing) return;
      event.stopPropagation();
      onClose();
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  });
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
        <Dialog className="search-dialog" aria-label="Search">
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
              renderEmptyState={() => <p className="muted none">{missing}</p>}
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
            {error !== null && sections.length > 0 && <p className="muted none">{missing}</p>}
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
