import { useWhoAmI } from '../../../api/viewer.tsx';
import { formatBytes } from '../../../format/numbers.ts';
import { apart } from '../../../format/words.ts';
import { CheckField, SelectField, TextField } from '../../../ui/fields.tsx';
import { LabelsField } from '../../../ui/labels.tsx';
import { Panel } from '../../../ui/page.tsx';
import type { ImageShown } from '../image-shown.ts';
import type { RestoreForm } from './use-restore-form.ts';

/** What the new instance is called, and what of the image it gets. */
export function WherePanel({ image, form }: { readonly image: ImageShown; readonly form: RestoreForm }) {
  const { server } = useWhoAmI();
  const { choice, choose, told } = form;
  const versions = server.postgresVersions.filter((one) => Number(one) >= Number(image.postgresVersion));
  return (
    <Panel title="2  Where">
      <div className="form">
        <TextField
          label="Name of the new instance"
          value={choice.name}
          onChange={(name) => choose({ name })}
          error={told('name')}
          hint={`Nothing happens to ${image.sourceInstanceName}: a new server is made beside it.`}
        />
        {image.method === 'LOGICAL' && versions.length > 1 && (
          <SelectField
            label="PostgreSQL"
            value={choice.version}
            choices={versions.map((one) => ({
              value: one,
              name: one === image.postgresVersion ? `${one}, as the image` : one,
            }))}
            onChange={(version) => choose({ version })}
            error={told('postgresVersion')}
          />
        )}
        <TextField
          label="Volume in GiB"
          type="number"
          min={image.sourceStorageGib}
          value={choice.storage}
          onChange={(storage) => choose({ storage })}
          error={told('storageGib')}
          hint={`At least that of the source, ${image.sourceStorageGib} GiB.`}
        />
        {image.method === 'LOGICAL' && image.databases.length > 1 && <DatabaseChoice image={image} form={form} />}
        <LabelsField labels={choice.labels} onChange={(labels) => choose({ labels })} error={told('labels')} />
      </div>
    </Panel>
  );
}

function DatabaseChoice({ image, form }: { readonly image: ImageShown; readonly form: RestoreForm }) {
  const { choice, choose } = form;
  return (
    <fieldset className="radios">
      <legend>Databases</legend>
      {image.databases.map(({ name, sizeBytes }) => (
        <CheckField
          key={name}
          label={`${apart(name)} (${formatBytes(sizeBytes)})`}
          checked={!choice.leftOut.has(name)}
          onChange={(isKept) =>
            choose({
              leftOut: isKept ? choice.leftOut.difference(new Set([name])) : choice.leftOut.union(new Set([name])),
            })
          }
        />
      ))}
    </fieldset>
  );
}
