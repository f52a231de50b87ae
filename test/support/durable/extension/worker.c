/*
 * The background worker of the stand-in for pg_durable that tests run: it connects back over TCP without a password, moves
 * its heartbeat every 5 s, and executes what it finds due, each SQL step in a new connection as the role that submitted it.
 * What is due is decided by functions of the extension, so that this file only moves it along.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "postmaster/postmaster.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include <libpq-fe.h>

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);
PGDLLEXPORT void durable_worker_main(Datum argument);

static char *database_name;
static char *worker_role;
static int	provider_connections;
static bool superuser_instances;

static void
pause_for(long milliseconds)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
}

/* As the real one: where PGHOST says, else loopback. NULL, with the reason in the log, when it cannot be reached. */
static PGconn *
open_connection(const char *role, const char *database)
{
	char		port[16];
	const char *host = getenv("PGHOST");
	const char *names[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
	const char *values[] = {host != NULL && host[0] != '\0' ? host : "127.0.0.1", port, role, database, "5", NULL};
	PGconn	   *connection;

	snprintf(port, sizeof(port), "%d", PostPortNumber);
	connection = PQconnectdbParams(names, values, 0);
	if (PQstatus(connection) == CONNECTION_OK)
		return connection;
	elog(LOG, "pg_durable: no connection as \"%s\" (will retry in 5s): %s", role, PQerrorMessage(connection));
	PQfinish(connection);
	return NULL;
}

/* The rows of a statement; NULL, with the reason in the log, when it failed. */
static PGresult *
ask(PGconn *connection, const char *sql)
{
	PGresult   *result = PQexec(connection, sql);

	if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
		return result;
	if (!ShutdownRequestPending)
		elog(LOG, "pg_durable: %s", PQresultErrorMessage(result));
	PQclear(result);
	return NULL;
}

static bool
succeeds(PGconn *connection, const char *sql)
{
	PGresult   *result = ask(connection, sql);
	bool		yes = result != NULL && (PQntuples(result) == 0 || strcmp(PQgetvalue(result, 0, 0), "f") != 0);

	PQclear(result);
	return yes;
}

/* Runs one SQL step as the role that submitted it, and tells how it ended. */
static void
run_step(PGconn *management, const char *item, const char *role, const char *database, const char *query)
{
	PGconn	   *own = open_connection(role, database);
	PGresult   *result;
	bool		done = false;
	char	   *message;
	const char *values[3];

	if (own == NULL)
	{
		pause_for(1000);
		return;
	}
	result = PQexec(own, query);
	done = PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;
	message = pstrdup(PQresultErrorMessage(result));
	PQclear(result);
	PQfinish(own);
	/* What a shutdown cut off is done again by the next worker. */
	if (!done && ShutdownRequestPending)
		return;
	values[0] = item;
	values[1] = done ? "true" : "false";
	values[2] = message;
	PQclear(PQexecParams(management, "SELECT df._done($1::bigint, $2::boolean, $3)", 3, NULL, values, NULL, NULL, 0));
	pfree(message);
}

/* Works until the connection breaks, the extension goes, or the server is shut down. */
static void
work(PGconn *management)
{
	TimestampTz seen = GetCurrentTimestamp();

	if (!succeeds(management, "SELECT df._begin_epoch()"))
		return;
	elog(LOG, "pg_durable: epoch sentinel written");
	while (!ShutdownRequestPending && PQstatus(management) == CONNECTION_OK)
	{
		PGresult   *due = ask(management, "SELECT item, role, database, query FROM df._turn() WHERE item IS NOT NULL");

		if (due == NULL)
			return;
		if (PQntuples(due) > 0)
			run_step(management, PQgetvalue(due, 0, 0), PQgetvalue(due, 0, 1), PQgetvalue(due, 0, 2), PQgetvalue(due, 0, 3));
		else
			pause_for(100);
		PQclear(due);
		if (TimestampDifferenceExceeds(seen, GetCurrentTimestamp(), 5000))
		{
			seen = GetCurrentTimestamp();
			if (!succeeds(management, "UPDATE df._worker_epoch SET last_seen_at = now()"))
				return;
		}
	}
}

void
durable_worker_main(Datum argument)
{
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	BackgroundWorkerUnblockSignals();
	if (provider_connections < 2)
	{
		elog(LOG, "pg_durable: max_duroxide_connections=%d is below minimum 2. Worker refusing to start.", provider_connections);
		proc_exit(0);
	}
	while (!ShutdownRequestPending)
	{
		PGconn	   *management = open_connection(worker_role, database_name);

		if (management == NULL)
		{
			pause_for(5000);
			continue;
		}
		if (succeeds(management, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_durable')"))
			work(management);
		PQfinish(management);
		if (!ShutdownRequestPending)
			pause_for(1000);
	}
	proc_exit(0);
}

void
_PG_init(void)
{
	BackgroundWorker worker;

	if (!process_shared_preload_libraries_in_progress)
		ereport(ERROR, (errmsg("pg_durable must be loaded via shared_preload_libraries")));
	DefineCustomStringVariable("pg_durable.database", "Database of the worker.", NULL, &database_name, "postgres",
							   PGC_POSTMASTER, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("pg_durable.worker_role", "Role of the worker.", NULL, &worker_role, "postgres",
							   PGC_POSTMASTER, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("pg_durable.max_duroxide_connections", "Connections of the engine.", NULL,
							&provider_connections, 10, 1, 1000, PGC_POSTMASTER, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("pg_durable.enable_superuser_instances", "Whether superusers may submit.", NULL,
							 &superuser_instances, false, PGC_POSTMASTER, 0, NULL, NULL, NULL);

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = 5;
	snprintf(worker.bgw_library_name, BGW_MAXLEN, "pg_durable");
	snprintf(worker.bgw_function_name, BGW_MAXLEN, "durable_worker_main");
	snprintf(worker.bgw_name, BGW_MAXLEN, "pg_durable_worker");
	snprintf(worker.bgw_type, BGW_MAXLEN, "pg_durable_worker");
	RegisterBackgroundWorker(&worker);
}
