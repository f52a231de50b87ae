type Environment = Readonly<Record<string, string | undefined>>;

/** By these PostgreSQL's programs go elsewhere, or as somebody else, whatever else they are told. */
const LEADS_ELSEWHERE = ['PGHOSTADDR', 'PGSERVICE', 'PGSERVICEFILE', 'PGREQUIREPEER', 'PGTARGETSESSIONATTRS'];

/**
 * What has psql connect there and nowhere else, whatever the environment of its caller says of other servers. The password
 * stands in it, where other users of the machine do not see it, and not among the arguments.
 */
export function buildPsqlEnvironment(connectionString: string, own: Environment): Environment {
  const url = new URL(connectionString);
  const sslMode = url.searchParams.get('sslmode');
  const kept = Object.fromEntries(Object.entries(own).filter(([name]) => !LEADS_ELSEWHERE.includes(name)));
  return {
    ...kept,
    PGHOST: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    ...(sslMode === null ? {} : { PGSSLMODE: sslMode }),
  };
}
