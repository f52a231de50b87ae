import { useState } from 'react';
import { useNavigate } from 'react-router';
import { checkCreateImage } from '../../../../schema/rules/image-rules.ts';
import { faultOf, findFault } from '../../api/rules.ts';
import { useRefusal, useWhoAmI } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import {
  DeleteInstanceDocument,
  type ImageMethod,
  type InstanceRowFragment,
  RestartInstanceDocument,
  RotateCredentialsDocument,
  StartInstanceDocument,
  StopInstanceDocument,
  TakeImageDocument,
} from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField, errorOf, SelectField, TextField } from '../../ui/fields.tsx';
import { ActionMenu } from '../../ui/menu.tsx';
import { Note } from '../../ui/notices.tsx';
import { useParam } from '../../ui/search-params.ts';
import { type InstanceVerb, refuseVerb } from './allowed.ts';
import { defaultImageName } from './image-name.ts';

interface Props {
  readonly instance: InstanceRowFragment;
}

/** Everything that can be done with one instance. What is asked for stands in the address, so that it can be linked to. */
export function InstanceActions({ instance }: Props) {
  const { readiness } = instance;
  const [open, setOpen] = useParam('do');
  const role = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const close = () => setOpen('');
  const refusalOf = (verb: InstanceVerb) => role ?? refuseVerb(verb, instance);
  const image = readiness.newestImage;
  return (
    <>
      <Button kind="primary" icon="images" refusal={refusalOf('image')} onPress={() => setOpen('image')}>
        Take image
      </Button>
      <Button
        refusal={role ?? (image ? null : 'There is no image of it to restore.')}
        onPress={() => image && void navigate(`/images/${image.id}/restore`)}
      >
        Restore as new
      </Button>
      <ActionMenu
        label={`More for ${instance.name}`}
        actions={[
          { id: 'start', name: 'Start', refusal: refusalOf('start'), onPress: () => setOpen('start') },
          { id: 'stop', name: 'Stop', refusal: refusalOf('stop'), onPress: () => setOpen('stop') },
          { id: 'restart', name: 'Restart', refusal: refusalOf('restart'), onPress: () => setOpen('restart') },
          { id: 'rotate', name: 'Rotate credentials', refusal: refusalOf('rotate'), onPress: () => setOpen('rotate') },
          {
            id: 'delete',
            name: 'Delete',
            isDanger: true,
            refusal: refusalOf('delete'),
            onPress: () => setOpen('delete'),
          },
        ]}
      />
      {open === 'image' && <TakeImageDialog instance={instance} onClose={close} />}
      {open === 'start' && <StartDialog instance={instance} onClose={close} />}
      {open === 'stop' && <StopDialog instance={instance} onClose={close} />}
      {open === 'restart' && <RestartDialog instance={instance} onClose={close} />}
      {open === 'rotate' && <RotateDialog instance={instance} onClose={close} />}
      {open === 'delete' && <DeleteDialog instance={instance} onClose={close} />}
    </>
  );
}

interface DialogProps extends Props {
  readonly onClose: () => void;
}

function TakeImageDialog({ instance, onClose }: DialogProps) {
  const { server } = useWhoAmI();
  const [name, setName] = useState(() => defaultImageName(instance.name));
  const [description, setDescription] = useState('');
  const [method, setMethod] = useState<ImageMethod>(server.imageMethods.includes('LOGICAL') ? 'LOGICAL' : 'PHYSICAL');
  const [isProtected, setProtected] = useState(false);
  const [isEncrypted, setEncrypted] = useState(false);
  const input = {
    instanceId: instance.id,
    name,
    method,
    ...(description === '' ? {} : { description }),
    ...(isProtected ? { protected: true } : {}),
    ...(isEncrypted ? { encrypt: true } : {}),
  };
  const fault = findFault(() => checkCreateImage(input));
  return (
    <ActionDialog
      title={`Take an image of ${instance.name}`}
      verb="Take image"
      document={TakeImageDocument}
      input={input}
      command={commandLine(
        'image',
        'create',
        name,
        '--instance',
        instance.name,
        '--method',
        method,
        description === '' ? [] : ['--description', description],
        isProtected ? ['--protected'] : [],
        isEncrypted ? ['--encrypt'] : [],
        '--watch',
      )}
      onClose={onClose}
      operationOf={({ createImage }) => createImage.operation.id}
      refusal={fault?.message ?? null}
    >
      {(error) => (
        <>
          <TextField
            label="Name of the image"
            value={name}
            onChange={setName}
            error={faultOf(fault, 'name') ?? errorOf(error, 'name')}
            autoFocus
          />
          <SelectField
            label="Method"
            value={method}
            choices={server.imageMethods.map((one) => ({
              value: one,
              name:
                one === 'LOGICAL'
                  ? 'Logical: pg_dump, restores to this and newer versions'
                  : 'Physical: a copy of the files',
            }))}
            onChange={setMethod}
            error={errorOf(error, 'method')}
          />
          <TextField
            label="Description"
            value={description}
            onChange={setDescription}
            error={faultOf(fault, 'description') ?? errorOf(error, 'description')}
          />
          <CheckField label="Encrypt its files" checked={isEncrypted} onChange={setEncrypted} />
          <CheckField
            label="Protect it"
            checked={isProtected}
            onChange={setProtected}
            hint="Neither people nor retention delete it until this is taken back."
          />
        </>
      )}
    </ActionDialog>
  );
}

function StartDialog({ instance, onClose }: DialogProps) {
  return (
    <ActionDialog
      title={`Start ${instance.name}?`}
      verb="Start"
      document={StartInstanceDocument}
      input={{ instanceId: instance.id }}
      command={commandLine('instance', 'start', instance.name, '--watch')}
      onClose={onClose}
      operationOf={({ startInstance }) => startInstance.operation.id}
    />
  );
}

function StopDialog({ instance, onClose }: DialogProps) {
  return (
    <ActionDialog
      title={`Stop ${instance.name}?`}
      verb="Stop"
      document={StopInstanceDocument}
      input={{ instanceId: instance.id }}
      command={commandLine('instance', 'stop', instance.name, '--watch')}
      onClose={onClose}
      operationOf={({ stopInstance }) => stopInstance.operation.id}
    >
      <p>Connections are cut. Its data stays, and schedules take no images of it while it is stopped.</p>
    </ActionDialog>
  );
}

function RestartDialog({ instance, onClose }: DialogProps) {
  return (
    <ActionDialog
      title={`Restart ${instance.name}?`}
      verb="Restart"
      document={RestartInstanceDocument}
      input={{ instanceId: instance.id }}
      command={commandLine('instance', 'restart', instance.name, '--watch')}
      onClose={onClose}
      operationOf={({ restartInstance }) => restartInstance.operation.id}
    >
      <p>Connections are cut, and can be made again as soon as it is up.</p>
    </ActionDialog>
  );
}

function RotateDialog({ instance, onClose }: DialogProps) {
  return (
    <ActionDialog
      title={`Rotate the credentials of ${instance.name}?`}
      verb="Rotate credentials"
      document={RotateCredentialsDocument}
      input={{ instanceId: instance.id }}
      command={commandLine('instance', 'rotate-credentials', instance.name, '--watch')}
      onClose={onClose}
      operationOf={({ rotateCredentials }) => rotateCredentials.operation.id}
    >
      <p>New passwords are made. Connections that are open stay; new ones need the new password.</p>
    </ActionDialog>
  );
}

function DeleteDialog({ instance, onClose }: DialogProps) {
  const { name, id, state, readiness } = instance;
  const [typed, setTyped] = useState('');
  const [hasFinal, setHasFinal] = useState(state === 'RUNNING');
  const [finalName, setFinalName] = useState(() => defaultImageName(`${name}-final`));
  const input = { instanceId: id, ...(hasFinal ? { finalImage: finalName } : {}) };
  const fault = hasFinal ? findFault(() => checkCreateImage({ name: finalName })) : null;
  return (
    <ActionDialog
      title={`Delete ${name}?`}
      verb="Delete instance"
      isDanger
      document={DeleteInstanceDocument}
      input={input}
      command={commandLine('instance', 'delete', name, hasFinal ? ['--final-image', finalName] : [], '--watch')}
      onClose={onClose}
      operationOf={({ deleteInstance }) => deleteInstance.operation.id}
      refusal={fault?.message ?? (typed === name ? null : `Type ${name} first.`)}
    >
      {(error) => (
        <>
          <Note tone="warn">
            <p>
              Goes: the server, its volume with everything in it, its password. Stays: the images of it
              {readiness.newestImage ? `, the newest of them ${readiness.newestImage.name}` : ' — there is none'}, and
              its record.
            </p>
          </Note>
          <CheckField
            label="Take a final image first"
            checked={hasFinal}
            disabled={state !== 'RUNNING'}
            onChange={setHasFinal}
            hint={
              state === 'RUNNING'
                ? 'It is deleted only once the image is complete.'
                : 'For that it would have to run: start it first, if you want one.'
            }
          />
          {hasFinal && (
            <TextField
              label="Name of the final image"
              value={finalName}
              onChange={setFinalName}
              error={faultOf(fault, 'name') ?? errorOf(error, 'finalImage')}
            />
          )}
          <TextField label={`Type ${name} to delete it`} value={typed} onChange={setTyped} autoFocus />
        </>
      )}
    </ActionDialog>
  );
}
