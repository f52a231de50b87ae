CREATE TABLE "cms"."api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"scope" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"prefix" text NOT NULL,
	"token_hash" text NOT NULL,
	"user_id" uuid,
	"created_by_kind" text NOT NULL,
	"created_by_id" uuid,
	"created_by_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "cms"."audit_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" text,
	"actor_id" uuid,
	"actor_name" text,
	"address" text,
	"action" text NOT NULL,
	"target" uuid,
	"outcome" text NOT NULL,
	"code" text,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "cms"."login_attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"attempts" integer NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cms"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"address" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sessions_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "cms"."users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"password_hash" text,
	"role" text NOT NULL,
	"scope" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"issuer" text,
	"subject" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_login_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "cms"."api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "cms"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cms"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "cms"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_tokens_newest" ON "cms"."api_tokens" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "api_tokens_user" ON "cms"."api_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "audit_entries_newest" ON "cms"."audit_entries" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entries_target" ON "cms"."audit_entries" USING btree ("target","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entries_actor" ON "cms"."audit_entries" USING btree ("actor_name","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "login_attempts_expiry" ON "cms"."login_attempts" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "cms"."sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "cms"."sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_username" ON "cms"."users" USING btree (lower("username"));--> statement-breakpoint
CREATE UNIQUE INDEX "users_subject" ON "cms"."users" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "users_newest" ON "cms"."users" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);
--> statement-breakpoint
-- The audit log is only added to, whoever runs the service.
CREATE FUNCTION "cms"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is only added to', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "cms"."audit_entries" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."refuse_change"();
--> statement-breakpoint
-- Wakes whoever has connections open of those whose rights may be others now. The rows are the truth, this only a hint.
CREATE FUNCTION "cms"."notify_access"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('toygres_access', '');
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "notify_access" AFTER UPDATE OF "role", "scope", "enabled" OR DELETE ON "cms"."users" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."notify_access"();
--> statement-breakpoint
CREATE TRIGGER "notify_access" AFTER DELETE ON "cms"."sessions" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."notify_access"();
--> statement-breakpoint
CREATE TRIGGER "notify_access" AFTER UPDATE OF "revoked_at" ON "cms"."api_tokens" FOR EACH STATEMENT EXECUTE FUNCTION "cms"."notify_access"();
