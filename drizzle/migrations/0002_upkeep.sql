CREATE TABLE "cms"."drift" (
	"platform" text NOT NULL,
	"kind" text NOT NULL,
	"namespace" text NOT NULL,
	"name" text NOT NULL,
	"owner_id" text,
	"first_seen" timestamp (3) with time zone NOT NULL,
	"last_seen" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "drift_platform_kind_namespace_name_pk" PRIMARY KEY("platform","kind","namespace","name")
);
--> statement-breakpoint
CREATE TABLE "cms"."health_checks" (
	"instance_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"latency_ms" double precision,
	"message" text,
	CONSTRAINT "health_checks_instance_id_at_pk" PRIMARY KEY("instance_id","at")
);
--> statement-breakpoint
CREATE TABLE "cms"."leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"fence" bigint DEFAULT 1 NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "drift_newest" ON "cms"."drift" USING btree ("last_seen" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "drift_open" ON "cms"."drift" USING btree ("platform") WHERE state IN ('PENDING', 'REPORTED');--> statement-breakpoint
CREATE INDEX "health_checks_age" ON "cms"."health_checks" USING brin ("at");--> statement-breakpoint
CREATE INDEX "instances_running" ON "cms"."instances" USING btree ("platform") WHERE state = 'RUNNING';--> statement-breakpoint
CREATE INDEX "operations_finished" ON "cms"."operations" USING btree ("finished_at");