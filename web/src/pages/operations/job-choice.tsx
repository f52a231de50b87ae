interface Named {
  readonly id: string;
  readonly name: string;
}

/** Of which job the log is shown, where there are several. Names of jobs are as long as those of what they work on. */
export function JobChoice(props: {
  readonly jobs: readonly Named[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}) {
  const { jobs, chosen, onChoose } = props;
  if (jobs.length < 2) return null;
  return (
    <select
      className="input job-choice"
      aria-label="Job"
      value={chosen}
      onChange={({ target }) => onChoose(target.value)}
    >
      {jobs.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
